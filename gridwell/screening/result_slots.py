"""What holds show on the pages of the register: a mark on the door, the building, the person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.health.models import Hold
from gridwell.places.models import Place
from gridwell.residents.models import Resident
from gridwell.residents.queries import BoardMark
from gridwell.screening.queries.holds import facts_of, holds_of
from gridwell.screening.rules.holds import lasts


@dataclass(frozen=True)
class State:
    """A state of a person or place in words."""

    subject: int
    text: str
    tone: str = ""
    url: str = ""


def _held(actor: Actor, community: int | None) -> list[Hold]:
    if community is None:
        return []
    now = clock.now()
    rows: QuerySet[Hold] = holds_of(actor, community).filter(ended_at=None)
    return [row for row in rows if lasts(facts_of(row), now)]


def board_marks(actor: Actor, ids: Sequence[int], day: date) -> Iterable[BoardMark]:
    """Mark the doors behind which somebody of a positive pool is held."""
    community = Place.objects.filter(pk__in=ids[:1]).values_list("community_id", flat=True).first()
    wanted = set(ids)
    for dwelling in {row.dwelling_id for row in _held(actor, community)} & wanted:
        if dwelling is not None:
            yield BoardMark(dwelling, pgettext("sign", "pool"), _("held: pooled tube positive"))


def board_head(actor: Actor, ids: Sequence[int], day: date) -> Iterable[State]:
    """Say of a building how many of its people are held after a positive pool."""
    community = Place.objects.filter(pk__in=ids[:1]).values_list("community_id", flat=True).first()
    wanted = set(ids)
    count = sum(
        1
        for row in _held(actor, community)
        if row.dwelling is not None
        and {row.dwelling.building_id, row.dwelling.parent_id, row.dwelling.pk} & wanted
    )
    if count and community is not None:
        words = ngettext(
            "%(count)s person held: pooled tube positive",
            "%(count)s people held: pooled tube positive",
            count,
        ) % {"count": count}
        yield State(ids[0], words, "bad", reverse("hold_list", args=[community]))


def people_states(actor: Actor, ids: Sequence[int], day: date) -> Iterable[State]:
    """Say of each person that he or she is held, and until when at the latest."""
    community = (
        Resident.objects.filter(pk__in=ids[:1]).values_list("community_id", flat=True).first()
    )
    wanted = set(ids)
    for row in _held(actor, community):
        if row.resident_id in wanted and row.resident_id is not None:
            until = f"{row.ends_at.astimezone(clock.zone()):%H:%M}"
            yield State(row.resident_id, _("held until %(until)s") % {"until": until}, "bad")
