"""What a sub-command is, and where the packages' commands are found."""

import argparse
import pkgutil
import sys
from argparse import Namespace
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NoReturn

from gridwell.core.cli.language import noop as _
from gridwell.core.cli.language import say

if TYPE_CHECKING:
    from gridwell.core.cli.terminal import Terminal

__all__ = ["Command", "Namespace", "Parser", "Refused", "build_parser", "discover"]


class Refused(Exception):
    """A command cannot do what was asked; the message, in words, goes to stderr (exit 1)."""


class Parser(argparse.ArgumentParser):
    """argparse with help texts in the terminal's language."""

    def add_argument(self, *names: Any, **options: Any) -> argparse.Action:
        if isinstance(options.get("help"), str):
            options["help"] = say(options["help"])
        return super().add_argument(*names, **options)

    def error(self, message: str) -> NoReturn:
        self.print_usage()
        self.exit(2, f"{self.prog}: {message}\n")

    def print_usage(self, file: Any = None) -> None:
        super().print_usage(file or sys.stderr)


@dataclass(frozen=True)
class Command:
    """One sub-command. See the package's docstring for the shape of `commands.py`."""

    name: str
    help: str
    add_arguments: Callable[[Parser], None]
    run: Callable[[Namespace, "Terminal"], int | None]
    needs_database: bool | Callable[[Namespace], bool] = True
    #: Longer text shown by `gridwell NAME --help`.
    description: str = ""
    #: Whether the database must have every migration (not so for `migrate` and `init`).
    needs_migrated: bool = True
    #: Commands are listed by this, then by name.
    order: int = 50

    def wants_database(self, args: Namespace) -> bool:
        """Return whether this call needs the database."""
        wish = self.needs_database
        return wish(args) if callable(wish) else wish


def discover() -> dict[str, Command]:
    """Return the commands of all packages by name. Two of one name are a programming error."""
    import gridwell

    found: dict[str, Command] = {}
    for module in pkgutil.iter_modules(gridwell.__path__):
        name = f"gridwell.{module.name}.commands"
        if not module.ispkg or find_spec(name) is None:
            continue
        for command in import_module(name).COMMANDS:
            if command.name in found:
                raise RuntimeError(f"two commands are called {command.name!r}")
            found[command.name] = command
    return dict(sorted(found.items(), key=lambda item: (item[1].order, item[0])))


class _Version(argparse.Action):
    """Prints the version; the package's metadata are read only when asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from importlib.metadata import version

        print(version("gridwell"))
        parser.exit(0)


def build_parser(commands: Iterable[Command]) -> Parser:
    """Return the parser of `gridwell` with all sub-commands."""
    parser = Parser(
        prog="gridwell",
        description=say("The working desk of a residential community in an emergency."),
        epilog=say(
            "Settings come from the environment; GRIDWELL_HOME is the folder that holds the "
            "database, the key file and the uploads (default: ./var)."
        ),
    )
    parser.add_argument("--version", action=_Version, nargs=0, help=_("print the version"))
    subparsers = parser.add_subparsers(
        dest="command", metavar=say("COMMAND"), required=True, parser_class=Parser
    )
    for command in commands:
        words = say(command.help)
        sub = subparsers.add_parser(
            command.name,
            help=words,
            description="\n\n".join(filter(None, [words, say(command.description)])),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.add_arguments(sub)
        sub.set_defaults(_command=command)
    return parser
