"""The pages of report layouts: made, moved, tried, filled at both ends, on paper and as files."""

import csv
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.accounts.tests.make import make_actor
from gridwell.audit.models import AuditEntry
from gridwell.core.layouts import Column
from gridwell.orders.tests.make import NOW, TODAY, make_building, make_district
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY, OTHER_COMMUNITY, make_grid
from gridwell.screening.actions.report_layouts import add_layout, change_layout
from gridwell.screening.models import ReportLayout, Round
from gridwell.screening.rules.report_layouts import Form, Rows
from gridwell.screening.tests.make import make_order

pytestmark = pytest.mark.django_db
DISTRICT = 140109000000
REPORT = {
    "due": 100, "sampled": 99, "missing": 1, "by_status": {"sampled": 99, "refused": 1},
    "exempt": {}, "at_door": {}, "added": 0, "removed": 0, "missed": [], "tubes": 10,
    "positive_tubes": 0, "negative": 99, "positive": 0, "waiting": 0,
    "first_sample_at": "2022-11-22T07:00:00+08:00", "last_sample_at": "2022-11-22T09:30:00+08:00",
    "last_result_at": None, "parts": [],
}  # fmt: skip


@pytest.fixture(autouse=True)
def _areas(officer: Actor, other_officer: Actor) -> None:
    make_district()


