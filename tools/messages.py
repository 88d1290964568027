"""The Chinese catalogue: python tools/messages.py compile | collect

`compile` writes django.mo beside django.po (polib; no gettext needed). `collect` asks gettext for
all messages in code and templates, adds the new ones to django.po without a wording, marks those
that are gone, and lists what has no Chinese wording yet. Fill them with `tools/po_fill.py`.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).parent.parent
CATALOGUE = ROOT / "gridwell/locale/zh_Hans/LC_MESSAGES/django.po"
#: makemessages, which also knows by which name commands ask for a text (`core.cli.say`).
MAKE = """
import sys
from django.core.management import execute_from_command_line
from django.core.management.commands.makemessages import Command
Command.xgettext_options = [*Command.xgettext_options, "--keyword=say"]
execute_from_command_line(["django-admin", "makemessages", *sys.argv[1:]])
"""


def compile_catalogue() -> bool:
    """Write the .mo file where it is older than the .po file; return whether it was."""
    target = CATALOGUE.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime >= CATALOGUE.stat().st_mtime:
        return False
    polib.pofile(str(CATALOGUE)).save_as_mofile(str(target))
    return True


def collect() -> polib.POFile:
    """Return every message of code and templates, as makemessages finds them in a copy."""
    if shutil.which("xgettext") is None:
        raise FileNotFoundError("xgettext")
    with tempfile.TemporaryDirectory(prefix="gridwell-messages-") as folder:
        copy = Path(folder) / "gridwell"
        shutil.copytree(
            ROOT / "gridwell",
            copy,
            ignore=shutil.ignore_patterns("static", "locale", "tests", "migrations", "__pycache__"),
        )
        (copy / "locale").mkdir()
        env = os.environ | {"DJANGO_SETTINGS_MODULE": ""}
        env.pop("DJANGO_SETTINGS_MODULE")
        subprocess.run(
            [
                *(sys.executable, "-c", MAKE, "--locale", "zh_Hans"),
                *("--no-location", "--no-obsolete", "--keep-pot", "--verbosity", "0"),
            ],
            cwd=copy,
            env=env,
            check=True,
        )
        found = polib.pofile(str(copy / "locale/zh_Hans/LC_MESSAGES/django.po"))
    for entry in [entry for entry in found if not entry.msgid.strip()]:
        found.remove(entry)  # the reader of sheets "says" blanks, too
    return found


def merge() -> list[str]:
    """Add new messages to the catalogue, drop those that are gone; return what has no wording."""
    found = {(entry.msgctxt, entry.msgid): entry for entry in collect()}
    known = polib.pofile(str(CATALOGUE), wrapwidth=100)
    have = {(entry.msgctxt, entry.msgid) for entry in known}
    for key, entry in found.items():
        if key not in have:
            known.append(
                polib.POEntry(msgctxt=key[0], msgid=key[1], msgid_plural=entry.msgid_plural)
            )
    for entry in [entry for entry in known if (entry.msgctxt, entry.msgid) not in found]:
        known.remove(entry)
    known.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
    known.wrapwidth = 100
    known.save(str(CATALOGUE))
    return [entry.msgid for entry in known.untranslated_entries()]


if __name__ == "__main__":
    if sys.argv[1:] == ["compile"]:
        compile_catalogue()
    elif sys.argv[1:] == ["collect"]:
        missing = merge()
        print("\n".join(missing))
        print(f"{len(missing)} messages have no Chinese wording yet.", file=sys.stderr)
    else:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
