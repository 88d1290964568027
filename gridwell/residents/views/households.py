"""Lists of households and people, the household file, and the acts on a household."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.reasons import ask_url, has_look, names_need_reason
from gridwell.accounts.rules.actor import Right
from gridwell.audit.actions import record_look
from gridwell.core import clock
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.joining import joined
from gridwell.places.models import Place
from gridwell.places.queries import access_place, dwellings_of
from gridwell.residents import forms, queries
from gridwell.residents.actions import households as acts
from gridwell.residents.actions import people
from gridwell.residents.actions.tenure import set_tenure
from gridwell.residents.models import Household, Resident
from gridwell.residents.views.common import (
    act_page,
    board_url,
    bound,
    file_url,
    for_right,
    one_community,
)
from gridwell.residents.views.file import file_context

ACT = ["GET", "POST"]
edits = for_right(Right.EDIT_REGISTER)


@require_GET
@one_community
@names_need_reason
def household_file(request: ActorRequest, household: int) -> HttpResponse:
    """Show one household (一户一档); `?numbers=1` shows whole numbers to who gave a reason."""
    community, now = request.area.pk, clock.now()
    found = queries.access_household(request.actor, community, household, ended=True)
    if found.pk != household:
        return redirect("household_file", area=community, household=found.pk)
    reason = ""
    if request.GET.get("numbers"):
        reason = has_look(request, community, now) or ""
        if not reason:
            return redirect(ask_url(request, community))
    context = file_context(request, found, now, is_unmasked=bool(reason))
    if reason or request.look_reason:
        record_look(
            request.actor,
            community,
            [member.resident for member in context["file"].members],
            reason or request.look_reason,
            what="numbers" if reason else "names",
            at=now,
        )
    return render(request, "residents/household_file.html", context)


def _members(household: Household) -> list[Resident]:
    rows = queries.members_of([household.pk], household.community_id)
    return [row.resident for row in rows.get(household.pk, [])]


def _here(request: ActorRequest, household: int) -> tuple[Household, str]:
    """Return a household of the actor's and the address of its file."""
    found = queries.access_household(request.actor, request.area.pk, household)
    return found, file_url(found.community_id, found.pk) or ""


def _people(members: list[Resident], ids: list[int]) -> list[Resident]:
    return [person for person in members if person.pk in ids]


def _one(members: list[Resident], pk: int | None) -> Resident | None:
    return next((person for person in members if person.pk == pk), None)


@require_http_methods(ACT)
@one_community
@edits
def household_new(request: ActorRequest, dwelling: int) -> HttpResponse:
    """Open a household in a dwelling, then enter its people."""
    place = access_place(request.actor, request.area.pk, dwelling)
    form = forms.NewHouseholdForm(**bound(request))

    def act(values: Mapping[str, Any]) -> str:
        household = acts.open_household(
            actor=request.actor,
            dwelling=place,
            tenure=values["tenure"],
            ref=values["client_ref"],
            now=clock.now(),
        )
        kwargs = {"area": place.community_id, "household": household.pk}
        return reverse("resident_new", kwargs=kwargs)

    return act_page(
        request,
        form,
        act,
        title=_("New household in %(door)s") % {"door": place.full_name},
        back=board_url(place.community_id, place.building_id) or "/",
    )


@require_http_methods(ACT)
@one_community
@edits
def household_move_out(request: ActorRequest, household: int) -> HttpResponse:
    """Let members move away."""
    found, url = _here(request, household)
    members = _members(found)
    form = forms.PeopleForm(members=members, **bound(request))

    def preview(values: Mapping[str, Any]) -> str:
        leaving = len(values["people"])
        text = ngettext(
            "%(leaving)s person moves out of %(door)s; %(staying)s stay.",
            "%(leaving)s people move out of %(door)s; %(staying)s stay.",
            leaving,
        )
        facts = {"leaving": leaving, "staying": len(members) - leaving}
        ends = " " + _("The household ends and the dwelling becomes vacant.")
        return text % {**facts, "door": found.dwelling.full_name} + (
            ends if leaving == len(members) and not _others(found) else ""
        )

    def act(values: Mapping[str, Any]) -> str:
        now = clock.now()
        acts.move_out(
            actor=request.actor,
            residents=_people(members, values["people"]),
            at=form.at(now),
            now=now,
            new_head=_one(members, values["new_head"]),
        )
        return url

    title = _("Move out of %(door)s") % {"door": found.dwelling.full_name}
    return act_page(
        request, form, act, preview=preview, title=title, back=url, done=_("Moved out.")
    )


