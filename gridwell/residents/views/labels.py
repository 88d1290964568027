"""Labels of a community (标识): schemes with their legend, marks by hand, objections."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.queries import names_of
from gridwell.accounts.rules.actor import Right
from gridwell.core import clock
from gridwell.core.errors import NotVisible
from gridwell.core.numbers import whole_number
from gridwell.residents import forms, labels, queries, wording
from gridwell.residents.actions import marks as acts
from gridwell.residents.actions import objections as objection_acts
from gridwell.residents.models import Label, LabelMark, Objection
from gridwell.residents.rules.rule_parts import parts_of, rule_of
from gridwell.residents.views.common import (
    act_page,
    bound,
    chip,
    file_url,
    for_right,
    one_community,
    paged,
)

ACT = ["GET", "POST"]
edits = for_right(Right.EDIT_REGISTER)
approves = for_right(Right.APPROVE_LABELS)


@listing.offered("labels")
@require_GET
@one_community
def label_schemes(request: ActorRequest) -> HttpResponse:
    """Show the schemes with legend, rules in words, how many carry each, and what waits."""
    community, now = request.area.pk, clock.now()
    counts = queries.mark_counts(request.actor, community, now)
    waiting = list(queries.waiting_of(community)) if _sees_all(request) else []
    names = names_of(mark.recorded_by for mark in waiting)
    context = {
        "schemes": [
            {
                "scheme": scheme,
                "labels": [
                    {
                        "label": label,
                        "chip": chip(label),
                        "rule": wording.rule_words(label.rule),
                        "count": counts.get(label.pk, 0),
                    }
                    for label in sorted(scheme.labels.all(), key=lambda one: -one.rank)
                ],
            }
            for scheme in queries.schemes_of(community)
        ],
        "waiting": [
            {
                "mark": mark,
                "chip": chip(mark.label),
                "by": names.get(mark.recorded_by or 0, ""),
                "url": file_url(community, mark.household_id),
                "is_own": mark.recorded_by == request.actor.user_id,
            }
            for mark in waiting
        ],
        "may_approve": request.actor.may(Right.APPROVE_LABELS, community),
    }
    return render(request, "residents/label_schemes.html", context)


def _sees_all(request: ActorRequest) -> bool:
    return request.actor.grids_at(request.area.pk) is None


@require_POST
@one_community
@approves
def schemes_apply(request: ActorRequest) -> HttpResponse:
    """Give the community the schemes it starts with, and its people their marks."""
    community, now = request.area.pk, clock.now()
    acts.apply_default_schemes(actor=request.actor, community=community, now=now)
    acts.refresh_rule_marks(actor=request.actor, community=community, now=now)
    return redirect("label_schemes", area=community)


def _label(request: ActorRequest, label: int) -> Label:
    found = (
        Label.objects.filter(pk=label, community=request.area.pk).select_related("scheme").first()
    )
    if found is None:
        raise NotVisible
    return found


@require_http_methods(ACT)
@one_community
@approves
def label_edit(request: ActorRequest, label: int) -> HttpResponse:
    """Change name, sign, colour, order and rule of a label."""
    found = _label(request, label)
    parts = parts_of(found.rule, found.scheme.subject)
    form = forms.LabelForm(label=found, parts=parts, **bound(request))
    back = reverse("label_schemes", kwargs={"area": found.community_id})

    def act(values: Mapping[str, Any]) -> str:
        rule = found.rule
        if parts is not None or values.get("simplify"):
            rule = rule_of(form.parts(), found.scheme.subject)
        acts.edit_label(
            actor=request.actor,
            label=found,
            name=values["name"],
            sign=values["sign"],
            colour=values["colour"],
            rank=values["rank"],
            rule=rule,
            now=clock.now(),
        )
        return back

    title = _("Edit the label %(sign)s") % {"sign": found.sign}
    text = wording.rule_words(found.rule)
    if text:
        text = _("Rule now: %(rule)s") % {"rule": text}
    return act_page(request, form, act, title=title, back=back, text=text)


@require_http_methods(ACT)
@one_community
@edits
def mark_new(request: ActorRequest, household: int) -> HttpResponse:
    """Give a label by hand to a household or one of its people, with reason and end."""
    community = request.area.pk
    found = queries.access_household(request.actor, community, household)
    members = [row.resident for row in queries.members_of([found.pk], community)[found.pk]]
    choices = queries.labels_of(community)
    asked = {"label": whole_number(request.GET.get("label", ""))}
    form = forms.MarkForm(marks=choices, members=members, initial=asked, **bound(request))
    back = file_url(community, found.pk) or "/"

    def act(values: Mapping[str, Any]) -> str:
        label = next(one for one in choices if one.pk == values["label"])
        acts.give_mark(
            actor=request.actor,
            label=label,
            household=found,
            resident=next((p for p in members if p.pk == values["person"]), None),
            reason=values["reason"],
            ends_at=clock.end_of(values["until"]),
            now=clock.now(),
        )
        return back

    return act_page(
        request,
        form,
        act,
        title=_("Label by hand: %(door)s") % {"door": found.dwelling.full_name},
        back=back,
        text=_("A household's colour counts only after a second person approved it."),
        done=_("Entered."),
    )


def _mark(request: ActorRequest, mark: int) -> tuple[LabelMark, str]:
    """Return a mark on something of the actor's, and the address of its file."""
    community = request.area.pk
    found = (
        LabelMark.objects.filter(pk=mark, community=community)
        .select_related("label__scheme", "household", "resident")
        .first()
    )
    if found is None:
        raise NotVisible
    if found.household_id is not None:
        home = queries.access_household(request.actor, community, found.household_id)
    else:
        person = queries.access_resident(request.actor, community, found.resident_id or 0)
        home_or_none = queries.household_of_resident(person)
        if home_or_none is None:
            raise NotVisible
        home = home_or_none
    return found, file_url(community, home.pk) or "/"


