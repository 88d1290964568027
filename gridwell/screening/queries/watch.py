"""The desks of a round as the officer watches them (采样台一览): what stands, what is still to come."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Max
from django.utils.translation import gettext as _

from gridwell.accounts.queries import names_of
from gridwell.accounts.rules.actor import Right
from gridwell.core.errors import NotVisible
from gridwell.health.models import Sample
from gridwell.places.models import Place
from gridwell.screening.models import DeskContact, DeskEntry, Round, RoundMember
from gridwell.screening.queries.cases import desk_names
from gridwell.screening.queries.desk import Sampler, tubes_of
from gridwell.screening.rules.tubes import CLOCK_TOLERANCE

SILENT = timedelta(minutes=10)
"""A device that works says something once a minute; after this nobody should wait any longer."""


@dataclass(frozen=True)
class Watched:
    """A desk with what stands of it; `contact` None for one that works with the simple page."""

    desk: str
    name: str
    user: str
    people: int
    tubes: int
    last_at: datetime | None
    contact: DeskContact | None
    arrived: int
    now: datetime
    is_open: bool

    @property
    def expected(self) -> int:
        """Return how many entries the device said it had made."""
        return max(self.contact.made, self.arrived) if self.contact else 0

    @property
    def lacking(self) -> int:
        """Return how many entries are known to be missing: made there and not arrived."""
        return self.expected - self.arrived

    @property
    def is_silent(self) -> bool:
        """Return whether a device should have said something by now and has not."""
        return (
            self.is_open
            and self.contact is not None
            and self.contact.given_up_at is None
            and self.now - self.contact.heard_at > SILENT
        )

    @property
    def off(self) -> str:
        """Return how far the device's clock is off, in words; empty while that does not matter."""
        seconds = abs(self.contact.ahead) if self.contact else 0
        if seconds <= CLOCK_TOLERANCE:
            return ""
        if seconds < 2 * 3600:
            return _("%(n)s min") % {"n": round(seconds / 60)}
        if seconds < 48 * 3600:
            return _("%(n)s h") % {"n": round(seconds / 3600)}
        return _("%(n)s days") % {"n": round(seconds / 86400)}


def watched_desks(sampler: Sampler, now: datetime) -> list[Watched]:
    """Return every desk and device of a round: seven queries."""
    row = sampler.round
    contacts = list(
        DeskContact.objects.filter(community_id=sampler.community, round=row).order_by(
            "desk", "heard_at"
        )
    )
    arrived: dict[UUID | None, int] = dict(
        DeskEntry.objects.filter(community_id=sampler.community, round=row)
        .order_by()
        .values_list("device")
        .annotate(n=Count("pk"))
    )
    standing = Sample.objects.filter(
        community_id=sampler.community, round=row.ref, superseded_at=None
    ).order_by()
    figures = {
        desk: (people, tubes, last)
        for desk, people, tubes, last in standing.values_list("tube__desk").annotate(
            people=Count("pk"), tubes=Count("tube", distinct=True), last=Max("sampled_at")
        )
    }
    codes = {contact.desk for contact in contacts} | set(figures)
    codes |= set(tubes_of(row).order_by().values_list("desk", flat=True).distinct())
    names = desk_names(sampler, codes)
    users = names_of(contact.user for contact in contacts)
    found = []
    for code in sorted(codes, key=lambda code: (names.get(code, ""), code)):
        people, tubes, last = figures.get(code, (0, 0, None))
        here = [contact for contact in contacts if contact.desk == code]
        own: list[DeskContact | None] = [*here] or [None]
        for at, contact in enumerate(own):
            found.append(
                Watched(
                    desk=code,
                    name=names.get(code, ""),
                    user=users.get(contact.user or 0, "") if contact else "",
                    people=people if at == 0 else 0,  # a desk's figures stand once
                    tubes=tubes if at == 0 else 0,
                    last_at=last if at == 0 else None,
                    contact=contact,
                    arrived=arrived.get(contact.device, 0) if contact else 0,
                    now=now,
                    is_open=row.state == "open",
                )
            )
    return found


@dataclass(frozen=True)
class DeskSummary:
    """What of a round's desks the officer has to know at a glance."""

    devices: int
    unsent: int  # people, as the devices said last
    silent: int
    refused: int  # entries that wait to be settled

    @property
    def is_open(self) -> bool:
        """Return whether something is still to come or to be settled."""
        return bool(self.unsent or self.silent or self.refused)


def desk_summary(row: Round, now: datetime) -> DeskSummary:
    """Return what is still to come from the desks of a round: two queries."""
    contacts = list(
        DeskContact.objects.filter(
            community_id=row.community_id, round=row, given_up_at=None
        ).values_list("people", "heard_at")
    )
    refused = DeskEntry.objects.filter(community_id=row.community_id, round=row, settled_at=None)
    return DeskSummary(
        devices=len(contacts),
        unsent=sum(people for people, _ in contacts),
        silent=sum(1 for _, heard in contacts if row.state == "open" and now - heard > SILENT),
        refused=refused.exclude(code="").count(),
    )


def buildings_in(sampler: Sampler) -> list[Place]:
    """Return the buildings of the round, for whoever may open their paper sheets; else none."""
    row = sampler.round
    if not sampler.actor.may(Right.RECORD_HEALTH, row.community_id):
        return []
    members = RoundMember.objects.filter(community_id=row.community_id, round=row, removed_at=None)
    if sampler.grids is not None:
        members = members.filter(grid__in=sampler.grids)
    ids = members.order_by().values_list("building", flat=True).distinct()
    return list(Place.objects.filter(pk__in=[pk for pk in ids if pk]).order_by("path"))


def access_contact(sampler: Sampler, contact: int) -> DeskContact:
    """Return a device of the round, or raise NotVisible."""
    rows = DeskContact.objects.filter(community_id=sampler.community, round=sampler.round)
    found = rows.filter(pk=contact).first()
    if found is None:
        raise NotVisible
    return found
