"""The registry of kinds of work (任务种类): packages register theirs at start-up.

A kind says what the work is called, what proof it needs, how long it may take in each mode, which
circumstances of the subject are shown to whoever does it, and what doing it writes.

    register(Kind(code="door_service", name=_("door service"), subject_kind="household", ...))
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gridwell.core.frame import Label
from gridwell.orders.rules.modes import Profile
from gridwell.tasks.rules.due import minutes_allowed

#: What proof a kind may ask for; "note" is always open.
PROOFS = frozenset({"note", "photo", "count", "where"})
MODES = ("routine", "alert", "emergency")
#: Who is in charge by default, the first that has a live post with a name on it.
RESPONSIBLE = (
    "unit_head",
    "building_head",
    "sampling_group",
    "logistics_group",
    "grid_worker",
    "community_officer",
)
#: Of these, the groups, with the kind of team that each is (`accounts.Team`).
GROUPS = {"sampling_group": "sampling", "logistics_group": "logistics"}


@dataclass(frozen=True)
class Kind:
    """What is true of all tasks of one kind.

    `minutes` is the time allowed from the start, in routine at least; in a mode it does not name, the
    mode's share of that holds (`minutes_in`). `by_hour` is the hour by which daily work is due;
    `silent` after how many minutes without a sign an urgent one goes to the deputy.
    `on_done(task, actor=, happened_at=, now=)` runs in the transaction of doing it,
    `on_reopened(task, actor=, reason=, now=)` in that of opening a done one again: it takes back what doing
    it wrote; `task` still says by whom and when it was done.
    `marks` are codes of traits and labels (residents) that matter for it; "*" = all care marks.
    """

    code: str
    name: Label
    subject_kind: str = "none"
    form: str = "note"
    proof: frozenset[str] = frozenset()
    minutes: Mapping[str, int] = field(default_factory=lambda: {"routine": 24 * 60})
    by_hour: Mapping[str, int] = field(
        default_factory=lambda: {"routine": 20, "alert": 18, "emergency": 18}
    )
    silent: Mapping[str, int] = field(
        default_factory=lambda: {"routine": 120, "alert": 60, "emergency": 30}
    )
    marks: tuple[str, ...] = ()
    responsible: tuple[str, ...] = ("grid_worker", "community_officer")
    needs_check: bool = False
    is_urgent: bool = False
    by_hand: bool = True  # may be created by a person
    hint: Label = ""  # what to do, in one sentence
    on_done: Callable[..., Any] | None = None
    on_reopened: Callable[..., Any] | None = None

    def minutes_in(self, profile: Profile, on: date) -> int:
        """Return the minutes this work is allowed under what an area's mode sets."""
        return minutes_allowed(self.minutes, profile, on)


class UnknownKind(KeyError):
    """Nobody registered this kind of work."""


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add a kind; the last of one code counts. Call it in `apps.ready`."""
    if not kind.proof <= PROOFS or not {"routine"} <= set(kind.minutes) <= set(MODES):
        raise ValueError(f"kind {kind.code}: proof or minutes")
    if not set(kind.responsible) <= set(RESPONSIBLE):
        raise ValueError(f"kind {kind.code}: responsible")
    _kinds[kind.code] = kind


def kind_of(code: str) -> Kind:
    """Return a kind by its code, or raise UnknownKind."""
    try:
        return _kinds[code]
    except KeyError:
        raise UnknownKind(code) from None


def kinds() -> dict[str, Kind]:
    """Return all registered kinds by code, in the order of registration."""
    return dict(_kinds)