@require_POST
@one_community
@approves
def mark_approve(request: ActorRequest, mark: int) -> HttpResponse:
    """Approve a household colour that somebody else proposed."""
    found, _url = _mark(request, mark)
    acts.approve_mark(actor=request.actor, mark=found, now=clock.now())
    return redirect("label_schemes", area=request.area.pk)


@require_POST
@one_community
@edits
def mark_end(request: ActorRequest, mark: int) -> HttpResponse:
    """End a mark given by hand, or turn down one that waits."""
    found, url = _mark(request, mark)
    reason = request.POST.get("reason", "")
    acts.end_mark(actor=request.actor, mark=found, reason=reason, now=clock.now())
    return redirect(url)


@listing.offered("objections")
@require_GET
@one_community
def objection_list(request: ActorRequest) -> HttpResponse:
    """List objections, the open ones first, and count them by month with manual changes."""
    community = request.area.pk
    page = paged(request, queries.objections_of(request.actor, community))
    now = clock.now()
    context = {
        "page": page,
        "rows": [
            {
                "objection": row,
                "about": labels.OBJECTION_ABOUT.get(row.about, row.about),
                "outcome": labels.OUTCOMES.get(row.outcome, ""),
                "url": file_url(community, row.household_id),
                "is_late": row.answered_at is None and row.due_at < now,
            }
            for row in page.object_list
        ],
        "months": queries.objection_months(request.actor, community, now),
        "may_answer": request.actor.may(Right.APPROVE_LABELS, community),
        "sees_names": request.actor.may(Right.SEE_NAMES, community),
    }
    return render(request, "residents/objection_list.html", context)


@require_http_methods(ACT)
@one_community
@edits
def objection_new(request: ActorRequest, household: int) -> HttpResponse:
    """Enter what a household objects to."""
    found = queries.access_household(request.actor, request.area.pk, household)
    form = forms.ObjectionForm(
        initial={"about": request.GET.get("about", "label")}, **bound(request)
    )

    def act(values: Mapping[str, Any]) -> str:
        objection_acts.enter_objection(
            actor=request.actor,
            household=found,
            about=values["about"],
            about_code=request.GET.get("code", "")[:80],
            words=values["words"],
            ref=values["client_ref"],
            now=clock.now(),
        )
        return reverse("objection_list", kwargs={"area": found.community_id})

    title = _("Objection of %(door)s") % {"door": found.dwelling.full_name}
    back = file_url(found.community_id, found.pk)
    return act_page(request, form, act, title=title, back=back, done=_("Entered."))


@require_http_methods(ACT)
@one_community
@approves
def objection_answer(request: ActorRequest, objection: int) -> HttpResponse:
    """Answer an objection."""
    community = request.area.pk
    found = queries.objections_of(request.actor, community).filter(pk=objection).first()
    if not isinstance(found, Objection):
        raise NotVisible
    form = forms.AnswerForm(**bound(request))
    back = reverse("objection_list", kwargs={"area": community})

    def act(values: Mapping[str, Any]) -> str:
        objection_acts.answer_objection(
            actor=request.actor,
            objection=found,
            outcome=values["outcome"],
            answer=values["answer"],
            now=clock.now(),
        )
        return back

    title = _("Answer the objection")
    return act_page(request, form, act, title=title, back=back, text=found.words)
