"""What other packages let a ledger bring with it (导入目标): columns, and who writes them.

A package above registers a target in its `apps.ready`:

    targets.register(Target("volunteers", _("Volunteers"), (("skill", _("Skill")),), write, undo))

Its columns are offered when an officer says what an unknown column means. `write(actor, community,
rows, now, source)` gets all lines of the file at once, inside the transaction of the import, and
returns how many it changed; the same lines again must change nothing. `undo(actor, community,
source, now)` takes back what was written under a source. `check(community, rows, now)` says of the
same lines, before anything is written, which of their values would not be taken and why: its codes
are worded by `words`, and stand among the faults of the file with their row.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from gridwell.accounts.rules.actor import Actor
from gridwell.ledgers.rules.rows import Source
from gridwell.places.rules.tree import Steps

Label = str | Promise


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One person of a ledger with the values of a target's columns, as text."""

    resident: int
    dwelling: int | None
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One person of a ledger before it is written, with the values of a target's columns.

    `steps` lead to the door as the register has it or would have it; `resident` and `dwelling` are
    None where the import would make them. `household` is equal for all of one household.
    """

    source: Source
    name: str
    household: str
    steps: Steps
    resident: int | None
    dwelling: int | None
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Flaw:
    """A value that would not be taken: of which line and column, why, with what its wording needs."""

    row: CheckRow
    column: str
    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


Writer = Callable[[Actor, int, Sequence[TargetRow], datetime, str], int]
Undo = Callable[[Actor, int, str, datetime], None]
Check = Callable[[int, Sequence[CheckRow], datetime], Iterable[Flaw]]


@dataclass(frozen=True, slots=True)
class Target:
    """Where columns of another package go. Column codes become "<target>.<column>" in mappings.

    So do the codes of its flaws; `words` holds them without the target's own: a short name, and the
    sentence that says why and what to do.
    """

    code: str
    label: Label
    columns: tuple[tuple[str, Label], ...]
    write: Writer
    undo: Undo | None = None
    check: Check | None = None
    words: Mapping[str, tuple[Label, Label]] = field(default_factory=dict)


_targets: dict[str, Target] = {}


def register(target: Target) -> None:
    """Add a target; called at start-up."""
    _targets[target.code] = target


def known() -> list[Target]:
    """Return all targets in the order of their codes."""
    return [_targets[code] for code in sorted(_targets)]


def columns() -> list[tuple[str, Any]]:
    """Return (code for the mapping, label) of every column of every target."""
    return [
        (f"{target.code}.{column}", label) for target in known() for column, label in target.columns
    ]


def flaw_words() -> dict[str, tuple[Label, Label]]:
    """Return the short name and the sentence of every code of a flaw that a target knows."""
    return {
        f"{target.code}.{code}": text for target in known() for code, text in target.words.items()
    }
