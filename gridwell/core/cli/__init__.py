"""The `gridwell` command: how packages add their own sub-commands to it.

A package that has commands has a file `commands.py` with one name, `COMMANDS`:

    from gridwell.core.cli import Command, Parser, Terminal, noop as _

    def _add_arguments(parser: Parser) -> None:
        parser.add_argument("file", type=Path, help=_("the ledger, xlsx, xls, ods or csv"))
        parser.add_argument("--json", action="store_true", help=_("one JSON object on stdout"))

    def _run(args: Namespace, terminal: Terminal) -> int | None:
        from gridwell.ledgers import actions  # heavy imports stand in here, never at the top
        with terminal.progress(_("Reading"), total=3) as step: ...
        terminal.json(report)

    COMMANDS = [Command("import-ledger", _("Import a household ledger"), _add_arguments, _run)]

- `commands.py` of every package is imported for each call, so its top imports only the standard
  library and this package; models, Django and rules are imported inside the functions.
- `_` is `noop`: it marks a msgid; help texts are translated when shown, by the terminal's language
  (`GRIDWELL_LANGUAGE`, else LC_ALL, LC_MESSAGES, LANG). Inside `_run` say `say("...") % facts`.
- `needs_database=False` (or a function of the parsed arguments, for `--dry-run`) runs the command
  without setting up Django; one that wants wording or models' classes, but no database, calls
  `setup_django()` itself. Otherwise Django is set up, and an installation that has no database or
  one with changes outstanding is refused before `run` is called.
- Results go to stdout through `terminal.result` / `terminal.json`; everything else to stderr.
- Exit codes: 0 done, 1 refused (RuleBroken, NotVisible, Refused: the words go to stderr), 2 wrong
  usage, 3 an error of the program (with its trace), 130 stopped by Ctrl-C. `run` returns None for 0.
- `commands.py` is private to its package and stands beside `views` in the import contract.
"""

from gridwell.core.cli.command import Command, Namespace, Parser, Refused
from gridwell.core.cli.language import noop, say
from gridwell.core.cli.run import main, setup_django
from gridwell.core.cli.terminal import Terminal

__all__ = [
    "Command",
    "Namespace",
    "Parser",
    "Refused",
    "Terminal",
    "main",
    "noop",
    "say",
    "setup_django",
]
