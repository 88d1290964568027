"""The badge of a place that another level commands, on each of its pages."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from gridwell.accounts.rules.actor import Actor
from gridwell.command.queries.takeovers import decider_of
from gridwell.core import clock
from gridwell.core.frame import Badge


def takeover_badges(request: HttpRequest) -> list[Badge]:
    """Return who has taken command of the page's area, if anybody: one query."""
    area = getattr(request, "area", None)
    actor: Actor | None = getattr(request, "actor", None)
    if area is None or actor is None:
        return []
    row = decider_of(area.pk, clock.now())
    if row is None:
        return []
    return [
        Badge(
            _("Commanded by %(by)s") % {"by": row.by_area.name},
            tone="bad",
            hint=_("Orders and modes are decided there. %(reason)s") % {"reason": row.reason},
            url=reverse("takeover_list", args=[area.pk]),
        )
    ]
