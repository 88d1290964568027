"""Pages of imports: the list and upload, the check with its lists, duplicates, apply, undo."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.queries.users import names_of
from gridwell.accounts.rules.actor import Right
from gridwell.core import clock, frame
from gridwell.core.components import Empty
from gridwell.core.errors import RuleBroken
from gridwell.core.numbers import whole_numbers
from gridwell.core.paging import page_of
from gridwell.core.wording import say
from gridwell.core.worker import enqueue
from gridwell.ledgers import labels
from gridwell.ledgers.actions import imports, layouts, undo
from gridwell.ledgers.forms import ColumnForm, UploadForm, column_choices
from gridwell.ledgers.models import LedgerImport
from gridwell.ledgers.queries import imports as queries
from gridwell.ledgers.queries.undo import Fate, done_by, effect_of, named, touched_since
from gridwell.ledgers.rules.guests import GUESTS, RESIDENTS, SHEET
from gridwell.ledgers.views import shown
from gridwell.ledgers.views.common import download, with_right
from gridwell.residents.labels import GUESTS as GUEST_KINDS

#: Larger files are read by the worker; the page shows how far it is.
BIG_FILE = 2 << 20
#: More people than this are written by the worker.
AT_ONCE = 1_000
PER_PAGE = 100
#: Questions that have a form of their own on the page of an import.
_ANSWERED = ("unknown_column", "guest_sheet", "communities")
may_import = with_right(Right.IMPORT_LEDGERS)


def _page_of(row: LedgerImport) -> HttpResponse:
    return redirect("import_page", area=row.community_id, ledger=row.pk)


def _access(request: ActorRequest, ledger: int) -> LedgerImport:
    return queries.access_import(request.actor, request.area.pk, ledger)


def _queue(request: ActorRequest, row: LedgerImport, kind: str) -> HttpResponse:
    """Have the worker do it; one ledger of a community at a time."""
    running = queries.open_job(row.community_id)
    if running is not None and running.payload.get("import") != row.pk:
        raise RuleBroken("ledgers.another_running")
    job = enqueue(
        kind,
        now=clock.now(),
        community=row.community_id,
        subject=f"import:{row.pk}",
        payload={"import": row.pk},
        created_by=request.actor.user_id,
    )
    return redirect("core:job", ref=job.ref)


@listing.offered("imports")
@require_http_methods(["GET", "POST"])
@may_import
def import_list(request: ActorRequest) -> HttpResponseBase:
    """Show earlier imports and take in a new file."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _upload(request, form)
        except RuleBroken as refusal:
            form.add_error("file", say(refusal))
    rows = queries.imports_of(request.actor, request.area.pk).defer("findings", "file_key")
    page = page_of(request, rows, 30)
    names = names_of(row.created_by for row in page)
    empty = Empty(
        _("No ledger was imported yet"),
        _(
            "What comes in here becomes the register: buildings, households and people. "
            "Every file is checked first; nothing is written before you say so."
        ),
    )
    context = {
        "form": form,
        "page": page,
        "lines": [
            (row, labels.STATES[row.state], names.get(row.created_by or 0, "")) for row in page
        ],
        "empty": empty,
        "panels": frame.fill("import_list_panels", request.actor, [request.area.pk], clock.today()),
    }
    status = 422 if form.errors else 200
    return render(request, "ledgers/import_list.html", context, status=status)


def _upload(request: ActorRequest, form: UploadForm) -> HttpResponse:
    upload = form.cleaned_data["file"]
    now = clock.now()
    row = imports.start_import(
        actor=request.actor,
        community=request.area.pk,
        name=upload.name,
        parts=upload.chunks(),
        now=now,
    )
    if upload.size > BIG_FILE:
        return _queue(request, row, queries.JOB_CHECK)
    imports.check(actor=request.actor, ledger_import=row, now=now)
    return _page_of(row)


