"""Buildings and grids (楼栋与网格): lists, drawing grids by ticking, the entry of one place."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.queries import posts_for_grids
from gridwell.accounts.reasons import ask_url, has_look
from gridwell.accounts.rules.actor import Right
from gridwell.audit.actions import record_look
from gridwell.core import clock
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.numbers import whole_number, whole_numbers
from gridwell.places import actions
from gridwell.places import labels as place_labels
from gridwell.places import queries as places
from gridwell.places.actions.merging import plan_merge
from gridwell.places.models import Grid, Place
from gridwell.places.rules.levels import AreaLevel, PlaceKind
from gridwell.residents import forms, queries
from gridwell.residents.queries.counts import Count
from gridwell.residents.views.common import (
    act_page,
    board_url,
    bound,
    each_once,
    for_right,
    note_shown,
    one_community,
    paged,
)

ACT = ["GET", "POST"]
edits = for_right(Right.EDIT_REGISTER)
draws = for_right(Right.DRAW_GRIDS)


@listing.offered("communities")
@require_GET
def communities(request: ActorRequest, area: int) -> HttpResponse:
    """List the communities below an area with their figures; the way down for upper levels."""
    found = places.communities_of(request.actor, request.area.pk).select_related("parent__parent")
    if request.area.level == AreaLevel.COMMUNITY:
        return redirect("buildings", area=request.area.pk)
    page = paged(request, found.order_by("code"))
    counts = queries.counts_by_community([area.pk for area in page.object_list])
    rows = [(area, counts.get(area.pk, Count())) for area in page.object_list]
    return render(request, "residents/communities.html", {"page": page, "rows": rows})


@listing.offered("buildings")
@require_GET
@one_community
def buildings(request: ActorRequest) -> HttpResponse:
    """List the buildings with figures, grid and board, ground by ground; grids beside them."""
    actor, community = request.actor, request.area.pk
    counts = queries.counts_by_building(actor, community)
    found = list(places.buildings_of(actor, community))
    grids = places.grids_by_building(community)
    names = {grid.pk: grid for grid in places.grids_of(actor, community)}
    by_ground: dict[Place | None, list[dict[str, Any]]] = defaultdict(list)
    for place in found:
        by_ground[place.parent].append(
            {
                "place": place,
                "count": counts.get(place.pk, Count()),
                "board": board_url(community, place.pk),
                "grids": [names[pk] for pk in grids.get(place.pk, []) if pk in names],
                "has_gap": None in grids.get(place.pk, []),
            }
        )
    context = {
        "grounds": list(by_ground.items()),
        "loose": counts.get(None, Count()),
        "total": queries.totals_of(actor, community),
        "building_count": len(found),
        "sizes": _sizes(request),
        "gaps": places.gap_count(actor, community),
        "may_draw": actor.may(Right.DRAW_GRIDS, community),
        "may_edit": actor.may(Right.EDIT_REGISTER, community),
    }
    return render(request, "residents/buildings.html", context)


def _sizes(request: ActorRequest) -> list[dict[str, Any]]:
    """Return the grids of the community with figures, warnings and who is in charge."""
    actor, community = request.actor, request.area.pk
    sizes = queries.grid_sizes(actor, community, places.profile_of(community))
    charge = posts_for_grids(actor, community, [size.grid.pk for size in sizes], clock.now())
    return [
        {
            "size": size,
            "grid": size.grid,
            "in_charge": each_once(charge.get(size.grid.pk, [])),
            "ledger": reverse("grid_ledger", kwargs={"area": community, "grid": size.grid.pk}),
        }
        for size in sizes
    ]


@listing.offered("doors-without-grid")
@require_GET
@one_community
def gaps(request: ActorRequest) -> HttpResponse:
    """List dwellings and sites that belong to no grid."""
    page = paged(request, places.gaps_of(request.actor, request.area.pk), 100)
    may_draw = request.actor.may(Right.DRAW_GRIDS, request.area.pk)
    return render(request, "residents/gaps.html", {"page": page, "may_draw": may_draw})


@require_http_methods(ACT)
@one_community
@draws
def grid_new(request: ActorRequest) -> HttpResponse:
    """Create a grid or a micro-grid."""
    community = request.area.pk
    whole = [g for g in places.grids_of(request.actor, community) if g.parent_id is None]
    form = forms.GridForm(grids=whole, **bound(request))

    def act(values: Mapping[str, Any]) -> str:
        parent = next((g for g in whole if g.pk == values["parent"]), None)
        grid = actions.create_grid(
            actor=request.actor,
            community=community,
            number=values["number"],
            name=values["name"],
            parent=parent,
            now=clock.now(),
        )
        return reverse("grid_draw", kwargs={"area": community, "grid": grid.pk})

    back = reverse("buildings", kwargs={"area": community})
    return act_page(request, form, act, title=_("New grid"), back=back)


@require_http_methods(ACT)
@one_community
@draws
def grid_draw(request: ActorRequest, grid: int) -> HttpResponse:
    """Draw a grid by ticking buildings, units or dwellings; the effect is shown before saving."""
    community = request.area.pk
    found = places.access_grid(request.actor, community, grid)
    effect = None
    ticked: set[int] | None = None
    if request.method == "POST":
        posted = whole_numbers(request.POST.getlist("place"))
        mine = places.places_of(request.actor, community).filter(pk__in=posted)
        ticked = set(mine.values_list("pk", flat=True))
        if "confirmed" in request.POST:
            actions.draw_grid(actor=request.actor, grid=found, place_ids=ticked, now=clock.now())
            return redirect("grid_draw", area=community, grid=found.pk)
        effect = _drawing_effect(found, ticked)
    opened = whole_number(request.GET.get("open")) or 0
    context = {
        "grid": found,
        "tree": places.tick_tree(community, found, ticked, opened),
        "opened": _above(opened),
        "effect": effect,
        "ticked": sorted(ticked or ()),
        "sizes": [row for row in _sizes(request) if row["grid"].pk == found.pk],
    }
    return render(request, "residents/grid_draw.html", context)


def _above(place: int) -> list[int]:
    """Return the ids of a place and all above it."""
    path = Place.objects.filter(pk=place).values_list("path", flat=True).first() if place else ""
    return [int(part) for part in (path or "").strip("/").split("/") if part]


def _drawing_effect(grid: Grid, ticked: set[int]) -> dict[str, int]:
    """Return how many dwellings a drawing brings in, takes from other grids, and lets go."""
    after = places.doors_below(grid.community_id, ticked)
    before = places.grid_by_door(grid.community_id)
    now_in = {pk for pk, own in before.items() if own == grid.pk}
    return {
        "after": len(after),
        "joining": len(after - now_in),
        "leaving": len(now_in - after),
        "from_others": sum(1 for pk in after if before.get(pk) not in {None, grid.pk}),
    }


@require_http_methods(ACT)
@one_community
@draws
def grid_edit(request: ActorRequest, grid: int) -> HttpResponse:
    """Change number and name of a grid."""
    community = request.area.pk
    found = places.access_grid(request.actor, community, grid)
    form = forms.GridForm(initial={"number": found.number, "name": found.name}, **bound(request))
    del form.fields["parent"]
    back = reverse("grid_draw", kwargs={"area": community, "grid": found.pk})

    def act(values: Mapping[str, Any]) -> str:
        actions.rename_grid(
            actor=request.actor,
            grid=found,
            number=values["number"],
            name=values["name"],
            now=clock.now(),
        )
        return back

    return act_page(request, form, act, title=_("Edit %(grid)s") % {"grid": found.name}, back=back)


@require_POST
@one_community
@draws
def grid_end(request: ActorRequest, grid: int) -> HttpResponse:
    """End a grid; its dwellings become gaps."""
    found = places.access_grid(request.actor, request.area.pk, grid)
    actions.end_grid(actor=request.actor, grid=found, now=clock.now())
    return redirect("buildings", area=request.area.pk)


@require_http_methods(ACT)
@one_community
@draws
def community_settings(request: ActorRequest) -> HttpResponse:
    """Set the size bands of grids, the answer time of objections, the desk's telephone."""
    community = request.area.pk
    profile = places.profile_of(community)
    names = list(forms.SettingsForm.base_fields)
    form = forms.SettingsForm(
        initial={name: getattr(profile, name) for name in names}, **bound(request)
    )

    def act(values: Mapping[str, Any]) -> str:
        actions.set_profile(actor=request.actor, community=community, now=clock.now(), **values)
        return reverse("community_settings", kwargs={"area": community})

    return act_page(
        request,
        form,
        act,
        done=_("The settings are saved."),
        title=_("Settings of the community"),
        text=_("A grid outside its band is only marked on the page of grids; nothing is refused."),
        submit=_("Save"),
        back=reverse("buildings", kwargs={"area": community}),
    )


