"""Commands of the installation itself: tables, server, worker, backup, keys."""

from gridwell.core.cli import Command, Namespace, Parser, Refused, Terminal, say
from gridwell.core.cli import noop as _


def _no_arguments(parser: Parser) -> None:
    """The command takes none."""


def _migrate(args: Namespace, terminal: Terminal) -> None:
    from gridwell.core import installation

    with terminal.progress(_("Bringing the tables up to date")):
        changes = installation.migrate()
    terminal.note(say("%(count)s changes made; the tables are up to date.") % {"count": changes})


def _recompute_arguments(parser: Parser) -> None:
    parser.add_argument("what", nargs="?", help=_("what to compute anew; without it, the list"))
    parser.add_argument("--community", type=int, help=_("only this 12-digit community code"))


def _recompute(args: Namespace, terminal: Terminal) -> None:
    from gridwell.core.recompute import recomputables

    known = recomputables()
    if args.what is None:
        for item in known.values():
            terminal.result(f"{item.name}\t{item.help}")
        return
    if args.what not in known:
        raise Refused(
            say("%(what)s cannot be computed anew; known: %(known)s")
            % {"what": args.what, "known": ", ".join(known)}
        )
    with terminal.progress(args.what) as step:
        changed = known[args.what].function(args.community, step)
    terminal.result(say("%(count)s stored values were corrected.") % {"count": changed})


COMMANDS = [
    Command(
        "migrate",
        _("Bring the database's tables up to date with this version"),
        _no_arguments,
        _migrate,
        needs_migrated=False,
        order=12,
    ),
    Command(
        "recompute",
        _("Compute stored values anew from the facts"),
        _recompute_arguments,
        _recompute,
        order=70,
    ),
]
