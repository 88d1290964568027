"""`gridwell plan`: a community's day from the facts."""

from gridwell.core.cli import Command, Namespace, Parser, Refused, Terminal, say
from gridwell.core.cli import noop as _


def _add_arguments(parser: Parser) -> None:
    parser.add_argument("--community", type=int, required=True, help=_("12-digit community code"))
    parser.add_argument("--day", help=_("the local day, such as 2022-11-23 (today)"))
    parser.add_argument(
        "--as-known-then", action="store_true", help=_("with what was known at the end of that day")
    )
    parser.add_argument("--json", action="store_true", help=_("one JSON object on stdout"))


def _run(args: Namespace, terminal: Terminal) -> None:
    from datetime import date

    from gridwell.core import clock
    from gridwell.places.models import Area
    from gridwell.plan import actions
    from gridwell.plan.queries.days import derived
    from gridwell.plan.rules.codec import to_json

    try:
        day = date.fromisoformat(args.day) if args.day else clock.today()
    except ValueError as error:
        raise Refused(
            say("%(text)s is no day; write it like 2022-11-23.") % {"text": args.day}
        ) from error
    if not Area.objects.filter(pk=args.community, level="community").exists():
        raise Refused(say("There is no community %(code)s.") % {"code": args.community})
    if args.as_known_then:
        plan = derived(args.community, day, clock.end_of(day))
    else:
        plan = actions.recompute(community=args.community, day=day, now=clock.now()).plan
    if args.json:
        terminal.json({"day": day.isoformat(), **actions.counts(plan), "body": to_json(plan)})
        return
    for code, count in sorted(plan.counts.items()):
        terminal.result(f"{code}\t{count.people}\t{count.households}\t{count.buildings}")
    for zone in plan.zones:
        terminal.result(f"zone\t{zone.name}\t{zone.level}\t{zone.day_number}")
    for late in plan.late:
        terminal.result(f"late\t{late.code}\t{late.since_on}")


COMMANDS = [
    Command(
        "plan",
        _("Compute a community's day: who must do what, and why"),
        _add_arguments,
        _run,
        description=_(
            "Prints a line for each duty (people, households, buildings), each zone and each late "
            "thing; what is computed is stored, unless a past day is asked as known then."
        ),
        order=42,
    )
]
