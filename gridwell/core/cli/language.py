"""The language of the command line, without Django: many commands never set it up."""

import gettext
import os
from functools import cache
from pathlib import Path

LOCALE = Path(__file__).parent.parent.parent / "locale"


def language() -> str:
    """Return "zh-hans" or "en": what the terminal asks for, English for a bare C locale."""
    asked = next(
        (
            value
            for name in ("GRIDWELL_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
            if (value := os.environ.get(name))
        ),
        "",
    )
    return "zh-hans" if asked.lower().startswith("zh") else "en"


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    if code == "en":
        return gettext.NullTranslations()
    return gettext.translation("django", LOCALE, languages=["zh_Hans"], fallback=True)


def noop(message: str) -> str:
    """Mark a msgid for the catalogue and return it as it is."""
    return message


def say(message: str) -> str:
    """Return a message in the terminal's language; named placeholders are filled by the caller."""
    return _catalogue(language()).gettext(message) if message else ""
