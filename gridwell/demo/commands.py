"""`gridwell demo`: the real thing with data in it, on loopback."""

import sys

from gridwell.core.cli import Command, Namespace, Parser, Refused, Terminal, say
from gridwell.core.cli import noop as _

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def _add_arguments(parser: Parser) -> None:
    parser.add_argument("--port", type=int, default=8000, help=_("port to listen on (8000)"))
    parser.add_argument("--host", default="127.0.0.1", help=_("loopback address to listen on"))
    parser.add_argument(
        "--reset", action="store_true", help=_("throw the data away and start over")
    )
    parser.add_argument("--build-only", action="store_true", help=_("build the data, do not serve"))


def _run(args: Namespace, terminal: Terminal) -> int | None:
    import os

    if args.host not in _LOOPBACK:
        raise Refused(say("The demo is served on this machine only, never on a network address."))
    os.environ["GRIDWELL_DEMO"] = "1"
    from gridwell.core.cli import setup_django

    setup_django()
    from gridwell.core import installation, serving
    from gridwell.demo import building, days

    if args.reset:
        _throw_away(terminal)
    installation.lay_folder()
    building.stand_still()  # what the tables' upkeep writes is dated by the demo's clock, too
    installation.migrate()
    if building.is_built():
        days.resume()
    else:
        with terminal.progress(_("Building the demo city")) as step:
            building.build(step)
    _tell_accounts(terminal)
    if args.build_only:
        return None
    processes = serving.usual_processes()
    serving.refuse_unsafe(terminal, host=args.host, processes=processes)
    serving.refuse_taken_port(args.host, args.port)
    host = f"[{args.host}]" if ":" in args.host else args.host
    terminal.result(say("Gridwell is at http://%(place)s/") % {"place": f"{host}:{args.port}"})
    sys.stdout.flush()
    serving.serve(
        host=args.host,
        port=args.port,
        threads=serving.THREADS,
        processes=processes,
        worker=True,
    )
    return None


def _throw_away(terminal: Terminal) -> None:
    """Remove the demo's folder; refused where the data are not the demo's."""
    import shutil

    from django.conf import settings
    from django.db import connection

    if connection.vendor != "sqlite":
        raise Refused(say("Only a demo on SQLite can be thrown away; drop the database yourself."))
    if not settings.HOME.exists():
        return
    if not (settings.HOME / "demo-clock").exists():
        raise Refused(
            say("%(path)s does not hold a demo; nothing was thrown away.") % {"path": settings.HOME}
        )
    connection.close()
    shutil.rmtree(settings.HOME)


def _tell_accounts(terminal: Terminal) -> None:
    """Write an account of each role, in both languages: whoever tries it may read only one."""
    from django.utils import translation

    from gridwell.demo.accounts import BEGIN_AS, shown_accounts
    from gridwell.demo.labels import role_words

    terminal.result(
        "\n账号（密码都是 gridwell-demo） · Accounts (the password of all is gridwell-demo)"
    )
    for account in shown_accounts():
        words = []
        for language in ("zh-hans", "en"):
            with translation.override(language):
                words.append(role_words(account.role))
        terminal.result(f"  {account.username:<16}{' '.join(words)}  {account.place}".rstrip())
    terminal.result(
        f"\n先用 {BEGIN_AS} 登录，左下角的“上手指引”带您走一遍。\n"
        f"Sign in as {BEGIN_AS} first; the first steps at the lower left lead you through it.\n"
    )
    sys.stdout.flush()


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
