"""Commands of the installation itself: tables, server, worker, backup, keys."""

from importlib.metadata import version
from pathlib import Path

from gridwell.core.cli import Command, Namespace, Parser, Refused, Terminal, say
from gridwell.core.cli import noop as _


def _no_arguments(parser: Parser) -> None:
    """The command takes none."""


def _migrate(args: Namespace, terminal: Terminal) -> None:
    from gridwell.core import installation

    with terminal.progress(say("Bringing the tables up to date")):
        changes = installation.migrate()
    terminal.note(say("%(count)s changes made; the tables are up to date.") % {"count": changes})


def _serve_arguments(parser: Parser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help=_("address to listen on (127.0.0.1)"))
    parser.add_argument("--port", type=int, default=8000, help=_("port to listen on (8000)"))
    parser.add_argument("--threads", type=int, default=8, help=_("requests at the same time (8)"))
    parser.add_argument(
        "--processes", type=int, help=_("server processes (one a processor, at most 4)")
    )
    parser.add_argument(
        "--no-worker", action="store_true", help=_("a `gridwell worker` runs elsewhere")
    )


def _serve(args: Namespace, terminal: Terminal) -> None:
    from gridwell.core import serving

    processes = serving.usual_processes() if args.processes is None else args.processes
    if processes < 1 or args.threads < 1:
        raise Refused(say("A server needs at least one process and one thread."))
    serving.refuse_unsafe(terminal, host=args.host, processes=processes)
    serving.refuse_taken_port(args.host, args.port)
    host = f"[{args.host}]" if ":" in args.host else args.host
    terminal.note(say("Gridwell is at http://%(place)s/") % {"place": f"{host}:{args.port}"})
    serving.serve(
        host=args.host,
        port=args.port,
        threads=args.threads,
        processes=processes,
        worker=not args.no_worker,
    )


def _worker_arguments(parser: Parser) -> None:
    parser.add_argument("--parent", type=int, help=_("end when this process is gone"))
    parser.add_argument("--once", action="store_true", help=_("do what is due now, then end"))
    parser.add_argument("--quiet", action="store_true", help=_("say nothing at the start"))


def _worker(args: Namespace, terminal: Terminal) -> None:
    import signal

    from gridwell.core.worker import Worker

    worker = Worker(parent=args.parent)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    if args.once:
        done = 0
        while worker.work_once():
            done += 1
        terminal.result(say("%(count)s jobs were done.") % {"count": done})
        return
    if not args.quiet:
        terminal.note(say("Working; Ctrl-C ends after the job in hand."))
    worker.run()


def _restore_arguments(parser: Parser) -> None:
    parser.add_argument("file", type=Path, help=_("a file that `gridwell backup` wrote"))
    parser.add_argument(
        "--force", action="store_true", help=_("set aside what is here and put the backup in place")
    )


def _restore(args: Namespace, terminal: Terminal) -> None:
    from gridwell.core.cli import setup_django

    setup_django()
    from django.conf import settings

    from gridwell.core import backup, clock, installation

    with terminal.progress(say("Checking and restoring the backup")):
        manifest = backup.restore(args.file, force=args.force, now=clock.now())
    terminal.result(
        say("Restored: the state of %(at)s, %(count)s files. What was here before is set aside.")
        % {"at": manifest["made_at"], "count": len(manifest["files"])}
    )
    for path in installation.lay_secret():
        terminal.note(
            say("Written: %(path)s, which is in no backup. Everybody signs in anew.")
            % {"path": path}
        )
    if not Path(settings.GRIDWELL_KEY_FILE).exists():
        terminal.note(
            say("The keys are not in a backup. Put the key file (%(name)s) back at %(path)s.")
            % {"name": manifest["keys"], "path": settings.GRIDWELL_KEY_FILE}
        )
    if manifest["version"] != version("gridwell"):
        terminal.note(say("It was made by another version; run `gridwell migrate` now."))


def _recompute_arguments(parser: Parser) -> None:
    parser.add_argument("what", nargs="?", help=_("what to compute anew; without it, the list"))
    parser.add_argument("--community", type=int, help=_("only this 12-digit community code"))


def _recompute(args: Namespace, terminal: Terminal) -> None:
    from gridwell.core.recompute import recomputables

    known = recomputables()
    if args.what is None:
        for item in known.values():
            terminal.result(f"{item.name}\t{say(item.help)}")
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
        "serve",
        _("Serve the pages, with a worker beside the server"),
        _serve_arguments,
        _serve,
        order=10,
    ),
    Command(
        "worker",
        _("Do background work: big imports, the nightly turn of the day"),
        _worker_arguments,
        _worker,
        order=11,
    ),
    Command(
        "restore",
        _("Put a backup in place of the data"),
        _restore_arguments,
        _restore,
        needs_database=False,
        description=_(
            "Everything is verified before anything is touched. Stop the server and the worker first."
        ),
        order=31,
    ),
    Command(
        "recompute",
        _("Compute stored values anew from the facts"),
        _recompute_arguments,
        _recompute,
        order=70,
    ),
]
