"""What the register's views share: one community at a time, and pages that do one act."""

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django import forms
from django.contrib import messages
from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.queries.posts import InCharge
from gridwell.accounts.rules.actor import Right
from gridwell.core.components import Mark
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.paging import page_of
from gridwell.core.wording import say
from gridwell.places.rules.levels import AreaLevel
from gridwell.residents.models import DwellingNote, Label
from gridwell.residents.rules.masking import mask_phone, masked_text

P = ParamSpec("P")
View = Callable[Concatenate[ActorRequest, P], HttpResponse]
PER_PAGE = 50


def one_community(view: View[P]) -> View[P]:
    """Wrap a view of one community: asked for an upper area it leads to the choice below.

    The view takes the community from `request.area`; the code in the address ends here.
    """

    @wraps(view)
    def chosen(request: ActorRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.area.level != AreaLevel.COMMUNITY:
            return redirect("communities", area=request.area.pk)
        kwargs.pop("area", None)
        return view(request, *args, **kwargs)

    return chosen


def for_right(right: Right) -> Callable[[View[P]], View[P]]:
    """Wrap a view that only some roles have: for others it is not there (404)."""

    def wrap(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: ActorRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not request.actor.may(right, request.area.pk):
                raise NotVisible
            return view(request, *args, **kwargs)

        return guarded

    return wrap


def paged(
    request: ActorRequest, rows: QuerySet[Any] | list[Any], size: int = PER_PAGE
) -> Page[Any]:
    """Return the asked page of a list."""
    return page_of(request, rows, size)


def act_page(
    request: ActorRequest,
    form: forms.Form,
    act: Callable[[Mapping[str, Any]], str],
    *,
    done: Any = "",
    preview: Callable[[Mapping[str, Any]], Any] | None = None,
    template: str = "residents/act.html",
    **context: Any,
) -> HttpResponse:
    """Return the form's page, or do the act and go where it says; a refusal is shown in place.

    With `preview` the first sending only shows the effect; the second, with `confirmed`, acts.
    `context`: title, back, and where it matters text, effect, submit, tone.
    """
    if preview is None:  # this sending already acts: its button says so
        context.setdefault("submit", _("Save"))
    if request.method == "POST" and form.is_valid():
        try:
            if preview is not None and "confirmed" not in request.POST:
                context["effect"] = preview(form.cleaned_data)
                return render(request, template, {"form": form, "is_asked": True, **context})
            url = act(form.cleaned_data)
        except RuleBroken as refusal:
            form.add_error(None, say(refusal))
        else:
            if done:
                messages.success(request, str(done))
            return HttpResponseRedirect(url)
    return render(request, template, {"form": form, **context})


def bound(request: ActorRequest) -> dict[str, Any]:
    """Return what binds a form to the posted values; nothing for a page that is only looked at."""
    return {"data": request.POST} if request.method == "POST" else {}


def chip(label: Label) -> Mark:
    """Return a label as the sign that pages show."""
    return Mark(
        label.sign,
        label.colour,
        label.name or _("not named yet"),
        is_heart=label.scheme.code == "warm_hearts",
    )


def note_shown(note: DwellingNote | None, *, is_unmasked: bool = False) -> dict[str, Any] | None:
    """Return what is noted of a dwelling as a page shows it, numbers masked; None for nothing."""
    if note is None:
        return None
    numbers = [number for number in note.phones.split(",") if number]
    return {
        "phones": numbers if is_unmasked else [mask_phone(number) for number in numbers],
        "words": note.words if is_unmasked else masked_text(note.words),
        "recorded_at": note.recorded_at,
    }


def each_once(posts: Iterable[InCharge]) -> list[InCharge]:
    """Return who is in charge without naming one person twice who acts for two posts of a grid."""
    return list({post.acting or post.holder or post.title: post for post in posts}.values())


def file_url(community: int, household: int | None) -> str | None:
    """Return the address of a household file, or None without a household."""
    if household is None:
        return None
    return reverse("household_file", kwargs={"area": community, "household": household})


def board_url(community: int, building: int | None) -> str | None:
    """Return the address of a building's board, or None without a building."""
    if building is None:
        return None
    return reverse("building_board", kwargs={"area": community, "building": building})