def _others(household: Household) -> bool:
    return (
        Household.objects.filter(
            community=household.community_id, dwelling=household.dwelling_id, ends_at=None
        )
        .exclude(pk=household.pk)
        .exists()
    )


@require_http_methods(ACT)
@one_community
@edits
def household_split(request: ActorRequest, household: int) -> HttpResponse:
    """Let some members form an own household, here or at another door."""
    found, url = _here(request, household)
    members = _members(found)
    form = forms.SplitForm(members=members, initial={"tenure": found.tenure}, **bound(request))

    def preview(values: Mapping[str, Any]) -> str:
        where = _door(request, values["door"], found.dwelling)
        return _("People who form a new household in %(door)s: %(count)s of %(all)s.") % {
            "count": len(values["people"]),
            "all": len(members),
            "door": where.full_name,
        }

    def act(values: Mapping[str, Any]) -> str:
        now = clock.now()
        fresh = acts.split_household(
            actor=request.actor,
            household=found,
            residents=_people(members, values["people"]),
            head=_one(members, values["head"]),
            dwelling=_door(request, values["door"], found.dwelling),
            tenure=values["tenure"],
            new_head=_one(members, values["new_head"]),
            at=form.at(now),
            now=now,
        )
        return file_url(fresh.community_id, fresh.pk) or url

    title = _("Split the household of %(door)s") % {"door": found.dwelling.full_name}
    return act_page(request, form, act, preview=preview, title=title, back=url)


def _door(request: ActorRequest, door: str, here: Place) -> Place:
    """Return the dwelling a typed door names; one of the same building is preferred."""
    if not door.strip():
        return here
    named = list(
        dwellings_of(request.actor, request.area.pk).filter(door=door.strip().upper())[:20]
    )
    inside = [p for p in named if here.parent_id and p.full_name[:4] == here.full_name[:4]]
    if len(named) == 1 or len(inside) == 1:
        return (inside or named)[0]
    raise RuleBroken("residents.door_unclear", door=door, count=len(named))


@require_http_methods(ACT)
@one_community
@edits
def household_merge(request: ActorRequest, household: int) -> HttpResponse:
    """Let another household of the same dwelling join this one."""
    found, url = _here(request, household)
    others = (
        queries.households_of(request.actor, found.community_id)
        .filter(dwelling=found.dwelling_id)
        .exclude(pk=found.pk)
    )
    members = queries.members_of([h.pk for h in others], found.community_id)
    names = [
        (h.pk, joined(row.resident.name for row in members.get(h.pk, [])) or str(h.pk))
        for h in others
    ]
    form = forms.HouseholdMergeForm(others=names, **bound(request))

    def preview(values: Mapping[str, Any]) -> str:
        joining = members.get(values["other"], [])
        return _(
            "People who join this household: %(people)s. The other one ends. It can be undone."
        ) % {"people": joined(row.resident.name for row in joining)}

    def act(values: Mapping[str, Any]) -> str:
        now = clock.now()
        acts.merge_households(
            actor=request.actor,
            gone=queries.access_household(request.actor, found.community_id, values["other"]),
            kept=found,
            reason=values["reason"],
            at=form.at(now),
            now=now,
        )
        return url

    title = _("Merge households in %(door)s") % {"door": found.dwelling.full_name}
    return act_page(request, form, act, preview=preview, title=title, back=url)


@require_http_methods(["POST"])
@one_community
@edits
def household_unmerge(request: ActorRequest, household: int) -> HttpResponse:
    """Take a merge of households back."""
    gone = Household.objects.filter(pk=household, community=request.area.pk).first()
    if gone is None or gone.merged_into_id is None:
        raise NotVisible
    queries.access_household(request.actor, request.area.pk, household)
    acts.undo_household_merge(actor=request.actor, gone=gone, now=clock.now())
    return redirect("household_file", area=request.area.pk, household=gone.pk)


@require_http_methods(ACT)
@one_community
@edits
def household_head(request: ActorRequest, household: int) -> HttpResponse:
    """Make another member the head."""
    found, url = _here(request, household)
    members = _members(found)
    form = forms.HeadForm(members=members, **bound(request))

    def act(values: Mapping[str, Any]) -> str:
        now = clock.now()
        head = _one(members, values["head"])
        if head is not None:
            acts.change_head(
                actor=request.actor, household=found, resident=head, at=form.at(now), now=now
            )
        return url

    title = _("Change the head of %(door)s") % {"door": found.dwelling.full_name}
    return act_page(request, form, act, title=title, back=url)


