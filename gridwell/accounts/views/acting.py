"""A form page that does one act: parse, act, go on; a refusal is shown in place."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from gridwell.core.errors import RuleBroken
from gridwell.core.wording import say


def act_page(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[], HttpResponse | str],
    **context: Any,
) -> HttpResponse:
    """Return the form's page, or what the act leads to: an answer, or an address to go to.

    `context`: title, submit, back, and where it matters text, effect, tone.
    """
    if request.method == "POST" and form.is_valid():
        try:
            done = act()
        except RuleBroken as refusal:
            form.add_error(None, say(refusal))
        else:
            return HttpResponseRedirect(done) if isinstance(done, str) else done
    return render(request, "accounts/act.html", {"form": form, **context})


def bound(request: HttpRequest) -> dict[str, Any]:
    """Return what binds a form to the posted values, nothing for a page that is only asked for."""
    return {"data": request.POST} if request.method == "POST" else {}
