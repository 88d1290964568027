"""How a task stands in a list: its line, why it exists, what to do next."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from gridwell.accounts.rules.actor import Actor
from gridwell.residents import labels as register
from gridwell.residents.models import LabelMark
from gridwell.tasks import labels
from gridwell.tasks.models import Task
from gridwell.tasks.queries.access import standing_of
from gridwell.tasks.queries.files import Care, care_of
from gridwell.tasks.queries.lists import TaskLine, lines_of
from gridwell.tasks.rules.states import Act, State, Who, acts_open_to
from gridwell.tasks.wording import why_words

#: What a row offers by itself; the rest stands on the task's own page.
QUICK = (Act.TAKE, Act.DO, Act.VERIFY)
#: Whoever stands so to a task sees whom it is for and what to mind there.
NAMED_TO = frozenset({Who.HOLDER, Who.GRID, Who.DESK})


@dataclass(frozen=True)
class Button:
    """A step as a button: posted at once, or a page that asks for more first."""

    act: str
    text: str
    url: str
    key: str
    is_at_once: bool
    is_main: bool = False


@dataclass(frozen=True)
class TaskRow:
    """A task in a list."""

    line: TaskLine
    name: str
    what: str  # where and what, for readers of the screen
    url: str
    why: str
    state: str
    tone: str
    buttons: tuple[Button, ...]
    care: tuple[str, ...]
    marks: tuple[LabelMark, ...]
    person: str

    @property
    def task(self) -> Task:
        """The task itself."""
        return self.line.task


def rows_of(
    tasks: Iterable[Task],
    actor: Actor,
    now: datetime,
    *,
    with_care: bool = False,
    shown: Sequence[Act] = QUICK,
    acting: Mapping[int, int | None] | None = None,
) -> list[TaskRow]:
    """Return tasks as rows, in the order given; a constant number of queries.

    `shown` are the steps a row offers by itself; `acting` is who acts for the posts, where known.
    """
    lines = lines_of(tasks, now, acting)
    care = care_of([line.task for line in lines], now) if with_care else {}
    return [row_of(line, actor, care.get(line.task.pk, Care()), shown) for line in lines]


def row_of(line: TaskLine, actor: Actor, care: Care, shown: Sequence[Act] = QUICK) -> TaskRow:
    """Return a line as a row for this actor."""
    standing = standing_of(actor, line.task)
    is_near = bool(standing & NAMED_TO)
    name = line.name
    return TaskRow(
        line=line,
        name=name,
        what=f"{line.where} {name}",
        url=reverse("task_file", args=[line.task.pk]),
        why=why_words(line.task),
        state=str(state_of(line.task)),
        tone=tone_of(line),
        buttons=buttons_of(line, actor, acts_open_to(State(line.task.state), standing), shown)
        if shown
        else (),
        care=care_words(care.traits) if is_near else (),
        marks=once(care.marks) if is_near else (),
        person=line.person if is_near else "",
    )


def state_of(task: Task) -> object:
    """Return where a task stands, in words."""
    is_waiting = task.state == State.DONE and task.needs_check
    return labels.TO_CHECK if is_waiting else labels.STATES[task.state]


def tone_of(line: TaskLine) -> str:
    """Return the tone of a task's state."""
    if line.is_late or line.task.state == State.CANNOT:
        return "bad"
    if line.task.state == State.DONE and line.task.needs_check:
        return "info"
    return {"taken": "info", "done": "ok", "verified": "ok"}.get(line.task.state, "")


def care_words(traits: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return circumstances in words, their value behind."""
    return tuple(
        f"{register.TRAITS.get(code, code)}"
        + (f"（{register.TRAIT_VALUES.get(value, value)}）" if value else "")
        for code, value in traits
    )


def once(marks: Iterable[LabelMark]) -> tuple[LabelMark, ...]:
    """Return one mark of each label: two of one household may carry the same."""
    return tuple({mark.label_id: mark for mark in marks}.values())


def buttons_of(
    line: TaskLine, actor: Actor, acts: Sequence[Act], shown: Sequence[Act]
) -> tuple[Button, ...]:
    """Return the steps open to the actor as buttons, in the order of `shown`.

    Nobody is offered to check their own work (`actions.verify` refuses it).
    """
    task = line.task
    is_own = task.done_by_id is not None and task.done_by_id == actor.user_id
    return tuple(
        Button(
            act=act.value,
            text=str(labels.ACTS[act.value]),
            url=reverse("task_act", args=[task.pk, act.value]),
            key=key_of(task, act.value, actor),
            is_at_once=is_at_once(line, act),
            is_main=act in {Act.DO, Act.VERIFY},
        )
        for act in shown
        if act in acts and not (act is Act.VERIFY and is_own)
    )


def is_at_once(line: TaskLine, act: Act) -> bool:
    """Return whether a step needs no page of its own: taking, and what asks for no proof."""
    if act is Act.DO:
        return line.kind is None or not line.kind.proof
    return act in {Act.TAKE, Act.PUT_BACK, Act.VERIFY}


def key_of(task: Task, act: str, actor: Actor) -> str:
    """Return the key of an act on a task as it stands now: pressed twice, it is one act."""
    return f"{act}:{actor.user_id}:{int(task.changed_at.timestamp() * 1000)}"
