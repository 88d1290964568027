"""The grid ledger (网格台账): one ledger a grid, on screen and on paper."""

from collections import defaultdict
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.queries import posts_for_grids
from gridwell.accounts.reasons import names_need_reason
from gridwell.accounts.rules.actor import Right
from gridwell.audit.actions import record_look
from gridwell.core import clock, frame
from gridwell.places.queries import access_grid, profile_of
from gridwell.residents import labels, queries
from gridwell.residents.queries.files import age_on
from gridwell.residents.queries.lists import Asked, resident_list
from gridwell.residents.views.common import chip, each_once, file_url, one_community, paged


@listing.offered("grids")
@require_GET
@one_community
def grid_ledgers(request: ActorRequest) -> HttpResponse:
    """List the grids with their figures; each opens its ledger."""
    actor, community = request.actor, request.area.pk
    sizes = queries.grid_sizes(actor, community, profile_of(community))
    charge = posts_for_grids(actor, community, [size.grid.pk for size in sizes], clock.now())
    stats = queries.ledger_stats(actor, community, clock.now())
    rows = [
        {
            "size": size,
            "in_charge": each_once(charge.get(size.grid.pk, [])),
            "stats": stats.get(size.grid.pk, {}),
            "url": reverse("grid_ledger", kwargs={"area": community, "grid": size.grid.pk}),
        }
        for size in sizes
    ]
    return render(request, "residents/grid_ledgers.html", {"rows": rows})


@listing.offered("grid-ledger", Right.EXPORT_LEDGERS)
@require_GET
@one_community
@names_need_reason
def grid_ledger(request: ActorRequest, grid: int) -> HttpResponse:
    """Show one grid's ledger: its people with age, circumstances, labels and what runs."""
    actor, community, now = request.actor, request.area.pk, clock.now()
    found = access_grid(actor, community, grid)
    people = resident_list(actor, community, Asked(grid=found.pk), now).defer("document", "remark")
    is_print = request.GET.get("print") == "1"
    page = paged(request, people, 2000 if is_print else 100)
    context = {
        "grid": found,
        "page": page,
        "in_charge": each_once(posts_for_grids(actor, community, [found.pk], now)[found.pk]),
        "back": reverse("grid_ledgers", kwargs={"area": community}),
        **_lines(request, list(page.object_list)),
    }
    if request.look_reason:
        rows = [line["resident"] for line in context["lines"]]
        record_look(actor, community, rows, request.look_reason, what="names")
    template = "residents/grid_ledger_print.html" if is_print else "residents/grid_ledger.html"
    return render(request, template, context)


def _lines(request: ActorRequest, rows: list[Any]) -> dict[str, Any]:
    """Return the ledger's lines and the columns that upper packages add."""
    actor, community, now = request.actor, request.area.pk, clock.now()
    today = clock.day_of(now)
    ids = [row.pk for row in rows]
    homes = queries.homes_of(community, ids)
    traits = queries.traits_of(community, ids, now)
    by_resident, by_household = queries.marks_by_subject(
        community, now, residents=ids, households={h.household_id for h in homes.values()}
    )
    columns: list[str] = []
    cells: dict[tuple[int, str], list[str]] = defaultdict(list)
    for cell in frame.fill("ledger_columns", actor, ids, today):
        if cell.column not in columns:
            columns.append(cell.column)
        cells[cell.subject, cell.column].append(str(cell.text))
    lines = []
    for row in rows:
        home = homes.get(row.pk)
        marks = [*by_resident[row.pk], *by_household.get(home.household_id if home else 0, [])]
        illness = [t for t in traits.get(row.pk, []) if t.code == "illness"]
        lines.append(
            {
                "resident": row,
                "url": file_url(community, home.household_id if home else None),
                "is_head": bool(home and home.is_head),
                "relation": home.relation if home else "",
                "sex": labels.SEX.get(row.sex, ""),
                "age": age_on(row.birth_on, today),
                "illness": [labels.TRAIT_VALUES.get(t.value, t.value) for t in illness],
                "is_ill": bool(illness),
                "traits": [
                    labels.TRAITS.get(t.code, t.code)
                    for t in traits.get(row.pk, [])
                    if t.code not in {"illness", "vaccine", "employer"}
                ],
                "marks": [chip(mark.label) for mark in marks],
                "more": [cells.get((row.pk, column), []) for column in columns],
            }
        )
    return {"lines": lines, "columns": columns}
