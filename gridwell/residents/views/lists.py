"""The lists of households and of people, narrowed, paged and printed; bulk edit; duplicates."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.reasons import names_need_reason
from gridwell.accounts.rules.actor import Right
from gridwell.audit.actions import record_look
from gridwell.core import clock, frame
from gridwell.core.errors import RuleBroken
from gridwell.core.numbers import whole_numbers
from gridwell.core.parts import wants_part
from gridwell.core.wording import say
from gridwell.places.queries import buildings_of, grids_of
from gridwell.residents import forms, labels, queries
from gridwell.residents.actions import many, merging
from gridwell.residents.models import Household, Resident
from gridwell.residents.queries.files import age_on
from gridwell.residents.queries.lists import Asked
from gridwell.residents.queries.lists import household_list as households_asked
from gridwell.residents.queries.lists import resident_list as residents_asked
from gridwell.residents.views.common import (
    act_page,
    bound,
    chip,
    file_url,
    for_right,
    one_community,
    paged,
)

edits = for_right(Right.EDIT_REGISTER)


def _asked(request: ActorRequest) -> tuple[forms.ListForm, Asked]:
    """Return the filter form and what it asks; choices are those of the actor's scope."""
    actor, community = request.actor, request.area.pk
    form = forms.ListForm(
        request.GET,
        buildings=[
            (p.pk, f"{p.parent.name if p.parent else ''}{p.name}")
            for p in buildings_of(actor, community)
        ],
        grids=[(g.pk, f"{g.number} {g.name}") for g in grids_of(actor, community)],
        marks=[(row.pk, row.name) for row in queries.labels_of(community) if row.name],
    )
    values = form.cleaned_data if form.is_valid() else {}
    return form, Asked(
        building=values.get("building") or 0,
        grid=values.get("grid") or 0,
        label=values.get("label") or 0,
        tenure=values.get("tenure") or "",
        trait=values.get("trait") or "",
        ages=request.GET.get("ages", "")[:7],
        away=request.GET.get("away") == "1",
    )


@listing.offered("households", Right.EXPORT_LEDGERS)
@require_GET
@one_community
@names_need_reason
def household_list(request: ActorRequest) -> HttpResponse:
    """List the households the actor sees, in walking order."""
    community, now = request.area.pk, clock.now()
    form, asked = _asked(request)
    rows = households_asked(request.actor, community, asked, now)
    page = paged(request, rows, 500 if request.GET.get("print") else 50)
    lines = _household_lines(request, list(page.object_list))
    _note_names(request, [row.resident for line in lines for row in line["members"]])
    context = {"page": page, "lines": lines, "form": form, "exports": _exports(request)}
    template = "residents/household_list.html"
    if wants_part(request):
        template += "#rows"
    return render(request, template, context)


def _household_lines(request: ActorRequest, rows: list[Household]) -> list[dict[str, Any]]:
    community, now = request.area.pk, clock.now()
    ids = [row.pk for row in rows]
    members = queries.members_of(ids, community)
    people = [row.resident_id for group in members.values() for row in group]
    by_resident, by_household = queries.marks_by_subject(
        community, now, residents=people, households=ids
    )
    return [
        {
            "household": row,
            "url": file_url(community, row.pk),
            "members": members.get(row.pk, []),
            "tenure": labels.TENURE.get(row.tenure, row.tenure),
            "marks": _chips(
                by_household[row.pk],
                *(by_resident[m.resident_id] for m in members.get(row.pk, [])),
            ),
        }
        for row in rows
    ]


def _chips(*groups: list[Any]) -> list[Any]:
    """Return each label once, in the order of the groups."""
    found: dict[int, Any] = {}
    for group in groups:
        for mark in group:
            found.setdefault(mark.label_id, chip(mark.label))
    return list(found.values())


def _note_names(request: ActorRequest, people: list[Resident]) -> None:
    """Record a look at names by somebody who had to give a reason for it."""
    if request.look_reason:
        record_look(request.actor, request.area.pk, people, request.look_reason, what="names")


def _exports(request: ActorRequest) -> list[Any]:
    if not request.actor.may(Right.EXPORT_LEDGERS, request.area.pk):
        return []
    return frame.fill("register_exports", request.actor, [request.area.pk], clock.today())


@listing.offered("residents", Right.EXPORT_LEDGERS)
@require_GET
@one_community
@names_need_reason
def resident_list(request: ActorRequest) -> HttpResponse:
    """List the people the actor sees, with boxes for a change of many."""
    community, now = request.area.pk, clock.now()
    form, asked = _asked(request)
    rows = residents_asked(request.actor, community, asked, now).defer("document", "remark")
    page = paged(request, rows, 500 if request.GET.get("print") else 50)
    lines = _resident_lines(request, list(page.object_list))
    _note_names(request, [line["resident"] for line in lines])
    context = {
        "page": page,
        "lines": lines,
        "form": form,
        "exports": _exports(request),
        "may_edit": request.actor.may(Right.EDIT_REGISTER, community),
    }
    template = "residents/resident_list.html"
    if wants_part(request):
        template += "#rows"
    return render(request, template, context)


