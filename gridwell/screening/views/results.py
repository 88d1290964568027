"""Results of laboratories: taken in by file, looked at where a row is odd."""

import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.rules.actor import Right
from gridwell.core import clock
from gridwell.core.choices import offer
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.numbers import whole_number
from gridwell.core.paging import page_of
from gridwell.core.wording import say
from gridwell.residents.queries.guests import access_guest
from gridwell.residents.rules.masking import mask_document
from gridwell.screening.actions import corrections
from gridwell.screening.actions import results as acts
from gridwell.screening.labels.results import ADVICE, FAULTS, HOW, TUBE_RESULTS, TUBE_STATES
from gridwell.screening.models import ResultFault
from gridwell.screening.presenters.results import effect_words, round_names
from gridwell.screening.queries import results as reads
from gridwell.screening.result_files import read_results
from gridwell.screening.result_forms import FaultForm, ResultFileForm
from gridwell.screening.rules.results import LATE_AFTER, TAKEN_ALL_THE_SAME, ResultLine
from gridwell.screening.views import back_to, is_community

MOST_BYTES = 20 << 20


def handled(request: ActorRequest) -> int:
    """Return the area of the page for who takes in results there; for others it is not there."""
    if not reads.may_handle(request.actor, request.area.pk):
        raise NotVisible
    return request.area.pk


@listing.offered("lab_results")
@require_http_methods(["GET", "POST"])
def lab_results(request: ActorRequest, area: int) -> HttpResponse:
    """What came from laboratories, what still waits, and the form to take in a file."""
    area = handled(request)
    form = ResultFileForm(request.POST or None, request.FILES or None)
    names = [
        (row.pk, row.name)
        for row in reads.laboratories_of(request.actor, area)
        if not row.revoked_at
    ]
    offer(form, "laboratory", [("", _("not named")), *names])
    if request.method == "POST" and form.is_valid():
        try:
            return _take(request, area, form)
        except RuleBroken as refusal:
            form.add_error("file", say(refusal))
    page = page_of(request, reads.deliveries_of(request.actor, area), 50)
    context = {
        "form": form,
        "page": page,
        "rows": [(row, HOW.get(row.how, row.how)) for row in page],
        "total": page.paginator.count,
        "waiting": reads.waiting_tubes(area, clock.now()),
        "open_faults": reads.faults_of(request.actor, area).filter(settled_at=None).count(),
    }
    return render(request, "screening/lab_results.html", context)


def _take(request: ActorRequest, area: int, form: ResultFileForm) -> HttpResponse:
    """Take in the uploaded file and say what became of its rows."""
    upload, chosen = form.cleaned_data["file"], form.cleaned_data["laboratory"]
    laboratory = reads.access_laboratory(request.actor, area, chosen) if chosen else None
    sent = acts.Sent(
        area=area,
        lines=_lines(upload),
        how="file",
        laboratory=laboratory,
        file_name=upload.name or "",
    )
    now = clock.now()
    delivery, faults = acts.take_results(actor=request.actor, sent=sent, now=now)
    if delivery.received_at != now:
        messages.info(request, _("These very rows were taken in before; nothing counts twice."))
    said = _(
        "Rows: %(rows)s. Tubes taken: %(taken)s, known before: %(known)s, to look at: %(faults)s."
    )
    facts = {
        "rows": delivery.rows,
        "taken": delivery.taken,
        "known": delivery.known,
        "faults": len(faults),
    }
    (messages.warning if faults else messages.success)(request, said % facts)
    return back_to("lab_faults" if faults else "lab_results", request)


def _lines(upload: Any) -> list[Any]:
    """Read the uploaded file from a private folder that goes at once."""
    if upload.size > min(settings.MAX_UPLOAD_BYTES, MOST_BYTES):
        raise RuleBroken("screening.results_many")
    with tempfile.TemporaryDirectory(prefix="gridwell-") as folder:
        path = Path(folder) / "results"
        with path.open("wb") as out:
            for part in upload.chunks():
                out.write(part)
        return read_results(path)


