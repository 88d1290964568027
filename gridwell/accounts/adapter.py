"""How allauth behaves here: no sign-up, accounts are made at the desk."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """No self-registration; everything else as allauth does it."""

    def is_open_for_signup(self, request: Any) -> bool:
        return False
