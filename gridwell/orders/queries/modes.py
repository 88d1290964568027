"""Reads of modes (平战状态), standstills and low-risk orders."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from gridwell.accounts.rules.actor import Actor
from gridwell.core.errors import NotVisible
from gridwell.orders.models import ModeChange, NoticePart, Standstill
from gridwell.orders.queries.notices import areas_above
from gridwell.places.models import Area

ROUTINE = "routine"


def mode_of(area: int, now: datetime) -> str:
    """Return the mode of an area (平战状态): its latest change, else that of an area above, else routine.

    One query: the changes of the whole chain are few.
    """
    chain = areas_above(area)
    latest: dict[int, str] = {}
    for code, mode in (
        ModeChange.objects.filter(area_id__in=chain, effective_at__lte=now)
        .order_by("effective_at", "pk")
        .values_list("area_id", "mode")
    ):
        latest[code] = mode
    return next((latest[code] for code in chain if code in latest), ROUTINE)


def standstills_of(actor: Actor, community: int) -> QuerySet[Standstill]:
    """Return the standstills of a community, newest first."""
    if not actor.covers(community):
        return Standstill.objects.none()
    return (
        Standstill.objects.filter(community_id=community)
        .select_related("place", "notice", "event")
        .order_by("-starts_at", "-pk")
    )


def standing_standstills(community: int, now: datetime) -> QuerySet[Standstill]:
    """Return the standstills in force at an instant."""
    return Standstill.objects.filter(community_id=community, starts_at__lte=now).filter(
        Q(ends_at=None) | Q(ends_at__gt=now)
    )


def access_standstill(actor: Actor, standstill_id: int) -> Standstill:
    """Return a standstill of the actor's, or raise NotVisible."""
    row = Standstill.objects.select_related("place", "notice").filter(pk=standstill_id).first()
    if row is None or not actor.covers(row.community_id):
        raise NotVisible
    return row


@dataclass(frozen=True)
class LowRow:
    """An order in force here by which all the rest is low risk (其他区域为低风险区)."""

    notice_id: int
    notice: str
    effective_at: datetime
    recorded_at: datetime


def low_orders_of(community: int) -> list[LowRow]:
    """Return the low-risk orders a community has approved, oldest first: two queries.

    A notice orders it for the districts it names as `rest_low`, and for any it lifts a zone in.
    """
    chain = areas_above(community)
    names = set(Area.objects.filter(pk__in=chain).values_list("name", flat=True))
    rows = []
    parts = NoticePart.objects.filter(community_id=community, state="approved").select_related(
        "notice"
    )
    for part in parts.order_by("decided_at"):
        notice = part.notice
        groups = notice.reading.get("groups", ())
        lifts = {g.get("district") for g in groups if g.get("act") == "lift"}
        if names & (set(notice.reading.get("rest_low", ())) | lifts):
            at = min((g["effective_at"] for g in groups if g.get("effective_at")), default=None)
            rows.append(
                LowRow(
                    notice.pk,
                    str(notice),
                    datetime.fromisoformat(at) if at else notice.entered_at,
                    part.decided_at or notice.entered_at,
                )
            )
    return rows
