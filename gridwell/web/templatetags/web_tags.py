"""Words of the plan in templates."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from gridwell.core.templatetags.core_tags import number
from gridwell.plan.labels import DUTIES, FIRST, UNFOUNDED, WORK
from gridwell.plan.rules.plan import Priority, Unfounded, WorkGroup
from gridwell.web import figures

register = template.Library()


@register.simple_tag
def work_words(code: str) -> str:
    """Return the name of a kind of work or duty."""
    return str(WORK.get(code) or DUTIES.get(code) or code)


@register.simple_tag
def first_words(priority: Priority | None) -> str:
    """Return why a household is served first; empty for the others."""
    if priority is None:
        return ""
    joint = pgettext("between items of a list", ", ")
    return joint.join(str(FIRST.get(reason, reason)) for reason in priority.reasons)


@register.simple_tag
def group_words(group: WorkGroup) -> str:
    """Return on what a piece of work rests: the zone and its notice."""
    facts = dict(group.facts)
    parts = [str(facts.get("name", "")), group.basis.notice]
    return " · ".join(part for part in parts if part)


@register.simple_tag
def count_words(households: int, people: int) -> str:
    """Return "96 households, 247 people"."""
    return figures.count_words(households, people)


@register.simple_tag
def households_words(households: int) -> str:
    """Return "96 households"."""
    return ngettext("%(households)s household", "%(households)s households", households) % {
        "households": number(households)
    }


@register.simple_tag
def people_words(people: int) -> str:
    """Return "247 people"."""
    return ngettext("%(people)s person", "%(people)s people", people) % {"people": number(people)}


@register.simple_tag
def unfounded_words(row: Unfounded) -> str:
    """Return why an order has no effect in the plan."""
    facts = dict(row.facts)
    return _("%(name)s %(why)s") % {
        "name": facts.get("name", ""),
        "why": UNFOUNDED.get(row.code, row.code),
    }
