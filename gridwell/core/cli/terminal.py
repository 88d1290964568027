"""What a command says: results on stdout, everything else on stderr."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from gridwell.core.cli.language import say

Step = Callable[..., None]


def _plain(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


class Terminal:
    """The two streams of a command. Progress is drawn on a terminal only, and on stderr only."""

    def result(self, text: str) -> None:
        """Write a line of the result to stdout."""
        print(text, file=sys.stdout)

    def json(self, value: Any) -> None:
        """Write the one JSON object of a `--json` call to stdout."""
        json.dump(value, sys.stdout, ensure_ascii=False, indent=1, default=_plain)
        sys.stdout.write("\n")

    def note(self, text: str) -> None:
        """Write a line for the person in front of the terminal to stderr."""
        print(text, file=sys.stderr, flush=True)

    @property
    def is_attended(self) -> bool:
        """Whether somebody sits in front of the terminal."""
        return sys.stdin.isatty()

    def ask(self, question: str, *, secret: bool = False) -> str:
        """Ask a person; raises Refused when nobody is there to answer."""
        from gridwell.core.cli.command import Refused

        if not self.is_attended:
            raise Refused(say("Nobody is there to answer: %(question)s") % {"question": question})
        if secret:
            import getpass

            return getpass.getpass(f"{question}: ", stream=sys.stderr)
        sys.stderr.write(f"{question}: ")
        sys.stderr.flush()
        return sys.stdin.readline().strip()

    @contextmanager
    def progress(self, label: str, total: int | None = None) -> Iterator[Step]:
        """Draw a bar on stderr while the body runs; the body calls `step(done, total=, label=)`.

        Without a terminal it says the label once, so that logs stay readable.
        """
        label = say(label)
        if not sys.stderr.isatty():
            self.note(f"{label} …")
            yield lambda *_, **__: None
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
        from rich.progress import TimeElapsedColumn as Elapsed

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Elapsed())
        with Progress(*columns, console=Console(stderr=True)) as bar:
            task = bar.add_task(label, total=total)

            def step(done: int, total: int | None = None, label: str | None = None) -> None:
                bar.update(task, completed=done, total=total, description=label)

            yield step
