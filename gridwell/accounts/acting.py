"""A form page that does one act: parse, act, go on; a refusal is shown in place."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from gridwell.accounts.middleware import ActorRequest
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.wording import say

form_page = require_http_methods(["GET", "POST"])


def for_managers(view: Any) -> Any:
    """Answer 404 to whoever manages no posts anywhere."""

    @wraps(view)
    def guarded(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.actor.manages_posts:
            raise NotVisible
        response: HttpResponse = view(request, *args, **kwargs)
        return response

    return guarded


def act_page(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[dict[str, Any]], Any],
    *,
    back: str,
    done: str = "",
    **context: Any,
) -> HttpResponse:
    """Return the form's page, or what its act leads to.

    `act` gets the cleaned data. An answer it returns is given as it is; after anything else the
    browser goes to `done`, or `back` to where it came from. `context`: title, submit, and where it
    matters effect, is_bad.
    """
    if request.method == "POST" and form.is_valid():
        try:
            answer = act(form.cleaned_data)
        except RuleBroken as refusal:
            form.add_error(None, say(refusal))
        else:
            return answer if isinstance(answer, HttpResponse) else redirect(done or back)
    return render(request, "accounts/act.html", {"form": form, "back": back, **context})


def bound(request: HttpRequest) -> dict[str, Any]:
    """Return what binds a form to the posted values, nothing for a page that is only asked for."""
    return {"data": request.POST} if request.method == "POST" else {}