@require_GET
@may_import
def import_page(request: ActorRequest, ledger: int) -> HttpResponseBase:
    """Show what a file lists, what is wrong or open, and what importing it would do."""
    row = _access(request, ledger)
    found = queries.findings_of(row)
    job = queries.job_of(row)
    answers = queries.answers_given(row)
    unknown = [
        (question, ColumnForm(initial=_column_now(row, question), prefix=f"c{number}"))
        for number, question in enumerate(shown.unknown_columns(found, row))
    ]
    context = {
        "row": row,
        "state": labels.STATES[row.state],
        "figures": shown.figures(row),
        "steps": shown.steps(row),
        "job": job if job is not None and job.state in ("queued", "running") else None,
        "error": shown.error_words(row),
        "unknown": unknown,
        "notes": [shown.question_words(q) for q in found.questions if q["code"] not in _ANSWERED],
        "asked": len(found.asked),
        "unanswered": sum(1 for key in found.asked if key not in answers),
        "first_faults": shown.faults(found.faults[:6]),
        "more_faults": max(0, len(found.faults) - 6),
        "gaps": shown.gaps(row),
        "effect": shown.effect_words(row),
        "undone": shown.undone_words(row),
        "guest_sheets": shown.guest_sheets(found),
        "communities": shown.communities(found),
        "by": names_of([row.created_by]).get(row.created_by or 0, ""),
        "can_mend": bool(row.file_path)
        and any(f["code"] not in ("no_table", "floor_chart") for f in found.faults),
        "colours": shown.colour_rows(row, found),
        "lists_anything": imports.lists_anything(row),
        "panels": frame.fill("import_panels", request.actor, [row.pk], clock.today()),
    }
    return render(request, "ledgers/import_page.html", context)


def _column_now(row: LedgerImport, question: dict[str, Any]) -> dict[str, str]:
    header = question["column"].rpartition("/")[2]
    return {"header": header, "field": row.mapping.get(header, "")}


@require_POST
@may_import
def import_columns(request: ActorRequest, ledger: int) -> HttpResponseBase:
    """Keep what unknown columns mean, and check the file again with it."""
    row = _access(request, ledger)
    known = {code for code, _label in column_choices()}
    mapping: dict[str, str] = {}
    for number in range(len(request.POST)):
        header = request.POST.get(f"c{number}-header")
        if header is None:
            break
        code = request.POST.get(f"c{number}-field", "")
        if code in known:
            mapping[header] = code or "remark"
    for sheet in shown.guest_sheets(queries.findings_of(row)):
        said = request.POST.get(f"sheet-{sheet['number']}")
        if said in ("", GUESTS, RESIDENTS):
            mapping[SHEET + sheet["sheet"]] = said
    only = request.POST.get("community")
    if only is not None and only in ("", *dict(shown.communities(queries.findings_of(row))[1])):
        imports.choose_community(actor=request.actor, ledger_import=row, name=only)
    now = clock.now()
    if mapping:
        imports.map_columns(actor=request.actor, ledger_import=row, mapping=mapping, now=now)
        messages.success(request, _("The columns are remembered for the next file."))
    imports.check(actor=request.actor, ledger_import=row, now=now)
    return _page_of(row)


@require_GET
@may_import
def import_faults(request: ActorRequest, ledger: int) -> HttpResponseBase:
    """List every fault with its place, value, why and what to do; as a workbook on request."""
    row = _access(request, ledger)
    every = queries.findings_of(row).faults
    code, sheet = request.GET.get("code", ""), request.GET.get("sheet", "")
    found = [
        fault
        for fault in every
        if (not code or fault["code"] == code) and (not sheet or fault["sheet"] == sheet)
    ]
    if request.GET.get("format") == "xlsx":
        now = clock.now()
        body = shown.fault_workbook(request.actor, found, now)
        layouts.note_faults_exported(
            actor=request.actor, ledger_import=row, count=len(found), now=now
        )
        return download(body, _("Faults of %(file)s") % {"file": row.file_name} + ".xlsx")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "row": row,
        "page": page,
        "lines": shown.faults(list(page.object_list)),
        "total": len(every),
        "shown": len(found),
        "codes": shown.fault_kinds(every),
        "sheets": sorted({fault["sheet"] for fault in every}),
        "code": code,
        "sheet": sheet,
    }
    return render(request, "ledgers/import_faults.html", context)


@require_GET
@may_import
def import_mend(request: ActorRequest, ledger: int) -> HttpResponseBase:
    """Give the faulty lines back as a workbook that can be mended and imported again."""
    row = _access(request, ledger)
    body, _count = layouts.mended_workbook(actor=request.actor, ledger_import=row, now=clock.now())
    return download(
        body, _("To mend - %(file)s") % {"file": row.file_name.rpartition(".")[0]} + ".xlsx"
    )