def browser(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def closed(
    actor: Actor, *, community: int = COMMUNITY, on: date = TODAY, number: int = 1, **report: Any
) -> Round:
    """Return a closed round with a report of these figures; None takes one out, as in an older report."""
    then = NOW - (TODAY - on)
    order = make_order(actor, community=community, on=on, number=number, now=then)
    kept = {key: value for key, value in (REPORT | report).items() if value is not None}
    if "last_result_at" not in report:
        kept["last_result_at"] = None
    return Round.objects.create(
        community_id=community, order=order, on=on, state="closed", opened_at=NOW,
        closed_at=NOW, report=kept, recorded_at=NOW,
    )  # fmt: skip


def sent(*columns: tuple[str, ...], **more: str) -> dict[str, str]:
    """Return what the page of a layout sends: (header, field[, text]) a column."""
    data = {
        "form-TOTAL_FORMS": str(len(columns)), "form-INITIAL_FORMS": "0",
        "name": "日报", "title": "", "rows": "round",
    }  # fmt: skip
    for number, (header, field, *text) in enumerate(columns):
        data |= {
            f"form-{number}-header": header,
            f"form-{number}-field": field,
            f"form-{number}-text": text[0] if text else "",
            f"form-{number}-ORDER": str(number + 1),
        }
    return data | more


def keep(actor: Actor, area: int, *columns: Column, rows: Rows = Rows.ROUND) -> ReportLayout:
    form = Form(rows, columns, has_total=True)
    return add_layout(actor=actor, area=area, name="区日报", title="汇总表", form=form, now=NOW)


def file_rows(client: Client, url: str, **asked: Any) -> list[list[Any]]:
    answer = client.get(url, asked | {"export": "xlsx"})
    assert answer.status_code == 200, answer.content[:300]
    sheet = load_workbook(BytesIO(answer.content)).active
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_a_district_prescribes_and_a_community_fills_it(
    officer: Actor, district_officer: Actor
) -> None:
    make = browser(district_officer)
    page = make.get(reverse("round_layout_new", args=[DISTRICT]), {"from": "daily"})
    assert page.status_code == 200
    columns = (
        ("序号", "serial"), ("填报单位", "community"), ("应采人数", "due"), ("采样率", "percent"),
        ("片区", "text", "河西片"), ("签字", "blank"),
    )  # fmt: skip
    answer = make.post(
        reverse("round_layout_new", args=[DISTRICT]),
        sent(*columns, title="尖草坪区核酸筛查日报表", rows="community", has_total="on"),
    )
    assert answer["Location"] == reverse("round_layouts", args=[DISTRICT])
    row = ReportLayout.objects.get()
    round = closed(officer)
    fill = browser(officer)
    report = fill.get(reverse("round_report", args=[COMMUNITY, round.pk]))
    form = reverse("round_form", args=[COMMUNITY, round.pk])
    assert f"{form}?layout={row.pk}&amp;export=xlsx" in report.text
    rows = file_rows(fill, form, layout=row.pk)
    assert rows[0][0] == "尖草坪区核酸筛查日报表"
    assert rows[2] == [column[0] for column in columns]
    assert rows[3][:5] == [1, rows[3][1], 100, "99%", "河西片"]
    assert rows[3][5] is None
    assert fill.get(form, {"layout": row.pk, "print": "1"}).status_code == 200
    assert "尖草坪区核酸筛查日报表" in fill.get(form, {"layout": row.pk}).text
    entry = AuditEntry.objects.get(act="accounts.list_exported")
    assert (entry.facts["list"], entry.facts["layout"]) == ("round-form", row.pk)


def test_a_district_puts_its_communities_together(
    officer: Actor, other_officer: Actor, district_officer: Actor
) -> None:
    closed(officer, due=1, sampled=1, missing=0)
    closed(other_officer, community=OTHER_COMMUNITY, due=99, sampled=0, missing=99, tubes=None)
    closed(officer, on=TODAY - timedelta(1), number=2, due=7, sampled=7, missing=0)
    row = keep(
        district_officer, DISTRICT, Column("社区", "community"), Column("日期", "day"),
        Column("应检", "due"), Column("率", "percent"), Column("管", "tubes"), rows=Rows.COMMUNITY,
    )  # fmt: skip
    client, url = browser(district_officer), reverse("round_compare", args=[DISTRICT])
    rows = file_rows(client, url, layout=row.pk)
    assert rows[2] == ["社区", "日期", "应检", "率", "管"]
    assert [line[1:] for line in rows[3:5]] == [
        [TODAY.isoformat(), 1, "100%", 10],
        [TODAY.isoformat(), 99, "0%", "—"],
    ]
    assert rows[5] == ["合计", None, 100, "1%", "—"]
    page = client.get(url, {"layout": row.pk})
    assert "没有应检人员" in page.text
    whole = file_rows(
        client,
        url,
        layout=row.pk,
        since=(TODAY - timedelta(1)).isoformat(),
        until=TODAY.isoformat(),
    )
    assert whole[3][1:3] == [f"{TODAY - timedelta(1)} – {TODAY}", 8]
    assert whole[5][2] == 107


def test_who_has_not_closed_a_round_is_named(officer: Actor, district_officer: Actor) -> None:
    closed(officer)
    order = make_order(district_officer, community=OTHER_COMMUNITY)
    Round.objects.create(
        community_id=OTHER_COMMUNITY, order=order, on=TODAY, state="open", recorded_at=NOW
    )
    row = keep(district_officer, DISTRICT, Column("社区", "community"), rows=Rows.COMMUNITY)
    page = browser(district_officer).get(
        reverse("round_compare", args=[DISTRICT]), {"layout": row.pk}
    )
    absent = {community.pk: is_open for community, is_open in page.context["absent"]}
    assert COMMUNITY not in absent
    assert absent[OTHER_COMMUNITY] is True
    assert "进行中" in page.text


def test_an_older_report_has_dashes_and_never_noughts(officer: Actor) -> None:
    round = closed(
        officer, by_status=None, exempt=None, at_door=None, tubes=None, parts=None,
        first_sample_at=None, missed=None, added=None,
    )  # fmt: skip
    client = browser(officer)
    fields = ("due", "refused", "exempt", "exempt.away", "tubes", "first_sample", "missing_why")
    row = keep(officer, COMMUNITY, *(Column(field, field) for field in fields))
    form = reverse("round_form", args=[COMMUNITY, round.pk])
    line = file_rows(client, form, layout=row.pk)[3]
    assert line == [100, "—", "—", "—", "—", "—", "—"]
    by_building = file_rows(client, form, layout="buildings")[3]
    assert by_building[3:6] == ["—", "—", "—"]
    assert client.get(reverse("round_report", args=[COMMUNITY, round.pk])).status_code == 200
    page = client.get(reverse("round_compare", args=[COMMUNITY]), {"layout": row.pk})
    assert "当时的报告还没有这项数据" in page.text


def test_a_form_by_grid_adds_up_its_buildings(officer: Actor, grid_worker: Actor) -> None:
    building = make_building(rooms=("101",))
    one, two = make_grid(number="1"), make_grid(number="2")
    Place.objects.filter(community_id=COMMUNITY).update(grid=one)
    parts = [
        {"grid": one.pk, "building": building.pk, "by_status": {"sampled": 3}, "exempt": {}},
        {"grid": one.pk, "building": 0, "by_status": {"sampled": 1, "away": 1}, "exempt": {}},
        {"grid": two.pk, "building": 0, "by_status": {"exempt": 2}, "exempt": {"away": 2}},
    ]
    round = closed(officer, parts=parts)
    form = reverse("round_form", args=[COMMUNITY, round.pk])
    columns = [
        Column(field, field) for field in ("grid", "building", "due", "percent", "exempt_why")
    ]
    by_grid = keep(officer, COMMUNITY, *columns, rows=Rows.GRID)
    lines = file_rows(browser(officer), form, layout=by_grid.pk)[3:6]
    assert [line[2:4] for line in lines] == [[5, "80%"], [0, "—"], [5, "80%"]]
    assert lines[1][4] == "外出不在本地2人"
    assert lines[2][0] == "合计"
    mine = file_rows(browser(grid_worker), form, layout=by_grid.pk)
    assert [line[2] for line in mine[3:4]] == [5]
    assert mine[4][0] is None  # only the own grid, so no total
    both = browser(officer).get(form, {"layout": "buildings"}).context["filled"]
    assert [line.kind for line in both.lines] == ["", "", "part", "", "part"]


@pytest.mark.parametrize("bad", ["=1+1", "+cmd|' C calc'!A0", "@SUM(A1)", "-2+3", "\t=1"])
def test_words_of_an_office_are_no_formula(officer: Actor, bad: str) -> None:
    closed(officer)
    client = browser(officer)
    client.post(
        reverse("round_layout_new", args=[COMMUNITY]),
        sent((bad, "text", bad), ("应检", "due"), title=bad),
    )
    row, url = ReportLayout.objects.get(), reverse("round_compare", args=[COMMUNITY])
    answer = client.get(url, {"layout": row.pk, "export": "csv"})
    assert answer["Content-Type"].startswith("text/csv")
    text = answer.content.decode("utf-8-sig")
    header, line = list(csv.reader(StringIO(text)))[:2]
    assert header[0] == f"'{bad.strip()}"
    assert line == [f"'{bad.strip()}", "100"]
    book = load_workbook(BytesIO(client.get(url, {"layout": row.pk, "export": "xlsx"}).content))
    kinds = {cell.data_type for cells in book.active.iter_rows() for cell in cells if cell.value}
    assert "f" not in kinds


def test_columns_are_moved_and_tried_and_nothing_is_kept_before_it_is_saved(officer: Actor) -> None:
    closed(officer)
    client, url = browser(officer), reverse("round_layout_new", args=[COMMUNITY])
    columns = (("应检", "due"), ("", ""), ("已采", "sampled"))
    page = client.post(url, sent(*columns, name="", move="up:2"))
    assert page.status_code == 200
    fields = [row["field"].value() for row in page.context["rows"]]
    assert fields[:2] == ["sampled", "due"]
    assert 'value="up:0" autofocus' in page.text
    tried = client.post(url, sent(*columns, ("应检", "due"), preview="1", rows="building"))
    assert [c.header for c in tried.context["twice"]] == ["应检"]
    assert tried.context["filled"].columns[0].header == "应检"
    assert tried.context["form"]["rows"].value() == "building"
    assert not ReportLayout.objects.exists()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (sent(("应检", "due"), name=" "), "name"),
        (sent(("应检", "due"), rows="planet"), "rows"),
        (sent(("应检", "id_number")), ""),
        (sent(("片区", "text", "")), "固定文字"),
        (sent(("", "")), "至少要有一列"),
        (sent(*[("应检", "due")] * 201), "最多"),
        ({"name": "日报"}, ""),
        (sent(("应检", "due")) | {"form-0-ORDER": "x"}, ""),
        (sent(("应检" * 100, "due")), ""),
    ],
)
def test_bad_input_is_named_and_stays_in_the_form(
    officer: Actor, data: dict[str, str], says: str
) -> None:
    answer = browser(officer).post(reverse("round_layout_new", args=[COMMUNITY]), data)
    assert answer.status_code == 422
    assert not ReportLayout.objects.exists()
    assert says in answer.text
    if "form-0-header" in data:
        assert data["form-0-header"] in answer.text


