"""The organisation of a community (组织架构): groups and heads, the chart, what has no name on it."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridwell.accounts import actions as accounts
from gridwell.accounts import listing
from gridwell.accounts.labels import TEAMS
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.rules.actor import Right
from gridwell.core import clock
from gridwell.core.errors import NotVisible
from gridwell.core.numbers import whole_number
from gridwell.organisation import forms, labels, queries
from gridwell.organisation.actions import groups
from gridwell.organisation.queries.chart import GridView, GroupView, Organisation, served_by
from gridwell.organisation.queries.gaps import Gap
from gridwell.organisation.rules.chart import Band, Card, Line, draw
from gridwell.organisation.rules.kinds import WORK_GROUPS, GapKind
from gridwell.organisation.views.common import (
    ACT,
    act_page,
    at,
    bound,
    manages,
    may_manage,
    one_community,
)
from gridwell.places.queries import access_place, grids_of
from gridwell.places.rules.levels import AreaLevel, PlaceKind


@require_GET
def organisation(request: ActorRequest, area: int) -> HttpResponseBase:
    """Show who does what in a community; of an upper area, what lacks a name in each below."""
    now = clock.now()
    if request.area.level != AreaLevel.COMMUNITY:
        return _below(request)
    whole = queries.organisation_of(request.actor, request.area.pk, now)
    charges = list(queries.charges_of(request.actor, request.area.pk, now)[:12])
    people = queries.persons_of(charges, now)
    lacking = len(groups.lacking(whole)) if may_manage(request) else 0
    context = {
        "whole": whole,
        "grids": [_grid_row(grid, above) for grid, above in whole.leaves],
        "kinds": [(kind.value, labels.GROUPS_SHORT[kind.value]) for kind in WORK_GROUPS],
        "charges": [(row, people[row.pk]) for row in charges],
        "counts": _counts(whole),
        "lacking": lacking,
        "may_manage": may_manage(request),
        "may_export": request.actor.may(Right.EXPORT_LEDGERS, request.area.pk),
        "on": "organisation",
    }
    return render(request, "organisation/organisation.html", context)


@listing.offered("organisation")
def _below(request: ActorRequest) -> HttpResponse:
    """Show of an upper area what lacks a name in each community below."""
    rows = queries.tallies_of(request.actor, request.area.pk, clock.now())
    kinds = [kind.value for kind in GapKind]
    context = {
        "columns": [labels.GAPS[kind] for kind in kinds],
        "rows": [
            (row, [(kind, labels.GAPS[kind], row.counts[kind]) for kind in kinds]) for row in rows
        ],
        "sums": [sum(row.counts[kind] for row in rows) for kind in kinds],
        "lacking": sum(row.all for row in rows),
    }
    return render(request, "organisation/below.html", context)


def _grid_row(grid: GridView, above: GridView | None) -> dict[str, Any]:
    """Return a grid as a line of the table: its worker, and a cell for each work group."""
    cells = []
    for kind in WORK_GROUPS:
        own = grid.groups.get(kind.value)
        from_above = above.groups.get(kind.value) if above is not None and own is None else None
        cells.append(
            (kind.value, labels.GROUPS_SHORT[kind.value], own or from_above, from_above is not None)
        )
    return {"view": grid, "above": above, "cells": cells}


def _counts(whole: Organisation) -> dict[str, int]:
    every = [*whole.leading, *whole.special]
    for grid in whole.grids:
        for view in (grid, *grid.micro):
            every += [*view.groups.values(), *view.special]
    return {
        "grids": len(whole.leaves),
        "groups": len(every),
        "heads": sum(1 for head in whole.heads if head.name),
        "buildings": len(whole.heads),
        "people": sum(group.people for group in every),
    }


@require_GET
@one_community
def organisation_chart(request: ActorRequest) -> HttpResponse:
    """Show the organisation as a picture; on a phone as a list; `?print=1` on a sheet of A4."""
    whole = queries.organisation_of(request.actor, request.area.pk, clock.now())
    is_print = request.GET.get("print") == "1"
    context = {
        "drawing": _drawing(request, whole, with_links=not is_print),
        "whole": whole,
        "grids": [_grid_row(grid, above) for grid, above in whole.leaves],
        "labels": labels.GROUPS_SHORT,
        "back": at(request, "organisation_chart"),
        "on": "chart",
    }
    template = "organisation/chart_print.html" if is_print else "organisation/chart.html"
    return render(request, template, context)


def _drawing(request: ActorRequest, whole: Organisation, *, with_links: bool) -> Any:
    def address(group: GroupView | None) -> str:
        if group is None or not with_links:
            return ""
        return at(request, "group_file", team=group.team.pk)

    top = Card(str(TEAMS["leading"]))
    if whole.leading:
        top = Card(
            whole.leading[0].team.name, _group_lines(whole.leading[0]), address(whole.leading[0])
        )
    special = tuple(
        Card(group.team.name, (Line(_("Leader"), group.leader_name),), address(group))
        for group in [*whole.leading[1:], *whole.special]
    )
    bands = []
    loose: list[Card] = []
    for grid in whole.grids:
        if grid.micro:
            head = Card(grid.grid.name, (_worker_line(grid), *_own_groups(grid)))
            bands.append(Band(head, tuple(_grid_card(micro, grid) for micro in grid.micro)))
        else:
            loose.append(_grid_card(grid, None))
    if loose:
        bands.append(Band(None, tuple(loose)))
    return draw(top, special, tuple(bands), _("nobody"))


def _group_lines(group: GroupView) -> tuple[Line, ...]:
    """Return the leader and up to eight members of the leading group."""
    lines = [
        Line(_("Leader"), group.leader_name, bool(group.leader and group.leader.is_deputy_acting))
    ]
    for member in group.members[:8]:
        lines.append(Line(member.post.title, served_by(member), member.is_deputy_acting))
    return tuple(lines)


def _worker_line(grid: GridView) -> Line:
    worker = grid.worker
    return Line(
        _("Grid worker"), grid.worker_name, bool(worker is not None and worker.is_deputy_acting)
    )


def _own_groups(grid: GridView) -> tuple[Line, ...]:
    return tuple(
        Line(str(labels.GROUPS_SHORT[kind]), group.leader_name)
        for kind, group in grid.groups.items()
    )


def _grid_card(grid: GridView, above: GridView | None) -> Card:
    lines = [_worker_line(grid)] if above is None or grid.workers != above.workers else []
    for kind in WORK_GROUPS:
        group = grid.groups.get(kind.value)
        served = above is not None and kind.value in above.groups
        if group is None and served:
            continue
        name = group.leader_name if group is not None else ""
        lines.append(Line(str(labels.GROUPS_SHORT[kind.value]), name))
    return Card(grid.grid.name, tuple(lines))


@require_GET
@one_community
def organisation_gaps(request: ActorRequest) -> HttpResponse:
    """List what has no name on it, with the press that names somebody."""
    gaps = queries.gaps_of(request.actor, request.area.pk, clock.now())
    kind = request.GET.get("kind", "")
    counts = Counter(gap.kind.value for gap in gaps)
    shown = [gap for gap in gaps if not kind or gap.kind.value == kind]
    if listing.is_asked(request):
        return listing.as_workbook(
            request,
            area=request.area.pk,
            code="gaps",
            title=_("No name on it"),
            header=[_("Where"), _("What")],
            rows=[(gap.name or request.area.name, _gap_words(request, gap)[0]) for gap in shown],
            widths=(40, 28),
        )
    context = {
        "rows": [(gap, *_gap_words(request, gap)) for gap in shown],
        "counts": [(one.value, labels.GAPS[one.value], counts[one.value]) for one in GapKind],
        "kind": kind,
        "total": len(gaps),
        "on": "gaps",
    }
    return render(request, "organisation/gaps.html", context)


def _gap_words(request: ActorRequest, gap: Gap) -> tuple[str, str, str]:
    """Return what is lacking, the words of the press, and where it leads ("" without the right)."""
    managed = may_manage(request)
    what = str(labels.GAPS[gap.kind.value])
    press, url = str(_("Name somebody")), ""
    if gap.kind is GapKind.LEADING:
        press, url = _("Make it"), f"{at(request, 'group_new')}?kind=leading"
    elif gap.kind is GapKind.GROUP:
        what = _("no %(group)s") % {"group": str(TEAMS[gap.group]).lower()}
        press = _("Make it")
        url = f"{at(request, 'group_new')}?kind={gap.group}&grid={gap.subject}"
    elif gap.kind is GapKind.GROUP_EMPTY:
        url = f"{at(request, 'group_member', team=gap.subject)}?leader=1"
    elif gap.kind is GapKind.BUILDING:
        url = at(request, "head_name", place=gap.subject)
    elif gap.kind is GapKind.CHARGE:
        url = f"{at(request, 'charge_new')}?place={gap.subject}"
    elif gap.kind is GapKind.GRID:
        url = f"{at(request, 'charge_new')}?grid={gap.subject}"
    elif gap.kind is GapKind.POST:
        url = reverse("post_holder", args=[gap.subject])
    if gap.kind is GapKind.KEY_PERSON:
        what = _("%(have)s of five named") % {"have": gap.have}
        managed = request.actor.may(Right.EDIT_REGISTER, request.area.pk)
        url = at(request, "five_edit", household=gap.subject)
    return what, press, url if managed else ""


# ---- groups ----------------------------------------------------------------------------------


@require_http_methods(ACT)
@one_community
@manages
def group_new(request: ActorRequest) -> HttpResponse:
    """Make a group."""
    initial = {
        "kind": request.GET.get("kind", "sampling"),
        "grid": whole_number(request.GET.get("grid")),
    }
    grids = grids_of(request.actor, request.area.pk).order_by("number")
    form = forms.GroupForm(**bound(request), grids=grids, initial=initial)

    def act() -> str:
        data = form.cleaned_data
        grid = data["grid"]
        name = data["name"] or groups.group_name(data["kind"], grid.name if grid else "")
        team = accounts.create_team(
            actor=request.actor,
            area=request.area,
            kind=data["kind"],
            name=name,
            grid=grid,
            now=clock.now(),
        )
        return at(request, "group_file", team=team.pk)

    return act_page(
        request,
        form,
        act,
        title=_("New group"),
        back=at(request, "organisation"),
        submit=_("Make it"),
    )


@require_POST
@one_community
@manages
def groups_usual(request: ActorRequest) -> HttpResponse:
    """Make the groups that the community lacks."""
    made = groups.make_usual_groups(actor=request.actor, community=request.area.pk, now=clock.now())
    text = ngettext("%(count)s group was made.", "%(count)s groups were made.", len(made))
    messages.success(request, text % {"count": len(made)})
    return redirect("organisation", area=request.area.pk)


@require_GET
@one_community
def group_file(request: ActorRequest, team: int) -> HttpResponse:
    """Show one group: its leader and members with deputies and telephones."""
    found = queries.access_team(request.actor, request.area.pk, team)
    now = clock.now()
    view = queries.group_of(found, now)
    context = {
        "team": found,
        "kind": TEAMS[found.kind],
        "view": view,
        "lines": [*([view.leader] if view.leader else []), *view.members],
        "is_over": found.ends_at is not None and found.ends_at <= now,
        "may_manage": may_manage(request),
        "on": "organisation",
    }
    return render(request, "organisation/group_file.html", context)


@require_http_methods(ACT)
@one_community
@manages
def group_member(request: ActorRequest, team: int) -> HttpResponse:
    """Give a group a leader or a member."""
    found = queries.access_team(request.actor, request.area.pk, team)
    form = forms.MemberForm(
        **bound(request),
        people=queries.people_to_name(request.actor, request.area.pk),
        posts=queries.posts_to_name(request.actor, request.area.pk, clock.now()),
        initial={"is_leader": request.GET.get("leader") == "1"},
    )

    def act() -> str:
        groups.name_member(
            actor=request.actor,
            team=found,
            named=form.named,
            title=form.cleaned_data["title"],
            is_leader=form.cleaned_data["is_leader"],
            now=clock.now(),
        )
        return at(request, "group_file", team=found.pk)

    return act_page(
        request,
        form,
        act,
        title=_("Name somebody: %(team)s") % {"team": found.name},
        back=at(request, "group_file", team=found.pk),
        submit=_("Put in charge"),
    )


@require_http_methods(ACT)
@one_community
@manages
def group_rename(request: ActorRequest, team: int) -> HttpResponse:
    """Call a group otherwise."""
    found = queries.access_team(request.actor, request.area.pk, team)
    form = forms.NameForm(**bound(request), initial={"name": found.name})

    def act() -> str:
        accounts.change_team(
            actor=request.actor,
            team=found,
            leader_post=found.leader_post,
            now=clock.now(),
            **form.cleaned_data,
        )
        return at(request, "group_file", team=found.pk)

    return act_page(
        request,
        form,
        act,
        title=_("Rename %(team)s") % {"team": found.name},
        back=at(request, "group_file", team=found.pk),
        submit=_("Save"),
    )


@require_http_methods(ACT)
@one_community
@manages
def group_end(request: ActorRequest, team: int) -> HttpResponse:
    """End a group; its posts must be ended or moved first, so that nobody is stranded."""
    found = queries.access_team(request.actor, request.area.pk, team)
    form = forms.ReasonForm(**bound(request))

    def act() -> str:
        accounts.end_team(actor=request.actor, team=found, now=clock.now(), **form.cleaned_data)
        return at(request, "organisation")

    return act_page(
        request,
        form,
        act,
        title=_("End the group “%(team)s”") % {"team": found.name},
        back=at(request, "group_file", team=found.pk),
        submit=_("End the group"),
    )


@require_http_methods(ACT)
@one_community
@manages
def head_name(request: ActorRequest, place: int) -> HttpResponse:
    """Name the head of a building or a unit."""
    found = access_place(request.actor, request.area.pk, place)
    if found.kind not in {PlaceKind.BUILDING, PlaceKind.ROW, PlaceKind.UNIT}:
        raise NotVisible
    people = queries.people_to_name(request.actor, request.area.pk)
    form = forms.HeadForm(**bound(request), people=people)

    def act() -> str:
        groups.name_head(actor=request.actor, place=found, named=form.named, now=clock.now())
        return f"{at(request, 'organisation')}#heads"

    is_unit = found.kind == PlaceKind.UNIT
    title = _("Unit head of %(place)s") if is_unit else _("Building head of %(place)s")
    return act_page(
        request,
        form,
        act,
        title=title % {"place": found.full_name},
        text=_(
            "Whoever has no account gets one without a password: it can be signed in with once you "
            "hand out a one-time password under Accounts."
        ),
        back=at(request, "organisation"),
        submit=_("Put in charge"),
    )
