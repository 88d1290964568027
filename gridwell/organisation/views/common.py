"""What the pages of the organisation share: one community, who may write, a form that does one act."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.rules.actor import Right
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.wording import say
from gridwell.places.rules.levels import AreaLevel

P = ParamSpec("P")
View = Callable[Concatenate[ActorRequest, P], HttpResponseBase]
ACT = ["GET", "POST"]


def one_community(view: View[P]) -> View[P]:
    """Wrap a view of one community: asked for an upper area it leads to the counts below it."""

    @wraps(view)
    def chosen(request: ActorRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.area.level != AreaLevel.COMMUNITY:
            return redirect("organisation", area=request.area.pk)
        kwargs.pop("area", None)
        return view(request, *args, **kwargs)

    return chosen


def _guard(right: Right) -> Callable[[View[P]], View[P]]:
    def wrap(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(
            request: ActorRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            if not request.actor.may(right, request.area.pk):
                raise NotVisible
            return view(request, *args, **kwargs)

        return guarded

    return wrap


#: Only for those who manage posts here: for others the page is not there (404).
manages = _guard(Right.MANAGE_POSTS)
#: Only for those who keep the register here.
edits = _guard(Right.EDIT_REGISTER)


def may_manage(request: ActorRequest) -> bool:
    """Return whether the person may name others in this area."""
    return request.actor.may(Right.MANAGE_POSTS, request.area.pk)


def at(request: ActorRequest, name: str, **kwargs: Any) -> str:
    """Return the address of a page of the same area."""
    return reverse(name, kwargs={"area": request.area.pk, **kwargs})


def bound(request: ActorRequest) -> dict[str, Any]:
    """Return what binds a form to the posted values; nothing for a page that is only looked at."""
    return {"data": request.POST} if request.method == "POST" else {}


def act_page(
    request: ActorRequest,
    form: forms.Form,
    act: Callable[[], str],
    *,
    done: Any = "",
    template: str = "residents/act.html",
    **context: Any,
) -> HttpResponse:
    """Return the form's page, or do the act and go where it says; a refusal is shown in place.

    `context`: title, back, and where it matters text, submit.
    """
    if request.method == "POST" and form.is_valid():
        try:
            url = act()
        except RuleBroken as refusal:
            form.add_error(None, say(refusal))
        else:
            if done:
                messages.success(request, str(done))
            return HttpResponseRedirect(url)
    context.setdefault("submit", _("Save"))
    status = 422 if form.errors else 200
    return render(request, template, {"form": form, **context}, status=status)