@listing.offered("lab_waiting")
@require_GET
def lab_waiting(request: ActorRequest, area: int) -> HttpResponse:
    """The tubes without a result, the longest waiting first; late ones by choice."""
    area = handled(request)
    late_only = request.GET.get("show") == "late"
    rows = reads.waiting_list(request.actor, area, clock.now(), late_only=late_only)
    page = page_of(request, rows, 100)
    names = round_names({tube.round for tube in page})
    late_from = clock.now() - LATE_AFTER
    context = {
        "page": page,
        "total": page.paginator.count,
        "rows": [
            {
                "tube": tube,
                "round": names.get(tube.round),
                "state": TUBE_STATES.get(tube.state, tube.state),
                "is_late": tube.closed_at is not None and tube.closed_at <= late_from,
            }
            for tube in page
        ],
        "show": "late" if late_only else "",
        "hours": int(LATE_AFTER.total_seconds() // 3600),
    }
    return render(request, "screening/lab_waiting.html", context)


@listing.offered("lab_faults")
@require_http_methods(["GET"])
def lab_faults(request: ActorRequest, area: int) -> HttpResponse:
    """The rows that somebody has to look at; settled ones by choice."""
    area = handled(request)
    show = "settled" if request.GET.get("show") == "settled" else "open"
    rows = reads.faults_of(request.actor, area)
    code, delivery = _choice(request.GET)
    rows = reads.narrowed(rows, code, delivery)
    aside = len(reads.together(rows)) if show == "open" and (code or delivery) else 0
    rows = rows.filter(settled_at__isnull=show == "open")
    page = page_of(request, rows, 50)
    tubes = reads.tubes_of({row.tube_id for row in page if row.tube_id})
    context = {
        "page": page,
        "total": page.paginator.count,
        "rows": [_shown(row, tubes) for row in page],
        "show": show,
        "code": code,
        "codes": list(FAULTS.items()),
        "delivery": delivery,
        "aside": aside,
    }
    return render(request, "screening/lab_faults.html", context)


def _choice(query: QueryDict) -> tuple[str, UUID | None]:
    """Return which rows were chosen: of what kind, of which delivery; what is no choice counts for none."""
    code, asked = str(query.get("code", "")), str(query.get("delivery", ""))
    try:
        delivery = UUID(asked) if asked else None
    except ValueError:
        raise NotVisible from None
    return code if code in FAULTS else "", delivery


@require_POST
def lab_aside(request: ActorRequest, area: int) -> HttpResponse:
    """Put the chosen rows aside with one reason, except those that have to be decided one by one."""
    code, delivery = _choice(request.POST)
    count = corrections.settle_together(
        actor=request.actor,
        area=handled(request),
        code=code,
        delivery=delivery,
        reason=request.POST.get("reason", ""),
        now=clock.now(),
    )
    messages.success(request, _("Rows put aside: %(count)s.") % {"count": count})
    return back_to("lab_faults", request)


def _shown(fault: ResultFault, tubes: dict[int, Any]) -> dict[str, Any]:
    line = acts.line_of(fault)
    tube = tubes.get(fault.tube_id or 0)
    return {
        "fault": fault,
        "words": FAULTS.get(fault.code, fault.code),
        "advice": ADVICE.get(fault.code, ""),
        "tube": line.tube or (tube.code if tube else ""),
        "said": line.said,
        "by_person": bool(line.document and not line.tube),
        "on_record": TUBE_RESULTS.get(tube.state, "") if tube else "",
        "is_note": fault.code in TAKEN_ALL_THE_SAME,
    }


@require_http_methods(["GET", "POST"])
def lab_fault(request: ActorRequest, area: int, fault: int) -> HttpResponse:
    """One row: what was sent, what is on record; put aside, or let count instead, with a reason."""
    area = handled(request)
    row = reads.access_fault(request.actor, area, fault)
    tubes = reads.tubes_of([row.tube_id] if row.tube_id else [])
    tube = tubes.get(row.tube_id or 0)
    shown, line = _shown(row, tubes), acts.line_of(row)
    guests = _guests(request, row, line)
    form = FaultForm(request.POST if "act" in request.POST else None)
    if request.method == "POST" and "stay" in request.POST:
        return _name_guest(request, row, guests)
    may_take = row.code in {"contradiction", "twice"} and row.tube_id is not None
    if request.method == "POST" and form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            if form.cleaned_data["act"] == "take":
                corrections.correct_result(
                    actor=request.actor, fault=row, reason=reason, now=clock.now()
                )
            else:
                corrections.settle_fault(
                    actor=request.actor, fault=row, reason=reason, now=clock.now()
                )
            messages.success(request, _("The row is settled."))
            return back_to("lab_faults", request)
        except RuleBroken as refusal:
            form.add_error(None, say(refusal))
    if not may_take:
        offer(form, "act", [("keep", _("Put the row aside; what is on record stays"))])
    people = reads.people_of(tube) if tube else 0
    context = {
        "row": shown,
        "form": form,
        "line": line,
        "tube": tube,
        "people": people,
        "round": round_names({tube.round}).get(tube.round) if tube else None,
        "effect": effect_words(tube, line.outcome, people) if tube and may_take else "",
        "guests": guests,
        "number": mask_document(line.document) if row.code == "unknown_person" else "",
    }
    return render(request, "screening/lab_fault.html", context)


def _guests(request: ActorRequest, row: ResultFault, line: ResultLine) -> list[reads.Nameless]:
    """Return the guests of whom a row by document number may speak: in their community only, by name."""
    community = request.area.pk
    if row.code != "unknown_person" or row.settled_at is not None or not line.document:
        return []
    if not (is_community(request) and request.actor.may(Right.SEE_NAMES, community)):
        return []
    return reads.nameless_guests(request.actor, community)


def _name_guest(
    request: ActorRequest, row: ResultFault, guests: list[reads.Nameless]
) -> HttpResponse:
    """Let a row's number be that of the guest who was chosen."""
    asked = whole_number(request.POST.get("stay"))
    if asked not in {guest.stay for guest in guests} or asked is None:
        raise NotVisible
    stay = access_guest(request.actor, request.area.pk, asked)
    corrections.name_guest(actor=request.actor, fault=row, stay=stay, now=clock.now())
    messages.success(request, _("The number is on record for this guest, and the result is taken."))
    return back_to("lab_faults", request)


@require_POST
def lab_again(request: ActorRequest, area: int) -> HttpResponse:
    """Try the open rows again, after a desk has sent."""
    count = acts.try_again(area=handled(request), now=clock.now())
    messages.success(request, _("Rows that found their tube: %(count)s.") % {"count": count})
    return back_to("lab_faults", request)