@require_GET
@may_import
def import_people(request: ActorRequest, ledger: int, what: str) -> HttpResponseBase:
    """List who is new, who changes from what to what, or who is not in the file."""
    row = _access(request, ledger)
    found = queries.findings_of(row)
    lists: dict[str, Sequence[Any]] = {
        "new": found.new,
        "changed": found.changed,
        "missing": found.missing,
    }
    every = lists[what]
    page = Paginator(every, PER_PAGE).get_page(request.GET.get("page"))
    lines = {"new": shown.new_people, "changed": shown.changed_people}.get(what)
    on_page = list(page.object_list)
    context = {
        "row": row,
        "what": what,
        "page": page,
        "total": len(every),
        "lines": lines(on_page) if lines else shown.missing_people(row.community_id, on_page),
    }
    return render(request, f"ledgers/import_{what}.html", context)


@require_http_methods(["GET", "POST"])
@may_import
def import_duplicates(request: ActorRequest, ledger: int) -> HttpResponseBase:
    """Answer all possible duplicates on one sheet: same, new, later."""
    row = _access(request, ledger)
    found = queries.findings_of(row)
    if request.method == "POST":
        answers = shown.answers_of(request.POST, found.asked)
        now = clock.now()
        count = imports.answer_questions(
            actor=request.actor, ledger_import=row, answers=answers, now=now
        )
        imports.check(actor=request.actor, ledger_import=row, now=now)
        text = ngettext("%(count)s answer kept.", "%(count)s answers kept.", count)
        messages.success(request, text % {"count": count})
        return _page_of(row)
    context = {
        "row": row,
        "cards": shown.duplicate_cards(found.asked, queries.answers_given(row)),
        "is_open": row.state == "checked",
    }
    return render(request, "ledgers/import_duplicates.html", context)


@require_POST
@may_import
def import_apply(request: ActorRequest, ledger: int) -> HttpResponseBase:
    """Write the checked file: a small one at once, a big one by the worker."""
    row = _access(request, ledger)
    if row.state != "checked":
        raise RuleBroken("ledgers.not_open")
    if row.report.get("new", 0) + row.report.get("changed", 0) > AT_ONCE:
        return _queue(request, row, queries.JOB_APPLY)
    if queries.open_job(row.community_id) is not None:
        raise RuleBroken("ledgers.another_running")
    try:
        row = imports.apply_import(actor=request.actor, ledger_import=row, now=clock.now())
    except RuleBroken as refusal:
        if refusal.code != "ledgers.register_changed":
            raise
        messages.warning(request, say(refusal))
    else:
        messages.success(request, shown.done_words(row))
    return _page_of(row)


@require_POST
@may_import
def import_drop(request: ActorRequest, ledger: int) -> HttpResponseBase:
    """Drop an import; the file is deleted."""
    row = _access(request, ledger)
    imports.drop_import(actor=request.actor, ledger_import=row, now=clock.now())
    messages.success(request, _("The import was dropped and its file deleted."))
    return redirect("import_list", area=row.community_id)


@listing.offered("import_undo")
@require_http_methods(["GET", "POST"])
@may_import
def import_undo(request: ActorRequest, ledger: int) -> HttpResponseBase:
    """Show who was changed since, then undo the import in one act."""
    row = _access(request, ledger)
    if request.method == "POST":
        also = whole_numbers(request.POST.getlist("also"))
        undo.undo_import(actor=request.actor, ledger_import=row, now=clock.now(), also=also)
        return _page_of(row)
    if row.state != "done":
        raise RuleBroken("ledgers.not_open")
    done = done_by(row)
    effect = effect_of(row, done)
    fate = request.GET.get("fate", "")
    page = page_of(request, effect.of(Fate(fate) if fate in {*Fate} else None), PER_PAGE)
    context = {
        "row": row,
        "people": touched_since(row, done),
        "counts": {f.value: effect.count(f) for f in Fate},
        "page": page,
        "total": page.paginator.count,
        "fate": fate,
        "fates": [(f.value, labels.FATES[f.value], effect.count(f)) for f in Fate],
        "lines": [
            line
            | {"words": labels.FATES[line["fate"]], "stays_as": GUEST_KINDS.get(line["guest"], "")}
            for line in named(page)
        ],
    }
    return render(request, "ledgers/import_undo.html", context)


@require_POST
@may_import
def import_layout(request: ActorRequest, ledger: int) -> HttpResponseBase:
    """Save the layout a file came in, and open it."""
    row = _access(request, ledger)
    layout = layouts.layout_of_import(actor=request.actor, ledger_import=row, now=clock.now())
    return redirect("layout_edit", area=row.community_id, layout=layout.pk)
