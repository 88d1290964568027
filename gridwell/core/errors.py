"""Errors that rules and actions raise; wording is looked up by code where they are shown."""

from typing import Any


class GridwellError(Exception):
    """Base of all errors that are meant to reach a person."""


class RuleBroken(GridwellError):
    """An act was refused by a rule.

    `code` is stable ("orders.changed_meanwhile"); `facts` are the values for the wording. Wording
    lives in the package's `labels.py` and is registered with `core.wording.register`.
    """

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class NotVisible(GridwellError):
    """The thing is absent or not the actor's; both look the same from outside (404)."""


class UnreadableFile(RuleBroken):
    """A file cannot be read at all: encrypted, broken, too large, of a kind we do not read."""
