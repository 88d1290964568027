"""Acts on tasks: each one transaction, with its event and audit entry, idempotent by a client key."""

from gridwell.tasks.actions.ends import end_for_basis
from gridwell.tasks.actions.homes import rehome
from gridwell.tasks.actions.late import Round, communities_with_work, escalate, follow_line
from gridwell.tasks.actions.make import assign_many, create
from gridwell.tasks.actions.patrols import record_finding, remind
from gridwell.tasks.actions.proofs import Proof, sweep_photos
from gridwell.tasks.actions.silence import report_back
from gridwell.tasks.actions.steps import (
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
from gridwell.tasks.actions.templates import (
    communities_with_templates,
    end_template,
    run_templates,
    save_template,
)

__all__ = [
    "Proof",
    "Round",
    "Synced",
    "assign_many",
    "cannot",
    "communities_with_templates",
    "communities_with_work",
    "create",
    "do",
    "end_for_basis",
    "end_task",
    "end_template",
    "escalate",
    "follow_line",
    "hand_over",
    "put_back",
    "record_finding",
    "rehome",
    "remind",
    "reopen",
    "report_back",
    "run_templates",
    "save_template",
    "sweep_photos",
    "sync_plan",
    "take",
    "verify",
]
