"""Leads from the page of a hold to what is proposed once it is confirmed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.health.models import Hold
from gridwell.screening.queries.holds import holds_of


@dataclass(frozen=True)
class Follow:
    """A link from a hold to what follows from it."""

    subject: int
    text: str
    url: str


def hold_follows(actor: Actor, ids: Sequence[int], day: date) -> Iterable[Follow]:
    """Lead from a confirmed hold to the page of proposals."""
    community = Hold.objects.filter(pk__in=ids[:1]).values_list("community_id", flat=True).first()
    if community is None or not actor.may(Right.RECORD_HEALTH, community):
        return
    rows = holds_of(actor, community).filter(pk__in=list(ids), end="confirmed")
    for pk in rows.values_list("pk", flat=True):
        yield Follow(pk, _("What is proposed"), reverse("case_proposals", args=[community, pk]))
