"""Builds the demo's work: the day's tasks since the morning, most of them done, some late by the evening."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random

from gridwell.accounts.models import User
from gridwell.accounts.queries import actor_of, effective_holders
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.demo.actions import Taken, take_steps
from gridwell.demo.city import MODEL
from gridwell.demo.rounds import at
from gridwell.plan.actions import recompute
from gridwell.residents.models import Household
from gridwell.tasks import actions
from gridwell.tasks.actions import Proof
from gridwell.tasks.kinds import kind_of
from gridwell.tasks.models import Task
from gridwell.tasks.queries import in_walking_order
from gridwell.tasks.rules.states import ACTIVE, Act

#: So many tasks of each community are told one by one; the rest of a large one stays open.
TOLD = 160
#: Kinds that samples close, not people who say so.
AT_THE_DESK = ("door_sampling", "resample")
#: Of a hundred: done, said to be impossible, in hand; the others are open, and late by the evening.
DONE, CANNOT, TAKEN = 84, 88, 91
#: By hand: title, words, urgent.
BY_HAND = (
    ("核对4号楼独居老人用药清单", "逐户打电话，把缺的药报给社区医生。", True),
    ("检查2号门临时卡口照明", "夜里灯不亮，请物业一起看一下。", False),
)
NOTES = ("", "", "家里都好，暂不需要什么。", "缺一种降压药，已登记代买。", "要一袋米，明早送。")


def open_the_day(communities: Sequence[int], now: datetime) -> None:
    """Make the day's tasks as they were made in the morning; everything the plan needs is there."""
    morning = at(now.date(), 0, 5)
    for community in communities:
        recompute(community=community, day=now.date(), now=morning)


def work_through(communities: Sequence[int], now: datetime) -> None:
    """Let the day go by: people do their tasks, templates run, what is late climbs."""
    for community in communities:
        if community == MODEL:
            _by_hand(now)
        _work(community, now)
        for hour, minute in ((18, 5), (18, 40), (19, 55)):
            actions.escalate(community=community, now=at(now.date(), hour, minute))


def _by_hand(now: datetime) -> None:
    officer = _desk(MODEL, now)
    if officer is None:
        return
    for hour, (title, words, is_urgent) in enumerate(BY_HAND, start=9):
        actions.create(
            actor=officer,
            community=MODEL,
            kind="free",
            title=title,
            words=words,
            is_urgent=is_urgent,
            due_at=at(now.date(), 21),
            now=at(now.date(), hour, 20),
        )
    for home in Household.objects.filter(community=MODEL, ends_at=None).order_by("pk")[:3]:
        actions.create(
            actor=officer,
            community=MODEL,
            kind="household_update",
            subject_kind="household",
            subject=home.pk,
            now=at(now.date(), 9, 40),
        )
    actions.save_template(
        actor=officer,
        community=MODEL,
        kind="patrol",
        title="晚间巡查",
        hour=22,
        spread="grid",
        now=at(now.date(), 9),
    )
    actions.run_templates(community=MODEL, day=now.date(), now=at(now.date(), 9, 5))


def _desk(community: int, now: datetime) -> Actor | None:
    user = (
        User.objects.filter(posts_held__area=community, posts_held__role=Role.COMMUNITY_OFFICER)
        .order_by("pk")
        .first()
    )
    return actor_of(user, now) if user else None


def _work(community: int, now: datetime) -> None:
    """Have a community's tasks done through the day by whoever effectively holds each post."""
    random = Random(community)
    day = now.date()
    open_ones = Task.objects.filter(
        community_id=community, state__in=ACTIVE, origin="plan", starts_at__lte=now
    ).exclude(kind__in=AT_THE_DESK)
    tasks = list(in_walking_order(open_ones)[:TOLD])
    holders = effective_holders({task.post_id for task in tasks if task.post_id}, now)
    users = User.objects.in_bulk({user for user in holders.values() if user is not None})
    actors = {pk: actor_of(user, now) for pk, user in sorted(users.items())}
    desk = _desk(community, now)
    steps: list[Taken] = []
    for number, task in enumerate(tasks):
        user = holders.get(task.post_id or 0)
        if user is None:
            continue
        when = at(day, 8, 30) + timedelta(minutes=540 * number // max(len(tasks), 1))
        steps += _steps_of(task, actors[user], desk, when, random)
    with_effect = [step for step in steps if _has_effect(step)]
    for step in with_effect:
        if step.act is Act.DO:
            actions.do(actor=step.actor, task=step.task, proof=step.proof, now=step.at)
        else:
            actions.verify(actor=step.actor, task=step.task, now=step.at)
    others = [step for step in steps if not _has_effect(step)]
    take_steps(community=community, steps=others)


def _has_effect(step: Taken) -> bool:
    """Return whether a step belongs to work that writes something else when it is done."""
    return step.act in {Act.DO, Act.VERIFY} and kind_of(step.task.kind).on_done is not None


def _steps_of(
    task: Task, actor: Actor, desk: Actor | None, when: datetime, random: Random
) -> Iterator[Taken]:
    """Yield what becomes of a task that day: done and perhaps checked, not possible, or in hand."""
    chance = random.randrange(100)
    if chance < DONE and "photo" not in _proof_of(task):
        yield Taken(Act.DO, task, actor, when, proof=_proof(task, random))
        if chance < DONE // 8 and desk is not None and desk.user_id != actor.user_id:
            yield Taken(Act.VERIFY, task, desk, when + timedelta(hours=1))
    elif DONE <= chance < CANNOT:
        yield Taken(Act.CANNOT, task, actor, when, reason="nobody_home")
    elif CANNOT <= chance < TAKEN:
        yield Taken(Act.TAKE, task, actor, when)


def _proof_of(task: Task) -> frozenset[str]:
    return kind_of(task.kind).proof


def _proof(task: Task, random: Random) -> Proof:
    needed = _proof_of(task)
    return Proof(
        note=random.choice(NOTES) if task.subject_kind == "household" else "",
        count=random.randrange(12, 60) if "count" in needed else None,
        where="楼道、电梯轿厢、单元门把手" if "where" in needed else "",
    )
