"""Kept forms of the report: whose they are, who fills them, and that nobody writes over another's."""

from datetime import timedelta

import pytest

from gridwell.accounts.rules.actor import Actor, Right, Role
from gridwell.accounts.tests.make import make_actor
from gridwell.audit.models import AuditEntry
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.layouts import Column
from gridwell.orders.tests.make import NOW, make_district
from gridwell.places.tests.make import COMMUNITY
from gridwell.screening.actions.report_layouts import (
    MOST,
    add_layout,
    change_layout,
    remove_layout,
    restore_layout,
)
from gridwell.screening.models import ReportLayout
from gridwell.screening.queries.report_layouts import (
    access_layout,
    access_own,
    form_of,
    layouts_of,
    removed_of,
)
from gridwell.screening.rules.report_layouts import Form, Rows

pytestmark = pytest.mark.django_db
DISTRICT = 140109000000
FORM = Form(Rows.COMMUNITY, (Column("社区名称", "community"), Column("应采", "due")), True)


@pytest.fixture(autouse=True)
def _areas() -> None:
    make_district()


def keep(
    actor: Actor, area: int = COMMUNITY, name: str = "日报", form: Form = FORM
) -> ReportLayout:
    return add_layout(actor=actor, area=area, name=name, title="", form=form, now=NOW)


def change(
    actor: Actor, row: ReportLayout, seen: int, name: str, form: Form = FORM
) -> ReportLayout:
    later = NOW + timedelta(hours=1)
    return change_layout(
        actor=actor, layout=row, seen=seen, name=name, title="", form=form, now=later
    )


def code_of(refused: pytest.ExceptionInfo[RuleBroken]) -> str:
    return refused.value.code


def test_kept_is_kept_as_it_was_entered(officer: Actor) -> None:
    form = Form(Rows.ROUND, (Column(" 填报 \n单位\0", "text", " 汾东 街道 "), Column("", "due")))
    row = keep(officer, name="  区 日报  ", form=form)
    row.refresh_from_db()
    assert row.name == "区 日报"
    assert form_of(row) == Form(
        Rows.ROUND, (Column("填报 单位", "text", "汾东 街道"), Column("", "due")), False
    )
    entry = AuditEntry.objects.get(act="screening.report_layout_saved")
    assert (entry.community, entry.subject, entry.facts["columns"]) == (COMMUNITY, row.pk, 2)


def test_what_cannot_be_seen_is_left_out(officer: Actor) -> None:
    columns = (Column("/ 应检 //人数/", "due"), Column(" / ", "sampled"))
    row = keep(officer, name="日报\x07\u202e表", form=Form(Rows.ROUND, columns))
    assert row.name == "日报表"
    assert [column["header"] for column in row.columns] == ["应检/人数", ""]


def test_sent_twice_is_kept_once_and_another_of_the_name_is_refused(officer: Actor) -> None:
    row = keep(officer)
    assert keep(officer) == row
    assert AuditEntry.objects.filter(act="screening.report_layout_saved").count() == 1
    with pytest.raises(RuleBroken) as refused:
        keep(officer, form=Form(Rows.ROUND, FORM.columns))
    assert code_of(refused) == "screening.layout_name_taken"
    other = keep(officer, name="周报")
    with pytest.raises(RuleBroken) as refused:
        change(officer, other, other.version, "日报")
    assert code_of(refused) == "screening.layout_name_taken"


