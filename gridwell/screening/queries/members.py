"""Who is missing in a round (应检未检): figures by building, grid and household, in constant queries.

Whether somebody is sampled is a join with the samples that stand; nothing of it is stored. The
order of the statuses is that of `rules.coverage.status_of`; a test proves both equal.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any, Final

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from gridwell.accounts.rules.actor import Actor
from gridwell.core.errors import NotVisible
from gridwell.health.models import Sample
from gridwell.plan.rules.facts import guest_id
from gridwell.residents.models import Stay
from gridwell.residents.queries.entries import entries_of
from gridwell.screening.models import Round, RoundMember
from gridwell.screening.rules.coverage import Status, coverage
from gridwell.screening.rules.tubes import AGAIN

#: Statuses in the order in which a list shows them: whom to go for first.
MISSING_ORDER: Final = (
    Status.DUE,
    Status.CALLED,
    Status.NOT_FOUND,
    Status.AWAY,
    Status.REFUSED,
)
PURPOSES: Final = ("pool", "single", AGAIN)
"""A first sample, one taken after a positive pool, or a second one: each means that somebody was sampled."""


@dataclass(frozen=True)
class Progress:
    """How a round stands for a building, grid or household (应检、已检、未检)."""

    key: Any
    by_status: dict[str, int] = field(default_factory=dict)

    @property
    def members(self) -> int:
        """Return everyone in the round, the exempt too."""
        return sum(self.by_status.values())

    @property
    def exempt(self) -> int:
        """Return who is exempt with a reason."""
        return self.by_status.get(Status.EXEMPT, 0)

    @property
    def due(self) -> int:
        """Return who has to be sampled: everyone less the exempt."""
        return self.members - self.exempt

    @property
    def sampled(self) -> int:
        """Return who has been sampled."""
        return self.by_status.get(Status.SAMPLED, 0)

    @property
    def missing(self) -> int:
        """Return who still has to be found."""
        return self.due - self.sampled

    @property
    def called(self) -> int:
        """Return who was called and has not come."""
        return self.by_status.get(Status.CALLED, 0)

    @property
    def refused(self) -> int:
        """Return who refuses."""
        return self.by_status.get(Status.REFUSED, 0)

    @property
    def away(self) -> int:
        """Return who is said to be away."""
        return self.by_status.get(Status.AWAY, 0)

    @property
    def not_found(self) -> int:
        """Return whom nobody found."""
        return self.by_status.get(Status.NOT_FOUND, 0)

    @property
    def waiting(self) -> int:
        """Return whom nobody has called yet."""
        return self.by_status.get(Status.DUE, 0)

    @property
    def coverage(self) -> Fraction | None:
        """Return sampled / due, None when nobody is due."""
        return coverage(self.due, self.sampled)

    @property
    def percent(self) -> int | None:
        """Return the coverage in whole percent, rounded down: 100 means nobody is missing."""
        share = self.coverage
        return None if share is None else int(share * 100)


def members_of(actor: Actor, row: Round) -> QuerySet[RoundMember]:
    """Return who belongs to a round now, narrowed to the actor's grids; removed people left out."""
    if not actor.covers(row.community_id):
        return RoundMember.objects.none()
    rows = RoundMember.objects.filter(
        community_id=row.community_id, round_id=row.pk, removed_at=None
    )
    grids = actor.grids_at(row.community_id)
    return rows if grids is None else rows.filter(grid__in=grids)


def access_member(actor: Actor, row: Round, member_id: int) -> RoundMember:
    """Return somebody of a round of the actor's grids, or raise NotVisible."""
    found = members_of(actor, row).select_related("resident").filter(pk=member_id).first()
    if found is None:
        raise NotVisible
    return found


def sampled_of(row: Round) -> tuple[Exists, Exists]:
    """Return the conditions "a resident's sample stands" and "a guest's sample stands"."""
    standing = Sample.objects.filter(
        community_id=row.community_id,
        round=row.ref,
        purpose__in=PURPOSES,
        superseded_at=None,
    ).order_by()
    return (
        Exists(standing.filter(resident=OuterRef("resident_id"))),
        Exists(standing.filter(guest=OuterRef("guest"))),
    )


def with_status(rows: QuerySet[RoundMember], row: Round) -> QuerySet[Any]:
    """Annotate `status`: one of `Status`, decided in the database as `status_of` decides it."""
    return rows.annotate(status=status_case(*sampled_of(row)))


