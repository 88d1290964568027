"""The building board (一楼一图) on screen, in its side and on A4."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from gridwell.accounts.middleware import ActorRequest
from gridwell.core import clock, frame
from gridwell.core.components import Board, BoardGroup, BoardLine, Cell
from gridwell.core.errors import NotVisible
from gridwell.core.numbers import whole_number
from gridwell.core.parts import wants_part
from gridwell.places.models import Place
from gridwell.places.queries import access_place
from gridwell.places.rules.levels import PlaceKind
from gridwell.residents import queries
from gridwell.residents.queries.board import BoardFacts, Door
from gridwell.residents.rules.board import Spot, lay_out, wrap
from gridwell.residents.views.common import chip, one_community
from gridwell.residents.views.side import dwelling_side

BOARDS = (PlaceKind.BUILDING, PlaceKind.ROW, PlaceKind.COMPOUND, PlaceKind.VILLAGE, PlaceKind.LANE)


@require_GET
@one_community
def building_board(request: ActorRequest, building: int) -> HttpResponse:
    """Show a building floor by floor; `?cell=` opens a door in the side, alone for htmx."""
    community = request.area.pk
    place = access_place(request.actor, community, building)
    if place.kind not in BOARDS:
        raise NotVisible
    chosen = whole_number(request.GET.get("cell"))
    if chosen and wants_part(request):
        side = dwelling_side(request, access_place(request.actor, community, chosen))
        return render(request, "residents/board_side.html", side)
    facts = queries.board_facts(request.actor, place, clock.now())
    context: dict[str, Any] = {
        "building": place,
        "facts": facts,
        "board": board_of(facts, chosen),
        "only_missing": request.GET.get("only") == "missing",
        "strip": frame.fill("board_head", request.actor, [place.pk], clock.today()),
        "cell": chosen,
    }
    if chosen:
        context |= dwelling_side(request, access_place(request.actor, community, chosen))
    return render(request, "residents/building_board.html", context)


@require_GET
@one_community
def board_print(request: ActorRequest, building: int) -> HttpResponse:
    """Show the board as a sheet of A4."""
    place = access_place(request.actor, request.area.pk, building)
    facts = queries.board_facts(request.actor, place, clock.now())
    back = reverse("building_board", kwargs={"area": request.area.pk, "building": place.pk})
    board = board_of(facts, None, is_paper=True)
    context = {
        "building": place,
        "facts": facts,
        "board": board,
        "is_wide": sum(group.width for group in board.groups) > 7,
        "back": back,
        "rows": len(facts.doors),
    }
    return render(request, "residents/board_print.html", context)


def board_of(facts: BoardFacts, chosen: int | None, *, is_paper: bool = False) -> Board:
    """Return the facts laid out as the board that the page draws."""
    base = reverse(
        "building_board",
        kwargs={"area": facts.building.community_id, "building": facts.building.pk},
    )
    cells = {door.place.pk: _cell(door, base, chosen, is_paper=is_paper) for door in facts.doors}
    notes = [_("hatched = nobody lives there")]
    if any(door.tally for door in facts.doors):
        notes.insert(0, _("bottom left done/due, shaded = not complete"))
    else:
        notes.insert(0, _("bottom left = people"))
    notes += [f"{mark.sign} = {mark.text}" for mark in facts.marks]
    groups, lines = _rows(facts, cells) if _is_flat(facts) else _floors(facts, cells)
    return Board(
        title=facts.building.name,
        groups=groups,
        lines=lines,
        legend=[chip(label) for label in facts.legend],
        notes=notes,
        is_rows=_is_flat(facts),
    )


def _is_flat(facts: BoardFacts) -> bool:
    """Whether the doors stand in rows instead of on floors: row houses, a village."""
    return not facts.units and all(door.place.floor is None for door in facts.doors)


def _floors(facts: BoardFacts, cells: dict[int, Cell]) -> tuple[list[BoardGroup], list[BoardLine]]:
    layout = lay_out(
        [
            (
                Spot(door.place.unit_id, door.place.floor, (door.place.position, door.place.name)),
                cells[door.place.pk],
            )
            for door in facts.doors
        ],
        [unit.pk for unit in facts.units],
    )
    names = {unit.pk: unit.name for unit in facts.units}
    groups = [
        BoardGroup(names.get(unit or 0, "" if not names else _("no unit")), width)
        for unit, width in layout.groups
    ]
    lines = [
        BoardLine("—" if floor is None else str(floor), groups_of)
        for floor, groups_of in layout.lines
    ]
    return groups, lines


def _rows(facts: BoardFacts, cells: dict[int, Cell]) -> tuple[list[BoardGroup], list[BoardLine]]:
    by_row: dict[int | None, list[Door]] = {}
    for door in facts.doors:
        by_row.setdefault(door.place.parent_id, []).append(door)
    names = (
        dict(Place.objects.filter(pk__in=[pk for pk in by_row if pk]).values_list("pk", "name"))
        if len(by_row) > 1
        else {}
    )
    lines = []
    width = 1
    for parent, doors in by_row.items():
        for number, row in enumerate(wrap([cells[door.place.pk] for door in doors])):
            name = names.get(parent or 0, facts.building.name)
            lines.append(BoardLine(name if number == 0 else "", (row,)))
            width = max(width, len(row))
    return [BoardGroup("", width)], lines


def _cell(door: Door, base: str, chosen: int | None, *, is_paper: bool) -> Cell:
    """Return one door as a cell: colour and sign, people or done of due, marks."""
    place = door.place
    is_vacant = not door.households
    title = place.door or place.name
    if door.label is not None:
        title = f"{title} {door.label.name or door.label.sign}"
    title += " " + (
        pgettext("board cell", "vacant")
        if is_vacant
        else _("people: %(people)s") % {"people": door.people}
    )
    if len(door.households) > 1:
        title += " " + _("households: %(count)s") % {"count": len(door.households)}
    url = f"{base}?cell={place.pk}"
    tally = door.tally
    return Cell(
        name=place.name,
        title=title,
        url=None if is_paper else url,
        part_url=None if is_paper else url,
        mark=chip(door.label) if door.label is not None and not is_vacant else None,
        done=tally.done if tally else None,
        due=tally.due if tally else None,
        note="" if is_vacant else _("%(people)s p.") % {"people": door.people},
        state="vacant" if is_vacant else ("missing" if door.is_missing else ""),
        badges=tuple((mark.sign, mark.text) for mark in door.marks),
        is_selected=place.pk == chosen,
    )
