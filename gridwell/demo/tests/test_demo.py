"""The demo in a small variant: it builds, its day is told in full, days turn, a zone can be lifted."""

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client

from gridwell.accounts.models import User
from gridwell.accounts.queries import actor_of
from gridwell.audit.models import AuditEntry
from gridwell.command.actions.zones import change_zone
from gridwell.core import clock
from gridwell.core.cli.run import main
from gridwell.demo import building, city, days
from gridwell.demo.city import MODEL, STANDS_AT
from gridwell.demo.guide import guide_of
from gridwell.demo.ledger import FILE_NAME, HOMES, sample_ledger
from gridwell.demo.orders import LATE_TODAY
from gridwell.demo.screening import HAIXI
from gridwell.health.models import Hold, Sample
from gridwell.orders.models import NoticePart, Zone
from gridwell.orders.rules.lifecycle import Act
from gridwell.plan.queries.days import derived, stored_day
from gridwell.plan.rules.plan import DutyCode, Plan
from gridwell.residents.models import Presence, Resident
from gridwell.screening.models import ResultFault, Round, Slot
from gridwell.screening.queries.members import total
from gridwell.web.queries.today import sampled_on
from tests.support.shared_rows import rows_for_module

#: All by one worker, which builds the demo once.
pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def _built(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Build the demo once for all tests here; return the file of its clock.

    Two communities: the model, and the one whose rounds come down to the sites.
    """
    file = tmp_path_factory.mktemp("demo") / "demo-clock"
    both = [one for one in city.COMMUNITIES if one.code in {MODEL, HAIXI}]
    with rows_for_module(request):
        with _clock_in(file):
            building.build(lambda *_, **__: None, both)
        yield file


@contextmanager
def _clock_in(file: Path) -> Iterator[None]:
    clock.configure(zone="Asia/Shanghai", shift_file=file)
    try:
        yield
    finally:
        clock.configure(zone=django_settings.TIME_ZONE, shift_file=None)


@pytest.fixture
def demo(_built: Path, db: None, tmp_path: Path, settings: Any) -> Iterator[None]:
    """The demo on its evening, with a clock that the test may move."""
    settings.DEMO = True
    cache.clear()
    file = tmp_path / _built.name
    shutil.copy(_built, file)
    with _clock_in(file):
        yield


def plan() -> Plan:
    found = stored_day(MODEL, clock.today())
    assert found is not None, "the day is not stored"
    return found.plan


def browser(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


@pytest.mark.usefixtures("demo")
def test_the_evening_of_the_demo_is_told_in_full() -> None:
    assert clock.today() == date(2022, 11, 23)
    today = plan()
    (zone,) = today.zones
    assert (zone.name, zone.day_number) == ("金香都小区4号楼", 3)
    due = set(today.residents_with(DutyCode.BE_SAMPLED))
    assert len(due - sampled_on(MODEL, today.day)) == LATE_TODAY
    assert [row.code for row in today.late] == ["isolation_past_end"]
    assert stored_day(MODEL, date(2022, 11, 22)) is not None
    states = dict(NoticePart.objects.filter(community=MODEL).values_list("notice__number", "state"))
    assert sorted(states.values()) == ["approved", "waiting"]
    assert Presence.objects.filter(community=MODEL).exists()
    assert Resident.objects.filter(community=MODEL).count() == 1431
    # Work on tasks adds to the trail and changes no duty: the stored day is still the derived one.
    again = derived(MODEL, clock.today())
    assert replace(today, known_at=again.known_at, last_fact=again.last_fact) == again


@pytest.mark.usefixtures("demo")
def test_after_two_next_days_the_zone_can_be_lifted() -> None:
    client = browser("jinxiangdu")
    officer = actor_of(User.objects.get(username="jinxiangdu"), clock.now())
    assert guide_of(officer).done == 0
    assert client.post("/demo/next-day/", {"back": f"/{MODEL}/today/"}).status_code == 302
    assert clock.today() == date(2022, 11, 24)
    assert plan().proposals == ()
    client.post("/demo/next-day/")
    assert clock.today() == date(2022, 11, 25)
    assert [row.code for row in plan().proposals] == ["lift"]
    zone = Zone.objects.get(community=MODEL)
    change_zone(
        actor=officer,
        zone=zone,
        act=Act.LIFT,
        effective_at=clock.now(),
        ordered_by="",
        ordered_how="",
        reason="连续5天无新增",
        now=clock.now(),
    )
    done = {step.code for step in guide_of(officer).steps if step.is_done}
    assert done == {"next", "lift"}


@pytest.mark.usefixtures("demo")
def test_rounds_are_there_to_be_opened() -> None:
    before, today = Round.objects.filter(community=HAIXI).order_by("on")
    assert (before.state, today.state) == ("closed", "open")
    report = before.report or {}
    assert (report["missing"], report["positive_tubes"], report["waiting"]) == (4, 1, 0)
    ends = Hold.objects.filter(community=HAIXI).values_list("tube__round", "end")
    assert Counter(ends) == {(before.ref, "released"): 10, (today.ref, ""): 10}
    standing = total(today)
    assert 30 <= standing.missing <= 100
    assert {"away", "called", "not_found", "refused", "exempt"} <= set(standing.by_status)
    for row, purpose in ((before, "pool"), (today, "pool"), (before, "single")):
        samples = Sample.objects.filter(round=row.ref, purpose=purpose, superseded_at=None)
        people = Counter(samples.values_list("resident", "guest"))
        assert max(people.values()) == 1, "somebody is in two tubes"
        assert max(samples.values_list("position", flat=True)) <= 10
    slots = Slot.objects.filter(round=today)
    assert slots.exists()
    assert {fault.code for fault in ResultFault.objects.all()} == {"unknown_tube"}
    sampler = browser("haixi-zu")
    assert sampler.get(f"/desk/{today.pk}/").status_code == 200
    assert sampler.get(f"/{HAIXI}/rounds/{today.pk}/missing/").status_code == 404

    days.next_day()
    assert not Round.objects.filter(state="open").exists()
    today.refresh_from_db()
    assert (today.report or {})["missing"] == standing.missing


@pytest.mark.usefixtures("demo")
def test_the_clock_stands_still_while_the_demo_does_not_run() -> None:
    clock.move_to(STANDS_AT.replace(year=2023))
    days.resume()
    assert clock.today() == date(2022, 11, 23)
    last = AuditEntry.objects.order_by("-at").values_list("at", flat=True)[0]
    assert clock.now() > last


@pytest.mark.usefixtures("demo")
def test_the_guide_stands_on_its_page_and_on_today() -> None:
    client = browser("jinxiangdu")
    assert b"/demo/next-day/" in client.get(f"/{MODEL}/today/").content
    page = client.get("/demo/").content.decode()
    assert "jinxiangdu-1" in page
    assert f"/{MODEL}/today/" in page
    assert client.get("/demo/ledger/").content[:2] == b"PK"
    assert client.get("/demo/next-day/").status_code == 405
    assert client.post("/demo/next-day/", {"back": "https://example.org/"})["Location"] == "/demo/"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.org"])  # noqa: S104
def test_it_listens_to_this_machine_only(host: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--host", host]) == 1
    assert capsys.readouterr().err


@pytest.mark.usefixtures("demo")
def test_the_sample_ledger_shows_what_ledgers_get_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / FILE_NAME
    file.write_bytes(sample_ledger())
    assert main(["import-ledger", str(file), "--community", str(MODEL), "--dry-run", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    faults = {fault["code"] for fault in found["faults"]}
    assert faults == {"id_check_digit", "phone_short", "no_such_date", "no_name", "id_of_another"}
    assert found["residents"] > 40
    assert found["households"] == HOMES
