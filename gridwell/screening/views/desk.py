"""The sampling desk (采样台): one field for everything that is scanned or typed; works without script."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridwell.accounts.middleware import ActorRequest
from gridwell.core import clock
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.wording import say
from gridwell.health.models import Tube
from gridwell.screening.actions import desk as acts
from gridwell.screening.desk_forms import CorrectForm, GuestForm
from gridwell.screening.labels.desk import POOLS, TUBE_STATES
from gridwell.screening.models import DeskEntry
from gridwell.screening.presenters.rounds import round_name
from gridwell.screening.queries import desk as reads
from gridwell.screening.queries.desk import Person, Sampler
from gridwell.screening.queries.seats import as_door
from gridwell.screening.rules.desk import Entry, EntryKind, may_be_door, read_entry
from gridwell.screening.rules.tubes import MOST, PoolSize

FAULTS = {
    EntryKind.BAD_DOCUMENT: "screening.bad_document",
    EntryKind.BAD_CODE: "screening.bad_code",
    EntryKind.UNKNOWN: "screening.entry_unknown",
    EntryKind.NOTHING: "screening.entry_unknown",
}


@require_GET
def desk_list(request: ActorRequest) -> HttpResponse:
    """The rounds at whose desks the person may sit."""
    rows = [(row, round_name(row)) for row in reads.desk_rounds(request.actor)[:40]]
    if not rows and not request.actor.all_posts:
        raise NotVisible
    return render(request, "screening/desk_list.html", {"rows": rows})


def desk_of(request: ActorRequest, sampler: Sampler) -> str:
    """Return the desk that the person sits at: the one chosen last, else that of the own post."""
    kept = request.session.setdefault("desks", {})
    asked = request.GET.get("desk")
    if asked is not None:
        kept[str(sampler.round.pk)] = asked[:40]
        request.session.modified = True
    desks = reads.desks_of(sampler.round)
    chosen = kept.get(str(sampler.round.pk))
    return reads.desk_code(
        sampler, desks, reads.desk_of_post(sampler, desks) if chosen is None else chosen
    )


@require_GET
def desk_page(request: ActorRequest, round: int) -> HttpResponse:
    """The desk with the tube in hand."""
    return _page(request, reads.access_desk(request.actor, round))


def _page(
    request: ActorRequest,
    sampler: Sampler,
    *,
    found: list[Person] | None = None,
    or_tube: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render the desk; `or_tube` are figures that were read as a door and may be a tube."""
    desk = desk_of(request, sampler)
    tube = reads.last_tube_of(sampler.round, desk)
    samples = reads.samples_in(tube) if tube else []
    names = reads.names_of(samples)
    context = {
        "sampler": sampler,
        "row": sampler.round,
        "desks": reads.desks_of(sampler.round),
        "desk": desk,
        "tube": tube,
        "is_open": tube is not None and tube.state == "open",
        "tube_state": TUBE_STATES[tube.state] if tube else "",
        "most": MOST[PoolSize(tube.pool)] if tube else 0,
        "lines": [(sample, names[sample.pk]) for sample in samples],
        "last": samples[-1] if samples else None,
        "found": found,
        "or_tube": or_tube,
        "key": uuid4(),
        "refused": DeskEntry.objects.filter(round=sampler.round, settled_at=None)
        .exclude(code="")
        .count(),
        "pool": POOLS.get(sampler.round.order.pool, sampler.round.order.pool),
    }
    return render(request, "screening/desk_page.html", context, status=status)


def _back(sampler: Sampler) -> HttpResponse:
    return redirect("desk_page", round=sampler.round.pk)


def _refuse(
    request: ActorRequest, sampler: Sampler, refusal: RuleBroken, or_tube: str = ""
) -> HttpResponse:
    """Show the desk with why it was refused; 409 so that a retry is not taken for done."""
    messages.error(request, say(refusal))
    return _page(request, sampler, or_tube=or_tube, status=409)


@require_POST
def desk_scan(request: ActorRequest, round: int) -> HttpResponse:
    """What was scanned or typed: a tube is opened, one person is put in, several are shown to choose."""
    sampler = reads.access_desk(request.actor, round)
    typed = read_entry(request.POST.get("entry", ""))
    entry = typed if request.POST.get("tube") else _as_door(request, sampler, typed)
    or_tube = typed.value if entry is not typed else ""
    try:
        if entry.kind in FAULTS:
            raise RuleBroken(FAULTS[entry.kind])
        if entry.kind is EntryKind.TUBE:
            return _open(request, sampler, entry.value)
        return _scan_person(request, sampler, entry, or_tube)
    except RuleBroken as refusal:
        return _refuse(request, sampler, refusal, or_tube)


def _as_door(request: ActorRequest, sampler: Sampler, typed: Entry) -> Entry:
    """Return figures that may be a tube as the door they are; asks for nothing else that is scanned."""
    if typed.kind is not EntryKind.TUBE or not may_be_door(typed.value, ""):
        return typed
    before = reads.last_tube_of(sampler.round, desk_of(request, sampler))
    return as_door(sampler, typed, before.code if before else "")


def _ref(request: ActorRequest) -> UUID:
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError as odd:
        raise RuleBroken("screening.entry_odd") from odd


def _open(request: ActorRequest, sampler: Sampler, code: str) -> HttpResponse:
    purpose = "single" if request.POST.get("single") else "pool"
    acts.open_tube(
        sampler=sampler,
        code=code,
        ref=_ref(request),
        desk=desk_of(request, sampler),
        purpose=purpose,
        now=clock.now(),
    )
    return _back(sampler)


