"""Runs one command: sets up what it needs, turns errors into words and exit codes."""

import os
import sys
import traceback
from collections.abc import Sequence

from gridwell.core.cli.command import Command, Namespace, Refused, build_parser, discover
from gridwell.core.cli.language import language, say
from gridwell.core.cli.terminal import Terminal
from gridwell.core.errors import NotVisible, RuleBroken

DONE, REFUSED, USAGE, BROKEN, STOPPED = 0, 1, 2, 3, 130


def setup_django() -> None:
    """Set up Django once, in the terminal's language. Touches no database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridwell.settings")
    import django
    from django.apps import apps
    from django.utils import translation

    if not apps.ready:
        django.setup()
    translation.activate(language())


def _require_database(*, migrated: bool) -> None:
    """Refuse when there is no database yet, or one that a newer program has outgrown."""
    from django.conf import settings
    from django.db import OperationalError, connection
    from django.db.migrations.executor import MigrationExecutor

    name = str(settings.DATABASES["default"]["NAME"])
    if connection.vendor == "sqlite" and not name.startswith(("file:", ":memory:")):
        from pathlib import Path

        if not Path(name).exists():
            raise Refused(
                say("There is no database at %(path)s; run `gridwell init` first.") % {"path": name}
            )
    if not migrated:
        return
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except OperationalError as error:
        raise Refused(
            say("The database cannot be reached: %(reason)s") % {"reason": str(error).strip()}
        ) from error
    if missing:
        raise Refused(
            say("The database lacks %(count)s changes of this version; run `gridwell migrate`.")
            % {"count": len(missing)}
        )


def _run(command: Command, args: Namespace, terminal: Terminal) -> int:
    if command.wants_database(args):
        setup_django()
        _require_database(migrated=command.needs_migrated)
    return command.run(args, terminal) or DONE


def _words_of(error: Exception) -> str:
    """Return what to say about a refusal; wording of rules needs Django's catalogue."""
    if isinstance(error, RuleBroken):
        setup_django()
        from gridwell.core.wording import say as words

        return words(error)
    if isinstance(error, NotVisible):
        return str(error) or say("There is no such thing here.")
    if isinstance(error, FileNotFoundError) and error.filename:
        return say("There is no file %(path)s.") % {"path": error.filename}
    if isinstance(error, PermissionError) and error.filename:
        return say("The file %(path)s may not be read or written.") % {"path": error.filename}
    return str(error)


def _is_refusal(error: Exception) -> bool:
    return isinstance(error, (Refused, RuleBroken, NotVisible, FileNotFoundError, PermissionError))


def main(argv: Sequence[str] | None = None) -> int:
    """Run `gridwell` and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A C locale must not turn a Chinese name into an error.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    terminal = Terminal()
    try:
        args = build_parser(discover().values()).parse_args(argv)
        return _run(args._command, args, terminal)
    except SystemExit as leave:
        return leave.code if isinstance(leave.code, int) else USAGE
    except KeyboardInterrupt:
        terminal.note(say("Stopped."))
        return STOPPED
    except BrokenPipeError:
        # The reader of stdout went away (`| head`); there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        if not _is_refusal(error):
            traceback.print_exc(file=sys.stderr)
            return BROKEN
        terminal.note(f"gridwell: {_words_of(error)}")
        return REFUSED
