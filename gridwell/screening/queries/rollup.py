"""How many rounds stand at once (汇总): five grouped queries at most for any number of communities."""

from collections import Counter
from collections.abc import Iterable, Iterator

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from gridwell.accounts.rules.actor import Actor
from gridwell.health.models import Sample
from gridwell.screening.models import Round, RoundMember
from gridwell.screening.queries.members import PURPOSES, Progress, unsampled_case
from gridwell.screening.rules.coverage import Status


def standings(actor: Actor, rounds: Iterable[Round]) -> dict[int, Progress]:
    """Return round id -> how it stands, narrowed to the actor's grids where these are narrowed.

    Three queries for all rounds of communities that are seen whole (five where some of them have more
    than one round here), three or five more for each that is not.
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

    Joins that a database does all at once; one CASE that asks for each member whether a sample
    stands costs it twice as much in a city.
    """
    if not rounds:
        return
    communities = sorted({row.community_id for row in rounds})
    members = RoundMember.objects.filter(where, community_id__in=communities, removed_at=None)
    for pk, code, count in _grouped(members):
        found[pk][code] = count
    sampled = Status.SAMPLED.value
    for own_members, of_round in _by_round(members, rounds):
        standing = Sample.objects.filter(
            of_round,
            community_id=OuterRef("community_id"),
            purpose__in=PURPOSES,
            superseded_at=None,
        ).order_by()
        residents = Exists(standing.filter(resident=OuterRef("resident_id")))
        guests = Exists(standing.filter(guest=OuterRef("guest")))
        for rows in (
            own_members.filter(residents),
            own_members.filter(guests, guest__isnull=False),
        ):
            for pk, code, count in _grouped(rows):
                own = found[pk]
                own[sampled] = own.get(sampled, 0) + count
                own[code] -= count
                if not own[code]:
                    del own[code]


def _by_round(
    members: QuerySet[RoundMember], rounds: list[Round]
) -> Iterator[tuple[QuerySet[RoundMember], Q]]:
    """Yield members with the condition that a sample is of their round, in two groups at most.

    Where a community is there with one round only, the samples of any of these rounds in that
    community are of that one: no join with rounds, of which PostgreSQL believes that hardly a row is
    left, so that it would look up a million samples one by one and sort them on disk. SQLite looks up
    one by one in any case, and would do so for each of the rounds that are named.
    """
    many = Counter(row.community_id for row in rounds)
    alone = [row for row in rounds if many[row.community_id] == 1]
    if len(alone) > 1 and connection.vendor == "sqlite":
        alone = []
    known = {row.pk for row in alone}
    others = [row.pk for row in rounds if row.pk not in known]
    if alone:
        yield members.filter(round_id__in=known), Q(round__in=[row.ref for row in alone])
    if others:
        yield members.filter(round_id__in=others), Q(round=OuterRef("round__ref"))


def _grouped(rows: QuerySet[RoundMember]) -> Iterable[tuple[int, str, int]]:
    known = rows.annotate(status=unsampled_case()).order_by().values_list("round_id", "status")
    return known.annotate(n=Count("pk")).values_list("round_id", "status", "n")
