"""How many rounds stand at once (汇总): three grouped queries for any number of communities."""

from collections.abc import Iterable

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from gridwell.accounts.rules.actor import Actor
from gridwell.health.models import Sample
from gridwell.screening.models import Round, RoundMember
from gridwell.screening.queries.members import PURPOSES, Progress, unsampled_case
from gridwell.screening.rules.coverage import Status


def standings(actor: Actor, rounds: Iterable[Round]) -> dict[int, Progress]:
    """Return round id -> how it stands, narrowed to the actor's grids where these are narrowed.

    Three queries for all rounds of communities that are seen whole, three more for each that is not.
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
    """Add the counts of these rounds: everybody by what is known without a sample, less the sampled.

    Two joins that a database does all at once; one CASE that asks for each member whether a sample
    stands costs it twice as much in a city.
    """
    if not rounds:
        return
    communities = sorted({row.community_id for row in rounds})
    members = RoundMember.objects.filter(where, community_id__in=communities, removed_at=None)
    for pk, code, count in _grouped(members):
        found[pk][code] = count
    standing = Sample.objects.filter(
        community_id=OuterRef("community_id"),
        round=OuterRef("round__ref"),
        purpose__in=PURPOSES,
        superseded_at=None,
    ).order_by()
    sampled = Status.SAMPLED.value
    for rows in (
        members.filter(Exists(standing.filter(resident=OuterRef("resident_id")))),
        members.filter(Exists(standing.filter(guest=OuterRef("guest"))), guest__isnull=False),
    ):
        for pk, code, count in _grouped(rows):
            own = found[pk]
            own[sampled] = own.get(sampled, 0) + count
            own[code] -= count
            if not own[code]:
                del own[code]


def _grouped(rows: QuerySet[RoundMember]) -> Iterable[tuple[int, str, int]]:
    known = rows.annotate(status=unsampled_case()).order_by().values_list("round_id", "status")
    return known.annotate(n=Count("pk")).values_list("round_id", "status", "n")
