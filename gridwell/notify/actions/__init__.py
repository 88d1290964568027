"""Writes of notify: telling people, delivering, and each person's channels."""

from gridwell.notify.actions.channels import (
    add_channel,
    remove_channel,
    set_channel,
    set_quiet_time,
    test_channel,
)
from gridwell.notify.actions.deliver import deliver_due
from gridwell.notify.actions.tell import mark_seen, purge, tell

__all__ = [
    "add_channel",
    "deliver_due",
    "mark_seen",
    "purge",
    "remove_channel",
    "set_channel",
    "set_quiet_time",
    "tell",
    "test_channel",
]
