"""One task: its file, the steps on it, and its photos."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.reasons import ask_url, has_look
from gridwell.accounts.rules.actor import Right
from gridwell.audit.actions import record_look
from gridwell.core import clock
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.wording import say
from gridwell.residents.models import Household, Resident
from gridwell.tasks import actions, forms, labels, photos
from gridwell.tasks.actions.patrols import PATROL
from gridwell.tasks.kinds import kinds
from gridwell.tasks.models import Task
from gridwell.tasks.queries import choices
from gridwell.tasks.queries.access import access_task, standing_of
from gridwell.tasks.queries.files import TaskFile, access_proof, task_file
from gridwell.tasks.queries.findings import findings_on
from gridwell.tasks.rules.states import ACTIVE, Act, State, Who, acts_open_to
from gridwell.tasks.views.rows import (
    NAMED_TO,
    buttons_of,
    care_words,
    key_of,
    once,
    row_of,
    rows_of,
    tone_of,
)
from gridwell.tasks.wording import event_words, why_words

#: Every step of a person, in the order of the buttons.
STEPS = (
    Act.DO,
    Act.VERIFY,
    Act.TAKE,
    Act.PUT_BACK,
    Act.HAND_OVER,
    Act.CANNOT,
    Act.REOPEN,
    Act.END,
)
WITH_REASON = {Act.REOPEN, Act.END}


@never_cache
@require_GET
def task_page(request: ActorRequest, task: int) -> HttpResponse:
    """Show one task: why it exists, what to mind, its chain, its proofs, what can be done."""
    now = clock.now()
    found = access_task(request.actor, task)
    file = task_file(request.actor, found, now)
    standing = standing_of(request.actor, found)
    is_named = bool(standing & NAMED_TO)
    reason = "" if is_named else has_look(request, found.community_id, now) or ""
    if reason:
        _note_look(request, found, reason, "names", now)
    is_seen = is_named or bool(reason)
    context = {
        "file": file,
        "line": file.line,
        "task": found,
        "state": labels.STATES[found.state],
        "tone": tone_of(file.line),
        "why": why_words(found),
        "clause": _clause(file),
        "care": care_words(file.care.traits) if is_seen else (),
        "marks": once(file.care.marks) if is_seen else (),
        "person": file.line.person if is_seen else "",
        "ask_url": "" if is_seen else ask_url(request, found.community_id),
        "buttons": buttons_of(file.line, request.actor, file.acts, STEPS),
        "beside": [row_of(line, request.actor, file.care) for line in file.beside],
        "events": [(event, labels.EVENTS[event.act], event_words(event)) for event in file.events],
        "is_told": any(event.act == Act.CREATE for event in file.events),
        "end_reason": labels.END_REASONS.get(found.end_reason, ""),
        "level": labels.LEVELS.get(found.level, ""),
        "origin": labels.ORIGINS.get(found.origin, ""),
        "subject_url": _subject_url(request, found),
        "back": request.get_full_path(),
        **_of_patrol(request, found, now),
        "may_remind": bool(standing & {Who.DESK, Who.UPPER}) and file.line.is_active,
    }
    return render(request, "tasks/task_file.html", context)


def _of_patrol(request: ActorRequest, task: Task, now: datetime) -> dict[str, Any]:
    """Return what a patrol found, or what a finding is."""
    if task.kind == PATROL:
        found = rows_of(findings_on(request.actor, task), request.actor, now)
        return {"is_patrol": task.state in ACTIVE, "found": found}
    finding = str(task.facts.get("finding", ""))
    return {"finding": labels.FINDINGS.get(finding, "")} if finding else {}


def _clause(file: TaskFile) -> dict[str, Any] | None:
    """Return the clause a task rests on, told in the page's language, with its document."""
    if file.clause is None or file.protocol is None:
        return None
    is_chinese = (get_language() or "").startswith("zh")
    document = file.protocol.documents.get(file.clause.document)
    title = (document.zh if is_chinese else document.en) if document else file.clause.document
    return {
        "text": file.clause.zh if is_chinese else file.clause.en,
        "place": file.clause.place,
        "document": title,
    }


def _subject_url(request: ActorRequest, task: Task) -> str:
    """Return where the subject's own file is, for whoever has a desk there."""
    if not request.actor.covers(task.community_id):
        return ""
    if task.subject_kind == "household":
        return reverse("household_file", args=[task.community_id, task.subject])
    if task.building_id is not None:
        return reverse("building_board", args=[task.community_id, task.building_id])
    return ""


