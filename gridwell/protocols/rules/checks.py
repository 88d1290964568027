"""A reader of parsed TOML that notes every mistake with its line instead of stopping at one."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gridwell.protocols.rules.lines import Path, line_of

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,29}")
MAX_TEXT = 2000


@dataclass(frozen=True, slots=True)
class FileError:
    """One mistake in a protocol file: where, which key, why.

    Codes: syntax, too_long, too_deep, missing_key, unknown_key, wrong_type, not_one_of, out_of_range,
    bad_word, empty_text, unknown_clause, unknown_document, unknown_level, duplicate_id,
    not_a_lower_level, until_before_from, not_an_area, overlay_needs_area_and_over,
    more_days_than_negatives, stages_of_no_class, not_rising. `facts` are the values for wording.
    """

    line: int
    path: Path
    code: str
    facts: tuple[tuple[str, str | int], ...]

    @property
    def key(self) -> str:
        """Return the path as it is written: clause[2].id."""
        text = ""
        for part in self.path:
            text += f"[{part}]" if isinstance(part, int) else f".{part}"
        return text.removeprefix(".")


class Reader:
    """One table of the file. Values that are wrong are noted and replaced by a harmless one."""

    def __init__(
        self,
        data: Mapping[str, Any],
        lines: Mapping[Path, int],
        path: Path = (),
        parent: "Reader | None" = None,
    ) -> None:
        self._data = data
        self._lines = lines
        self._path = path
        self._root: Reader = parent._root if parent is not None else self
        self.errors: list[FileError] = []
        self.clauses: frozenset[str] = frozenset()

    # Noting mistakes

    def error_at(self, path: Path, code: str, /, **facts: str | int) -> None:
        """Note a mistake at a path counted from the top of the file."""
        found = FileError(line_of(path, self._lines), path, code, tuple(sorted(facts.items())))
        self._root.errors.append(found)

    def error(self, key: str, code: str, /, **facts: str | int) -> None:
        """Note a mistake at a key of this table."""
        self.error_at((*self._path, key), code, **facts)

    def only(self, keys: Sequence[str]) -> None:
        """Note every key of the table that is not known: a slip of the pen must not go unseen."""
        for key in self._data:
            if key not in keys:
                self.error(key, "unknown_key", key=key)

    def top(self, keys: Sequence[str]) -> "Reader":
        """Return itself, the top of the file, with unknown keys noted."""
        self.only(keys)
        return self

    # Reading

    def has(self, key: str) -> bool:
        """Return whether the key is there."""
        return key in self._data

    def _get(self, key: str, kind: type | tuple[type, ...], name: str, *, optional: bool) -> Any:
        value = self._data.get(key)
        if value is None:
            if not optional:
                self.error(key, "missing_key", key=key)
            return None
        if isinstance(value, bool) and kind is not bool:
            value, is_right = None, False
        else:
            is_right = isinstance(value, kind)
        if not is_right:
            self.error(key, "wrong_type", key=key, wanted=name)
            return None
        return value

    def text(self, key: str, *, is_optional: bool = False) -> str:
        """Return a text that is not empty (unless optional) and not endless."""
        value = self._get(key, str, "text", optional=is_optional)
        if value is None:
            return ""
        if not value.strip() and not is_optional:
            self.error(key, "empty_text", key=key)
        if len(value) > MAX_TEXT:
            self.error(key, "out_of_range", key=key, low=1, high=MAX_TEXT)
        return str(value).strip()

    def word(self, key: str) -> str:
        """Return an id: letters, digits, - _ . and at most 30 of them."""
        value = self._get(key, str, "text", optional=False)
        if value is None:
            return ""
        if not _WORD.fullmatch(value):
            self.error(key, "bad_word", key=key)
        return str(value)

    def texts(self, key: str, *, default: tuple[str, ...]) -> tuple[str, ...]:
        """Return a list of texts."""
        value = self._get(key, list, "list", optional=True)
        if value is None:
            return default
        if not all(isinstance(v, str) for v in value):
            self.error(key, "wrong_type", key=key, wanted="list of texts")
            return default
        return tuple(value)

    def integer(self, key: str, *, low: int, high: int, default: int | None = None) -> int:
        """Return a whole number within [low, high]."""
        value = self._get(key, int, "whole number", optional=default is not None)
        if value is None:
            return low if default is None else default
        if not low <= value <= high:
            self.error(key, "out_of_range", key=key, low=low, high=high)
            return low
        return int(value)

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self._get(key, bool, "true or false", optional=True)
        return default if value is None else bool(value)

    def day(self, key: str, *, is_optional: bool = False) -> date | None:
        """Return a date without time."""
        value = self._get(key, date, "date", optional=is_optional)
        if isinstance(value, datetime):
            self.error(key, "wrong_type", key=key, wanted="date")
            return None
        return value if isinstance(value, date) else None

    def one_of(self, key: str, choices: Sequence[str]) -> str:
        """Return one of the known words."""
        value = self._get(key, str, "text", optional=False)
        if value is None:
            return str(choices[0])
        if value not in choices:
            self.error(key, "not_one_of", key=key, value=value, known=", ".join(choices))
            return str(choices[0])
        return str(value)

    def some_of(self, key: str, choices: Sequence[str]) -> tuple[str, ...]:
        """Return a list of known words."""
        value = self._get(key, list, "list", optional=False)
        for item in value or ():
            if item not in choices:
                self.error(key, "not_one_of", key=key, value=str(item), known=", ".join(choices))
        return tuple(str(item) for item in value or () if item in choices)

    def days_list(self, key: str, *, most: int, is_optional: bool = False) -> tuple[int, ...]:
        """Return rising day numbers within [1, most]."""
        value = self._get(key, list, "list", optional=is_optional)
        days: list[int] = []
        for item in value or ():
            if isinstance(item, bool) or not isinstance(item, int):
                self.error(key, "wrong_type", key=key, wanted="list of whole numbers")
                return ()
            if not 1 <= item <= most:
                self.error(key, "out_of_range", key=key, low=1, high=most)
                return ()
            days.append(item)
        if days != sorted(set(days)):
            self.error(key, "not_rising", key=key)
        return tuple(days)

    def clause(self, key: str) -> str:
        """Return the id of a clause of this file; every number must be able to name its clause."""
        value = self._get(key, str, "text", optional=False)
        if value is None:
            return ""
        if value not in self._root.clauses:
            self.error(key, "unknown_clause", id=value)
        return str(value)

    # Going down

    def table(self, key: str, keys: Sequence[str]) -> "Reader":
        """Return the table under `key`, empty when it is missing (and noted)."""
        value = self._get(key, dict, "table", optional=False)
        reader = Reader(value or {}, self._lines, (*self._path, key), self)
        if value is None:
            return _Silent(reader)
        reader.only(keys)
        return reader

    def tables(self, key: str, allowed: Sequence[str] | None = None) -> Iterator[tuple[str, Any]]:
        """Yield name and table of each table under `key`; none when the key is missing."""
        value = self._get(key, dict, "table", optional=True)
        for name, part in (value or {}).items():
            path = (*self._path, key, name)
            if allowed is not None and name not in allowed:
                known = ", ".join(allowed)
                self.error_at(path, "not_one_of", key=key, value=name, known=known)
            elif not isinstance(part, dict):
                self.error_at(path, "wrong_type", key=name, wanted="table")
            else:
                yield name, Reader(part, self._lines, path, self)

    def rows(
        self, key: str, keys: Sequence[str], *, is_optional: bool = True
    ) -> Iterator["Reader"]:
        """Yield each table of the list of tables under `key`."""
        value = self._get(key, list, "list of tables", optional=is_optional)
        for number, part in enumerate(value or ()):
            path = (*self._path, key, number)
            if not isinstance(part, dict):
                self.error_at(path, "wrong_type", key=key, wanted="list of tables")
                continue
            reader = Reader(part, self._lines, path, self)
            reader.only(keys)
            yield reader


class _Silent(Reader):
    """A table that is missing as a whole: one error is enough, its keys are not missed again."""

    def __init__(self, reader: Reader) -> None:
        super().__init__({}, reader._lines, reader._path, reader)

    def error_at(self, path: Path, code: str, /, **facts: str | int) -> None:
        """Say nothing."""
