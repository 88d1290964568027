"""Words of the demo."""

from django.utils.translation import gettext as _

from gridwell.accounts.labels import ROLES


def role_words(role: str) -> str:
    """Return a role in words; empty is the administrator's."""
    return str(ROLES.get(role, role)) if role else _("Administrator")
