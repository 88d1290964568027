"""Acts on one person: correct, circumstances, presence; search over people and places."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.reasons import has_look
from gridwell.accounts.rules.actor import Right
from gridwell.audit.actions import record_look
from gridwell.core import clock, frame
from gridwell.core.errors import RuleBroken
from gridwell.core.joining import joined
from gridwell.core.parts import wants_part
from gridwell.core.wording import say
from gridwell.places.rules.levels import AreaLevel
from gridwell.residents import forms, labels, queries
from gridwell.residents.actions import circumstances, people
from gridwell.residents.models import Resident
from gridwell.residents.queries.search import Hit
from gridwell.residents.rules.masking import mask_document, mask_phone
from gridwell.residents.views.common import (
    act_page,
    board_url,
    bound,
    file_url,
    for_right,
    one_community,
)
from gridwell.residents.views.households import person_of

ACT = ["GET", "POST"]
edits = for_right(Right.EDIT_REGISTER)


def _here(request: ActorRequest, resident: int) -> tuple[Resident, str]:
    """Return a person of the actor's and the address of their household's file."""
    found = queries.access_resident(request.actor, request.area.pk, resident)
    home = queries.household_of_resident(found)
    return found, file_url(found.community_id, home.pk if home else None) or "/"


@require_http_methods(ACT)
@one_community
@edits
def resident_edit(request: ActorRequest, resident: int) -> HttpResponse:
    """Correct what is entered about a person; who comes second sees what changed meanwhile.

    Numbers are shown masked; one left as it is stays as it is.
    """
    found, back = _here(request, resident)
    phones = queries.phones_of(found.community_id, [found.pk]).get(found.pk, [])
    shown = {
        "name": found.name,
        "sex": found.sex,
        "birth_on": found.birth_on,
        "document_kind": found.document_kind,
        "document": mask_document(found.document),
        "phones": joined(mask_phone(number) for number in phones),
        "seen_at": found.changed_at.isoformat(),
    }
    form = forms.CorrectForm(initial=shown, **bound(request))

    def act(values: Mapping[str, Any]) -> str:
        values = _unmasked(values, found, phones)
        people.correct_resident(
            actor=request.actor,
            resident=found,
            person=person_of(values),
            seen_at=values["seen_at"],
            reason=values["reason"],
            now=clock.now(),
        )
        return back

    title = _("Correct the entry of %(name)s") % {"name": found.name}
    return act_page(
        request,
        form,
        act,
        template="residents/resident_edit.html",
        title=title,
        back=back,
        current=_differences(request, form, shown),
        done=_("Corrected."),
    )


def _unmasked(values: Mapping[str, Any], found: Resident, phones: list[str]) -> dict[str, Any]:
    """Return the values with every number that was left masked put back."""
    known = {mask_phone(number): number for number in phones}
    written = values["phones"].replace("，", ",").replace("、", ",").split(",")
    numbers = [known.get(number.strip(), number.strip()) for number in written]
    document = values["document"].strip()
    if document == mask_document(found.document):
        document = found.document
    return {**values, "document": document, "phones": ",".join(n for n in numbers if n)}


def _differences(
    request: ActorRequest, form: forms.CorrectForm, shown: Mapping[str, Any]
) -> list[tuple[Any, Any, Any]]:
    """Return where what was sent differs from what is stored, when somebody came first."""
    if request.method != "POST" or request.POST.get("seen_at") == shown["seen_at"]:
        return []
    names = [name for name in shown if name not in {"seen_at", "phones", "document"}]
    return [
        (form.fields[name].label, request.POST.get(name, ""), shown[name])
        for name in names
        if request.POST.get(name, "") != str(shown[name] or "")
    ]


@require_http_methods(ACT)
@one_community
@edits
def trait_new(request: ActorRequest, resident: int) -> HttpResponse:
    """Write that a circumstance holds for a person."""
    found, back = _here(request, resident)
    form = forms.TraitForm(**bound(request))

    def act(values: Mapping[str, Any]) -> str:
        since = values["since"]
        circumstances.add_trait(
            actor=request.actor,
            community=found.community_id,
            resident_ids=[found.pk],
            code=values["code"],
            value=values["value"],
            starts_at=clock.start_of(since) if since else None,
            now=clock.now(),
        )
        return back

    title = _("Add a circumstance of %(name)s") % {"name": found.name}
    return act_page(
        request,
        form,
        act,
        template="residents/trait_new.html",
        title=title,
        back=back,
        values=labels.TRAIT_VALUES.values(),
    )


@require_POST
@one_community
@edits
def trait_end(request: ActorRequest, resident: int, code: str) -> HttpResponse:
    """End a circumstance of a person."""
    found, back = _here(request, resident)
    circumstances.end_trait(
        actor=request.actor,
        community=found.community_id,
        resident_ids=[found.pk],
        code=code,
        now=clock.now(),
    )
    return redirect(back)


@require_http_methods(ACT)
@one_community
@edits
def resident_away(request: ActorRequest, resident: int) -> HttpResponse:
    """Write that a person is away."""
    found, back = _here(request, resident)
    form = forms.AwayForm(**bound(request))

    def act(values: Mapping[str, Any]) -> str:
        since, until = values["since"], values["until"]
        circumstances.set_away(
            actor=request.actor,
            community=found.community_id,
            resident_ids=[found.pk],
            whereabouts=values["whereabouts"],
            starts_at=clock.start_of(since) if since else None,
            ends_at=clock.start_of(until) if until else None,
            now=clock.now(),
        )
        return back

    title = _("%(name)s is away") % {"name": found.name}
    return act_page(request, form, act, title=title, back=back)


@require_POST
@one_community
@edits
def resident_back(request: ActorRequest, resident: int) -> HttpResponse:
    """Write that a person is back."""
    found, back = _here(request, resident)
    circumstances.set_back(
        actor=request.actor,
        community=found.community_id,
        resident_ids=[found.pk],
        now=clock.now(),
    )
    return redirect(back)


@require_http_methods(ACT)
def search(request: ActorRequest, area: int) -> HttpResponse:
    """Find people and places; asked by POST, so that no name stands in an address or a log."""
    text = request.POST.get("q", "").strip()[:80]
    is_part = wants_part(request)
    groups: list[dict[str, Any]] = []
    refusal = ""
    if text and request.area.level == AreaLevel.COMMUNITY:
        try:
            groups = _groups(request, text, 8 if is_part else 50)
        except RuleBroken as broken:
            refusal = say(broken)
    context = {
        "groups": groups,
        "asked": text,
        "search_words": text,
        "refusal": refusal,
        "is_upper": request.area.level != AreaLevel.COMMUNITY,
    }
    template = "core/search_found.html" if is_part else "residents/search.html"
    return render(request, template, context)


def _groups(request: ActorRequest, text: str, limit: int) -> list[dict[str, Any]]:
    """Return what was found as groups with addresses; upper packages add theirs."""
    actor, community, now = request.actor, request.area.pk, clock.now()
    reason = has_look(request, community, now) or ""
    sees_names = actor.may(Right.SEE_NAMES, community)
    hits = queries.search(actor, community, text, limit, with_names=sees_names or bool(reason))
    people_found = [hit for hit in hits if hit.kind == "resident"]
    if reason and not sees_names and people_found:
        record_look(
            actor, community, Resident, reason, what="names", ids=[h.id for h in people_found]
        )
    groups = [
        {"title": _("People"), "rows": [_row(community, hit) for hit in people_found]},
        {
            "title": _("Doors and places"),
            "rows": [_row(community, hit) for hit in hits if hit.kind != "resident"],
        },
    ]
    for source in frame.fill(
        "search_sources", (actor, community, text), [community], clock.today()
    ):
        groups.append(source)
    return [group for group in groups if group["rows"]]


def _row(community: int, hit: Hit) -> dict[str, Any]:
    """Return one hit as a line: where it leads, and what of it matched."""
    kwargs = {"area": community}
    if hit.kind == "resident":
        return {
            "text": hit.text,
            "note": f"{hit.door} · {labels.FOUND_BY.get(hit.by, '')}",
            "url": file_url(community, hit.household) or board_url(community, hit.building) or "",
        }
    board = board_url(community, hit.building or hit.id)
    if hit.kind == "dwelling":
        url = file_url(community, hit.household) or f"{board}?cell={hit.id}"
        return {"text": hit.text, "note": hit.door, "url": url, **kwargs}
    if hit.building is not None:  # a unit or a door, by its name
        board = f"{board}?cell={hit.id}" if hit.door else board
    return {"text": hit.text, "note": "", "url": board}
