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


@register.filter
def weakness_words(code: str) -> str:
    """Return what is weak about a line."""
    return str(labels.WEAKNESSES.get(code, code))


@register.filter
def rehearsal_words(code: str) -> str:
    """Return how a rehearsal went."""
    return str(labels.REHEARSALS.get(code, code))


@register.filter
def mode_words(code: str) -> str:
    """Return from which mode on a prepared post holds."""
    return str(labels.MODES.get(code, code))
