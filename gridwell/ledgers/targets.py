"""What other packages let a ledger bring with it (导入目标): columns, and who writes them.

A package above registers a target in its `apps.ready`:

    targets.register(Target("volunteers", _("Volunteers"), (("skill", _("Skill")),), write, undo))

Its columns are offered when an officer says what an unknown column means. `write(actor, community,
rows, now, source)` gets all lines of the file at once, inside the transaction of the import, and
returns how many it changed; the same lines again must change nothing. `undo(actor, community,
source, now)` takes back what was written under a source.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from gridwell.accounts.rules.actor import Actor

Label = str | Promise


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One person of a ledger with the values of a target's columns, as text."""

    resident: int
    dwelling: int | None
    values: Mapping[str, str]


Writer = Callable[[Actor, int, Sequence[TargetRow], datetime, str], int]
Undo = Callable[[Actor, int, str, datetime], None]


@dataclass(frozen=True, slots=True)
class Target:
    """Where columns of another package go. Column codes become "<target>.<column>" in mappings."""

    code: str
    label: Label
    columns: tuple[tuple[str, Label], ...]
    write: Writer
    undo: Undo | None = None


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
