"""My account, the second step of sign-in, and the reason before personal data."""

from typing import Any, cast

from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridwell.accounts import actions, forms, queries, reasons
from gridwell.accounts.acting import bound
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Right
from gridwell.core import clock
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.wording import say


@require_GET
def my_account(request: ActorRequest) -> HttpResponse:
    """Show the person's own posts, password, second step of sign-in and what was done to the account."""
    now = clock.now()
    user = cast(User, request.user)
    context = {
        "person": user,
        "lines": queries.posts_of_user(user, now),
        "absences": queries.absences_of(user, now),
        "standing_in": queries.standing_in(user.pk),
        "hand_backs": queries.hand_backs_waiting(user.pk),
        "history": queries.history_of(user, user.area_id or 0, limit=20),
        "has_second_step": queries.has_second_step(user),
    }
    return render(request, "accounts/my_account.html", context)


class _Activate(ActivateTOTPView):  # type: ignore[misc]  # allauth is untyped
    """Allauth's page, with a row in the trail."""

    def form_valid(self, form: Any) -> HttpResponse:
        response = cast(HttpResponse, super().form_valid(form))
        actions.note_second_step(user=cast(User, self.request.user), is_on=True, now=clock.now())
        return response


class _Deactivate(DeactivateTOTPView):  # type: ignore[misc]  # allauth is untyped
    """Allauth's page, with a row in the trail."""

    def form_valid(self, form: Any) -> HttpResponse:
        response = cast(HttpResponse, super().form_valid(form))
        actions.note_second_step(user=cast(User, self.request.user), is_on=False, now=clock.now())
        return response


activate_totp = _Activate.as_view()
deactivate_totp = _Deactivate.as_view()


@require_http_methods(["GET", "POST"])
def look_reason(request: ActorRequest, area: int) -> HttpResponse:
    """Ask why somebody wants to see personal data of an area, then lead back."""
    if not request.actor.may(Right.UNMASK, area):
        raise NotVisible
    form = forms.LookForm(**bound(request), initial={"next": request.GET.get("next", "")})
    if request.method == "POST" and form.is_valid():
        try:
            reasons.grant_look(request, area, form.cleaned_data["reason"], clock.now())
        except RuleBroken as refusal:
            form.add_error("reason", say(refusal))
        else:
            return redirect(_safe(request, form.cleaned_data["next"]))
    context = {
        "form": form,
        "back": _safe(request, form["next"].value() or ""),
        "minutes": int(reasons.HOLDS.total_seconds() // 60),
        "sees_names": request.actor.may(Right.SEE_NAMES, area),
    }
    return render(request, "accounts/look_reason.html", context)


@require_POST
def look_end(request: ActorRequest, area: int) -> HttpResponse:
    """Mask everything again."""
    reasons.end_looks(request)
    messages.success(request, _("Personal data is masked again."))
    return redirect(_safe(request, request.POST.get("next", "")))


def _safe(request: HttpRequest, url: str) -> str:
    """Return an address of this site, whatever was asked for."""
    is_ours = url_has_allowed_host_and_scheme(url, {request.get_host()}, request.is_secure())
    return url if url and is_ours else reverse("my_account")
