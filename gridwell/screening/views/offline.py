"""The desk that works without network (离线采样台): its shell, its package, and what it sends later."""

import json
from base64 import b64encode
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from gridwell.accounts.middleware import ActorRequest
from gridwell.core import clock
from gridwell.core.assets import DIST, asset_url
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.wording import say
from gridwell.screening.actions import batch, bundles
from gridwell.screening.models import Desk
from gridwell.screening.queries import desk as reads
from gridwell.screening.queries.desk import Sampler, access_desk
from gridwell.screening.views.desk import desk_of


@require_GET
def desk_app(request: ActorRequest, round: int) -> HttpResponse:
    """The shell of the desk. It holds nothing of anybody: it is kept on the device for hours."""
    sampler = access_desk(request.actor, round)
    desk = desk_of(request, sampler)
    row = sampler.round
    return _shell(request, {"row": row, "round_id": row.pk, "desk": desk})


def _shell(request: ActorRequest, facts: dict[str, Any]) -> HttpResponse:
    """Render the shell; the key that proves packages comes with it, not with the packages."""
    proof = b64encode(bundles.public_key()).decode()
    context = facts | {"user": request.actor.user_id, "proof": proof}
    return render(request, "screening/desk_app.html", context)


@require_GET
def desk_shell(request: ActorRequest) -> HttpResponse:
    """The shell for whatever is on the device, or in a kit: kept there for a day without the server."""
    if not request.actor.all_posts:
        raise NotVisible
    return _shell(request, {"row": None, "round_id": 0, "desk": ""})


def _desk_row(sampler: Sampler, code: str) -> Desk | None:
    return next((one for one in reads.desks_of(sampler.round) if one.ref.hex == code), None)


@never_cache
@require_POST
def desk_bundle(request: ActorRequest, round: int) -> HttpResponse:
    """A fresh package for the desk."""
    sampler = access_desk(request.actor, round)
    code = desk_of(request, sampler)
    desk = _desk_row(sampler, code)
    made = bundles.make_bundle(sampler=sampler, desk=desk, now=clock.now(), code=code)
    return JsonResponse(made)


@never_cache
@require_POST
def desk_key(request: ActorRequest, round: int) -> HttpResponse:
    """The key of a package, to who is signed in and may sit at its desk."""
    sampler = access_desk(request.actor, round)
    try:
        ref = UUID(request.POST.get("ref", ""))
    except ValueError as odd:
        raise NotVisible from odd
    key = bundles.key_of_bundle(sampler=sampler, ref=ref, now=clock.now())
    return JsonResponse({"key": key})


def _body(request: HttpRequest) -> Any:
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError) as odd:
        raise RuleBroken("screening.batch_odd") from odd


@never_cache
@require_POST
def desk_send(request: ActorRequest, round: int) -> HttpResponse:
    """What the desk did, in its order; each entry is answered: taken, known, or refused with words."""
    sampler = access_desk(request.actor, round)
    now = clock.now()
    try:
        body = _body(request)
        entries, device_now = batch.read_entries(body)
        # A demo stands in another year than the device, which is right all the same.
        ahead = (device_now - now + clock.shift()).total_seconds()
        said = batch.read_tally(body)
        desk = reads.sent_from(sampler, str(body.get("desk") or ""))
        if entries and sampler.round.state == "planned":
            _wait(sampler, said, desk, entries, ahead, now)
        answers = batch.take_batch(
            sampler=sampler,
            entries=entries,
            desk=desk,
            device_now=device_now,
            now=now,
            said=said,
        )
    except RuleBroken as refusal:
        return JsonResponse({"code": refusal.code, "words": say(refusal)}, status=400)
    return JsonResponse(
        {
            "now": now.isoformat(),
            "ahead": int(ahead),
            "answers": [
                {
                    "ref": answer.ref.hex,
                    "act": answer.act,
                    "what": answer.what,
                    "code": answer.code,
                    "words": answer.words,
                }
                for answer in answers
            ],
        }
    )


def _wait(
    sampler: Sampler,
    said: batch.Tally | None,
    desk: str,
    entries: list[batch.DeskAct],
    ahead: float,
    now: datetime,
) -> None:
    """Keep that a device holds entries of a round that is not open; nothing of them is taken yet."""
    if said is not None:
        people = sum(1 for entry in entries if entry.act == "add")
        unsent = replace(said, waiting=said.waiting + len(entries), people=said.people + people)
        batch.hear(sampler=sampler, said=unsent, desk=desk, ahead=ahead, now=now)


@login_not_required
@require_GET
def desk_worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps the desk's shell on the device. Its address bounds what it may keep.

    Open to all, like every script: a browser looks for a newer one also after the session is over.
    """
    name = asset_url("screening/worker.ts").rpartition("/dist/")[2]
    path: Path = DIST / name
    if not path.is_file():
        raise NotVisible
    answer = HttpResponse(path.read_bytes(), content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    answer["X-Now"] = clock.now().isoformat()  # a device learns by it how far its own clock is off
    return answer
