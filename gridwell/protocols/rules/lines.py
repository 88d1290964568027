"""On which line of a TOML file each key stands, so that an error can point at it.

`tomllib` reads values but forgets lines. This index is only for messages: it assumes a text that
`tomllib` has accepted.
"""

import re
from collections.abc import Mapping

Path = tuple[str | int, ...]

_KEY = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*""")
_INLINE_KEY = re.compile(r"""[{,]\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*=""")


def index_lines(text: str) -> Mapping[Path, int]:
    """Return path -> line number (from 1) of every table and key of an accepted TOML text."""
    found: dict[Path, int] = {(): 1}
    arrays: dict[Path, int] = {}
    table: Path = ()
    pending = _Pending()
    for number, line in enumerate(text.splitlines(), start=1):
        if pending.is_open:
            pending.feed(line)
            continue
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        if stripped.startswith("[["):
            base = _inside(_keys(stripped[2:])[0], arrays)
            arrays[base] = arrays.get(base, -1) + 1
            table = (*base, arrays[base])
            found.setdefault(base, number)
            found[table] = number
        elif stripped.startswith("["):
            table = _inside(_keys(stripped[1:])[0], arrays)
            found[table] = number
        else:
            keys, rest = _keys(stripped)
            path = (*table, *keys)
            found[path] = number
            value = rest.partition("=")[2]
            for match in _INLINE_KEY.finditer(value):
                found.setdefault((*path, next(g for g in match.groups() if g is not None)), number)
            pending.feed(value)
    return found


def line_of(path: Path, lines: Mapping[Path, int]) -> int:
    """Return the line of `path`, or of the nearest thing around it (a missing key has no line)."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _keys(text: str) -> tuple[Path, str]:
    """Return the dotted key at the head of `text` and what follows it."""
    keys: list[str] = []
    position = 0
    while match := _KEY.match(text, position):
        keys.append(next(g for g in match.groups() if g is not None))
        position = match.end()
        if position >= len(text) or text[position] != ".":
            break
        position += 1
    return tuple(keys), text[position:]


def _inside(keys: Path, arrays: Mapping[Path, int]) -> Path:
    """Return the path of a table header: a part that is an array means its latest element."""
    path: Path = ()
    for position, key in enumerate(keys):
        path = (*path, key)
        if path in arrays and position < len(keys) - 1:
            path = (*path, arrays[path])
    return path


class _Pending:
    """Whether a value goes on over the next lines: an open bracket or a triple-quoted string."""

    def __init__(self) -> None:
        self._depth = 0
        self._quote = ""

    @property
    def is_open(self) -> bool:
        return self._depth > 0 or bool(self._quote)

    def feed(self, text: str) -> None:
        position = 0
        while position < len(text):
            advance = self._close if self._quote else self._step
            position = advance(text, position)
        if len(self._quote) == 1:
            self._quote = ""  # a single-line string ends with its line

    def _close(self, text: str, position: int) -> int:
        if self._quote[0] == '"' and text[position] == "\\":
            return position + 2
        if text.startswith(self._quote, position):
            position += len(self._quote)
            self._quote = ""
            return position
        return position + 1

    def _step(self, text: str, position: int) -> int:
        char = text[position]
        if char == "#":
            return len(text)
        if char in "\"'":
            triple = char * 3
            self._quote = triple if text.startswith(triple, position) else char
            return position + len(self._quote)
        if char in "[{":
            self._depth += 1
        elif char in "]}":
            self._depth -= 1
        return position + 1