@pytest.mark.parametrize(
    ("name", "columns", "code"),
    [
        (" \t", FORM.columns, "screening.layout_needs_name"),
        ("日报", (), "screening.layout_no_columns"),
        ("日报", (Column("a", "due"),) * 201, "screening.layout_too_wide"),
        ("日报", (Column("a", "id_number"),), "screening.layout_field_unknown"),
        ("日报", (Column("a", "blank"),), "screening.layout_says_nothing"),
    ],
)
def test_what_makes_no_form_is_refused(
    officer: Actor, name: str, columns: tuple[Column, ...], code: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        keep(officer, name=name, form=Form(Rows.ROUND, columns))
    assert code_of(refused) == code
    assert not ReportLayout.objects.exists()


def test_200_columns_and_one_content_twice_are_a_form(officer: Actor) -> None:
    assert len(keep(officer, form=Form(Rows.ROUND, (Column("a", "due"),) * 200)).columns) == 200


def test_an_office_keeps_so_many_and_no_more(officer: Actor) -> None:
    for number in range(MOST):
        keep(officer, name=f"表{number}")
    with pytest.raises(RuleBroken) as refused:
        keep(officer, name="再一张")
    assert code_of(refused) == "screening.too_many_layouts"


def test_two_who_change_it_at_once_are_told(officer: Actor) -> None:
    row = keep(officer)
    first = change(officer, row, 1, "区日报")
    assert (first.name, first.version) == ("区日报", 2)
    with pytest.raises(RuleBroken) as refused:
        change(officer, row, 1, "我的日报")
    assert code_of(refused) == "screening.layout_changed"
    row.refresh_from_db()
    assert row.name == "区日报"
    assert change(officer, row, 1, "区日报").version == 2  # the answer was lost, sent again
    assert change(officer, row, 2, "我的日报").version == 3  # with theirs seen


def test_who_may_not_keep_forms_here_is_refused(
    officer: Actor, grid_worker: Actor, other_officer: Actor, district_officer: Actor
) -> None:
    row, above = keep(officer), keep(district_officer, DISTRICT)
    for actor, layout, error in (
        (grid_worker, row, RuleBroken),
        (other_officer, row, NotVisible),
        (officer, above, NotVisible),
    ):
        for act in (
            lambda actor=actor, layout=layout: change(actor, layout, 1, "改"),
            lambda actor=actor, layout=layout: remove_layout(actor=actor, layout=layout, now=NOW),
            lambda actor=actor, layout=layout: restore_layout(actor=actor, layout=layout, now=NOW),
            lambda actor=actor, layout=layout: keep(actor, layout.area_id, "新"),
        ):
            with pytest.raises(error):
                act()
    assert ReportLayout.objects.filter(removed_at=None).count() == 2
    assert not grid_worker.may(Right.APPROVE_ORDERS, COMMUNITY)


def test_what_an_office_keeps_is_offered_below_it_and_nowhere_else(
    officer: Actor, other_officer: Actor, grid_worker: Actor, district_officer: Actor
) -> None:
    own, above = keep(officer), keep(district_officer, DISTRICT)
    for actor in (officer, grid_worker):
        assert list(layouts_of(actor, COMMUNITY)) == [above, own]
    assert list(layouts_of(other_officer, other_officer.posts[0].low)) == [above]
    assert list(layouts_of(other_officer, COMMUNITY)) == []
    assert list(layouts_of(district_officer, DISTRICT)) == [above]
    elsewhere = make_actor(username="far", role=Role.DISTRICT_OFFICER, area=140105000000)
    far = keep(elsewhere, 140105000000)
    for actor, area in ((officer, COMMUNITY), (district_officer, DISTRICT)):
        with pytest.raises(NotVisible):
            access_layout(actor, area, far.pk)
    with pytest.raises(NotVisible):
        access_layout(district_officer, DISTRICT, own.pk)
    with pytest.raises(NotVisible):
        access_own(district_officer, COMMUNITY, above.pk)


def test_removed_is_gone_below_and_can_be_put_back(officer: Actor, district_officer: Actor) -> None:
    row = keep(district_officer, DISTRICT)
    assert remove_layout(actor=district_officer, layout=row, now=NOW)
    assert not remove_layout(actor=district_officer, layout=row, now=NOW)
    assert not layouts_of(officer, COMMUNITY)
    with pytest.raises(RuleBroken) as refused:
        change(district_officer, row, 1, "改")
    assert code_of(refused) == "screening.layout_removed"
    assert list(removed_of(district_officer, DISTRICT, NOW - timedelta(1))) == [row]
    new = keep(district_officer, DISTRICT)
    with pytest.raises(RuleBroken) as refused:
        restore_layout(actor=district_officer, layout=row, now=NOW)
    assert code_of(refused) == "screening.layout_name_taken"
    remove_layout(actor=district_officer, layout=new, now=NOW)
    assert restore_layout(actor=district_officer, layout=row, now=NOW).removed_at is None
    restore_layout(actor=district_officer, layout=row, now=NOW)
    assert list(layouts_of(officer, COMMUNITY)) == [row]
    acts = AuditEntry.objects.filter(community=DISTRICT).order_by("sequence")
    assert [entry.act.rpartition("_")[2] for entry in acts] == [
        "saved", "removed", "saved", "removed", "restored",
    ]  # fmt: skip