def test_200_columns_are_kept_and_filled(officer: Actor) -> None:
    round, client = closed(officer), browser(officer)
    client.post(
        reverse("round_layout_new", args=[COMMUNITY]),
        sent(*[(f"列{number}", "due") for number in range(200)]),
    )
    row = ReportLayout.objects.get()
    rows = file_rows(client, reverse("round_form", args=[COMMUNITY, round.pk]), layout=row.pk)
    assert rows[3] == [100] * 200
    assert client.get(reverse("round_layout", args=[COMMUNITY, row.pk])).status_code == 200


def test_two_officers_at_one_layout_do_not_write_over_each_other(
    officer: Actor,
) -> None:
    row = keep(officer, COMMUNITY, Column("应检", "due"))
    client, url = browser(officer), reverse("round_layout", args=[COMMUNITY, row.pk])
    assert 'name="seen" value="1"' in client.get(url).text
    change_layout(
        actor=officer, layout=row, seen=1, name="对方改的", title="",
        form=Form(Rows.ROUND, (Column("管", "tubes"),)), now=NOW,
    )  # fmt: skip
    mine = sent(("我的列", "due"), name="我改的", seen="1")
    answer = client.post(url, mine)
    assert answer.status_code == 422
    assert "对方改的" in answer.text
    assert 'value="我的列"' in answer.text
    assert 'name="seen" value="2"' in answer.text
    row.refresh_from_db()
    assert row.name == "对方改的"
    assert client.post(url, mine | {"seen": "2"}).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.version) == ("我改的", 3)


