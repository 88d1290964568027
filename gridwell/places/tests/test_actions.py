"""Acts on the tree, grids, merging and areas."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridwell.accounts.rules.actor import Actor
from gridwell.accounts.tests.make import make_user
from gridwell.audit.models import AuditEntry
from gridwell.core.errors import RuleBroken
from gridwell.notify.models import Delivery, Message
from gridwell.places import actions, queries
from gridwell.places.models import Area, CommunityProfile, Grid, Place, PlaceAlias
from gridwell.places.rules.levels import PlaceKind
from gridwell.places.rules.tree import DwellingRow
from gridwell.places.tests.make import COMMUNITY, make_area, make_dwelling, make_grid, make_place

NOW = datetime(2022, 11, 23, 12, tzinfo=UTC)
K = PlaceKind


def steps(building: str, unit: str, room: str, compound: str = "金桂苑"):
    return (
        (K.COMPOUND, compound),
        (K.BUILDING, building),
        (K.UNIT, unit),
        (K.DWELLING, room),
    )


def rows(count: int = 6):
    return [DwellingRow(steps("1号楼", "1单元", f"{n + 1}01")) for n in range(count)]


def test_ensure_tree_makes_everything_above(officer: Actor) -> None:
    make_area()
    ids = actions.ensure_tree(actor=officer, community=COMMUNITY, rows=rows(), now=NOW)
    assert len(set(ids.values())) == 6
    place = Place.objects.get(pk=ids[steps("1号楼", "1单元", "501")])
    assert (place.floor, place.door, place.full_name) == (5, "1-1-501", "金桂苑1号楼1单元501")
    assert place.unit.name == "1单元"
    assert place.building.name == "1号楼"
    assert place.path == f"{place.unit.path}{place.pk}/"
    assert place.path.count("/") == 5
    assert AuditEntry.objects.get(act="places.tree_extended").facts["count"] == 9


def test_ensure_tree_twice_changes_nothing(officer: Actor) -> None:
    make_area()
    first = actions.ensure_tree(actor=officer, community=COMMUNITY, rows=rows(), now=NOW)
    again = actions.ensure_tree(actor=officer, community=COMMUNITY, rows=rows(), now=NOW)
    assert first == again
    assert AuditEntry.objects.filter(act="places.tree_extended").count() == 1


def test_two_spellings_of_a_door_are_one_dwelling(officer: Actor) -> None:
    make_area()
    ids = actions.ensure_tree(
        actor=officer,
        community=COMMUNITY,
        rows=[
            DwellingRow(steps("1号楼", "1单元", "101")),
            DwellingRow(steps("1#", "一单元", "101室")),
            DwellingRow(steps("1", "1", "101")),
        ],
        now=NOW,
    )
    assert len(ids) == 3
    assert len(set(ids.values())) == 1


def test_ensure_tree_finds_by_alias(officer: Actor) -> None:
    make_area()
    actions.ensure_tree(actor=officer, community=COMMUNITY, rows=rows(1), now=NOW)
    compound = Place.objects.get(kind="compound")
    actions.add_alias(actor=officer, place=compound, name="老糖厂宿舍", now=NOW)
    ids = actions.ensure_tree(
        actor=officer,
        community=COMMUNITY,
        rows=[DwellingRow(steps("1号楼", "1单元", "101", compound="老糖厂宿舍"))],
        now=NOW,
    )
    assert Place.objects.filter(kind="dwelling").count() == 1
    assert next(iter(ids.values())) == Place.objects.get(kind="dwelling").pk


def test_ensure_tree_costs_the_same_queries_for_many(officer: Actor) -> None:
    make_area()
    with CaptureQueriesContext(
        connection,
    ) as few:
        actions.ensure_tree(
            actor=officer,
            community=COMMUNITY,
            rows=[DwellingRow(steps("1号楼", "1单元", "101"))],
            now=NOW,
        )
    many_rows = [
        DwellingRow(steps(f"{b}号楼", f"{u}单元", f"{f}0{d}"))
        for b in (2, 3)
        for u in (1, 2)
        for f in (1, 2, 3)
        for d in (1, 2)
    ]
    with CaptureQueriesContext(connection) as many:
        actions.ensure_tree(actor=officer, community=COMMUNITY, rows=many_rows, now=NOW)
    # Only the batches of bulk_create may differ.
    assert len(many) <= len(few) + 3


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (((K.COMPOUND, "金桂苑"),), "places.no_dwelling"),
        (((K.UNIT, "1单元"), (K.DWELLING, "1")), "places.wrong_parent"),
        (((K.BUILDING, " "), (K.DWELLING, "1")), "places.no_name"),
    ],
)
def test_ensure_tree_refuses_what_is_no_address(officer: Actor, bad, code: str) -> None:
    make_area()
    with pytest.raises(RuleBroken) as caught:
        actions.ensure_tree(actor=officer, community=COMMUNITY, rows=[DwellingRow(bad)], now=NOW)
    assert caught.value.code == code
    assert not Place.objects.exists()


def test_create_place(officer: Actor, grid_worker: Actor) -> None:
    compound = make_place(name="金桂苑", kind=K.COMPOUND)
    building = actions.create_place(
        actor=officer, community=COMMUNITY, kind=K.BUILDING, name="2号楼", parent=compound, now=NOW
    )
    assert building.path == f"{compound.path}{building.pk}/"
    with pytest.raises(RuleBroken, match="name_taken"):
        actions.create_place(
            actor=officer,
            community=COMMUNITY,
            kind=K.BUILDING,
            name="2栋",
            parent=compound,
            now=NOW,
        )
    with pytest.raises(RuleBroken, match="wrong_parent"):
        actions.create_place(
            actor=officer, community=COMMUNITY, kind=K.UNIT, name="1单元", parent=compound, now=NOW
        )
    with pytest.raises(RuleBroken, match="no_name"):
        actions.create_place(
            actor=officer, community=COMMUNITY, kind=K.LANE, name=" ", parent=None, now=NOW
        )
    assert AuditEntry.objects.filter(act="places.created").count() == 1


def test_another_communitys_officer_may_not_write(other_officer: Actor) -> None:
    place = make_dwelling()
    with pytest.raises(RuleBroken, match="not_allowed"):
        actions.rename_place(actor=other_officer, place=place, name="102", now=NOW)
    with pytest.raises(RuleBroken, match="not_allowed"):
        actions.assign_grid(
            actor=other_officer, community=COMMUNITY, grid=None, place_ids=[place.pk], now=NOW
        )


def test_rename_rewrites_all_below(officer: Actor) -> None:
    dwelling = make_dwelling()
    building = dwelling.building
    actions.rename_place(actor=officer, place=building, name="7号楼", now=NOW)
    dwelling.refresh_from_db()
    assert dwelling.full_name == "金桂苑7号楼1单元101"
    assert dwelling.door == "7-1-101"
    assert PlaceAlias.objects.get(place=building).name == "1号楼"


def test_move_takes_all_below_along(officer: Actor) -> None:
    dwelling = make_dwelling()
    other = make_place(name="银桂苑", kind=K.COMPOUND)
    actions.move_place(actor=officer, place=dwelling.building, parent=other, now=NOW)
    dwelling.refresh_from_db()
    assert dwelling.full_name.startswith("银桂苑1号楼")
    assert dwelling.path.startswith(other.path)
    with pytest.raises(RuleBroken, match="wrong_parent"):
        actions.move_place(actor=officer, place=other, parent=dwelling.unit, now=NOW)


def test_end_needs_a_reason_and_ends_all_below(officer: Actor) -> None:
    dwelling = make_dwelling()
    with pytest.raises(RuleBroken, match="no_reason"):
        actions.end_place(actor=officer, place=dwelling.building, reason=" ", now=NOW)
    actions.end_place(actor=officer, place=dwelling.building, reason="拆除", now=NOW)
    dwelling.refresh_from_db()
    assert dwelling.ended_at == NOW
    with pytest.raises(RuleBroken, match="changed_meanwhile"):
        actions.end_place(actor=officer, place=dwelling.building, reason="拆除", now=NOW)


def test_grids_are_inherited_and_the_nearest_counts(officer: Actor) -> None:
    first = make_dwelling(room="101")
    second = make_dwelling(room="102")
    one, two = make_grid(number="1"), make_grid(number="2")
    actions.assign_grid(
        actor=officer, community=COMMUNITY, grid=one, place_ids=[first.building_id], now=NOW
    )
    actions.assign_grid(
        actor=officer, community=COMMUNITY, grid=two, place_ids=[second.pk], now=NOW
    )
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.grid, second.grid) == (one, two)
    # A later act on the building wins over what was said below it.
    actions.assign_grid(
        actor=officer, community=COMMUNITY, grid=one, place_ids=[first.building_id], now=NOW
    )
    second.refresh_from_db()
    assert second.grid == one
    assert actions.recompute_grids(community=COMMUNITY) == 0


def test_draw_grid_frees_what_is_not_ticked_any_more(officer: Actor) -> None:
    first, second = make_dwelling(building="1号楼"), make_dwelling(building="2号楼")
    grid = make_grid()
    actions.draw_grid(
        actor=officer, grid=grid, place_ids=[first.building_id, second.building_id], now=NOW
    )
    assert queries.gap_count(officer, COMMUNITY) == 0
    actions.draw_grid(actor=officer, grid=grid, place_ids=[second.building_id], now=NOW)
    assert [p.pk for p in queries.gaps_of(officer, COMMUNITY)] == [first.pk]
    assert queries.dwellings_by_grid(COMMUNITY) == {None: 1, grid.pk: 1}


def test_end_grid_leaves_gaps(officer: Actor) -> None:
    dwelling = make_dwelling()
    grid = make_grid()
    actions.draw_grid(actor=officer, grid=grid, place_ids=[dwelling.pk], now=NOW)
    assert actions.end_grid(actor=officer, grid=grid, now=NOW) == 1
    assert queries.gap_count(officer, COMMUNITY) == 1
    with pytest.raises(RuleBroken, match="changed_meanwhile"):
        actions.end_grid(actor=officer, grid=grid, now=NOW)
    grid.refresh_from_db()
    with pytest.raises(RuleBroken, match="grid_ended"):
        actions.draw_grid(actor=officer, grid=grid, place_ids=[], now=NOW)


def test_grid_numbers_are_unique_and_two_levels_deep(officer: Actor) -> None:
    make_area()
    grid = actions.create_grid(
        actor=officer, community=COMMUNITY, number="3", name="第三网格", now=NOW
    )
    micro = actions.create_grid(
        actor=officer, community=COMMUNITY, number="3-1", name="微网格", now=NOW, parent=grid
    )
    for number, parent, code in (("3", None, "grid_number_taken"), ("4", micro, "grid_too_deep")):
        with pytest.raises(RuleBroken, match=code):
            actions.create_grid(
                actor=officer, community=COMMUNITY, number=number, name="x", now=NOW, parent=parent
            )
    with pytest.raises(RuleBroken, match="grid_number_taken"):
        actions.rename_grid(actor=officer, grid=micro, number="3", name="x", now=NOW)
    actions.rename_grid(actor=officer, grid=micro, number="3-2", name="西院", now=NOW)
    assert Grid.objects.get(pk=micro.pk).name == "西院"


def test_merge_pairs_children_and_undo_brings_them_back(officer: Actor) -> None:
    kept = make_dwelling(building="2号楼", room="101")
    twin = make_dwelling(building="贰号楼", room="101")
    alone = make_dwelling(building="贰号楼", room="102")
    before = set(Place.objects.values_list("pk", "path", "parent", "full_name", "merged_into"))
    merge = actions.merge_places(
        actor=officer, gone=twin.building, kept=kept.building, reason="同一栋楼", now=NOW
    )
    twin.refresh_from_db()
    alone.refresh_from_db()
    assert twin.merged_into == kept
    assert twin.path.startswith(kept.path)
    assert alone.merged_into is None
    assert alone.full_name == "金桂苑2号楼1单元102"
    assert alone.building == kept.building
    assert {p.pk for p in queries.dwellings_of(officer, COMMUNITY)} == {kept.pk, alone.pk}
    assert queries.access_place(officer, COMMUNITY, twin.pk) == kept
    actions.undo_merge(actor=officer, merge=merge, now=NOW)
    assert before == set(
        Place.objects.values_list("pk", "path", "parent", "full_name", "merged_into")
    )
    with pytest.raises(RuleBroken, match="changed_meanwhile"):
        actions.undo_merge(actor=officer, merge=merge, now=NOW)


def test_merge_refusals(officer: Actor) -> None:
    kept = make_dwelling(building="2号楼")
    other = make_dwelling(building="3号楼")
    for gone, into, reason, code in (
        (other.unit, kept.building, "x", "merge_unlike"),
        (kept.building, kept.building, "x", "merge_itself"),
        (other.building, kept.building, " ", "no_reason"),
    ):
        with pytest.raises(RuleBroken, match=code):
            actions.merge_places(actor=officer, gone=gone, kept=into, reason=reason, now=NOW)
    merge = actions.merge_places(
        actor=officer, gone=other.building, kept=kept.building, reason="x", now=NOW
    )
    other.building.refresh_from_db()
    with pytest.raises(RuleBroken, match="changed_meanwhile"):
        actions.merge_places(
            actor=officer,
            gone=other.building,
            kept=make_dwelling(building="5号楼").building,
            reason="x",
            now=NOW,
        )
    third = make_dwelling(building="4号楼").building
    kept.building.refresh_from_db()
    actions.merge_places(actor=officer, gone=kept.building, kept=third, reason="x", now=NOW)
    other.building.refresh_from_db()
    assert other.building.merged_into == third
    with pytest.raises(RuleBroken, match="merged_since"):
        actions.undo_merge(actor=officer, merge=merge, now=NOW)


def test_areas_file_of_the_project_loads(officer: Actor) -> None:
    from importlib.resources import files

    Area.objects.filter(level="community").count()
    text = (files("gridwell.places") / "files" / "taiyuan.csv").read_text("utf-8")
    parsed = actions.read_areas(text)
    assert len(parsed) == 12
    system = Actor.system(0)
    assert actions.load_areas(actor=system, rows=parsed, now=NOW) == 12
    assert actions.load_areas(actor=system, rows=parsed, now=NOW) == 12
    assert Area.objects.get(pk=140109000000).name == "万柏林区"
    assert Area.objects.get(pk=140109000000).parent.name == "太原市"


def test_areas_faults_name_their_line() -> None:
    with pytest.raises(RuleBroken) as caught:
        actions.read_areas("code,name\n140100000000,太原市\n14010x,错\n")
    assert caught.value.facts["line"] == 3


@pytest.mark.django_db
def test_a_file_of_areas_may_begin_at_its_city() -> None:
    rows = actions.read_areas("430100000000,长沙市\n430104000000,岳麓区\n")
    actions.load_areas(actor=Actor.system(0), rows=rows, now=NOW)
    assert Area.objects.get(pk=430000000000).name == "湖南省"
    assert Area.objects.get(pk=430104000000).parent_id == 430100000000


@pytest.mark.django_db
def test_areas_need_their_parent() -> None:
    with pytest.raises(RuleBroken, match="parent_missing"):
        actions.load_areas(
            actor=Actor.system(0), rows=actions.read_areas("140109000000,万柏林区"), now=NOW
        )


def test_recode_takes_every_row_along(officer: Actor) -> None:
    dwelling = make_dwelling()
    CommunityProfile.objects.create(community_id=COMMUNITY, grid_low=7)
    new = 140109008777
    count = actions.recode(actor=Actor.system(0), old=COMMUNITY, new=new, now=NOW)
    assert count == 1
    dwelling.refresh_from_db()
    assert dwelling.community_id == new
    assert queries.profile_of(new).grid_low == 7
    assert Area.objects.get(pk=COMMUNITY).replaced_by_id == new
    for old, to, code in (
        (COMMUNITY, 140109008778, "no_such_area"),
        (new, 140109000000, "other_level"),
        (new, new, "code_taken"),
        (new, 150109008778, "parent_missing"),
    ):
        with pytest.raises(RuleBroken, match=code):
            actions.recode(actor=Actor.system(0), old=old, new=to, now=NOW)


def test_recode_takes_along_what_areas_do_not_know_of(officer: Actor) -> None:
    user = make_user()
    told = Message.objects.create(
        community_id=COMMUNITY, user=user, kind="test", key="1", created_at=NOW
    )
    sent = Delivery.objects.create(
        community_id=COMMUNITY, message=told, kind="mail", state="sent", due_at=NOW
    )
    new = 140109008777
    actions.recode(actor=Actor.system(0), old=COMMUNITY, new=new, now=NOW)
    for row in (told, sent):
        row.refresh_from_db()
        assert row.community_id == new


def test_recode_of_a_subdistrict_shifts_all_inside(officer: Actor, other_officer: Actor) -> None:
    make_dwelling()
    assert actions.recode(actor=Actor.system(0), old=140109008000, new=140109018000, now=NOW) == 3
    assert Place.objects.filter(community=140109018001).count() == 4
    assert Area.objects.get(pk=140109018002).parent_id == 140109018000


def test_set_profile_and_dwelling(officer: Actor) -> None:
    dwelling = make_dwelling()
    actions.set_profile(actor=officer, community=COMMUNITY, now=NOW, grid_low=5, grid_high=9)
    assert queries.profile_of(COMMUNITY).grid_high == 9
    with pytest.raises(RuleBroken, match="band_upside_down"):
        actions.set_profile(actor=officer, community=COMMUNITY, now=NOW, grid_low=9, grid_high=5)
    actions.set_dwelling(actor=officer, place=dwelling, floor=3, is_vacant=True, now=NOW)
    assert Place.objects.get(pk=dwelling.pk).is_vacant
    with pytest.raises(RuleBroken, match="no_dwelling"):
        actions.set_dwelling(actor=officer, place=dwelling.unit, floor=3, is_vacant=True, now=NOW)
