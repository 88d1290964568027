"""The organisation as a table (组织架构表): in with a look over first, out with the same columns."""

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridwell.accounts.labels import TEAMS
from gridwell.accounts.listing import as_workbook
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.queries import PostLine
from gridwell.accounts.rules.actor import Right
from gridwell.core import clock
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.joining import joined
from gridwell.core.wording import say
from gridwell.organisation import forms, labels, queries
from gridwell.organisation.actions import importing
from gridwell.organisation.queries import importing as matching
from gridwell.organisation.queries.chart import Organisation
from gridwell.organisation.views.common import ACT, at, manages, one_community


@require_http_methods(ACT)
@one_community
@manages
def organisation_import(request: ActorRequest) -> HttpResponseBase:
    """Take a table, look it over; earlier imports with their undo below."""
    form = forms.OrganisationFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            trace = _kept(request, form.cleaned_data["file"])
        except RuleBroken as refusal:
            form.add_error("file", say(refusal))
        else:
            return redirect(at(request, "organisation_import_look", trace=trace.pk))
    rows = [
        (row, labels.IMPORT_STATES[row.state])
        for row in matching.imports_of(request.actor, request.area.pk)
    ]
    context = {"form": form, "rows": rows, "on": "organisation"}
    status = 422 if form.errors else 200
    return render(request, "organisation/import.html", context, status=status)


def _kept(request: ActorRequest, upload: Any) -> Any:
    """Read the uploaded file from a private folder that goes at once."""
    if upload.size > min(settings.MAX_UPLOAD_BYTES, 10 << 20):
        raise RuleBroken("organisation.file_unread")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table"
        with path.open("wb") as out:
            for part in upload.chunks():
                out.write(part)
        return importing.keep_table(
            actor=request.actor, community=request.area.pk, path=path, now=clock.now()
        )


@require_GET
@one_community
@manages
def organisation_import_look(request: ActorRequest, trace: int) -> HttpResponse:
    """Show what a table would change, line by line, faults first; nothing is written yet."""
    found = matching.access_import(request.actor, request.area.pk, trace)
    lines = importing.lines_of(found) if found.state == "checked" else []
    rows = matching.match_lines(request.area.pk, lines, clock.now())
    rows.sort(key=lambda row: (not row.fault, row.outcome == "same", row.read.row))
    counts = matching.outcome_counts(rows)
    context = {
        "trace": found,
        "state": labels.IMPORT_STATES.get(found.state, found.state),
        "rows": [
            (
                row,
                labels.IMPORT_KINDS.get(row.read.kind, row.read.duty),
                str(labels.IMPORT_FAULTS[row.fault]) % row.facts if row.fault else "",
                labels.IMPORT_OUTCOMES[row.outcome],
                [labels.IMPORT_NOTES[note] for note in row.notes],
            )
            for row in rows
        ],
        "counts": counts,
        "writes": sum(counts[code] for code in ("new", "change", "deputies", "leads")),
        "instead": sum(1 for row in rows if row.instead and not row.fault),
        "made": found.made,
        "on": "organisation",
    }
    return render(request, "organisation/import_look.html", context)


@require_POST
@one_community
@manages
def organisation_import_act(request: ActorRequest, trace: int, act: str) -> HttpResponseBase:
    """Write a looked-over table, throw it away, or undo it."""
    found = matching.access_import(request.actor, request.area.pk, trace)
    if act == "write":
        done = importing.write_table(actor=request.actor, trace=found, now=clock.now())
        touched = {pk for pk, *_rest in (*done.made["holders"], *done.made["deputies"])}
        made = {pk for pk, *_rest in done.made["posts"]}
        touched |= {post for _team, _before, post in done.made["leaders"] if post not in made}
        count = len(made) + len(touched) + len(done.made["charges"])
        text = ngettext("%(count)s line was written.", "%(count)s lines were written.", count)
        messages.success(request, text % {"count": count})
        return redirect("organisation", area=request.area.pk)
    if act == "undo":
        importing.undo_table(actor=request.actor, trace=found, now=clock.now())
        messages.success(request, _("The import is undone."))
    elif act == "drop":
        importing.drop_table(actor=request.actor, trace=found)
    else:
        raise NotVisible
    return redirect("organisation_import", area=request.area.pk)


@require_GET
@one_community
def organisation_export(request: ActorRequest) -> HttpResponse:
    """Give the organisation out as a table that can be brought in again."""
    if not request.actor.may(Right.EXPORT_LEDGERS, request.area.pk):
        raise NotVisible
    now = clock.now()
    whole = queries.organisation_of(request.actor, request.area.pk, now)
    charges = list(queries.charges_of(request.actor, request.area.pk, now))
    people = queries.persons_of(charges, now)
    rows = _group_rows(whole) + _head_rows(whole)
    for charge in charges:
        person = people[charge.pk]
        rows.append(
            [
                str(_("Area of charge")),
                charge.grid.name if charge.grid else "",
                charge.place.full_name if charge.place else "",
                person.name,
                person.telephone,
                person.unit,
                charge.remark,
            ]
        )
    return as_workbook(
        request,
        area=request.area.pk,
        code="organisation",
        title=_("Organisation"),
        header=[
            pgettext("table", "Duty"),
            pgettext("table", "Grid"),
            pgettext("table", "Building"),
            pgettext("table", "Name"),
            pgettext("table", "Telephone"),
            pgettext("table", "Sent by"),
            pgettext("table", "Remark"),
            pgettext("table", "Deputies"),
            pgettext("table", "Deputies' telephones"),
        ],
        rows=[[*row, *[""] * (9 - len(row))] for row in rows],
        widths=(28, 16, 30, 12, 16, 24, 24, 20, 28),
    )


def _group_rows(whole: Organisation) -> list[list[str]]:
    groups = [*whole.leading, *whole.special]
    for grid in whole.grids:
        for view in (grid, *grid.micro):
            groups += [*view.groups.values(), *view.special]
    rows = []
    names = {grid.grid.pk: grid.grid.name for top in whole.grids for grid in (top, *top.micro)}
    for group in groups:
        word, grid_name = str(TEAMS[group.team.kind]), names.get(group.team.grid_id or 0, "")
        if group.leader is not None:
            duty = _("%(group)s: leader") % {"group": word}
            rows.append(_post_row(duty, grid_name, "", group.leader))
        for line in group.members:
            duty = _("%(group)s: member") % {"group": word}
            rows.append(_post_row(duty, grid_name, "", line))
    return rows


def _head_rows(whole: Organisation) -> list[list[str]]:
    rows = []
    for head in whole.heads:
        for line in head.heads:
            rows.append(_post_row(_("Building head"), "", head.place.full_name, line))
        for unit, lines in head.units:
            for line in lines:
                rows.append(_post_row(_("Unit head"), "", unit.full_name, line))
    return rows


def _post_row(duty: str, grid: str, place: str, line: PostLine) -> list[str]:
    holder = line.holder
    return [
        str(duty),
        grid,
        place,
        holder.name if holder else "",
        holder.telephone if holder else "",
        "",
        "",
        joined(user.name for user in line.deputies),
        joined(user.telephone for user in line.deputies)
        if all(user.telephone for user in line.deputies)
        else "",
    ]
