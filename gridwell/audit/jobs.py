"""Periodic work of the audit trail."""

from datetime import datetime
from pathlib import Path

from gridwell.audit import actions


def write_heads(now: datetime) -> Path | None:
    """Sign today's ends of all chains (the worker's nightly turn); None when nothing is new."""
    return actions.write_heads(now)
