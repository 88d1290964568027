"""Pages of protocols (方案): versions in force, their clauses, uploading one."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.rules.actor import Right
from gridwell.core import clock
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.wording import say
from gridwell.protocols.actions import upload_protocol
from gridwell.protocols.forms import ProtocolForm
from gridwell.protocols.labels import CLASSES, FILE_ERRORS, STAYS
from gridwell.protocols.queries import access_version, protocol_for, versions_of
from gridwell.protocols.rules.files import ProtocolRefused, parse


@listing.offered("protocols")
@require_http_methods(["GET", "POST"])
def protocol_list(request: ActorRequest, area: int) -> HttpResponse:
    """The versions that may hold here, the one in force first; uploading refuses a file by line."""
    may_manage = request.actor.may(Right.MANAGE_PROTOCOLS, request.area.pk)
    if request.method == "POST" and not may_manage:
        raise NotVisible  # before anything of the file is looked at
    form = ProtocolForm(request.POST or None, request.FILES or None)
    faults: list[tuple[int, str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            version, is_new = upload_protocol(
                actor=request.actor,
                area=request.area.pk,
                text=form.cleaned_data["file"],
                now=clock.now(),
            )
            words = _("Stored.") if is_new else _("This version is stored already.")
            messages.success(request, words)
            kwargs = {"area": request.area.pk, "version": version.pk}
            return HttpResponseRedirect(reverse("protocol_version", kwargs=kwargs))
        except ProtocolRefused as refused:
            faults = [_fault(error) for error in refused.errors]
            form.add_error("file", say(refused))
        except RuleBroken as refusal:
            form.add_error("file", say(refusal))
    today = clock.today()
    rows = [
        (v, v.in_force_from <= today and (v.in_force_until is None or today < v.in_force_until))
        for v in versions_of(request.actor)
    ]
    now = protocol_for(request.area.pk, today)
    titles = {version.code: version.title for version, _now in rows}
    context: dict[str, Any] = {
        "rows": rows,
        "form": form,
        "faults": faults,
        "now_words": "＋".join(titles.get(code, code) for code in now.ref.split("+"))
        if now
        else "",
        "may_manage": may_manage,
    }
    return render(request, "protocols/protocol_list.html", context)


def _fault(error: Any) -> tuple[int, str, str]:
    """Return a mistake of a file as (line, key, reason)."""
    words = FILE_ERRORS.get(error.code)
    facts = dict(error.facts)
    reason = str(words) % facts if words is not None and facts else str(words or error.code)
    return error.line, ".".join(str(part) for part in error.path), reason


@require_GET
def protocol_version(request: ActorRequest, area: int, version: int) -> HttpResponse:
    """One version with its documents and clauses (看条文)."""
    row = access_version(request.actor, version)
    file = parse(row.text)
    is_chinese = (get_language() or "").startswith("zh")
    clauses = [
        {
            "clause": clause,
            "document": file.documents[clause.document],
            "text": clause.zh if is_chinese else clause.en,
        }
        for clause in file.clauses.values()
    ]
    classes = [
        (
            str(CLASSES.get(code, code)),
            rule,
            [(str(STAYS.get(s.kind, s.kind)), s) for s in rule.stages],
        )
        for code, rule in file.classes.items()
    ]
    context = {"version": row, "file": file, "clauses": clauses, "classes": classes}
    return render(request, "protocols/protocol_version.html", context)