@require_http_methods(ACT)
@one_community
@edits
def household_death(request: ActorRequest, household: int) -> HttpResponse:
    """Record a death."""
    found, url = _here(request, household)
    members = _members(found)
    form = forms.DeathForm(members=members, **bound(request))

    def preview(values: Mapping[str, Any]) -> str:
        person = _one(members, values["person"])
        return _("%(name)s leaves all lists; circumstances and duties end with that day.") % {
            "name": person.name if person else ""
        }

    def act(values: Mapping[str, Any]) -> str:
        person = _one(members, values["person"])
        if person is not None:
            people.record_death(
                actor=request.actor,
                resident=person,
                died_on=values["on"],
                new_head=_one(members, values["new_head"]),
                now=clock.now(),
            )
        return url

    title = _("Record a death in %(door)s") % {"door": found.dwelling.full_name}
    return act_page(request, form, act, preview=preview, title=title, back=url)


@require_http_methods(ACT)
@one_community
@edits
def household_tenure(request: ActorRequest, household: int) -> HttpResponse:
    """Set whether the household owns or rents."""
    found, url = _here(request, household)
    form = forms.TenureForm(initial={"tenure": found.tenure}, **bound(request))

    def act(values: Mapping[str, Any]) -> str:
        set_tenure(
            actor=request.actor,
            community=found.community_id,
            household_ids=[found.pk],
            tenure=values["tenure"],
            now=clock.now(),
        )
        return url

    title = _("Tenure of %(door)s") % {"door": found.dwelling.full_name}
    return act_page(request, form, act, title=title, back=url)


@require_http_methods(ACT)
@one_community
@edits
def household_move_in(request: ActorRequest, household: int) -> HttpResponse:
    """Let a person move in who is in the register already."""
    found, url = _here(request, household)
    form = forms.MoveInForm(**bound(request))

    def preview(values: Mapping[str, Any]) -> str:
        person = _find(request, values["who"])
        before = queries.household_of_resident(person)
        return _("%(name)s moves from %(old)s to %(door)s.") % {
            "name": person.name,
            "old": before.dwelling.full_name if before else "—",
            "door": found.dwelling.full_name,
        }

    def act(values: Mapping[str, Any]) -> str:
        now = clock.now()
        acts.move_in(
            actor=request.actor,
            resident=_find(request, values["who"]),
            household=found,
            relation=values["relation"],
            is_head=values["is_head"],
            kind=values["kind"],
            at=form.at(now),
            now=now,
        )
        return url

    title = _("Move into %(door)s") % {"door": found.dwelling.full_name}
    return act_page(request, form, act, preview=preview, title=title, back=url)


def _find(request: ActorRequest, who: str) -> Resident:
    """Return the one person that a whole number or a full name finds."""
    hits = queries.search(request.actor, request.area.pk, who, 5)
    exact = [h for h in hits if h.kind == "resident" and (h.by != "name" or h.text == who.strip())]
    if len(exact) != 1:
        raise RuleBroken("residents.person_unclear", count=len(exact))
    return queries.access_resident(request.actor, request.area.pk, exact[0].id)


@require_http_methods(ACT)
@one_community
@edits
def resident_new(request: ActorRequest, household: int) -> HttpResponse:
    """Enter a new person as a member of a household."""
    found, url = _here(request, household)
    is_first = not _members(found)
    form = forms.MemberForm(initial={"is_head": is_first}, **bound(request))

    def act(values: Mapping[str, Any]) -> str:
        now = clock.now()
        since = values["starts_on"]
        try:
            people.register_resident(
                actor=request.actor,
                household=found,
                person=person_of(values),
                relation=values["relation"],
                is_head=values["is_head"],
                kind=values["kind"],
                starts_at=clock.start_of(since) if since else now,
                ref=values["client_ref"],
                is_another=values["is_another"],
                now=now,
            )
        except RuleBroken as refusal:
            if refusal.code == "residents.same_name_here":
                form.ask_whether_another()
            raise
        return url

    title = _("New person in %(door)s") % {"door": found.dwelling.full_name}
    return act_page(request, form, act, title=title, back=url, done=_("Entered."))


def person_of(values: Mapping[str, Any]) -> people.Person:
    """Return what a form says about a person, numbers as typed."""
    phones = values["phones"].replace("，", ",").replace("、", ",").split(",")
    return people.Person(
        name=values["name"],
        sex=values["sex"] or "unknown",
        birth_on=values["birth_on"],
        document_kind=values["document_kind"] or "none",
        document=values["document"],
        phones=tuple(phone.strip() for phone in phones if phone.strip()),
    )
