"""Reads of health facts: results, cases, isolation and monitoring; narrowed to the actor's grids."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from gridwell.accounts.rules.actor import Actor
from gridwell.core.errors import NotVisible
from gridwell.core.facts import known_at as was_known
from gridwell.health.models import Case, Exemption, Hold, Isolation, Monitoring, Result, Sample
from gridwell.residents.models import Resident, Stay
from gridwell.residents.queries.guests import stays_of

Row = TypeVar("Row", bound=models.Model)


def _mine(rows: QuerySet[Row], actor: Actor, community: int) -> QuerySet[Row]:
    if not actor.covers(community):
        return rows.none()
    rows = rows.filter(community_id=community)
    grids = actor.grids_at(community)
    return rows if grids is None else rows.filter(dwelling__grid_id__in=grids)


def isolations_of(actor: Actor, community: int) -> QuerySet[Isolation]:
    """Return the isolations as known now, those that are due first; `ended_at` null = not lifted yet."""
    rows = Isolation.objects.filter(superseded_at=None).select_related("resident", "dwelling")
    return _mine(rows, actor, community).order_by("ends_at", "pk")


def monitorings_of(actor: Actor, community: int) -> QuerySet[Monitoring]:
    """Return the monitorings as known now, those that are due first."""
    rows = Monitoring.objects.filter(superseded_at=None).select_related("resident", "dwelling")
    return _mine(rows, actor, community).order_by("ends_at", "pk")


def cases_of(actor: Actor, community: int) -> QuerySet[Case]:
    """Return the cases as known now, newest first."""
    rows = Case.objects.filter(superseded_at=None).select_related("resident", "dwelling")
    return _mine(rows, actor, community).order_by("-found_at", "-pk")


def results_of(actor: Actor, community: int) -> QuerySet[Result]:
    """Return the results as known now, newest first."""
    rows = Result.objects.filter(superseded_at=None).select_related("resident", "dwelling")
    return _mine(rows, actor, community).order_by("-sampled_at", "-pk")


def names_of(community: int, rows: Iterable[Result | Hold | Case]) -> list[str]:
    """Return who each row is about, residents and guests alike; one query for all guests.

    `resident` must be there already (`select_related`). A guest whose stay is gone has no name.
    """
    found = list(rows)
    stays = stays_of(community, {row.guest for row in found if row.guest is not None})
    return [
        row.resident.name
        if row.resident is not None
        else stays[row.guest].name
        if row.guest in stays
        else ""
        for row in found
    ]


def sampled_singly() -> Q:
    """Return the condition that the single sample of a hold stands (单采已采), under either entry of a
    person who was merged; for an annotation or a filter of holds.

    Three conditions and not one with "or": each then finds its sample by an index of its own.
    """

    def stands(**who: OuterRef) -> Exists:
        return Exists(
            Sample.objects.filter(
                community_id=OuterRef("community_id"),
                round=OuterRef("tube__round"),
                purpose="single",
                superseded_at=None,
                **who,
            )
        )

    return Q(
        stands(resident=OuterRef("resident_id"))
        | stands(resident=OuterRef("resident__merged_into_id"))
        | stands(guest=OuterRef("guest"))
    )


def exemptions_of(actor: Actor, community: int) -> QuerySet[Exemption]:
    """Return the exemptions as known now, those that end first at the top."""
    rows = Exemption.objects.filter(superseded_at=None).select_related("resident", "dwelling")
    return _mine(rows, actor, community).order_by("ends_at", "pk")


def access_exemption(actor: Actor, community: int, pk: int) -> Exemption:
    """Return an exemption of the actor's people, or raise NotVisible."""
    return _access(exemptions_of(actor, community), pk)


def guests_sampled_between(community: int, start: datetime, end: datetime) -> dict[int, str]:
    """Return the guests who gave a sample in [start, end): id of the stay that stands -> outcome."""
    rows = Result.objects.filter(
        community_id=community,
        superseded_at=None,
        guest__isnull=False,
        sampled_at__gte=start,
        sampled_at__lt=end,
    )
    outcomes = dict(rows.order_by("sampled_at").values_list("guest", "outcome"))
    if not outcomes:
        return {}
    stays = Stay.objects.filter(
        community_id=community, superseded_at=None, ref__in=rows.values("guest")
    )
    return {pk: outcomes[ref] for pk, ref in stays.values_list("pk", "ref") if ref in outcomes}


def access_isolation(actor: Actor, community: int, pk: int) -> Isolation:
    """Return an isolation of the actor's people, or raise NotVisible."""
    return _access(isolations_of(actor, community), pk)


def access_monitoring(actor: Actor, community: int, pk: int) -> Monitoring:
    """Return a monitoring of the actor's people, or raise NotVisible."""
    return _access(monitorings_of(actor, community), pk)


def access_case(actor: Actor, community: int, pk: int) -> Case:
    """Return a case of the actor's, or raise NotVisible."""
    return _access(cases_of(actor, community), pk)


def _access(rows: QuerySet[Row], pk: int) -> Row:
    row = rows.filter(pk=pk).first()
    if row is None:
        raise NotVisible
    return row


def access_person(actor: Actor, community: int, resident: int) -> Resident:
    """Return a resident of the actor's grids to whom a health fact can be added, or raise NotVisible."""
    rows = Resident.objects.filter(merged_into=None).select_related("dwelling")
    return _access(_mine(rows, actor, community), resident)


# ---- for the snapshot of the plan: as known then, one query each ----------------------------------


def isolations_on(
    community: int, start: datetime, end: datetime, known_at: datetime | None = None
) -> QuerySet[Isolation]:
    """Return isolations that had begun by `end` and were not lifted by `start`, as known then.

    Those past their end by protocol stay in until a person lifts them: they are late.
    """
    return Isolation.objects.filter(
        was_known(known_at), community_id=community, starts_at__lt=end
    ).filter(Q(ended_at=None) | Q(ended_at__gt=start))


def monitorings_on(
    community: int, start: datetime, end: datetime, known_at: datetime | None = None
) -> QuerySet[Monitoring]:
    """Return monitorings that had begun by `end` and were not ended by `start`, as known then."""
    return Monitoring.objects.filter(
        was_known(known_at), community_id=community, starts_at__lt=end
    ).filter(Q(ended_at=None) | Q(ended_at__gt=start))


def results_between(
    community: int, start: datetime, end: datetime, known_at: datetime | None = None
) -> QuerySet[Result]:
    """Return results sampled in [start, end), as known then."""
    return Result.objects.filter(
        was_known(known_at), community_id=community, sampled_at__gte=start, sampled_at__lt=end
    )


def cases_until(community: int, end: datetime, known_at: datetime | None = None) -> QuerySet[Case]:
    """Return cases found before `end`, as known then; found in isolation left out."""
    return Case.objects.filter(
        was_known(known_at), community_id=community, found_at__lt=end, was_isolated=False
    )


def cases_in(communities: Iterable[int], now: datetime) -> QuerySet[Case]:
    """Return the cases of several communities found so far, found in isolation left out."""
    return Case.objects.filter(
        community_id__in=list(communities),
        superseded_at=None,
        found_at__lte=now,
        was_isolated=False,
    )


def exemptions_on(
    community: int, start: datetime, end: datetime, known_at: datetime | None = None
) -> QuerySet[Exemption]:
    """Return exemptions that hold in [start, end), as known then."""
    return Exemption.objects.filter(
        was_known(known_at), community_id=community, starts_at__lt=end
    ).filter(Q(ends_at=None) | Q(ends_at__gt=start))
