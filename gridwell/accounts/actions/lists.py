"""The act of taking a list out of the house as a file (导出清单)."""

from datetime import datetime
from typing import Any

from gridwell.accounts.rules.actor import Actor
from gridwell.audit.actions import record


def note_list_exported(
    *, actor: Actor, community: int, code: str, rows: int, now: datetime, **facts: Any
) -> None:
    """Record that somebody took a list of a page out as a file, how many rows it held, and `facts`."""
    record(
        "accounts.list_exported",
        actor=actor,
        community=community,
        at=now,
        list=code,
        count=rows,
        **facts,
    )
