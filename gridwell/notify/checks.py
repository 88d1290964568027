"""Checks of the settings by which people are told."""

from typing import Any

from django.conf import settings
from django.core.checks import Error

from gridwell.notify.rules.quiet import parse_hours


def quiet_hours_are_hours(**_: Any) -> list[Error]:
    """Say so at start-up when GRIDWELL_QUIET is not of the form 22:00-07:00."""
    try:
        parse_hours(settings.NOTIFY_QUIET)
    except ValueError as error:
        return [Error(f"GRIDWELL_QUIET: {error}", id="notify.E001")]
    return []