def _resident_lines(request: ActorRequest, rows: list[Resident]) -> list[dict[str, Any]]:
    community, now = request.area.pk, clock.now()
    ids = [row.pk for row in rows]
    homes = queries.homes_of(community, ids)
    by_resident, by_household = queries.marks_by_subject(
        community, now, residents=ids, households={h.household_id for h in homes.values()}
    )
    traits = queries.traits_of(community, ids, now)
    today = clock.day_of(now)
    lines = []
    for row in rows:
        home = homes.get(row.pk)
        household = home.household_id if home else None
        lines.append(
            {
                "resident": row,
                "url": file_url(community, household),
                "relation": home.relation if home else "",
                "is_head": bool(home and home.is_head),
                "sex": labels.SEX.get(row.sex, ""),
                "age": age_on(row.birth_on, today),
                "traits": [trait.code for trait in traits.get(row.pk, [])],
                "trait_names": [labels.TRAITS.get(t.code, t.code) for t in traits.get(row.pk, [])],
                "marks": _chips(by_household.get(household or 0, []), by_resident[row.pk]),
            }
        )
    return lines


@require_POST
@one_community
@edits
def bulk_edit(request: ActorRequest) -> HttpResponse:
    """Show what a change of the ticked people would do; sent again with `confirmed`, do it."""
    community, actor = request.area.pk, request.actor
    ticked = whole_numbers(request.POST.getlist("row"))[:5000]
    mine = list(
        queries.residents_of(actor, community).filter(pk__in=ticked).values_list("pk", flat=True)
    )
    form = forms.ChangeForm(
        request.POST if "kind" in request.POST else None,
        grids=[(g.pk, f"{g.number} {g.name}") for g in grids_of(actor, community)],
    )
    back = reverse("resident_list", kwargs={"area": community})
    context: dict[str, Any] = {"form": form, "rows": mine, "back": back, "count": len(mine)}
    if form.is_bound and form.is_valid():
        change = form.change()
        try:
            if "confirmed" in request.POST:
                changed = many.change_many(
                    actor=actor,
                    community=community,
                    residents=mine,
                    change=change,
                    now=clock.now(),
                )
                request.session["bulk_done"] = changed
                return redirect(back)
            context["effect"] = many.preview_change(community, mine, change)
        except RuleBroken as refusal:
            form.add_error(None, say(refusal))
    return render(request, "residents/bulk_edit.html", context)


@listing.offered("duplicates", Right.EXPORT_LEDGERS)
@require_GET
@one_community
@names_need_reason
def duplicates(request: ActorRequest) -> HttpResponse:
    """List entries that may be one person."""
    community, now = request.area.pk, clock.now()
    groups = queries.duplicates_of(request.actor, community)
    today = clock.day_of(now)
    homes = queries.homes_of(community, [p.pk for group in groups for p in group])
    _note_names(request, [person for group in groups for person in group])
    context = {
        "groups": [
            [
                {
                    "resident": person,
                    "age": age_on(person.birth_on, today),
                    "url": file_url(
                        community, homes[person.pk].household_id if person.pk in homes else None
                    ),
                }
                for person in group
            ]
            for group in groups
        ],
        "may_edit": request.actor.may(Right.EDIT_REGISTER, community),
        "merged": queries.merged_of(request.actor, community),
    }
    return render(request, "residents/duplicates.html", context)


@require_http_methods(["GET", "POST"])
@one_community
@edits
def resident_merge(request: ActorRequest, gone: int, kept: int) -> HttpResponse:
    """Show what merging two entries means, then do it."""
    community = request.area.pk
    back = reverse("duplicates", kwargs={"area": community})
    one = queries.access_resident(request.actor, community, gone)
    other = queries.access_resident(request.actor, community, kept)
    try:
        preview = merging.preview_merge(one, other)
    except RuleBroken as refusal:
        return render(
            request, "residents/merge.html", {"refusal": say(refusal), "back": back, "form": None}
        )

    def act(values: Mapping[str, Any]) -> str:
        merging.merge_residents(
            actor=request.actor, gone=one, kept=other, reason=values["reason"], now=clock.now()
        )
        return back

    return act_page(
        request,
        forms.MergeForm(**bound(request)),
        act,
        template="residents/merge.html",
        done=_("The two entries are one now."),
        preview_facts=preview,
        differing=[
            (labels.FIELDS.get(name, name), old, new)
            for name, (old, new) in preview.differing.items()
            if name != "document"
        ],
        has_document=(bool(one.document), bool(other.document)),
        back=back,
        note=ngettext(
            "%(count)s circumstance comes along.",
            "%(count)s circumstances come along.",
            preview.traits,
        )
        % {"count": preview.traits},
    )


@require_POST
@one_community
@edits
def resident_unmerge(request: ActorRequest, gone: int) -> HttpResponse:
    """Take a merge of two entries back."""
    entry = queries.access_merged(request.actor, request.area.pk, gone)
    merging.undo_merge(actor=request.actor, gone=entry, now=clock.now())
    return redirect("duplicates", area=request.area.pk)
