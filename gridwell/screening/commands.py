"""Commands of screening: a night's kit is opened on any computer, without a database."""

import getpass
import os
from pathlib import Path

from gridwell.core.cli import Command, Namespace, Parser, Refused, Terminal, say
from gridwell.core.cli import noop as _


def _open_kit_arguments(parser: Parser) -> None:
    parser.add_argument("file", type=Path, help=_("a kit that was taken out"))
    parser.add_argument("--to", type=Path, required=True, help=_("the folder to write it into"))


def _open_kit(args: Namespace, terminal: Terminal) -> None:
    from gridwell.core.errors import RuleBroken
    from gridwell.screening.kit_file import open_kit, write_kit

    if not args.file.is_file():
        raise Refused(say("There is no file %(path)s.") % {"path": args.file})
    phrase = os.environ.get("GRIDWELL_KIT_PASSPHRASE") or getpass.getpass(say("Passphrase: "))
    try:
        files = open_kit(args.file.read_bytes(), phrase)
    except RuleBroken as wrong:
        raise Refused(say("The passphrase does not fit, or the file is damaged.")) from wrong
    for path in write_kit(files, args.to):
        terminal.result(str(path))


COMMANDS = [
    Command(
        "open-kit",
        _("Open a night's kit with its passphrase"),
        _open_kit_arguments,
        _open_kit,
        needs_database=False,
    )
]
