"""What is left to do in a round (还差什么): whom to call, whom to sample, which tubes have no result."""

from django.db.models import Count, Exists, OuterRef, Q

from gridwell.health.models import Hold, Sample
from gridwell.orders.rules.rounds import OF_A_ZONE
from gridwell.screening.models import Round, RoundMember
from gridwell.screening.queries.members import Progress, total, with_status
from gridwell.screening.queries.results import WAITING
from gridwell.screening.rules.coverage import Status
from gridwell.screening.rules.steps import Left
from gridwell.screening.rules.tubes import TubeState

#: Tubes that people are in and that have no result: the open ones too, they still have to be closed.
OWED = (TubeState.OPEN.value, *WAITING)


def left_in(row: Round, whole: Progress | None = None) -> Left:
    """Return what is left in a round: nothing of one that is only planned, else three or four queries.

    `whole` is how the round stands when the caller knows: of the whole round, never of some grids.
    """
    if row.state == "planned":
        return Left()
    whole = total(row) if whole is None else whole
    uncalled = 0
    if row.state == "open" and whole.waiting:
        members = RoundMember.objects.filter(
            community_id=row.community_id, round=row, removed_at=None, at_door=False
        )
        uncalled = with_status(members, row).filter(status=Status.DUE.value).count()
    tubes = Sample.objects.filter(
        community_id=row.community_id, round=row.ref, superseded_at=None
    ).aggregate(n=Count("tube", distinct=True, filter=Q(tube__state__in=OWED)))
    held = Hold.objects.filter(
        community_id=row.community_id, tube__round=row.ref, ended_at=None
    ).count()
    return Left(
        due=whole.due, sampled=whole.sampled, uncalled=uncalled, tubes=tubes["n"], single=held
    )


def asked_twice(row: Round) -> int:
    """Return how many are to be sampled for a zone and were sampled that day in another round.

    None of any other round: there nobody is due who was sampled (`queries.due.in_narrower`).
    """
    if row.state != "open" or row.order.purpose not in OF_A_ZONE:
        return 0
    others = Round.objects.filter(community_id=row.community_id, on=row.on).exclude(pk=row.pk)
    rounds = list(others.exclude(state="planned").values_list("ref", flat=True))
    if not rounds:
        return 0
    taken = Sample.objects.filter(
        community_id=row.community_id, round__in=rounds, superseded_at=None
    )
    members = RoundMember.objects.filter(
        community_id=row.community_id, round=row, removed_at=None, exempt=""
    ).filter(
        Q(Exists(taken.filter(resident=OuterRef("resident"))))
        | Q(Exists(taken.filter(guest=OuterRef("guest"))))
    )
    return with_status(members, row).exclude(status=Status.SAMPLED.value).count()
