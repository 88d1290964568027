"""Pages of exports: layouts, making a list, what was sent and what changed since."""

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.queries.users import names_of
from gridwell.accounts.rules.actor import Right
from gridwell.core import clock
from gridwell.core.components import Empty
from gridwell.core.errors import RuleBroken
from gridwell.core.layout_forms import filled
from gridwell.core.layouts import moved
from gridwell.core.wording import say
from gridwell.ledgers import labels
from gridwell.ledgers.actions import layouts
from gridwell.ledgers.forms import ExportForm, LayoutColumns, LayoutForm
from gridwell.ledgers.models import Layout
from gridwell.ledgers.queries import exports as queries
from gridwell.ledgers.views.common import CSV, XLSX, stream, with_right

may_export = with_right(Right.EXPORT_LEDGERS)
#: What a new layout starts with.
_USUAL = ("serial", "address", "name", "relation", "sex", "age", "id_number", "phone")


@require_GET
@may_export
def export_list(request: ActorRequest) -> HttpResponseBase:
    """Show the layouts, and what was exported with what has changed since."""
    community = request.area.pk
    sent = queries.exports_of(request.actor, community)
    names = names_of(row.log.made_by for row in sent)
    context = {
        "layouts": queries.layouts_of(request.actor, community),
        "sent": [
            {
                "log": row.log,
                "new": row.new,
                "changed": row.changed,
                "who": names.get(row.log.made_by or 0, "—"),
            }
            for row in sent
        ],
        "may_unmask": request.actor.may(Right.UNMASK, community),
        "empty": Empty(
            _("No layout yet"),
            _(
                "A layout is the form one office wants: its columns, in its order and words. "
                "Make one here, or save the one that a ledger came in."
            ),
            ((_("New layout"), reverse("layout_new", kwargs={"area": community})),),
        ),
    }
    return render(request, "ledgers/export_list.html", context)


@require_POST
@may_export
def export_make(request: ActorRequest, layout: int) -> HttpResponseBase:
    """Make a list in a layout and give it out."""
    row = queries.access_layout(request.actor, request.area.pk, layout)
    form = ExportForm(request.POST)
    if not form.is_valid():
        return redirect("export_list", area=request.area.pk)
    kind = form.cleaned_data["kind"]
    now = clock.now()
    made = layouts.export(
        actor=request.actor,
        area=request.area,
        layout=row,
        kind=kind,
        now=now,
        reason=form.cleaned_data["reason"],
    )
    local = now.astimezone(clock.zone())
    name = f"{row.name} {local:%Y%m%d-%H%M}.{kind}"
    answer: FileResponse = stream(made.file, name, XLSX if kind == "xlsx" else CSV)
    answer["X-Rows"] = str(made.rows)
    return answer


@require_http_methods(["GET", "POST"])
@may_export
def layout_new(request: ActorRequest) -> HttpResponseBase:
    """Make a layout by hand."""
    columns = [{"header": str(labels.FIELDS[code]), "field": code} for code in _USUAL]
    return _edited(request, None, {"rows": "person"}, columns)


@require_http_methods(["GET", "POST"])
@may_export
def layout_edit(request: ActorRequest, layout: int) -> HttpResponseBase:
    """Change a layout: its columns, their order and words."""
    row = queries.access_layout(request.actor, request.area.pk, layout)
    initial = {"name": row.name, "title": row.title, "rows": row.rows}
    return _edited(request, row, initial, row.columns)


def _edited(
    request: ActorRequest, layout: Layout | None, initial: dict[str, Any], columns: list[Any]
) -> HttpResponseBase:
    posted = request.POST if request.method == "POST" else None
    form = LayoutForm(posted, initial=initial)
    rows = LayoutColumns(posted, initial=columns)
    context: dict[str, Any] = {"layout": layout}
    if posted is not None and "move" in posted and rows.is_valid():
        order, at, way = moved(filled(rows, labels.FIELDS), posted["move"])
        form = LayoutForm(initial=posted.dict())
        rows = LayoutColumns(initial=[asdict(column) for column in order])
        context |= {"moved": at, "way": way}
    elif posted is not None and form.is_valid() and rows.is_valid():
        try:
            layouts.save_layout(
                actor=request.actor,
                community=request.area.pk,
                layout=layout,
                columns=[column for _place, column in filled(rows, labels.FIELDS)],
                now=clock.now(),
                **form.cleaned_data,
            )
        except RuleBroken as refusal:
            form.add_error(None, say(refusal))
        else:
            messages.success(request, _("The layout is saved."))
            return redirect("export_list", area=request.area.pk)
    is_refused = bool(form.errors) or (rows.is_bound and not rows.is_valid())
    context |= {"form": form, "rows": rows}
    return render(request, "ledgers/layout_edit.html", context, status=422 if is_refused else 200)


@require_POST
@may_export
def layout_remove(request: ActorRequest, layout: int) -> HttpResponseBase:
    """Remove a layout."""
    row = queries.access_layout(request.actor, request.area.pk, layout)
    layouts.remove_layout(actor=request.actor, layout=row, now=clock.now())
    messages.success(request, _("The layout is removed."))
    return redirect("export_list", area=request.area.pk)
