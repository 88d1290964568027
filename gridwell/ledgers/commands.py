"""The command `gridwell import-ledger`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridwell.core.cli import Command, Namespace, Parser, Refused, Terminal, say, setup_django
from gridwell.core.cli import noop as _

if TYPE_CHECKING:
    from datetime import datetime

    from gridwell.ledgers.queries.compare import Comparison

FIGURES = (
    ("households", _("dwellings listed")),
    ("residents", _("residents listed")),
    ("new", _("new")),
    ("changed", _("changed")),
    ("unchanged", _("unchanged")),
    ("missing", _("in the register, not in the file")),
)


def _add_arguments(parser: Parser) -> None:
    parser.add_argument("file", type=Path, help=_("the ledger: .xlsx, .xls, .ods or .csv"))
    parser.add_argument(
        "--community", type=int, required=True, help=_("12-digit code of the community")
    )
    parser.add_argument(
        "--dry-run", action="store_true", help=_("only say what would happen; needs no database")
    )
    parser.add_argument("--json", action="store_true", help=_("one JSON object on stdout"))


def _run(args: Namespace, terminal: Terminal) -> int | None:
    setup_django()
    from gridwell.core import clock

    _collect_seldom()
    if not 10**11 <= args.community < 10**12:
        raise Refused(say("A community has a code of 12 digits, such as 140109008001."))
    now = clock.now()
    with terminal.progress(say("Importing %(file)s") % {"file": args.file.name}) as step:

        def report(done: int, total: int, message: str) -> None:
            step(done, total=total, label=message)

        extra: dict[str, Any] = {}
        if args.dry_run:
            comparison = _dry_run(args.file, args.community, now)
        else:
            comparison, extra = _import(args.file, args.community, now, report)
    found = {**comparison.report, **extra}
    if args.json:
        terminal.json(found)
    else:
        _tell(found, terminal)
    return None


def _collect_seldom() -> None:
    """Look for garbage less often: nearly all that is read lives to the end of the process."""
    import gc

    gc.freeze()
    gc.set_threshold(500_000, 20, 50)


def _import(
    file: Path, community: int, now: "datetime", report: Any
) -> tuple["Comparison", dict[str, Any]]:
    from gridwell.accounts.rules.actor import Actor
    from gridwell.ledgers.actions.imports import import_path
    from gridwell.places.models import Area
    from gridwell.places.rules.levels import AreaLevel

    if not Area.objects.filter(pk=community, level=AreaLevel.COMMUNITY).exists():
        raise Refused(
            say("The community %(code)s is not known here. Load its area first, or use --dry-run.")
            % {"code": community}
        )
    row, comparison = import_path(
        actor=Actor.system(community), community=community, path=file, now=now, step=report
    )
    return comparison, {"import": row.pk}


def _dry_run(file: Path, community: int, now: "datetime") -> "Comparison":
    """Compare with the register where there is one; else everybody is new."""
    from gridwell.ledgers.actions.imports import read_file
    from gridwell.ledgers.queries.compare import compare
    from gridwell.ledgers.queries.imports import answers_for, mapping_of

    known = _is_known(community)
    mapping = mapping_of(community) if known else {}
    read = read_file(file, community=community, now=now, mapping=mapping, name=file.name)
    answers = answers_for(community) if known else {}
    return compare(community if known else None, read, now, answers)


def _is_known(community: int) -> bool:
    """Whether there is a database that knows this community; never makes one."""
    from django.conf import settings
    from django.db import DatabaseError, connection

    from gridwell.places.models import Area

    name = str(settings.DATABASES["default"]["NAME"])
    if connection.vendor == "sqlite" and ":memory:" not in name and not Path(name).exists():
        return False
    try:
        return Area.objects.filter(pk=community).exists()
    except DatabaseError:
        return False


def _tell(found: dict[str, Any], terminal: Terminal) -> None:
    for key, label in FIGURES:
        terminal.result(f"{found[key]:>8,}  {say(label)}")
    terminal.result(f"{len(found['faults']):>8,}  {say('faults')}")
    terminal.result(f"{len(found['duplicates']):>8,}  {say('possible duplicates to answer')}")
    for row in (*found["faults"], *found["duplicates"]):
        where = say("%(sheet)s, row %(row)s %(column)s") % row
        terminal.result(f"{where}: {row['message']}")


COMMANDS = [
    Command(
        "import-ledger",
        _("Import a household ledger, or say what importing it would do"),
        _add_arguments,
        _run,
        needs_database=lambda args: not args.dry_run,
        description=_(
            "Sends progress to stderr. Lines that need an answer are not written; "
            "answer them on the page of imports."
        ),
        order=40,
    )
]