def status_case(resident: Exists, guest: Exists) -> Case:
    """Return `status_of` as an expression, given the conditions that a sample stands."""
    return Case(
        When(Q(resident__isnull=False) & Q(resident), then=Value(Status.SAMPLED.value)),
        When(Q(guest__isnull=False) & Q(guest), then=Value(Status.SAMPLED.value)),
        default=unsampled_case(),
        output_field=CharField(),
    )


def unsampled_case() -> Case:
    """Return `status_of` as an expression for those of whom no sample stands."""
    return Case(
        When(~Q(exempt=""), then=Value(Status.EXEMPT.value)),
        When(
            outcome__in=[Status.REFUSED.value, Status.AWAY.value, Status.NOT_FOUND.value],
            then=F("outcome"),
        ),
        When(calls__gt=0, then=Value(Status.CALLED.value)),
        default=Value(Status.DUE.value),
        output_field=CharField(),
    )


def progress(
    row: Round, by: str = "", rows: QuerySet[RoundMember] | None = None
) -> dict[Any, Progress]:
    """Return how a round stands: key -> Progress. One query, whatever the size.

    `by` is a column of RoundMember (building, grid, household, unit, at_door); "" gives one entry
    under None. `rows` narrows it, to the actor's grids for one.
    """
    base = (
        rows
        if rows is not None
        else RoundMember.objects.filter(
            community_id=row.community_id, round_id=row.pk, removed_at=None
        )
    )
    return _grouped(with_status(base, row), f"{by}_id" if by in _RELATIONS else by)


_RELATIONS = frozenset({"building", "grid", "household", "unit", "dwelling"})


def _grouped(rows: QuerySet[Any], column: str) -> dict[Any, Progress]:
    keys = (column, "status") if column else ("status",)
    found: dict[Any, dict[str, int]] = {}
    for *key, status, count in (
        rows.order_by().values_list(*keys).annotate(n=Count("pk")).values_list(*keys, "n")
    ):
        found.setdefault(key[0] if key else None, {})[status] = count
    return {key: Progress(key, counts) for key, counts in found.items()}


def total(row: Round, rows: QuerySet[RoundMember] | None = None) -> Progress:
    """Return how a whole round stands: one query."""
    return progress(row, "", rows).get(None, Progress(None))


def missing(rows: QuerySet[RoundMember], row: Round) -> QuerySet[Any]:
    """Return who still has to be found, with `status`."""
    resident, guest = sampled_of(row)
    found = with_status(rows, row).filter(exempt="")
    return found.exclude(Q(resident__isnull=False) & Q(resident)).exclude(
        Q(guest__isnull=False) & Q(guest)
    )


def tallies(
    community: int, rounds: Iterable[Round], doors: Collection[int]
) -> dict[int, list[int]]:
    """Return dwelling -> [sampled, due] over these rounds, for the cells of a board: one query."""
    standing = Sample.objects.filter(
        community_id=community,
        round=OuterRef("round__ref"),
        purpose__in=PURPOSES,
        superseded_at=None,
    ).order_by()
    rows = RoundMember.objects.filter(
        community_id=community,
        round__in=[row.pk for row in rounds],
        removed_at=None,
        dwelling__in=list(doors),
    ).annotate(
        status=status_case(
            Exists(standing.filter(resident=OuterRef("resident_id"))),
            Exists(standing.filter(guest=OuterRef("guest"))),
        )
    )
    return {
        dwelling: [part.sampled, part.due]
        for dwelling, part in _grouped(rows, "dwelling_id").items()
    }


def at_desks(community: int, start: datetime, end: datetime) -> set[int]:
    """Return who gave a sample at a desk in [start, end), by the plan's numbers: guests negative.

    Two queries; a third only when a guest was among them.
    """
    rows = list(
        Sample.objects.filter(
            community_id=community,
            superseded_at=None,
            sampled_at__gte=start,
            sampled_at__lt=end,
        ).values_list("resident_id", "guest")
    )
    found = entries_of(community).all_of(resident for resident, _ in rows)
    refs = [guest for _, guest in rows if guest is not None]
    if refs:
        stays = Stay.objects.filter(community_id=community, superseded_at=None, ref__in=refs)
        found |= {guest_id(pk) for pk in stays.values_list("pk", flat=True)}
    return found
