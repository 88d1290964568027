"""The file of one task (任务档案): why it exists, its chain, its proofs, what the actor may do."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from gridwell.accounts.rules.actor import Actor
from gridwell.core.clock import day_of
from gridwell.core.errors import NotVisible
from gridwell.protocols.queries import protocol_for
from gridwell.protocols.rules.model import Clause, Protocol
from gridwell.residents.models import LabelMark, Membership
from gridwell.residents.queries import traits_of
from gridwell.residents.queries.marks import marks_by_subject
from gridwell.residents.rules.traits import FIXED_VALUES
from gridwell.tasks.kinds import kinds
from gridwell.tasks.models import Task, TaskEvent, TaskProof
from gridwell.tasks.queries.access import standing_of
from gridwell.tasks.queries.lists import TaskLine, lines_of
from gridwell.tasks.rules.states import ACTIVE, Act, State, acts_open_to

ALL_MARKS = "*"
#: Circumstances that matter to whoever comes to the door.
CARE = (
    "lives_alone",
    "disabled",
    "cannot_walk",
    "illness",
    "needs_dialysis",
    "pregnant",
    "destitute",
    "low_allowance",
)


@dataclass(frozen=True)
class Care:
    """What matters at a door: (code of trait, value) of those who live there, and notable marks."""

    traits: tuple[tuple[str, str], ...] = ()
    marks: tuple[LabelMark, ...] = ()


@dataclass(frozen=True)
class TaskFile:
    """Everything the page of one task shows."""

    line: TaskLine
    events: tuple[TaskEvent, ...]  # with user and post, oldest first
    proofs: tuple[TaskProof, ...]
    acts: tuple[Act, ...]
    care: Care
    protocol: Protocol | None
    clause: Clause | None
    beside: tuple[TaskLine, ...]  # other open tasks at the same place that the actor may see

    @property
    def task(self) -> Task:
        """The task itself."""
        return self.line.task


def task_file(actor: Actor, task: Task, now: datetime) -> TaskFile:
    """Return the file of a task the actor may see (`access_task`)."""
    community = task.community_id
    events = TaskEvent.objects.filter(community_id=community, task=task)
    proofs = TaskProof.objects.filter(community_id=community, task=task)
    others = Task.objects.filter(
        community_id=community, place=task.place_id, place__isnull=False, state__in=ACTIVE
    ).exclude(pk=task.pk)
    beside = [row for row in others.order_by("due_at")[:20] if standing_of(actor, row)]
    line, *more = lines_of([task, *beside], now)
    protocol = protocol_for(community, day_of(task.starts_at))
    clause = str(task.facts.get("clause") or "")
    return TaskFile(
        line=line,
        events=tuple(events.select_related("user", "post").order_by("at", "pk")),
        proofs=tuple(proofs.order_by("happened_at", "pk")),
        acts=acts_open_to(State(task.state), standing_of(actor, task)),
        care=care_of([task], now).get(task.pk, Care()),
        protocol=protocol,
        clause=protocol.clause(clause) if protocol is not None and clause else None,
        beside=tuple(more),
    )


def care_of(tasks: Collection[Task], now: datetime) -> dict[int, Care]:
    """Return by task what its kind shows of the subject's circumstances; three queries a community.

    Whoever does the work sees only what its kind needs: a kind without `marks` shows nothing.
    """
    found: dict[int, Care] = {}
    by_community: dict[int, list[Task]] = defaultdict(list)
    for task in tasks:
        if _shown(task) and task.subject_kind in {"household", "resident"}:
            by_community[task.community_id].append(task)
    for community, rows in by_community.items():
        found.update(_care_in(community, rows, now))
    return found


def _shown(task: Task) -> frozenset[str]:
    kind = kinds().get(task.kind)
    if kind is None:
        return frozenset()
    return frozenset(CARE) if ALL_MARKS in kind.marks else frozenset(kind.marks)


def _care_in(community: int, tasks: list[Task], now: datetime) -> dict[int, Care]:
    homes = {task.subject for task in tasks if task.subject_kind == "household"}
    live = Membership.objects.filter(
        community_id=community,
        household__in=homes,
        ends_at=None,
        superseded_at=None,
        kind="lives",
        resident__merged_into=None,
    )
    members: dict[int, list[int]] = defaultdict(list)
    for household, resident in live.values_list("household_id", "resident_id"):
        members[household].append(resident)
    alone = {task.subject for task in tasks if task.subject_kind == "resident"}
    everyone = alone.union(*members.values())
    traits = traits_of(community, everyone, now)
    of_person, of_home = marks_by_subject(community, now, residents=everyone, households=homes)
    found: dict[int, Care] = {}
    for task in tasks:
        is_home = task.subject_kind == "household"
        people = members.get(task.subject, []) if is_home else [task.subject]
        shown = _shown(task)
        found[task.pk] = Care(
            traits=tuple(
                dict.fromkeys(
                    (trait.code, trait.value if trait.code in FIXED_VALUES else "")
                    for person in people
                    for trait in traits.get(person, [])
                    if trait.code in shown
                )
            ),
            marks=tuple(
                mark
                for mark in [
                    *(of_home.get(task.subject, []) if is_home else []),
                    *(mark for person in people for mark in of_person.get(person, [])),
                ]
            ),
        )
    return found


def checked_on(community: int, households: Collection[int]) -> dict[int, datetime]:
    """Return when each household's file was last gone through at the door (入户核查); one query."""
    rows = Task.objects.filter(
        community_id=community,
        kind="household_update",
        subject_kind="household",
        subject__in=households,
        done_at__isnull=False,
    ).order_by("done_at")
    return {
        subject: done_at
        for subject, done_at in rows.values_list("subject", "done_at")
        if done_at is not None
    }


def access_proof(actor: Actor, proof_id: int) -> TaskProof:
    """Return a proof with a photo of a task the actor may see, or raise NotVisible."""
    proof = TaskProof.objects.select_related("task").filter(pk=proof_id).exclude(path="").first()
    if proof is None or not standing_of(actor, proof.task):
        raise NotVisible
    return proof
