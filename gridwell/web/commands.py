"""Commands about areas: `init`, from an empty folder to an installation; codes that change."""

from argparse import BooleanOptionalAction
from datetime import datetime
from pathlib import Path
from typing import Any

from gridwell.core.cli import Command, Namespace, Parser, Refused, Terminal, say, setup_django
from gridwell.core.cli import noop as _

SHIPPED_AREAS = Path(__file__).parent.parent / "places" / "files" / "taiyuan.csv"


def _arguments(parser: Parser) -> None:
    parser.add_argument("--administrator", help=_("sign-in name of the first administrator"))
    parser.add_argument("--name", help=_("name of the first administrator"))
    parser.add_argument(
        "--password-stdin",
        action="store_true",
        help=_("read the password from stdin; without it a one-time password is made and printed"),
    )
    parser.add_argument("--areas", type=Path, help=_("CSV file of areas: 12-digit code,name"))
    parser.add_argument("--community", type=int, help=_("12-digit code of the first community"))
    parser.add_argument("--community-name", help=_("name of the first community"))
    parser.add_argument(
        "--subdistrict-name", help=_("name of its subdistrict, where the file has none")
    )
    parser.add_argument(
        "--officer",
        action=BooleanOptionalAction,
        help=_("the administrator also works as officer of the first community"),
    )


def _given(terminal: Terminal, value: Any, question: str, default: str = "") -> str:
    """Return a flag's value, else what the person answers; an empty answer is the default.

    Where nobody is there to answer, a default is taken as it is.
    """
    if value is not None:
        return str(value)
    if default and not terminal.is_attended:
        return default
    shown = f"{say(question)} [{default}]" if default else say(question)
    answer = terminal.ask(shown) or default
    if not answer:
        raise Refused(say("An answer is needed: %(question)s") % {"question": say(question)})
    return answer


def _code(text: str) -> int:
    from gridwell.places.rules.levels import AreaLevel, level_of

    if not (text.isascii() and text.isdigit() and len(text) == 12 and text[0] != "0"):
        raise Refused(say("%(code)s is not a 12-digit area code.") % {"code": text})
    if level_of(int(text)) is not AreaLevel.COMMUNITY:
        raise Refused(say("%(code)s is not the code of a community.") % {"code": text})
    return int(text)


def _password(args: Namespace) -> str:
    import sys

    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    if not args.password_stdin:
        return ""
    password = sys.stdin.readline().rstrip("\n")
    try:
        validate_password(password)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    return password


def _area_rows(args: Namespace, terminal: Terminal, code: int) -> list[Any]:
    """Return the rows to load: those of the file, and the first community with what is above it."""
    from gridwell.places.actions.areas import AreaRow, read_areas
    from gridwell.places.rules.levels import parent_of

    path = Path(_given(terminal, args.areas, _("File of areas (CSV)"), str(SHIPPED_AREAS)))
    rows = {row.code: row for row in read_areas(path.read_text("utf-8"))}
    if code not in rows:
        name = _given(terminal, args.community_name, _("Name of the first community"))
        rows[code] = AreaRow(code, name)
    above = parent_of(code)
    if above is not None and above not in rows:
        name = _given(terminal, args.subdistrict_name, _("Name of its subdistrict"))
        rows[above] = AreaRow(above, name)
    return list(rows.values())


def _init(args: Namespace, terminal: Terminal) -> None:
    setup_django()
    from gridwell.core import clock, installation

    if installation.has_accounts():
        raise Refused(say("There is an installation here already; init runs once."))
    code = _code(_given(terminal, args.community, _("12-digit code of the first community")))
    rows = _area_rows(args, terminal, code)
    username = _given(terminal, args.administrator, _("Sign-in name of the first administrator"))
    name = _given(terminal, args.name, _("Name of the first administrator"))
    officer = args.officer
    if officer is None and terminal.is_attended:
        answer = _given(terminal, None, _("Does this person also work as its officer? y/n"), "n")
        officer = answer.lower() in {"y", "yes", "是"}
    password = _password(args)
    made = installation.lay_folder()
    with terminal.progress(say("Making the tables")):
        installation.migrate()
    once = _set_up(rows, code, username, name, password, bool(officer), clock.now())
    for path in made:
        terminal.note(say("Written: %(path)s (keep a copy in a safe place)") % {"path": path})
    terminal.result(say("Administrator: %(name)s") % {"name": username})
    if not password:
        terminal.result(say("One-time password: %(password)s") % {"password": once})
    terminal.note(say("Ready. `gridwell serve` starts it."))


def _set_up(
    rows: list[Any],
    code: int,
    username: str,
    name: str,
    password: str,
    officer: bool,
    now: datetime,
) -> str:
    """Load areas and make the account, all or nothing; return the password."""
    from django.db import transaction

    from gridwell.accounts.actions import create_post, create_user
    from gridwell.accounts.rules.actor import Actor, Role
    from gridwell.places.actions.areas import load_areas
    from gridwell.places.queries import access_community
    from gridwell.protocols.actions import load_shipped

    actor = Actor.system(0)
    with transaction.atomic():
        load_areas(actor=actor, rows=rows, now=now)
        load_shipped(actor=actor, now=now)  # local overlays, now that their areas are known
        user, once = create_user(
            actor=actor,
            username=username,
            name=name,
            area=None,
            is_administrator=True,
            password=password,
            now=now,
        )
        if officer:
            create_post(
                actor=actor,
                role=Role.COMMUNITY_OFFICER,
                area=access_community(actor, code),
                title=say("Community officer"),
                holder=user,
                now=now,
            )
    return once


def _recode_arguments(parser: Parser) -> None:
    parser.add_argument("old", type=int, help=_("12-digit code of now"))
    parser.add_argument("new", type=int, help=_("12-digit code it becomes"))


def _recode(args: Namespace, terminal: Terminal) -> None:
    from gridwell.accounts.rules.actor import Actor
    from gridwell.core import clock
    from gridwell.places.actions import recode

    with terminal.progress(_("Giving the area its new code")):
        count = recode(actor=Actor.system(0), old=args.old, new=args.new, now=clock.now())
    terminal.result(say("%(count)s areas have new codes.") % {"count": count})


def _areas_arguments(parser: Parser) -> None:
    parser.add_argument("file", type=Path, help=_("CSV file of areas: 12-digit code,name"))


def _load_areas(args: Namespace, terminal: Terminal) -> None:
    from gridwell.accounts.rules.actor import Actor
    from gridwell.core import clock
    from gridwell.places.actions import load_areas, read_areas
    from gridwell.protocols.actions import load_shipped

    rows = read_areas(args.file.read_text("utf-8"))
    count = load_areas(actor=Actor.system(0), rows=rows, now=clock.now())
    load_shipped(actor=Actor.system(0), now=clock.now())  # overlays of areas that are new
    terminal.result(say("%(count)s areas are known from this file.") % {"count": count})


COMMANDS = [
    Command(
        "recode",
        _("Give an area, and all inside it, another code"),
        _recode_arguments,
        _recode,
        description=_(
            "Codes change yearly. The old code stays findable and says what replaced it."
        ),
        order=71,
    ),
    Command(
        "load-areas",
        _("Add or rename areas from a file"),
        _areas_arguments,
        _load_areas,
        order=72,
    ),
    Command(
        "init",
        _("Make an installation: tables, keys, areas, the first administrator"),
        _arguments,
        _init,
        needs_database=False,
        description=_("What is not given by a flag is asked for. It runs once."),
        order=1,
    ),
]