@require_GET
@one_community
@edits
def place_file(request: ActorRequest, place: int) -> HttpResponse:
    """Show the entry of one place: names, what stands in it, merges that can be undone."""
    community = request.area.pk
    found = places.access_place(request.actor, community, place)
    children = list(
        places.places_of(request.actor, community)
        .filter(parent=found)
        .order_by("kind", "position", "name")
        .only("kind", "name", "is_vacant", "floor", "community_id")
    )
    note = queries.notes_of(community, [found.pk]).get(found.pk)
    now, reason = clock.now(), ""
    if request.GET.get("numbers") and note is not None:
        reason = has_look(request, community, now) or ""
        if not reason:
            return redirect(ask_url(request, community))
        record_look(request.actor, community, [note], reason, what="numbers", at=now)
    context = {
        "place": found,
        "note": note_shown(note, is_unmasked=bool(reason)),
        "may_unmask": request.actor.may(Right.UNMASK, community) and not reason,
        "kind": place_labels.KINDS.get(found.kind, found.kind),
        "children": [(child, place_labels.KINDS.get(child.kind, "")) for child in children],
        "aliases": places.aliases_of(found),
        "merges": places.merges_of(found),
        "alias_form": forms.AliasForm(),
        "board": board_url(
            community,
            found.pk if found.kind in {PlaceKind.BUILDING, PlaceKind.ROW} else found.building_id,
        ),
        "twins": places.possible_twins(found),
    }
    return render(request, "residents/place_file.html", context)


