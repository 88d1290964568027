"""How many rounds stand at once (汇总): one grouped query for any number of communities."""

from collections.abc import Iterable

from django.db.models import Count, Exists, OuterRef, Q

from gridwell.accounts.rules.actor import Actor
from gridwell.health.models import Sample
from gridwell.screening.models import Round, RoundMember
from gridwell.screening.queries.members import PURPOSES, Progress, status_case


def standings(actor: Actor, rounds: Iterable[Round]) -> dict[int, Progress]:
    """Return round id -> how it stands, narrowed to the actor's grids where these are narrowed.

    One query for all rounds of communities that are seen whole, one more for each that is not.
    """
    rows = list(rounds)
    found: dict[int, dict[str, int]] = {row.pk: {} for row in rows}
    whole = [row for row in rows if actor.grids_at(row.community_id) is None]
    _count(found, Q(round_id__in=[row.pk for row in whole]), whole)
    narrowed: dict[int, list[Round]] = {}
    for row in rows:
        if row not in whole:
            narrowed.setdefault(row.community_id, []).append(row)
    for community, own in narrowed.items():
        grids = actor.grids_at(community) or frozenset()
        _count(found, Q(round_id__in=[row.pk for row in own], grid__in=grids), own)
    return {pk: Progress(pk, counts) for pk, counts in found.items()}


def _count(found: dict[int, dict[str, int]], where: Q, rounds: list[Round]) -> None:
    if not rounds:
        return
    communities = sorted({row.community_id for row in rounds})
    standing = Sample.objects.filter(
        community_id=OuterRef("community_id"),
        round=OuterRef("round__ref"),
        purpose__in=PURPOSES,
        superseded_at=None,
    ).order_by()
    status = status_case(
        Exists(standing.filter(resident=OuterRef("resident_id"))),
        Exists(standing.filter(guest=OuterRef("guest"))),
    )
    rows = (
        RoundMember.objects.filter(where, community_id__in=communities, removed_at=None)
        .annotate(status=status)
        .order_by()
        .values_list("round_id", "status")
        .annotate(n=Count("pk"))
    )
    for pk, code, count in rows.values_list("round_id", "status", "n"):
        found[pk][code] = count
