"""The figures of many rounds at once are those of each, also for people in two tubes and for guests."""

from uuid import uuid4

import pytest

from gridwell.accounts.rules.actor import Actor, Role
from gridwell.accounts.tests.make import make_actor
from gridwell.orders.tests.make import NOW, make_building, make_district
from gridwell.places.models import Place
from gridwell.places.tests.make import OTHER_COMMUNITY
from gridwell.residents.actions.guests import register_guest
from gridwell.screening.actions.members import add_member
from gridwell.screening.models import Round, RoundMember
from gridwell.screening.queries.members import members_of, total
from gridwell.screening.queries.rollup import standings
from gridwell.screening.tests.make import make_round, make_sample, make_tube


@pytest.fixture
def rounds(db: None, officer: Actor) -> list[Round]:
    make_district()
    make_building(rooms=("101", "201", "301", "401", "501"))
    found = [make_round(officer), make_round(officer, number=2)]
    for number, row in enumerate(found):
        members = list(RoundMember.objects.filter(round=row).order_by("pk"))
        for member in members[: 4 + number]:
            make_sample(member, tube=make_tube(row, purpose="pool"))
        make_sample(members[0], tube=make_tube(row, purpose="single"), purpose="single")
        odd = dict(zip(("refused", "away", "not_found"), members[5:8], strict=True))
        for outcome, member in odd.items():
            RoundMember.objects.filter(pk=member.pk).update(outcome=outcome)
        RoundMember.objects.filter(pk=members[8].pk).update(exempt="recovered")
        RoundMember.objects.filter(pk__in=[members[3].pk, members[9].pk]).update(calls=2)
        stay = register_guest(
            actor=officer, place=Place.objects.filter(kind="dwelling")[0], name=f"王访客{number}",
            kind="visitor", starts_at=NOW, ends_at=None, ref=uuid4(), now=NOW,
        )  # fmt: skip
        make_sample(
            add_member(actor=officer, round=row, reason="来访", now=NOW, stay=stay),
            tube=make_tube(row),
        )
    return found


def test_many_rounds_at_once_stand_as_each_does(officer: Actor, rounds: list[Round]) -> None:
    found = standings(officer, rounds)
    for row in rounds:
        assert found[row.pk].by_status == total(row).by_status
    assert {code for part in found.values() for code in part.by_status} == {
        "sampled", "exempt", "refused", "away", "not_found", "called", "due",
    } - ({"due"} if total(rounds[0]).waiting == 0 else set())  # fmt: skip


def test_a_grid_worker_sees_only_the_own_grids(grid_worker: Actor, rounds: list[Round]) -> None:
    found = standings(grid_worker, rounds)
    for row in rounds:
        own = total(row, members_of(grid_worker, row))
        assert found[row.pk].by_status == own.by_status


def test_queries_do_not_grow_with_rounds(rounds: list[Round], django_assert_num_queries) -> None:
    chief = make_actor(username="chief", role=Role.DISTRICT_OFFICER, area=140109000000)
    with django_assert_num_queries(3):
        standings(chief, rounds)


def test_communities_with_one_round_and_with_several_stand_in_one_figure(
    other_officer: Actor, rounds: list[Round], django_assert_num_queries
) -> None:
    """A sample of a round that was not asked for counts in none of those that were."""
    make_building(community=OTHER_COMMUNITY, rooms=("101", "201"))
    alone = make_round(other_officer, community=OTHER_COMMUNITY)
    another = make_round(other_officer, community=OTHER_COMMUNITY, number=2)
    first, second, third = RoundMember.objects.filter(round=alone).order_by("pk")[:3]
    make_sample(first, tube=make_tube(alone))
    make_sample(second, tube=make_tube(alone))
    make_sample(
        RoundMember.objects.get(round=another, resident=third.resident_id), tube=make_tube(another)
    )
    chief = make_actor(username="chief", role=Role.DISTRICT_OFFICER, area=140109000000)
    with django_assert_num_queries(5):
        found = standings(chief, [*rounds, alone])
    for row in (*rounds, alone):
        assert found[row.pk].by_status == total(row).by_status
    assert (found[alone.pk].sampled, found[alone.pk].missing) == (2, 2)
    one_each = standings(chief, [rounds[0], alone])
    assert one_each == {row.pk: found[row.pk] for row in (rounds[0], alone)}
