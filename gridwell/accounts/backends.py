"""Who a session belongs to, asked by one prepared statement a request."""

from typing import Any

from allauth.account import auth_backends
from django.db.models import BigIntegerField

from gridwell.accounts.models import User
from gridwell.core.prepared import Prepared

_USER = Prepared(lambda pk: User.objects.filter(pk=pk), pk=BigIntegerField())


class AuthenticationBackend(auth_backends.AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """allauth's backend; a locked or ended account is nobody, from the next request on."""

    def get_user(self, user_id: Any) -> User | None:
        """Return the user of a session, None when there is none who may sign in."""
        user = _USER.first(pk=user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
