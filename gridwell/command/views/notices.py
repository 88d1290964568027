"""The notice desk (通告台): enter, check, see the effect, approve, withdraw."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.rules.actor import Right
from gridwell.command.actions.approval import (
    approve_below,
    approve_low,
    approve_part,
    withdraw_part,
)
from gridwell.command.forms import NoticeForm, ReasonForm
from gridwell.command.presenters.notices import (
    approval_page,
    below_page,
    desk_page,
    row_words,
    withdraw_page,
)
from gridwell.command.views import back_to, community_of, for_right, is_community
from gridwell.core import clock
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.numbers import whole_number, whole_numbers
from gridwell.core.paging import page_of
from gridwell.core.wording import say
from gridwell.orders.actions import matching
from gridwell.orders.actions import notices as actions
from gridwell.orders.files import text_of
from gridwell.orders.models import Notice, NoticeItem
from gridwell.orders.queries.matching import suggestions
from gridwell.orders.queries.notices import (
    access_notice,
    access_part,
    items_of,
    notices_of,
    parts_of,
    waiting_counts,
)
from gridwell.places.queries import access_place, grounds_of
from gridwell.places.rules.levels import span_of


@listing.offered("notices")
@require_GET
def notice_list(request: ActorRequest, area: int) -> HttpResponse:
    """The notices that concern an area, newest first."""
    rows = notices_of(request.actor, request.area.pk).select_related("area", "corrects")
    page = page_of(request, rows.order_by("-issued_on", "-pk"), 50)
    counts = waiting_counts(page.object_list, request.actor)
    states = {}
    if is_community(request):
        states = dict(
            request.area.noticepart_set.filter(notice__in=[n.pk for n in page]).values_list(
                "notice_id", "state"
            )
        )
    shown = [(n, counts.get(n.pk, {}), states.get(n.pk, "")) for n in page]
    context = {"page": page, "rows": shown, "total": page.paginator.count} | _rights(request)
    return render(request, "command/notice_list.html", context)


@require_http_methods(["GET", "POST"])
@for_right(Right.ENTER_NOTICES)
def notice_new(request: ActorRequest, area: int) -> HttpResponse:
    """Enter a notice: paste its text, or give its file."""
    form = NoticeForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _enter(request, form)
        except RuleBroken as refusal:
            form.add_error("file" if form.cleaned_data.get("file") else "text", say(refusal))
    return render(request, "command/notice_new.html", {"form": form})


def _enter(request: ActorRequest, form: NoticeForm) -> HttpResponse:
    file = form.cleaned_data.get("file")
    text = text_of(file.name, file.read()) if file else form.cleaned_data["text"]
    entered = actions.enter_notice(
        actor=request.actor,
        area=request.area,
        text=text,
        file_name=file.name if file else "",
        is_correction=request.POST.get("correction") == "yes",
        now=clock.now(),
    )
    if entered.differs:
        context = {"form": form, "known": entered.notice, "text": text}
        return render(request, "command/notice_new.html", context, status=409)
    if not entered.is_new:
        messages.info(request, _("This notice is known already; here it is."))
    return back_to("notice_desk", request, notice=entered.notice.pk)


@require_GET
def notice_desk(request: ActorRequest, area: int, notice: int) -> HttpResponse:
    """The text beside its items, what they are in the register, and what is still to be answered."""
    row = access_notice(request.actor, notice)
    if not is_community(request):
        context = below_page(request.actor, row, request.area.pk, clock.now())
        return render(request, "command/notice_below.html", context)
    part = access_part(request.actor, row.pk, request.area.pk)
    context = desk_page(part, clock.now()) | _rights(request)
    return render(request, "command/notice_desk.html", context)


def _rights(request: ActorRequest) -> dict[str, bool]:
    """Return what the person may do here; a page shows no button that would be refused."""
    may, area = request.actor.may, request.area.pk
    return {
        "may_enter": may(Right.ENTER_NOTICES, area),
        "may_approve": may(Right.APPROVE_ORDERS, area),
        "may_create": may(Right.EDIT_REGISTER, area) and may(Right.ENTER_NOTICES, area),
    }


@require_GET
def notice_item(request: ActorRequest, area: int, notice: int, sequence: int) -> HttpResponse:
    """Choose the place of one item by hand, or create it."""
    community = community_of(request)
    part = access_part(request.actor, notice, community)
    context = desk_page(part, clock.now())
    rows = [r for r in context["rows"] if r.item.sequence == sequence]
    if not rows:
        raise NotVisible
    words = request.GET.get("q", "")
    found = suggestions(community, words) if words else []
    grounds = grounds_of(request.actor, community)
    context |= {"row": rows[0], "words_row": row_words(rows[0])}
    context |= {"q": words, "found": found, "grounds": grounds}
    context |= _rights(request)
    return render(request, "command/notice_item.html", context)


def _item(request: ActorRequest, notice: int, sequence: int) -> tuple[Notice, NoticeItem]:
    row = access_part(request.actor, notice, community_of(request)).notice
    item = next((i for i in items_of(row) if i.sequence == sequence), None)
    if item is None:
        raise NotVisible
    return row, item


def _number(request: ActorRequest, name: str) -> int:
    value = whole_number(request.POST.get(name))
    if value is None:
        raise NotVisible
    return value


@require_POST
@for_right(Right.ENTER_NOTICES)
def notice_choose(request: ActorRequest, area: int, notice: int, sequence: int) -> HttpResponse:
    """Say which place it is: a proposal (`choice`), a place by hand (`place`), new, or outside."""
    row, item = _item(request, notice, sequence)
    for position, index in enumerate(_numbers(request, "index")):
        _choose_one(request, item, index, position)
    return back_to("notice_desk", request, notice=row.pk, fragment=f"i{sequence}")


def _numbers(request: ActorRequest, name: str) -> list[int]:
    values = request.POST.getlist(name)
    numbers = whole_numbers(values)
    if not values or len(numbers) != len(values):
        raise NotVisible
    return numbers


def _choose_one(request: ActorRequest, item: NoticeItem, index: int, position: int) -> None:
    """Write the choice for one place of an item; a form may answer several alike at once."""
    community = request.area.pk
    facts: dict[str, Any] = {
        "actor": request.actor,
        "item": item,
        "community": community,
        "index": index,
        "is_exception": request.POST.get("exception") == "yes",
        "now": clock.now(),
    }
    how = request.POST.get("how", "")
    if how == "outside":
        matching.choose_place(places=[], **facts)
    elif how == "choice":
        choices = _numbers(request, "choice")
        matches = item.matches.filter(
            community_id=community,
            index=index,
            is_exception=facts["is_exception"],
            choice=choices[min(position, len(choices) - 1)],
            place__isnull=False,
        ).select_related("place")
        if not matches:
            raise NotVisible
        matching.choose_place(places=[m.place for m in matches if m.place], **facts)
    elif how == "create":
        if not request.actor.may(Right.EDIT_REGISTER, community):
            raise NotVisible
        ground = whole_number(request.POST.get("ground"))
        under = access_place(request.actor, community, ground) if ground is not None else None
        matching.create_place_for(ground=under, **facts)
    else:
        place = access_place(request.actor, community, _number(request, "place"))
        matching.choose_place(places=[place], **facts)


@require_POST
@for_right(Right.ENTER_NOTICES)
def notice_answer(request: ActorRequest, area: int, notice: int) -> HttpResponse:
    """Answer a question about the notice or one of its items."""
    row = access_part(request.actor, notice, community_of(request)).notice
    sequence = _number(request, "sequence")
    answer, remark = request.POST.get("answer", ""), request.POST.get("remark", "").strip()
    if request.POST.get("code") == "spread_unclear" and not remark:
        raise RuleBroken("orders.reason_missing")
    actions.answer_question(
        actor=request.actor,
        notice=row,
        area=request.area.pk,
        code=request.POST.get("code", ""),
        sequence=sequence,
        start=_number(request, "start"),
        answer=answer,
        remark=remark,
        now=clock.now(),
    )
    fragment = f"i{sequence}" if sequence else "questions"
    return back_to("notice_desk", request, notice=row.pk, fragment=fragment)


@require_POST
@for_right(Right.ENTER_NOTICES)
def notice_rematch(request: ActorRequest, area: int, notice: int) -> HttpResponse:
    """Match again after the register has changed."""
    part = access_part(request.actor, notice, community_of(request))
    matching.rematch(actor=request.actor, part=part)
    messages.success(request, _("Matched again with the register as it is now."))
    return back_to("notice_desk", request, notice=notice)


@require_http_methods(["GET", "POST"])
@for_right(Right.APPROVE_ORDERS)
def notice_approve(request: ActorRequest, area: int, notice: int) -> HttpResponse:
    """See the effect, then approve exactly that."""
    part = access_part(request.actor, notice, community_of(request))
    if request.method == "POST":
        approve_part(
            actor=request.actor,
            part=part,
            seen_version=request.POST.get("version", ""),
            now=clock.now(),
        )
        messages.success(request, _("Approved. The zones and today's list are up to date."))
        return back_to("zone_list", request)
    context = approval_page(part, clock.now()) | _rights(request)
    return render(request, "command/notice_approve.html", context)


@require_POST
@for_right(Right.APPROVE_ORDERS)
def notice_not_ours(request: ActorRequest, area: int, notice: int) -> HttpResponse:
    """Say that nothing of it is ours."""
    part = access_part(request.actor, notice, community_of(request))
    actions.mark_not_ours(
        actor=request.actor, part=part, reason=request.POST.get("reason", ""), now=clock.now()
    )
    return back_to("notice_list", request)


@require_POST
@for_right(Right.APPROVE_ORDERS)
def notice_reopen(request: ActorRequest, area: int, notice: int) -> HttpResponse:
    """Put a part back on the desk that was called "not ours", or whose approval was withdrawn."""
    part = access_part(request.actor, notice, community_of(request))
    actions.reopen_part(actor=request.actor, part=part, now=clock.now())
    messages.success(request, _("It is on the desk again. Nothing takes effect before approval."))
    return back_to("notice_desk", request, notice=notice)


@require_http_methods(["GET", "POST"])
@for_right(Right.APPROVE_ORDERS)
def notice_withdraw(request: ActorRequest, area: int, notice: int) -> HttpResponse:
    """Withdraw an approval: who would be freed or held again, a reason, then the act."""
    part = access_part(request.actor, notice, community_of(request))
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        withdraw_part(
            actor=request.actor, part=part, reason=form.cleaned_data["reason"], now=clock.now()
        )
        messages.success(request, _("Withdrawn. What it did counts as never done."))
        return back_to("notice_desk", request, notice=notice)
    context = withdraw_page(part, clock.now()) | {"form": form}
    return render(request, "command/notice_withdraw.html", context)


@require_POST
@for_right(Right.APPROVE_ORDERS_BELOW)
def notice_approve_below(request: ActorRequest, area: int, notice: int) -> HttpResponse:
    """Approve for the ticked communities below, each exactly as it was shown."""
    row = access_notice(request.actor, notice)
    if is_community(request):
        raise NotVisible
    low, high = span_of(request.area.pk)
    seen = {
        code: version
        for text, _sep, version in (v.partition(":") for v in request.POST.getlist("seen"))
        if (code := whole_number(text)) is not None and low <= code < high
    }
    result = approve_below(actor=request.actor, notice=row, seen=seen, now=clock.now())
    lower: tuple[int, ...] = ()
    if request.POST.get("low"):
        inside = [
            p.community_id for p in parts_of(request.actor, row) if low <= p.community_id < high
        ]
        lower = approve_low(actor=request.actor, notice=row, communities=inside, now=clock.now())
    count = len(result.approved) + len(lower)
    messages.success(request, _("Approved. Communities: %(count)s.") % {"count": count})
    for community, refusal in result.left:
        text = _("%(community)s: %(why)s") % {"community": community, "why": say(refusal)}
        messages.warning(request, text)
    return back_to("notice_desk", request, notice=notice)
