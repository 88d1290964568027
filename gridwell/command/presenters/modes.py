"""Modes in words: what each sets, and what a change does."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gridwell.command.queries.modes import ModeEffect
from gridwell.core.joining import joined
from gridwell.orders.labels import MANUAL, MODES
from gridwell.orders.rules.modes import Profile


def quiet_words(profile: Profile) -> str:
    """Return the quiet hours of a profile: 22:00–07:00."""
    if profile.quiet is None or profile.quiet[0] == profile.quiet[1]:
        return _("none")
    return f"{profile.quiet[0]:%H:%M}–{profile.quiet[1]:%H:%M}"


def report_words(profile: Profile) -> str:
    """Return the reporting times of a profile: 08:00, 14:00, 20:00."""
    return joined(f"{at:%H:%M}" for at in profile.reports_at)


def manual_words(profile: Profile) -> list[str]:
    """Return what needs a person's yes under a profile."""
    return [str(words) for code, words in MANUAL.items() if code in profile.manual]


def profile_rows(profiles: Mapping[str, Profile]) -> list[dict[str, Any]]:
    """Return what each mode sets, a row a mode."""
    return [
        {
            "code": code,
            "mode": words,
            "time": profiles[code].time_percent,
            "quiet": quiet_words(profiles[code]),
            "reports": report_words(profiles[code]),
            "manual": manual_words(profiles[code]),
        }
        for code, words in MODES.items()
    ]


def minutes_words(minutes: int) -> str:
    """Return a time allowed as people say it: 30 minutes, 12 hours, 3 days."""
    if minutes % 1440 == 0 and minutes >= 2 * 1440:
        return ngettext("%(n)s day", "%(n)s days", minutes // 1440) % {"n": minutes // 1440}
    if minutes % 60 == 0:
        return ngettext("%(n)s hour", "%(n)s hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}


def effect_context(effect: ModeEffect) -> dict[str, Any]:
    """Return what the page of a change shows before the button."""
    before, after = effect.profile_before, effect.profile_after
    return {
        "effect": effect,
        "before": MODES[effect.before],
        "after": MODES[effect.after],
        "mode": MODES[effect.mode],
        "keep": [(row.area.name, MODES[row.mode]) for row in effect.keep],
        "times": [
            (kind.name, minutes_words(kind.before), minutes_words(kind.after))
            for kind in effect.kinds
        ],
        "sets": list(_sets(before, after)),
    }


def _sets(before: Profile, after: Profile) -> Iterator[tuple[str, str, str]]:
    """Yield what the mode sets, before and after, of what differs."""
    none = _("nothing")
    rows = (
        (_("Quiet hours"), quiet_words(before), quiet_words(after)),
        (_("Reports are due at"), report_words(before), report_words(after)),
        (
            _("Needs a person's yes"),
            " ".join(manual_words(before)) or none,
            " ".join(manual_words(after)) or none,
        ),
    )
    yield from (row for row in rows if row[1] != row[2])
