"""The chronicle: what is in it, from where, narrowed, paged, and without personal values."""

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from gridwell.accounts.actions import record_absence
from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.audit import actions as audit
from gridwell.audit.labels import known_acts
from gridwell.command.actions.instructions import send_instruction
from gridwell.command.actions.reports import send_report
from gridwell.command.queries.chronicle import Asked, all_lines, chronicle_of, count_of
from gridwell.command.rules.chronicle import STARTS, Kind, kind_of
from gridwell.command.views import chronicle as views
from gridwell.core.errors import NotVisible
from gridwell.orders.actions.modes import change_mode
from gridwell.orders.tests.make import NOW, make_building, make_district, make_zone
from gridwell.places.tests.make import COMMUNITY, OTHER_COMMUNITY, make_area

DISTRICT = 140109000000


@pytest.fixture(autouse=True)
def areas(db: None) -> None:
    make_district()
    make_area(code=OTHER_COMMUNITY)


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        ("orders.mode_changed", Kind.MODES),
        ("orders.mode_profile_set", None),
        ("command.taken_over", Kind.MODES),
        ("command.part_approved", Kind.NOTICES),
        ("orders.zone_lift", Kind.ZONES),
        ("command.instruction_sent", Kind.INSTRUCTIONS),
        ("accounts.absence_recorded", Kind.POSTS),
        ("accounts.posts_stood_up", Kind.POSTS),
        ("accounts.taken_back", Kind.POSTS),
        ("ledgers.applied", Kind.REGISTER),
        ("residents.looked_at", None),
        ("health.looked_at", None),
        ("accounts.signed_in", None),
        ("residents.moved_out", None),
    ],
)
def test_what_belongs_to_it(act: str, kind: Kind | None) -> None:
    assert kind_of(act) == kind


def test_each_start_is_that_of_an_act() -> None:
    acts = tuple(known_acts())
    starts = [start for some in STARTS.values() for start in some]
    assert [start for start in starts if not any(act.startswith(start) for act in acts)] == []


def test_one_line_of_all_that_happened(officer: Actor, district_officer: Actor) -> None:
    change_mode(actor=district_officer, area=DISTRICT, mode="alert", reason="外省输入", now=NOW)
    make_zone(officer, place=make_building())
    send_report(actor=officer, area=COMMUNITY, remark="", client_ref=uuid4(), now=NOW)
    send_instruction(
        actor=district_officer, area=DISTRICT, title="排查", text="逐户", to_areas=[COMMUNITY],
        to_posts=[], client_ref=uuid4(), now=NOW,
    )  # fmt: skip
    own = chronicle_of(officer, COMMUNITY, Asked()).lines
    kinds = {line.kind for line in own}
    assert {"modes", "zones", "reports", "instructions"} <= kinds
    mode = next(line for line in own if line.kind == "modes")
    assert (mode.area, mode.reason, mode.post_title) == (DISTRICT, "外省输入", "district_officer")
    zone = next(line for line in own if line.kind == "zones")
    assert "金桂苑1号楼" in zone.subject
    above = chronicle_of(district_officer, DISTRICT, Asked()).lines
    assert {line.area for line in above} == {DISTRICT, COMMUNITY}


def test_a_neighbours_acts_are_not_in_it(officer: Actor, other_officer: Actor) -> None:
    make_zone(officer, place=make_building())
    assert not chronicle_of(other_officer, OTHER_COMMUNITY, Asked()).lines
    with pytest.raises(NotVisible):
        chronicle_of(other_officer, COMMUNITY, Asked())


def test_reasons_that_may_name_people_stay_in_the_trail(officer: Actor) -> None:
    user = User.objects.get(pk=officer.user_id)
    record_absence(actor=officer, user=user, reason="illness", source="", now=NOW, starts_at=NOW)
    audit.record(
        "health.case_found", actor=officer, community=COMMUNITY, reason="王小明 阳性", at=NOW,
        name="王小明",
    )  # fmt: skip
    text = str(chronicle_of(officer, COMMUNITY, Asked()).lines)
    assert "王小明" not in text


