"""Acts on tasks: each one transaction, with its event and audit entry, idempotent by a client key."""

from gridwell.tasks.actions.ends import end_for_basis
from gridwell.tasks.actions.homes import rehome
from gridwell.tasks.actions.steps import (
    Proof,
    cannot,
    do,
    end_task,
    hand_over,
    put_back,
    reopen,
    take,
    verify,
)
from gridwell.tasks.actions.sync import Synced, sync_plan

__all__ = [
    "Proof",
    "Synced",
    "cannot",
    "do",
    "end_for_basis",
    "end_task",
    "hand_over",
    "put_back",
    "rehome",
    "reopen",
    "sync_plan",
    "take",
    "verify",
]