@never_cache
@require_http_methods(["GET", "POST"])
def task_act(request: ActorRequest, task: int, act: str) -> HttpResponse:
    """Take one step on a task; what is refused is said in place, and nothing typed is lost."""
    found = access_task(request.actor, task)
    step = next((known for known in STEPS if known.value == act), None)
    if step is None or step not in _ever_open(request, found):
        raise NotVisible
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = _form(step, found, posted, clock.now())
    status = 200
    if posted and form.is_valid():
        try:
            _ACTS[step](request, found, form, request.POST.get("key", "")[:64])
        except RuleBroken as refusal:
            form.add_error("photo" if "photo" in refusal.code else None, say(refusal))
            status = 409
        else:
            messages.success(request, _done_words(step))
            return redirect(_next(request, found))
    found = access_task(request.actor, task)
    file = task_file(request.actor, found, clock.now())
    context = {
        "form": form,
        "title": labels.ACTS[act],
        "line": file.line,
        "hint": file.line.kind.hint if step is Act.DO and file.line.kind else "",
        "why": why_words(found),
        "key": request.POST.get("key") or key_of(found, act, request.actor),
        "next": _next(request, found),
        "is_bad": step in {Act.CANNOT, Act.END},
        "had_photo": bool(posted and request.FILES.get("photo")),
    }
    return render(request, "tasks/task_act.html", context, status=status)


def _ever_open(request: ActorRequest, task: Task) -> frozenset[Act]:
    """Return the steps that this person could take in some state: what is just too late is said so."""
    standing = standing_of(request.actor, task)
    return frozenset(act for state in State for act in acts_open_to(state, standing))


def _form(step: Act, task: Task, posted: tuple[Any, ...], now: datetime) -> Any:
    if step is Act.DO:
        return forms.DoForm(*posted, kind=kinds().get(task.kind))
    if step is Act.CANNOT:
        return forms.CannotForm(*posted)
    if step is Act.HAND_OVER:
        posts = choices.posts_for(task.community_id, now).exclude(pk=task.post_id or 0)
        return forms.PostForm(*posted, posts=posts)
    return forms.NoteForm(*posted, is_reason=step in WITH_REASON)


def _do(request: ActorRequest, task: Task, form: Any, key: str) -> None:
    actions.do(actor=request.actor, task=task, proof=form.proof(), now=clock.now(), key=key)


def _take(request: ActorRequest, task: Task, form: Any, key: str) -> None:
    actions.take(actor=request.actor, task=task, now=clock.now(), key=key)


def _cannot(request: ActorRequest, task: Task, form: Any, key: str) -> None:
    said = form.cleaned_data
    actions.cannot(
        actor=request.actor,
        task=task,
        reason=said["reason"],
        note=said["note"],
        now=clock.now(),
        key=key,
    )


def _hand_over(request: ActorRequest, task: Task, form: Any, key: str) -> None:
    said = form.cleaned_data
    actions.hand_over(
        actor=request.actor,
        task=task,
        post=said["post"],
        note=said["note"],
        now=clock.now(),
        key=key,
    )


def _noted(action: Callable[..., Task]) -> Callable[..., None]:
    """Return an act that takes a note alone."""

    def act(request: ActorRequest, task: Task, form: Any, key: str) -> None:
        note = form.cleaned_data["note"]
        action(actor=request.actor, task=task, note=note, now=clock.now(), key=key)

    return act


_ACTS: dict[Act, Callable[..., None]] = {
    Act.DO: _do,
    Act.TAKE: _take,
    Act.PUT_BACK: _noted(actions.put_back),
    Act.HAND_OVER: _hand_over,
    Act.CANNOT: _cannot,
    Act.VERIFY: _noted(actions.verify),
    Act.REOPEN: _noted(actions.reopen),
    Act.END: _noted(actions.end_task),
}


def _done_words(step: Act) -> str:
    return {
        Act.DO: _("Done. It stands below under “Done today” and can be opened again."),
        Act.TAKE: _("The task is in your hand; the others see it."),
        Act.PUT_BACK: _("The task is open for the post again."),
        Act.HAND_OVER: _("The task was handed over."),
        Act.CANNOT: _("Said to the desk, which decides what becomes of it."),
        Act.VERIFY: _("The task is checked."),
        Act.REOPEN: _("The task is open again."),
        Act.END: _("The task has ended."),
    }[step]


def _next(request: ActorRequest, task: Task) -> str:
    """Return where the person came from, an address of this site; else the task's own page."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(url, {request.get_host()}, request.is_secure())
    return url if url and is_ours else reverse("task_file", args=[task.pk])


def _note_look(request: ActorRequest, task: Task, reason: str, what: str, now: datetime) -> None:
    """Record a look at what a task says about a person or a household; other subjects are none's."""
    model = {"household": Household, "resident": Resident}.get(task.subject_kind)
    if model is not None:
        record_look(
            request.actor,
            task.community_id,
            model,
            reason,
            what=what,
            ids=[task.subject],
            at=now,
        )


@never_cache
@require_GET
def task_photo(request: ActorRequest, proof: int) -> HttpResponse:
    """Show a photo of proof. It is kept by no browser; a look at a person's door is recorded."""
    found = access_proof(request.actor, proof)
    task = found.task
    community, now = task.community_id, clock.now()
    reason = has_look(request, community, now) or ""
    is_near = bool(standing_of(request.actor, task) & NAMED_TO)
    if not is_near and not request.actor.may(Right.SEE_NAMES, community) and not reason:
        return redirect(ask_url(request, community))
    data = photos.read(found.path, found.file_key)
    _note_look(request, task, reason, "photo", now)
    answer = HttpResponse(data, content_type="image/jpeg")
    answer["Content-Disposition"] = f'inline; filename="{found.ref}.jpg"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
