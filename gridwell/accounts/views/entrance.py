"""Sign-in, sign-out, and changing the user of a shared computer (共用电脑换人)."""

from datetime import timedelta
from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.account.views import (
    LoginView,
    LogoutView,
    PasswordChangeView,
    ReauthenticateView,
)
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from gridwell.accounts import queries
from gridwell.accounts.models import User
from gridwell.core import clock
from gridwell.core.numbers import whole_numbers

COOKIE = "gridwell_desk"
SALT = "gridwell.desk"
AT_MOST = 8


class _Plain:
    """Allauth's forms in the words of this house, without links into the middle of a field."""

    LABELS = {
        "login": _("User name"),
        "password": _("Password"),
        "oldpassword": _("Password you have now"),
        "password1": _("New password"),
        "password2": _("New password, once more"),
    }

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)  # type: ignore[misc]  # of the view it is mixed into
        for name, label in self.LABELS.items():
            if name in form.fields:
                form.fields[name].label = label
                form.fields[name].widget.attrs.pop("placeholder", None)
        for name in {"password", "oldpassword"} & set(form.fields):
            form.fields[name].help_text = ""
        return form


class ReauthenticatePage(_Plain, ReauthenticateView):  # type: ignore[misc]  # allauth is untyped
    """Allauth's "is it still you"."""


class PasswordPage(_Plain, PasswordChangeView):  # type: ignore[misc]  # allauth is untyped
    """Allauth's change of one's own password."""


class SignInView(_Plain, LoginView):  # type: ignore[misc]  # allauth is untyped
    """Allauth's sign-in, with the names of colleagues who left this computer to the next today."""

    def get_initial(self) -> dict[str, Any]:
        initial = dict(super().get_initial())
        person = self._people().get(self.request.GET.get("who", ""))
        if person is not None:
            initial["login"] = person.username
        return initial

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        first = "password" if form.initial.get("login") else "login"
        form.fields[first].widget.attrs["autofocus"] = True
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = dict(super().get_context_data(**kwargs))
        return {**context, "people": list(self._people().values())}

    def _people(self) -> dict[str, User]:
        people = queries.users_to_offer(_remembered(self.request))
        return {str(user.pk): user for user in people}


class SignOutView(LogoutView):  # type: ignore[misc]  # allauth is untyped
    """Allauth's sign-out; this computer forgets the name of whoever signs out for good."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        leaver = self.request.user.pk
        response = cast(HttpResponse, super().post(*args, **kwargs))
        _remember(response, [pk for pk in _remembered(self.request) if pk != leaver])
        return response


sign_in = login_not_required(SignInView.as_view())
sign_out = login_not_required(SignOutView.as_view())
reauthenticate = ReauthenticatePage.as_view()
password_change = PasswordPage.as_view()


@login_not_required
@require_GET
def sign_in_help(request: HttpRequest) -> HttpResponse:
    """Say how to get an account or a new password: at the desk, not by mail."""
    return render(request, "account/help.html")


@never_cache
@require_POST
def switch_user(request: HttpRequest) -> HttpResponse:
    """Leave this computer to a colleague: sign out, and offer one's name here until midnight.

    Only who presses this is remembered, by number in a signed cookie, never by name; sign-out forgets.
    """
    leaver = cast(int, request.user.pk)
    request.is_switch = True  # type: ignore[attr-defined]  # for the adapter, this request only
    get_adapter(request).logout(request)
    response = redirect("account_login")
    others = [pk for pk in _remembered(request) if pk != leaver]
    _remember(response, [leaver, *others][:AT_MOST])
    return response


@login_not_required
@require_POST
def forget_names(request: HttpRequest) -> HttpResponse:
    """Forget all names on this computer."""
    response = redirect("account_login")
    _remember(response, [])
    return response


@require_GET
def idle_over(request: HttpRequest) -> HttpResponse:
    """Sign out whoever was quiet too long; the page's own script leads here.

    A link from elsewhere must not sign anybody out, so the browser has to say that it was ours.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return redirect("/")
    get_adapter(request).logout(request)
    return redirect(f"{settings.LOGIN_REDIRECT_URL}")


def _remembered(request: HttpRequest) -> list[int]:
    """Return the ids remembered here today; a cookie of another day or a touched one is empty."""
    try:
        text = request.get_signed_cookie(COOKIE, default="", salt=SALT)
    except BadSignature:  # reads like no cookie
        return []
    day, _sep, ids = (text or "").partition(":")
    if day != clock.today().isoformat():
        return []
    return whole_numbers(ids.split(","))


def _remember(response: HttpResponse, ids: list[int]) -> None:
    if not ids:
        response.delete_cookie(COOKIE, path="/account/")
        return
    left = clock.end_of(clock.today()) - clock.now()
    response.set_signed_cookie(
        COOKIE,
        f"{clock.today().isoformat()}:{','.join(map(str, ids))}",
        salt=SALT,
        max_age=max(left, timedelta(seconds=1)),
        path="/account/",
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