def _standing_tube(request: ActorRequest, sampler: Sampler) -> Tube:
    tube = reads.open_tube_of(sampler.round, desk_of(request, sampler))
    if tube is None:
        raise RuleBroken("screening.no_tube_open")
    return tube


def _scan_person(
    request: ActorRequest, sampler: Sampler, entry: Entry, or_tube: str
) -> HttpResponse:
    now = clock.now()
    tube = _standing_tube(request, sampler)
    found = reads.find_people(sampler, entry, tube.purpose, now)
    if entry.kind in {EntryKind.CARD, EntryKind.DOOR}:
        return _page(request, sampler, found=found, or_tube=or_tube)
    acts.add_sample(sampler=sampler, tube=tube, key=found[0].key, ref=_ref(request), now=now)
    return _back(sampler)


@require_POST
def desk_put(request: ActorRequest, round: int) -> HttpResponse:
    """Put the people who were ticked into the open tube, in order; stops where it is full."""
    sampler = reads.access_desk(request.actor, round)
    now = clock.now()
    try:
        tube = _standing_tube(request, sampler)
        for text in request.POST.getlist("person")[: MOST[PoolSize.TWENTY]]:
            key, _sign, ref = text.partition("/")
            acts.add_sample(sampler=sampler, tube=tube, key=key, ref=_uuid(ref), now=now)
    except RuleBroken as refusal:
        return _refuse(request, sampler, refusal)
    return _back(sampler)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as odd:
        raise RuleBroken("screening.entry_odd") from odd


@require_POST
def desk_close(request: ActorRequest, round: int) -> HttpResponse:
    """Close the tube in hand before it is full."""
    sampler = reads.access_desk(request.actor, round)
    try:
        tube = _standing_tube(request, sampler)
        acts.close_tube(sampler=sampler, tube=tube, now=clock.now())
    except RuleBroken as refusal:
        return _refuse(request, sampler, refusal)
    return _back(sampler)


@require_POST
def desk_undo(request: ActorRequest, round: int, sample: int) -> HttpResponse:
    """Undo the person put in last."""
    sampler = reads.access_desk(request.actor, round)
    row = reads.access_sample(sampler, sample)
    try:
        acts.undo_sample(sampler=sampler, sample=row, now=clock.now())
    except RuleBroken as refusal:
        return _refuse(request, sampler, refusal)
    return _back(sampler)


@require_http_methods(["GET", "POST"])
def desk_correct(request: ActorRequest, round: int, sample: int) -> HttpResponse:
    """Say that a wrong person stands in a tube, and who it was."""
    sampler = reads.access_desk(request.actor, round)
    row = reads.access_sample(sampler, sample)
    now = clock.now()
    form = CorrectForm(request.POST or None, initial={"key": uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            _correct(sampler, row, form.cleaned_data, now)
            messages.success(request, _("Corrected; what stood there before is kept."))
            return _back(sampler)
        except RuleBroken as refusal:
            form.add_error(None, say(refusal))
    name = reads.names_of([row])[row.pk]
    context = {
        "form": form,
        "title": _("Correct %(name)s in tube %(tube)s") % {"name": name, "tube": row.tube.code},
        "submit": _("Correct"),
        "back": reverse("desk_page", kwargs={"round": round}),
    }
    return render(request, "accounts/act.html", context)


def _correct(sampler: Sampler, row: Any, data: dict[str, Any], now: datetime) -> None:
    key = ""
    if data["entry"]:
        entry = as_door(sampler, read_entry(data["entry"]), "")
        found = reads.find_people(sampler, entry, row.tube.purpose, now)
        named = [one for one in found if one.name == data["name"]] if data["name"] else found
        if len(named) != 1:
            raise RuleBroken("screening.several_meant", count=len(named))
        key = named[0].key
    elif not data["is_out"]:
        raise RuleBroken("screening.who_instead")
    acts.correct_person(
        sampler=sampler, sample=row, key=key, ref=data["key"], reason=data["reason"], now=now
    )


@require_http_methods(["GET", "POST"])
def desk_guest(request: ActorRequest, round: int) -> HttpResponse:
    """Add somebody who is not in the register, and put them into the open tube at once."""
    sampler = reads.access_desk(request.actor, round)
    form = GuestForm(request.POST or None, initial={"key": uuid4(), "sample": uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            _add_guest(request, sampler, form.cleaned_data)
            return _back(sampler)
        except RuleBroken as refusal:
            form.add_error(None, say(refusal))
    context = {
        "form": form,
        "title": _("Add somebody who is not on the list"),
        "submit": _("Add and put into the tube"),
        "back": reverse("desk_page", kwargs={"round": round}),
    }
    return render(request, "accounts/act.html", context)


def _add_guest(request: ActorRequest, sampler: Sampler, data: dict[str, Any]) -> None:
    now = clock.now()
    doors = reads.doors_meant(sampler, read_entry(data["door"]).value)
    if len(doors) != 1:
        raise RuleBroken("screening.door_unknown")
    stay = acts.add_guest(
        sampler=sampler,
        place=doors[0],
        name=data["name"],
        ref=data["key"],
        document=data["document"],
        phone=data["phone"],
        now=now,
    )
    tube = reads.open_tube_of(sampler.round, desk_of(request, sampler))
    if tube is None:
        messages.info(request, _("Added. Scan a tube, then the door, to sample."))
        return
    key = f"g:{stay.ref.hex}"
    acts.add_sample(sampler=sampler, tube=tube, key=key, ref=data["sample"], now=now)
