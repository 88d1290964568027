"""Forms of the report that an office keeps: made, changed, tried out, copied, removed, put back."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.queries.users import names_of
from gridwell.accounts.rules.actor import Right
from gridwell.core import clock
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.layout_forms import filled as filled_columns
from gridwell.core.layouts import Column, moved
from gridwell.core.numbers import whole_number
from gridwell.core.wording import say
from gridwell.places.queries import communities_of
from gridwell.screening.actions import report_layouts as acts
from gridwell.screening.labels.report_layouts import FIELDS
from gridwell.screening.models import ReportLayout
from gridwell.screening.presenters.report_forms import fill
from gridwell.screening.presenters.report_layouts import Offered, offered_as, offered_at
from gridwell.screening.queries.report_layouts import (
    access_layout,
    access_own,
    form_of,
    present_rounds,
    removed_of,
)
from gridwell.screening.report_layout_forms import ReportColumns, ReportLayoutForm
from gridwell.screening.rules.report_layouts import (
    Form,
    Rows,
    columns_twice,
    columns_without_figures,
)
from gridwell.screening.views import back_to

#: Rounds with which a form is tried out.
_TRIED: Final = 5
#: So long a removed form can be put back.
_PUT_BACK: Final = timedelta(days=30)


def _may_keep(request: ActorRequest) -> bool:
    return request.actor.may(Right.APPROVE_ORDERS, request.area.pk)


def _needs_right(request: ActorRequest) -> None:
    if not _may_keep(request):
        raise NotVisible


@require_GET
@listing.offered("round-layouts")
def round_layouts(request: ActorRequest, area: int) -> HttpResponse:
    """The forms that an area can fill: of the offices above, its own, built in; and those removed lately."""
    since = clock.now() - _PUT_BACK
    may_keep = _may_keep(request)
    show = request.GET.get("show", "")
    forms = offered_at(request.actor, area)
    context = {
        "forms": [one for one in forms if _is_of(one, show, area)],
        "total": len(forms),
        "show": show,
        "shows": {
            "": _("all layouts"),
            "own": _("of this office"),
            "above": _("of the offices above"),
            "built-in": _("built in"),
        },
        "removed": removed_of(request.actor, area, since) if may_keep else (),
        "may_keep": may_keep,
    }
    return render(request, "screening/layouts.html", context)


def _is_of(one: Offered, show: str, area: int) -> bool:
    office = one.office.pk if one.office is not None else None
    is_there = {"own": office == area, "built-in": office is None}
    return is_there.get(show, show != "above" or office not in (None, area))


@dataclass(frozen=True)
class _Entered:
    """What the page of a layout shows: the form, the table of columns, the layout as far as it is valid."""

    form: ReportLayoutForm
    rows: Any
    filled: Form | None
    moved: int | None = None
    way: str = ""
    is_refused: bool = False


@require_http_methods(["GET", "POST"])
def round_layout_new(request: ActorRequest, area: int) -> HttpResponse:
    """Make a layout, from another one that is offered here or from a built-in one."""
    _needs_right(request)
    start = offered_as(request.actor, area, request.GET.get("from", ""))
    name = _("%(name)s (own)") % {"name": start.name} if start.row is not None else ""
    entered = _entered(request, start.form, name, start.title)
    if request.method == "POST" and _is_to_save(request, entered):
        try:
            row = acts.add_layout(actor=request.actor, area=area, now=clock.now(), **_data(entered))
        except RuleBroken as refusal:
            return _page(request, _refused(entered, say(refusal)), None)
        return _saved(request, row)
    return _page(request, entered, None)


@require_http_methods(["GET", "POST"])
def round_layout(request: ActorRequest, area: int, layout: int) -> HttpResponse:
    """A layout: changed by the office whose it is; others see it filled, and may copy it."""
    row = access_layout(request.actor, area, layout)
    is_own = row.area_id == area and _may_keep(request)
    if not is_own:
        if request.method == "POST":
            raise RuleBroken("screening.layout_of_another", office=row.area.name)
        return _page_of_another(request, row)
    entered = _entered(request, form_of(row), row.name, row.title)
    is_sent = request.method == "POST"
    seen = (whole_number(request.POST.get("seen")) or 0) if is_sent else row.version
    theirs = None
    if is_sent and _is_to_save(request, entered):
        try:
            row = acts.change_layout(
                actor=request.actor, layout=row, seen=seen, now=clock.now(), **_data(entered)
            )
        except RuleBroken as refusal:
            entered = _refused(entered, say(refusal))
            if refusal.code == "screening.layout_changed":
                theirs = access_own(request.actor, area, layout)
                seen = theirs.version
        else:
            return _saved(request, row)
    return _page(request, entered, row, seen=seen, theirs=theirs)


def _entered(request: ActorRequest, start: Form, name: str, title: str) -> _Entered:
    """Return what was sent, or what the page starts with; a moved column is moved, nothing is saved."""
    posted = request.POST if request.method == "POST" else None
    if posted is None:
        initial = {
            "name": name,
            "title": title,
            "rows": start.rows.value,
            "has_total": start.has_total,
        }
        form = ReportLayoutForm(initial=initial)
        return _Entered(form, ReportColumns(initial=_initial(start.columns)), start)
    form, rows = ReportLayoutForm(posted), ReportColumns(posted)
    if not rows.is_valid():
        form.is_valid()
        return _Entered(form, rows, None, is_refused=True)
    if "move" not in posted and "preview" not in posted:
        is_right = form.is_valid()
        columns = [column for _place, column in filled_columns(rows, FIELDS)]
        filled = _form(form.cleaned_data, columns)
        return _Entered(form, rows, filled, is_refused=not is_right)
    columns, at, way = moved(filled_columns(rows, FIELDS), posted.get("move", ""))
    form.is_valid()
    filled = _form(form.cleaned_data, columns)
    shown = ReportLayoutForm(initial=posted.dict() | {"has_total": "has_total" in posted})
    return _Entered(shown, ReportColumns(initial=_initial(columns)), filled, at, way)


def _form(data: dict[str, Any], columns: Sequence[Column]) -> Form:
    rows = Rows(data.get("rows") or Rows.ROUND)
    return Form(rows, tuple(columns), bool(data.get("has_total")))


def _initial(columns: Sequence[Column]) -> list[dict[str, str]]:
    return [
        asdict(column) | {"header": column.header or str(FIELDS[column.field])}
        for column in columns
    ]


def _is_to_save(request: ActorRequest, entered: _Entered) -> bool:
    asked_to_look = "move" in request.POST or "preview" in request.POST
    return not asked_to_look and not entered.is_refused


def _data(entered: _Entered) -> dict[str, Any]:
    data = entered.form.cleaned_data
    return {"name": data["name"], "title": data["title"], "form": entered.filled}


def _refused(entered: _Entered, words: str) -> _Entered:
    entered.form.add_error(None, words)
    return _Entered(entered.form, entered.rows, entered.filled, is_refused=True)


def _saved(request: ActorRequest, row: ReportLayout) -> HttpResponse:
    below = communities_of(request.actor, row.area_id).exclude(pk=row.area_id).count()
    words = _("The layout is saved.")
    if below:
        words = ngettext(
            "The layout is saved. %(count)s community below can fill it.",
            "The layout is saved. %(count)s communities below can fill it.",
            below,
        ) % {"count": below}
    messages.success(request, words)
    return back_to("round_layouts", request)


def _page(
    request: ActorRequest,
    entered: _Entered,
    row: ReportLayout | None,
    *,
    seen: int = 1,
    theirs: ReportLayout | None = None,
) -> HttpResponse:
    context = {
        "layout": row,
        "form": entered.form,
        "rows": entered.rows,
        "moved": entered.moved,
        "way": entered.way,
        "seen": seen,
        "theirs": theirs,
        "changed_by": _who(theirs),
    }
    if entered.filled is not None and entered.filled.columns:
        context |= _tried(request, entered.filled)
    status = 422 if entered.is_refused else 200
    return render(request, "screening/layout_edit.html", context, status=status)


def _page_of_another(request: ActorRequest, row: ReportLayout) -> HttpResponse:
    context = {"layout": row, "changed_by": _who(row), "may_keep": _may_keep(request)}
    return render(request, "screening/layout_page.html", context | _tried(request, form_of(row)))


def _who(row: ReportLayout | None) -> str:
    if row is None or row.changed_by is None:
        return ""
    return names_of([row.changed_by]).get(row.changed_by, "")


def _tried(request: ActorRequest, form: Form) -> dict[str, Any]:
    """Return a form filled with the present rounds, and which of its columns stay empty or come twice."""
    rounds = present_rounds(request.actor, request.area.pk, _TRIED)
    filled = fill(request.actor, form, rounds)
    lines = list(filled.lines[: _TRIED * 2])
    if filled.total is not None:
        lines.append(filled.total)
    return {
        "filled": filled,
        "lines": filled.shown(lines),
        "tried": rounds,
        "is_cut": len(filled.lines) > _TRIED * 2,
        "barren": columns_without_figures(form),
        "twice": columns_twice(form.columns),
    }


@require_http_methods(["GET", "POST"])
def round_layout_remove(request: ActorRequest, area: int, layout: int) -> HttpResponse:
    """Remove a layout, once it is said again; what it is for is shown before."""
    _needs_right(request)
    row = access_own(request.actor, area, layout)
    if request.method == "POST":
        if acts.remove_layout(actor=request.actor, layout=row, now=clock.now()):
            messages.success(request, _("The layout is removed. It can be put back for 30 days."))
        return back_to("round_layouts", request)
    if row.removed_at is not None:
        return redirect("round_layouts", area=area)
    below = communities_of(request.actor, area).exclude(pk=area).count()
    context = {
        "title": _("Remove the layout “%(name)s”?") % {"name": row.name},
        "text": _(
            "It is offered here and below no more. What was filled with it stays as it was sent."
        ),
        "effect": ngettext(
            "%(count)s community below can fill it now.",
            "%(count)s communities below can fill it now.",
            below,
        )
        % {"count": below}
        if below
        else "",
        "act_label": _("Remove"),
        "back": reverse("round_layouts", args=[area]),
    }
    return render(request, "core/confirm.html", context)


@require_POST
def round_layout_restore(request: ActorRequest, area: int, layout: int) -> HttpResponse:
    """Put a removed layout back."""
    _needs_right(request)
    row = access_own(request.actor, area, layout)
    acts.restore_layout(actor=request.actor, layout=row, now=clock.now())
    messages.success(request, _("The layout is put back."))
    return back_to("round_layouts", request)
