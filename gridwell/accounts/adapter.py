"""How allauth behaves here: accounts are made at the desk, every sign-in leaves a row."""

from typing import Any, cast
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _

from gridwell.accounts import actions, labels, queries
from gridwell.accounts.models import User
from gridwell.core import clock
from gridwell.core.fields import vault

# Said by the page itself: a greeting on top of every first page is noise.
_SILENT = {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """No self-registration; sign-ins, failures and own password changes are recorded."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("The user name or the password is wrong."),
        "incorrect_password": _("The password is wrong."),
        "enter_current_password": _("Enter the password you have now."),
        "too_many_login_attempts": _(
            "Too many wrong tries. Wait five minutes, or ask your officer for a new password."
        ),
        "rate_limited": _("Too many tries in a short time. Wait a few minutes, then go on."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        if message_template not in _SILENT:
            super().add_message(request, level, message_template, *args, **kwargs)

    def clean_password(self, password: str, user: AbstractBaseUser | None = None) -> str:
        cleaned = str(super().clean_password(password, user))
        if user is not None and user.pk and user.check_password(cleaned):
            raise ValidationError(labels.REFUSALS["accounts.password_same"])
        return cleaned

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        actions.change_own_password(user=cast(User, user), password=password, now=clock.now())

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return "/"

    def post_login(
        self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any
    ) -> HttpResponse:
        response = cast(HttpResponse, super().post_login(request, user, **kwargs))
        methods = {entry.get("method") for entry in _methods(request)}
        actions.note_sign_in(user=cast(User, user), now=clock.now(), second_step="mfa" in methods)
        return response if _is_within_reach(response, cast(User, user)) else redirect("/")

    def logout(self, request: HttpRequest) -> None:
        if request.user.is_authenticated:
            actions.note_sign_out(
                user=request.user,
                now=clock.now(),
                is_switch=getattr(request, "is_switch", False),
            )
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        actions.note_failed_sign_in(username=credentials.get("username", ""), now=clock.now())


def _is_within_reach(response: HttpResponse, user: User) -> bool:
    """Return whether a sign-in leads to an area of the one who signs in.

    On a shared computer the page that asked for it may have been a colleague's: a head of a building
    who signs in next starts at home, not at a page that is not there for them.
    """
    try:
        match = resolve(urlsplit(response.get("Location", "")).path)
    except Resolver404:
        return True
    area = match.kwargs.get("area")
    return not isinstance(area, int) or queries.actor_of(user, clock.now()).covers(area)


def _methods(request: HttpRequest) -> list[dict[str, Any]]:
    return cast(list[dict[str, Any]], request.session.get("account_authentication_methods", []))


class SecondStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    """Secrets of the second step are encrypted like personal data."""

    def encrypt(self, text: str) -> str:
        return vault().encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return vault().decrypt(encrypted_text)

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        return cast(User, user).username
