"""Words of accounts for templates."""

from django import template

from gridwell.accounts import labels

register = template.Library()


@register.filter
def role_words(role: str) -> str:
    """Return what a role is called."""
    return str(labels.ROLES.get(role, role))


@register.filter
def absence_words(reason: str) -> str:
    """Return what an absence is called."""
    return str(labels.ABSENCES.get(reason, reason))
