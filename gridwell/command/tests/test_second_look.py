"""Acts that are looked at before they are done: range, correction, step; and parts opened again."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.audit.models import AuditEntry
from gridwell.command.actions.zones import change_zone
from gridwell.core import clock
from gridwell.core.clock import start_of
from gridwell.core.errors import RuleBroken
from gridwell.orders.actions.notices import mark_not_ours, reopen_part
from gridwell.orders.models import NoticePart, Zone, ZoneChange
from gridwell.orders.queries.zones import lives_of
from gridwell.orders.rules.lifecycle import Act
from gridwell.orders.tests.make import NOW, make_building, make_district, make_notice, make_zone
from gridwell.places.tests.make import COMMUNITY
from gridwell.protocols.rules.model import Level

pytestmark = pytest.mark.django_db
AUGUST = datetime(2022, 8, 10, 12, tzinfo=UTC)  # the ninth edition: high goes down to mid
ORDER = {"ordered_by": "区指挥部", "reason": "研判", "effective_at": "2022-11-23T10:00"}


@pytest.fixture(autouse=True)
def _november(monkeypatch: pytest.MonkeyPatch) -> None:
    make_district()
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def desk(officer: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=officer.user_id))
    return client


def at(name: str, **kwargs: object) -> str:
    return reverse(name, kwargs={"area": COMMUNITY, **kwargs})


def reached(page) -> tuple[int, int, int, int]:
    held, freed = page.context["held"], page.context["freed"]
    return held.people, held.households, freed.people, freed.households


def test_a_new_range_is_seen_before_it_is_drawn(desk: Client, officer: Actor) -> None:
    zone = make_zone(officer, place=make_building())
    make_building(building="2号楼", rooms=("101", "201"))
    where = at("zone_change", zone=zone.pk, act="range")
    assert "查看影响" in desk.get(where).text
    form = ORDER | {"places": "金桂苑2号楼"}
    page = desk.post(where, form)
    assert page.status_code == 200
    assert reached(page) == (4, 2, 6, 3)
    assert "<b>4人</b>" in page.text.replace(" ", "")
    assert not zone.changes.filter(act="change_range").exists()
    seen = {"confirmed": page.context["confirmed"]}
    other = desk.post(where, form | seen | {"places": "金桂苑1号楼\n金桂苑2号楼"})
    assert reached(other) == (4, 2, 0, 0)
    assert other.context["form"].errors
    assert not zone.changes.filter(act="change_range").exists()
    assert desk.post(where, form | seen).status_code == 302
    assert zone.changes.get(act="change_range").lines.count() == 1


def test_what_others_did_meanwhile_is_seen_first(desk: Client, officer: Actor) -> None:
    zone = make_zone(officer, place=make_building())
    two = make_building(building="2号楼", rooms=("101",))
    where = at("zone_change", zone=zone.pk, act="range")
    form = ORDER | {"places": "金桂苑1号楼\n金桂苑2号楼"}
    seen = desk.post(where, form).context["confirmed"]
    make_zone(officer, place=two)
    page = desk.post(where, form | {"confirmed": seen})
    assert page.status_code == 200
    assert reached(page) == (0, 0, 0, 0)
    assert page.context["form"].errors
    assert desk.post(where, form | {"confirmed": page.context["confirmed"]}).status_code == 302


def test_a_range_from_tomorrow_is_seen_as_it_will_be(desk: Client, officer: Actor) -> None:
    zone = make_zone(officer, place=make_building())
    make_building(building="2号楼", rooms=("101",))
    form = ORDER | {"effective_at": "2022-11-24T08:00", "places": "金桂苑2号楼"}
    page = desk.post(at("zone_change", zone=zone.pk, act="range"), form)
    assert reached(page) == (2, 1, 6, 3)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"effective_at": "2022-11-17T00:00", "level": ""}, (0, 0, 0, 0)),
        ({"effective_at": "2022-11-18T00:00", "level": "low"}, (0, 0, 6, 3)),
        ({"effective_at": "2022-11-25T00:00", "level": ""}, (0, 0, 6, 3)),
    ],
)
def test_a_correction_is_seen_before_it_counts(
    desk: Client, officer: Actor, data: dict, expected: tuple
) -> None:
    zone = make_zone(officer, place=make_building())
    first = zone.changes.get()
    where = at("zone_correct", zone=zone.pk, change=first.pk)
    form = data | {"reason": "抄错"}
    page = desk.post(where, form)
    assert page.status_code == 200
    assert reached(page) == expected
    assert not zone.changes.filter(act="correct").exists()
    assert desk.post(where, form | {"confirmed": page.context["confirmed"]}).status_code == 302
    assert zone.changes.filter(act="correct").count() == 1


def test_no_step_where_the_protocol_has_none(desk: Client, officer: Actor) -> None:
    zone = make_zone(officer, place=make_building())
    step = at("zone_change", zone=zone.pk, act="step")
    assert step not in desk.get(at("zone_file", zone=zone.pk)).text
    assert desk.get(step).status_code == 404
    assert desk.post(step, ORDER).status_code == 404
    with pytest.raises(RuleBroken) as refused:
        change_zone(
            actor=officer, zone=zone, act=Act.STEP, level=Level.MID, effective_at=NOW,
            ordered_by="区指挥部", ordered_how="", reason="", now=NOW,
        )  # fmt: skip
    assert refused.value.code == "command.no_step"
    assert zone.changes.count() == 1


def test_one_level_down_by_the_rule_of_the_level(
    desk: Client, officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: AUGUST)
    zone = make_zone(officer, place=make_building(), since=date(2022, 8, 2))
    step = at("zone_change", zone=zone.pk, act="step")
    assert step in desk.get(at("zone_file", zone=zone.pk)).text
    page = desk.get(step)
    assert "中风险" in page.text
    assert reached(page)[2:] == (6, 3)
    order = ORDER | {"effective_at": "2022-08-10T20:00"}
    assert desk.post(step, order).status_code == 302
    change = ZoneChange.objects.get(act="step")
    assert (change.level, change.clause) == ("mid", "P9-high-lift")
    assert lives_of([zone])[0].at(AUGUST).level is Level.MID
    shown = desk.get(at("zone_file", zone=zone.pk)).text
    assert step not in shown  # from mid it is lifted
    assert at("zone_change", zone=zone.pk, act="lift") in shown


def test_what_can_go_down_is_said(
    desk: Client, officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: AUGUST)
    zone = make_zone(officer, place=make_building(), since=date(2022, 8, 2))
    zone.rounds.create(
        community_id=COMMUNITY, on=date(2022, 8, 9), due=6, sampled=6, negative=6, positive=0,
        last_result_at=start_of(date(2022, 8, 10)), recorded_at=AUGUST,
    )  # fmt: skip
    page = desk.get(at("zone_file", zone=zone.pk))
    assert [code for code, _words in page.context["proposes"]] == ["step"]
    assert "看影响并降级" in page.text


def test_a_withdrawn_part_is_opened_and_approved_again(desk: Client, officer: Actor) -> None:
    make_building()
    nine = make_zone(officer, place=make_building(building="9号楼"))
    notice = make_notice(officer).notice
    approve = at("notice_approve", notice=notice.pk)
    reopen = at("notice_reopen", notice=notice.pk)

    def approved() -> None:
        version = desk.get(approve).context["effect"]["effect"].version
        assert desk.post(approve, {"version": version}).status_code == 302

    approved()
    assert reopen not in desk.get(at("notice_desk", notice=notice.pk)).text
    assert desk.post(reopen).status_code == 409
    desk.post(at("notice_withdraw", notice=notice.pk), {"reason": "楼号看错"})
    nine.refresh_from_db()
    assert nine.closed_at is None
    assert reopen in desk.get(at("notice_desk", notice=notice.pk)).text
    assert desk.post(reopen)["Location"] == at("notice_desk", notice=notice.pk)
    part = NoticePart.objects.get()
    assert (part.state, part.reason) == ("waiting", "")
    entry = AuditEntry.objects.get(act="orders.part_reopened")
    assert entry.facts["was"] == "withdrawn"
    assert desk.post(reopen).status_code == 409
    approved()
    nine.refresh_from_db()
    assert nine.closed_at is not None  # the lift acts again, though the same item lifted before
    assert nine.changes.filter(act="lift").count() == 2
    assert {life.at(NOW).level for life in lives_of(Zone.objects.exclude(pk=nine.pk))} == {
        Level.HIGH,
        None,
    }


def test_only_who_approves_opens_a_part_again(officer: Actor, grid_worker: Actor) -> None:
    make_building()
    make_notice(officer)
    part = NoticePart.objects.get()
    with pytest.raises(RuleBroken) as refused:
        reopen_part(actor=officer, part=part, now=NOW)  # it waits already
    assert refused.value.code == "orders.part_decided"
    mark_not_ours(actor=officer, part=part, reason="不在本社区", now=NOW)
    with pytest.raises(RuleBroken) as refused:
        reopen_part(actor=grid_worker, part=part, now=NOW)
    assert refused.value.code == "orders.not_allowed"
    reopen_part(actor=officer, part=part, now=NOW)
    assert part.state == "waiting"