def _place_url(place: Place) -> str:
    return reverse("place_file", kwargs={"area": place.community_id, "place": place.pk})


@require_http_methods(ACT)
@one_community
@edits
def place_new(request: ActorRequest, under: int) -> HttpResponse:
    """Create a place under another one; 0 stands for the community itself."""
    community = request.area.pk
    parent = places.access_place(request.actor, community, under) if under else None
    form = forms.PlaceForm(**bound(request))

    def act(values: Mapping[str, Any]) -> str:
        made = actions.create_place(
            actor=request.actor,
            community=community,
            kind=PlaceKind(values["kind"]),
            name=values["name"],
            parent=parent,
            now=clock.now(),
        )
        return _place_url(made)

    title = _("New place in %(place)s") % {"place": parent or request.area.name}
    back = _place_url(parent) if parent else reverse("buildings", kwargs={"area": community})
    return act_page(request, form, act, title=title, back=back)


@require_http_methods(ACT)
@one_community
@edits
def place_edit(request: ActorRequest, place: int) -> HttpResponse:
    """Change the name of a place; of a dwelling its floor and whether it stands empty."""
    found = places.access_place(request.actor, request.area.pk, place)
    initial = {"name": found.name, "floor": found.floor, "is_vacant": found.is_vacant}
    form = forms.PlaceEditForm(place=found, initial=initial, **bound(request))

    def act(values: Mapping[str, Any]) -> str:
        now = clock.now()
        if "floor" in values:
            actions.set_dwelling(
                actor=request.actor,
                place=found,
                floor=values["floor"],
                is_vacant=values["is_vacant"],
                now=now,
            )
        actions.rename_place(actor=request.actor, place=found, name=values["name"], now=now)
        return _place_url(found)

    title = _("Edit %(place)s") % {"place": found.full_name}
    return act_page(request, form, act, title=title, back=_place_url(found))


@require_POST
@one_community
@edits
def place_alias(request: ActorRequest, place: int) -> HttpResponse:
    """Remember another name of a place."""
    found = places.access_place(request.actor, request.area.pk, place)
    form = forms.AliasForm(request.POST)
    if form.is_valid():
        actions.add_alias(
            actor=request.actor, place=found, name=form.cleaned_data["name"], now=clock.now()
        )
    return redirect(_place_url(found))


@require_http_methods(ACT)
@one_community
@edits
def place_merge(request: ActorRequest, place: int) -> HttpResponse:
    """Merge a place into another entry of the same one: effect first, then the act."""
    found = places.access_place(request.actor, request.area.pk, place)
    others = list(places.siblings_of(found))
    form = forms.PlaceMergeForm(
        places=others, initial={"into": request.GET.get("into")}, **bound(request)
    )

    def kept(values: Mapping[str, Any]) -> Place:
        return places.access_place(request.actor, found.community_id, values["into"])

    def preview(values: Mapping[str, Any]) -> str:
        plan = plan_merge(found, kept(values))
        doors = [gone for gone, _kept in plan.pairs if gone.kind == PlaceKind.DWELLING]
        return _(
            "Places that become one with their twins: %(pairs)s, dwellings among them: %(doors)s; "
            "places that move over: %(moving)s. Households and history stay. It can be undone."
        ) % {"pairs": len(plan.pairs), "doors": len(doors), "moving": len(plan.moving)}

    def act(values: Mapping[str, Any]) -> str:
        into = kept(values)
        actions.merge_places(
            actor=request.actor, gone=found, kept=into, reason=values["reason"], now=clock.now()
        )
        return _place_url(into)

    title = _("Merge %(place)s into another entry") % {"place": found.full_name}
    return act_page(request, form, act, preview=preview, title=title, back=_place_url(found))


@require_POST
@one_community
@edits
def place_unmerge(request: ActorRequest, merge: int) -> HttpResponse:
    """Take a merge of places back."""
    found = places.access_merge(request.actor, request.area.pk, merge)
    actions.undo_merge(actor=request.actor, merge=found, now=clock.now())
    return redirect(_place_url(found.gone))


@require_POST
@one_community
@edits
def place_end(request: ActorRequest, place: int) -> HttpResponse:
    """End a place that is no more; refused while somebody lives there."""
    community = request.area.pk
    found = places.access_place(request.actor, community, place)
    if found.community_id != community:
        raise NotVisible
    living = queries.residents_of(request.actor, community).filter(
        dwelling__path__startswith=found.path
    )
    if living.exists():
        raise RuleBroken("residents.still_lived_in", count=living.count())
    actions.end_place(
        actor=request.actor, place=found, reason=request.POST.get("reason", ""), now=clock.now()
    )
    return redirect("buildings", area=community)
