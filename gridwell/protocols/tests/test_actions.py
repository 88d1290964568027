"""Stored versions: loaded once, overlays with their area, uploads refused by line."""

from datetime import UTC, date, datetime

import pytest

from gridwell.accounts.rules.actor import Actor
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.places.tests.make import COMMUNITY, make_area
from gridwell.protocols.actions import close_event, load_shipped, open_event, upload_protocol
from gridwell.protocols.models import Event, ProtocolVersion
from gridwell.protocols.queries import open_event as event_for
from gridwell.protocols.queries import protocol_for, versions_of
from gridwell.protocols.rules.files import ProtocolRefused
from gridwell.protocols.rules.shipped import shipped_texts

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 11, 23, 12, tzinfo=UTC)
SYSTEM = Actor.system(0)
DISTRICT = 140109000000


def overlays() -> int:
    return ProtocolVersion.objects.filter(area__isnull=False).count()


def test_shipped_files_are_stored_once_overlays_when_their_area_is_there() -> None:
    ProtocolVersion.objects.all().delete()
    assert load_shipped(actor=SYSTEM, now=NOW) == ProtocolVersion.objects.count()
    assert overlays() == 0
    make_area(code=COMMUNITY)
    assert load_shipped(actor=SYSTEM, now=NOW) == overlays() > 0
    assert load_shipped(actor=SYSTEM, now=NOW) == 0


@pytest.mark.parametrize(
    ("day", "version"),
    [
        (date(2022, 6, 1), None),
        (date(2022, 7, 11), "P9"),
        (date(2022, 11, 12), "P20"),
        (date(2022, 11, 23), "P20-T4"),
        (date(2022, 12, 10), "N10"),
        (date(2023, 2, 1), "BB"),
    ],
)
def test_each_day_has_its_version(day: date, version: str | None) -> None:
    make_area(code=COMMUNITY)
    load_shipped(actor=SYSTEM, now=NOW)
    found = protocol_for(COMMUNITY, day)
    assert (found.version if found else None) == version


def test_overlay_holds_below_its_area_only_and_not_nationally() -> None:
    make_area(code=COMMUNITY)
    load_shipped(actor=SYSTEM, now=NOW)
    day = date(2022, 11, 23)
    assert protocol_for(COMMUNITY, day).overlays
    assert protocol_for(None, day).overlays == ()
    assert protocol_for(110101001001, day).overlays == ()


def test_upload(officer: Actor, district_officer: Actor) -> None:
    text = shipped_texts()["covid19-p9.toml"]
    changed = text.replace('version = "P9"', 'version = "P9-own"')
    version, is_new = upload_protocol(actor=district_officer, area=DISTRICT, text=changed, now=NOW)
    assert (version.code, is_new) == ("P9-own", True)
    assert upload_protocol(actor=district_officer, area=DISTRICT, text=changed, now=NOW) == (
        version,
        False,
    )
    with pytest.raises(ProtocolRefused) as refused:
        upload_protocol(
            actor=district_officer,
            area=DISTRICT,
            text=text.replace("clean_days", "clen_days"),
            now=NOW,
        )
    assert all(error.line > 1 for error in refused.value.errors)
    with pytest.raises(RuleBroken, match=r"protocols\.not_allowed"):
        upload_protocol(actor=officer, area=COMMUNITY, text=text, now=NOW)
    with pytest.raises(NotVisible):
        upload_protocol(actor=officer, area=DISTRICT, text=text, now=NOW)
    overlay = shipped_texts()["covid19-taiyuan-2022-11-20.toml"]
    with pytest.raises(RuleBroken, match=r"protocols\.area_not_yours"):
        upload_protocol(actor=district_officer, area=DISTRICT, text=overlay, now=NOW)
    assert version in versions_of(officer)


def test_events(district_officer: Actor, officer: Actor) -> None:
    load_shipped(actor=SYSTEM, now=NOW)
    facts: dict = {"actor": district_officer, "area": DISTRICT, "family": "covid19", "now": NOW}
    event = open_event(name="11月疫情", **facts)
    assert open_event(name="11月疫情", **facts) == event
    assert event_for(COMMUNITY, NOW) == event
    with pytest.raises(RuleBroken, match=r"protocols\.event_without_name"):
        open_event(name=" ", **facts)
    with pytest.raises(RuleBroken, match=r"protocols\.family_unknown"):
        open_event(name="汛情", **facts | {"family": "flood"})
    with pytest.raises(NotVisible):
        open_event(name="别处", **facts | {"actor": officer})
    with pytest.raises(RuleBroken, match=r"protocols\.reason_missing"):
        close_event(actor=district_officer, event=event, reason="", now=NOW)
    close_event(actor=district_officer, event=event, reason="结束", now=NOW)
    with pytest.raises(RuleBroken, match=r"protocols\.event_closed_already"):
        close_event(actor=district_officer, event=event, reason="结束", now=NOW)
    assert event_for(COMMUNITY, NOW) is None
    assert Event.objects.count() == 1
