"""The command `gridwell read-notice`."""

from pathlib import Path

from gridwell.core.cli import Command, Namespace, Parser, Terminal, say
from gridwell.core.cli import noop as _


def _add_arguments(parser: Parser) -> None:
    parser.add_argument("file", type=Path, help=_("the notice: .txt, .docx or .pdf with text"))
    parser.add_argument("--json", action="store_true", help=_("one JSON object on stdout"))


def _run(args: Namespace, terminal: Terminal) -> int | None:
    from gridwell.orders.files import read_file
    from gridwell.orders.rules.notice import read_notice

    reading = read_notice(read_file(args.file)).to_json()
    if args.json:
        terminal.json(reading)
        return None
    terminal.result(" · ".join(str(part) for part in (
        reading["issuer"] or "—", reading["number"] or "—", reading["issued_on"] or "—"
    )))  # fmt: skip
    for group in reading["groups"]:
        terminal.result(
            say("%(act)s %(level)s, %(district)s: %(found)s read, %(declared)s declared")
            % {
                "act": group["act"],
                "level": group["to"] or "",
                "district": group["district"] or "—",
                "found": len(group["items"]),
                "declared": group["declared"] if group["declared"] is not None else "—",
            }
        )
        for item in group["items"]:
            terminal.result(f"  {item['text']}")
    for question in reading["questions"]:
        terminal.result(f"? {question['message']} {question['text']}")
    return None


COMMANDS = [
    Command(
        "read-notice",
        _("Read an official notice and say what it orders"),
        _add_arguments,
        _run,
        needs_database=False,
    )
]