def test_what_lies_above_is_copied_not_changed(officer: Actor, district_officer: Actor) -> None:
    row = keep(district_officer, DISTRICT, Column("应检人数", "due"))
    client, url = browser(officer), reverse("round_layout", args=[COMMUNITY, row.pk])
    page = client.get(url)
    assert 'name="form-0-header"' not in page.text
    assert client.post(url, sent(("应检", "due"))).status_code == 409
    copy = reverse("round_layout_new", args=[COMMUNITY])
    assert f"{copy}?from={row.pk}" in page.text
    page = client.get(copy, {"from": row.pk})
    assert 'value="应检人数"' in page.text
    client.post(copy, sent(("应检", "due"), name=page.context["form"]["name"].value()))
    own = ReportLayout.objects.get(area=COMMUNITY)
    row.refresh_from_db()
    assert (row.version, own.columns[0]["header"]) == (1, "应检")


def test_another_districts_layout_is_not_there(officer: Actor) -> None:
    far = make_actor(username="far", role=Role.DISTRICT_OFFICER, area=140105000000)
    row = keep(far, 140105000000, Column("应检", "due"))
    round, client = closed(officer), browser(officer)
    asks: list[Callable[[], Any]] = [
        lambda: client.get(reverse("round_layout", args=[COMMUNITY, row.pk])),
        lambda: client.get(reverse("round_layout", args=[140105000000, row.pk])),
        lambda: client.get(reverse("round_layout_new", args=[COMMUNITY]), {"from": row.pk}),
        lambda: client.get(reverse("round_compare", args=[COMMUNITY]), {"layout": row.pk}),
        lambda: client.get(reverse("round_form", args=[COMMUNITY, round.pk]), {"layout": row.pk}),
        lambda: client.post(reverse("round_layout_remove", args=[COMMUNITY, row.pk])),
        lambda: client.post(reverse("round_layout_restore", args=[COMMUNITY, row.pk])),
        lambda: client.get(reverse("round_layout", args=[COMMUNITY, 10**18])),
    ]
    assert [ask().status_code for ask in asks] == [404] * len(asks)
    assert (
        client.get(reverse("round_compare", args=[COMMUNITY]), {"layout": "9" * 40}).status_code
        == 200
    )


def test_removing_asks_says_for_whom_and_is_put_back(district_officer: Actor) -> None:
    row = keep(district_officer, DISTRICT, Column("应检", "due"))
    client = browser(district_officer)
    url = reverse("round_layout_remove", args=[DISTRICT, row.pk])
    page = client.get(url)
    assert "2个社区" in page.text
    row.refresh_from_db()
    assert row.removed_at is None
    for _ in range(2):
        assert client.post(url)["Location"] == reverse("round_layouts", args=[DISTRICT])
    listed = client.get(reverse("round_layouts", args=[DISTRICT]))
    assert [one.pk for one in listed.context["removed"]] == [row.pk]
    client.post(reverse("round_layout_restore", args=[DISTRICT, row.pk]))
    shown = client.get(reverse("round_layouts", args=[DISTRICT]), {"show": "own"})
    assert [one.name for one in shown.context["forms"]] == ["区日报"]


def test_odd_days_are_named(officer: Actor) -> None:
    closed(officer)
    client, url = browser(officer), reverse("round_compare", args=[COMMUNITY])
    for asked in ({"since": "2022-13-40"}, {"since": "2022-11-23", "until": "2022-11-22"}):
        page = client.get(url, asked)
        assert page.status_code == 200
        assert page.context["days_form"].errors
        assert 'role="alert"' in page.text
    empty = client.get(url, {"since": "2020-01-01", "until": "2020-01-02"})
    assert not empty.context["filled"].lines


def test_queries_do_not_grow_with_rounds(
    officer: Actor, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    client, url = browser(officer), reverse("round_compare", args=[COMMUNITY])
    row = keep(officer, COMMUNITY, Column("街道", "subdistrict"), Column("依据", "basis"))
    closed(officer)
    client.get(url, {"layout": row.pk})
    with django_assert_max_num_queries(60) as few:
        client.get(url, {"layout": row.pk})
    for number in range(2, 12):
        closed(officer, on=TODAY - timedelta(number), number=number)
    with django_assert_num_queries(len(few)):
        client.get(url, {"layout": row.pk})