def test_narrowed_and_paged_at_the_same_cost(
    officer: Actor, district_officer: Actor, django_assert_max_num_queries
) -> None:
    for hour in range(70):
        audit.record(
            "orders.mode_changed", actor=officer, community=COMMUNITY,
            at=NOW - timedelta(hours=hour), mode="alert",
        )  # fmt: skip
    with django_assert_max_num_queries(11):
        first = chronicle_of(officer, COMMUNITY, Asked(), size=50)
    assert len(first.lines) == 50
    assert first.older is not None
    rest = chronicle_of(officer, COMMUNITY, Asked(before=first.older), size=50)
    assert (len(rest.lines), rest.older) == (20, None)
    assert not {line.id for line in first.lines} & {line.id for line in rest.lines}
    assert len(list(all_lines(officer, COMMUNITY, Asked()))) == 70
    day = NOW.date()
    assert 0 < len(chronicle_of(officer, COMMUNITY, Asked(day=day)).lines) < 70
    assert not chronicle_of(officer, COMMUNITY, Asked(kind="zones")).lines
    assert not chronicle_of(officer, COMMUNITY, Asked(post="nobody")).lines


def fill(actor: Actor, count: int) -> None:
    """Write acts of two communities and of the district, several at one instant."""
    codes = (COMMUNITY, OTHER_COMMUNITY, DISTRICT)
    for number in range(count):
        audit.record(
            "orders.mode_changed", actor=actor, community=codes[number % 3],
            at=NOW - timedelta(hours=number // 4), mode="alert",
        )  # fmt: skip


def test_nothing_is_cut_off_or_twice_however_it_is_read(district_officer: Actor) -> None:
    fill(district_officer, 61)
    whole = [line.id for line in all_lines(district_officer, DISTRICT, Asked())]
    assert len(whole) == len(set(whole)) == count_of(district_officer, DISTRICT, Asked()) == 61
    assert [line.id for line in all_lines(district_officer, DISTRICT, Asked(), block=7)] == whole
    at = [line.at for line in all_lines(district_officer, DISTRICT, Asked())]
    assert at == sorted(at, reverse=True)
    one = Asked(place=COMMUNITY)
    assert {line.area for line in all_lines(district_officer, DISTRICT, one)} == {COMMUNITY}


def test_the_newest_of_a_district_are_found_by_walking_back_in_time(
    district_officer: Actor,
) -> None:
    """A district's trail is not sorted for a page: whatever its length, a page reads a page."""
    fill(district_officer, 9)
    with CaptureQueriesContext(connection) as asked:
        chronicle_of(district_officer, DISTRICT, Asked())
    if connection.vendor != "sqlite":
        return  # the planner of PostgreSQL decides by what it knows of the rows
    sql = next(q["sql"] for q in asked.captured_queries if "audit_auditentry" in q["sql"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        steps = " ".join(row[3] for row in cursor.fetchall())
    assert "audit_time" in steps
    assert "TEMP B-TREE" not in steps


def test_the_file_is_whole_and_says_how_many_lines_it_has(
    officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(officer, 30)
    browser = Client()
    browser.force_login(User.objects.get(pk=officer.user_id))
    url = f"/{COMMUNITY}/orders/chronicle/export/"
    text = b"".join(browser.get(url).streaming_content).decode("utf-8-sig")
    lines = text.splitlines()
    shown = len(list(all_lines(officer, COMMUNITY, Asked())))
    assert len([line for line in lines if line.startswith("2022-")]) == shown
    assert f"{shown} 行" in text or f"{shown}行" in text
    answer = browser.get(f"{url}?as=xlsx")
    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    dates = [row[0] for row in sheet.iter_rows(values_only=True) if str(row[0]).startswith("2022-")]
    assert len(dates) == shown
    monkeypatch.setattr(views, "MOST_IN_WORKBOOK", 3)
    refused = browser.get(f"{url}?as=xlsx")
    assert refused.status_code == 409
    assert "csv" in refused.content.decode()
