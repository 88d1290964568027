"""`gridwell demo`: the real thing with data in it, on loopback."""

from gridwell.core.cli import Command, Namespace, Parser, Refused, Terminal, say
from gridwell.core.cli import noop as _

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def _add_arguments(parser: Parser) -> None:
    parser.add_argument("--port", type=int, default=8000, help=_("port to listen on (8000)"))
    parser.add_argument("--host", default="127.0.0.1", help=_("loopback address to listen on"))
    parser.add_argument("--build-only", action="store_true", help=_("build the data, do not serve"))


def _run(args: Namespace, terminal: Terminal) -> int | None:
    import os

    if args.host not in _LOOPBACK:
        raise Refused(say("The demo is served on this machine only, never on a network address."))
    os.environ["GRIDWELL_DEMO"] = "1"
    from gridwell.core.cli import setup_django

    setup_django()
    from gridwell.core import installation, serving
    from gridwell.demo import building

    installation.lay_folder()
    installation.migrate()
    if not building.is_built():
        with terminal.progress(_("Building the demo city")) as step:
            building.build(step)
    if args.build_only:
        return None
    serving.refuse_unsafe(terminal, host=args.host, processes=1)
    serving.refuse_taken_port(args.host, args.port)
    host = f"[{args.host}]" if ":" in args.host else args.host
    terminal.note(say("Gridwell is at http://%(place)s/") % {"place": f"{host}:{args.port}"})
    serving.serve(host=args.host, port=args.port, threads=8, processes=1, worker=True)
    return None


COMMANDS = [
    Command(
        "demo",
        _("Serve a demo city on this machine: Taiyuan in November 2022, invented people"),
        _add_arguments,
        _run,
        needs_database=False,
        order=13,
    )
]
