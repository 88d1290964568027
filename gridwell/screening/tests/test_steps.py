"""The row of steps says what is true: where a round stands, what is left of it, and where that is listed."""

import pytest
from django.test import Client
from django.urls import reverse

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.health.models import Tube
from gridwell.orders.tests.make import NOW, make_building, make_district
from gridwell.places.tests.make import COMMUNITY
from gridwell.screening.actions.rounds import close_round
from gridwell.screening.models import Round, RoundMember
from gridwell.screening.queries.left import left_in
from gridwell.screening.rules.steps import Left, RoundStep, step_now, steps_done
from gridwell.screening.tests.make import make_round, make_sample, make_tube


@pytest.mark.parametrize(
    ("state", "has_slots", "left", "now"),
    [
        ("planned", False, Left(), RoundStep.SLOTS),
        ("planned", True, Left(), RoundStep.OPEN),
        ("open", True, Left(due=10, uncalled=10), RoundStep.CALLS),
        ("open", False, Left(due=10, uncalled=10), RoundStep.CALLS),  # opened without slots
        ("open", True, Left(due=10, uncalled=0), RoundStep.SAMPLING),
        ("open", True, Left(due=10, sampled=4, uncalled=3, tubes=1), RoundStep.SAMPLING),
        ("open", True, Left(due=10, sampled=10, tubes=2), RoundStep.RESULTS),
        ("open", True, Left(due=10, sampled=10, single=4), RoundStep.RESULTS),
        ("open", True, Left(due=10, sampled=10), RoundStep.CLOSE),
        ("closed", True, Left(due=10, sampled=9, tubes=1), RoundStep.RESULTS),
        ("closed", True, Left(due=10, sampled=9), None),
    ],
)
def test_where_a_round_stands(
    state: str, has_slots: bool, left: Left, now: RoundStep | None
) -> None:
    facts = {"has_desks": True, "has_slots": has_slots, "left": left}
    assert step_now(state, **facts) is now  # type: ignore[arg-type]  # of several kinds
    done = steps_done(state, **facts)  # type: ignore[arg-type]  # of several kinds
    assert now is None or not done[now]


@pytest.fixture
def row(db: None, monkeypatch: pytest.MonkeyPatch, officer: Actor) -> Round:
    make_district()
    monkeypatch.setattr(clock, "now", lambda: NOW)
    make_building(rooms=("101", "201"), people=1)
    return make_round(officer)


def shown(actor: Actor, row: Round, name: str = "round_file") -> dict[str, tuple[str, str, str]]:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    page = client.get(reverse(name, args=[COMMUNITY, row.pk]))
    return {
        str(step.name): (step.state, str(step.note), step.url or "")
        for step in page.context["steps"]
    }


def now_of(steps: dict[str, tuple[str, str, str]]) -> tuple[str, str]:
    return next((name, note) for name, (state, note, _url) in steps.items() if state == "now")


def test_the_steps_follow_the_round(row: Round, officer: Actor) -> None:
    steps = shown(officer, row)
    assert now_of(steps) == ("喊楼", "2人没喊")
    assert steps["喊楼"][2].endswith("calls/?show=todo")
    assert steps["采样"][1] == "缺2人"
    one, two = RoundMember.objects.filter(round=row).order_by("pk")
    tube = make_tube(row, state="closed")
    make_sample(one, tube=tube)
    assert now_of(shown(officer, row)) == ("采样", "缺1人")
    RoundMember.objects.filter(pk=two.pk).update(at_door=True)
    assert left_in(row).uncalled == 0  # who is sampled at the door is not called down
    make_sample(two, tube=tube)
    steps = shown(officer, row)
    assert now_of(steps) == ("结果", "1管没有结果")
    assert steps["结果"][2].endswith("/results/waiting/")
    assert steps["喊楼"][0] == steps["采样"][0] == "done"
    Tube.objects.update(state="negative")
    steps = shown(officer, row, "slot_page")
    assert now_of(steps) == ("结束、报告", "可以结束了")
    assert steps["结束、报告"][2].endswith("#close")
    close_round(actor=officer, round=row, now=NOW)
    steps = shown(officer, Round.objects.get(pk=row.pk))
    assert all(state != "now" for state, _note, _url in steps.values())
    assert steps["结束、报告"][0] == "done"


def test_who_sees_some_grids_reads_the_steps_of_the_whole_round(
    row: Round, grid_worker: Actor
) -> None:
    steps = shown(grid_worker, row)
    assert steps["采样"][1] == "缺2人"
    assert steps["结果"][2] == ""  # results are not theirs to handle
