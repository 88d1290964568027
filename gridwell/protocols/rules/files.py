"""Reading protocol files (方案文件): TOML text to `ProtocolFile`, or errors with line and reason."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gridwell.core.errors import RuleBroken
from gridwell.protocols.rules.checks import FileError, Reader
from gridwell.protocols.rules.lines import index_lines
from gridwell.protocols.rules.model import (
    AreaRounds,
    ClassRule,
    Clause,
    Counting,
    Document,
    ExitRule,
    Frequency,
    Level,
    LiftRule,
    Measure,
    RoundRule,
    Stage,
    StayKind,
    Unit,
    Wider,
)
from gridwell.residents.rules.traits import KNOWN_WORDS

MAX_CHARACTERS = 500_000
MAX_DAYS = 60


@dataclass(frozen=True)
class ProtocolFile:
    """One version of a protocol as its file says it (方案版本): national, or a local overlay.

    `in_force_until` is the first day on which it no longer holds. `area` 0 means national; else
    the 12-digit code below which an overlay holds, over the national versions named in `over`.
    `levels` holds parts, not rules: an overlay says only what it changes. A level that a national
    file does not name does not exist under it.
    """

    family: str
    version: str
    zh: str
    en: str
    area: int
    over: tuple[str, ...]
    in_force_from: date
    in_force_until: date | None
    documents: Mapping[str, Document]
    clauses: Mapping[str, Clause]
    levels: Mapping[str, Mapping[str, Any]]
    classes: Mapping[str, ClassRule]
    scalars: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_overlay(self) -> bool:
        """Return whether this is a local overlay."""
        return self.area != 0

    def holds_on(self, day: date) -> bool:
        """Return whether the version is in force on `day`."""
        return self.in_force_from <= day and (
            self.in_force_until is None or day < self.in_force_until
        )


class ProtocolRefused(RuleBroken):
    """A protocol file with mistakes: refused whole, with every mistake's line and reason."""

    def __init__(self, errors: tuple[FileError, ...]) -> None:
        super().__init__("protocols.file_refused", errors=errors, count=len(errors))
        self.errors = errors


def parse(text: str) -> ProtocolFile:
    """Return the protocol that a TOML text says; raises ProtocolRefused with all its mistakes."""
    file, errors = check(text)
    if file is None:
        raise ProtocolRefused(errors)
    return file


def check(text: str) -> tuple[ProtocolFile | None, tuple[FileError, ...]]:
    """Return the file, or None with the mistakes in the order of their lines."""
    if len(text) > MAX_CHARACTERS:
        return None, (FileError(1, (), "too_long", (("most", MAX_CHARACTERS),)),)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return None, (_syntax_error(text, str(error)),)
    except RecursionError:
        return None, (FileError(1, (), "too_deep", ()),)
    reader = Reader(data, index_lines(text))
    file = _read(reader)
    if reader.errors:
        return None, tuple(sorted(reader.errors, key=lambda e: (e.line, str(e.path), e.code)))
    return file, ()


def _syntax_error(text: str, message: str) -> FileError:
    match = re.search(r"\(at line (\d+), column (\d+)\)", message)
    line = int(match[1]) if match else max(text.count("\n") + 1, 1)
    reason = re.sub(r"\s*\(at .*\)$", "", message)
    return FileError(line, (), "syntax", (("reason", reason),))


_TOP_KEYS = [
    "family",
    "version",
    "area",
    "over",
    "title",
    "in_force_from",
    "in_force_until",
    "document",
    "clause",
    "counting",
    "levels",
    "classes",
    "hold",
    "result",
    "standstill",
    "area_rounds",
    "key_people",
    "care",
]


def _read(reader: Reader) -> ProtocolFile:
    top = reader.top(_TOP_KEYS)
    title = top.table("title", ["zh", "en"])
    area = top.integer("area", low=0, high=999_999_999_999, default=0)
    over = top.texts("over", default=())
    if area and len(str(area)) != 12:
        top.error("area", "not_an_area")
    if bool(area) != bool(over):
        top.error("area" if over else "over", "overlay_needs_area_and_over")
    since = top.day("in_force_from")
    until = top.day("in_force_until", is_optional=True)
    if since is not None and until is not None and until <= since:
        top.error("in_force_until", "until_before_from")
    documents = _documents(top)
    clauses = _clauses(top, documents)
    top.clauses = frozenset(clauses)
    return ProtocolFile(
        family=top.word("family"),
        version=top.word("version"),
        zh=title.text("zh"),
        en=title.text("en"),
        area=area,
        over=over,
        in_force_from=since or date.min,
        in_force_until=until,
        documents=documents,
        clauses=clauses,
        levels=_levels(top, is_overlay=bool(area)),
        classes=_classes(top),
        scalars=_scalars(top),
    )


def _documents(top: Reader) -> dict[str, Document]:
    found: dict[str, Document] = {}
    for row in top.rows("document", ["id", "zh", "en", "number"]):
        key = row.word("id")
        if key in found:
            row.error("id", "duplicate_id", id=key)
        found[key] = Document(
            key, row.text("zh"), row.text("en"), row.text("number", is_optional=True)
        )
    return found


def _clauses(top: Reader, documents: Mapping[str, Document]) -> dict[str, Clause]:
    found: dict[str, Clause] = {}
    for row in top.rows("clause", ["id", "document", "place", "zh", "en"]):
        key = row.word("id")
        if key in found:
            row.error("id", "duplicate_id", id=key)
        document = row.word("document")
        if document and document not in documents:
            row.error("document", "unknown_document", id=document)
        place = row.text("place", is_optional=True)
        found[key] = Clause(key, document, place, row.text("zh"), row.text("en"))
    return found


_LEVEL_KEYS = [
    "unit",
    "wider",
    "unit_clause",
    "measures",
    "measures_clause",
    "lift",
    "after_step",
    "rounds",
    "exit",
]


def _levels(top: Reader, *, is_overlay: bool) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for name, row in top.tables("levels", allowed=tuple(Level)):
        row.only(_LEVEL_KEYS)
        level = Level(name)
        parts: dict[str, Any] = {}
        if row.has("unit") or (not is_overlay and level is not Level.LOW):
            parts["unit"] = Unit(row.one_of("unit", tuple(Unit)))
            parts["wider"] = Wider(row.one_of("wider", tuple(Wider)))
            parts["unit_clause"] = row.clause("unit_clause")
        if row.has("measures") or not is_overlay:
            parts["measures"] = row.some_of("measures", tuple(Measure))
            parts["measures_clause"] = row.clause("measures_clause")
        for key in ("lift", "after_step"):
            if row.has(key):
                parts[key] = _lift(row, key, level)
        if row.has("rounds"):
            part = row.table("rounds", ["days", "then", "clause"])
            days = part.days_list("days", most=MAX_DAYS)
            then = part.one_of("then", ("by_result", "none"))
            parts["rounds"] = RoundRule(days, then, part.clause("clause"))
        if row.has("exit"):
            parts["exit"] = _exit(row)
        if not is_overlay and level is not Level.LOW and "lift" not in parts:
            row.error("lift", "missing_key", key="lift")
        found[name] = parts
    _check_steps(top, found, is_overlay=is_overlay)
    return found


def _lift(row: Reader, key: str, level: Level) -> LiftRule:
    part = row.table(key, ["to", "clean_days", "clause", "closing_day", "closing_clause"])
    to = Level(part.one_of("to", (Level.MID, Level.LOW)))
    order = (Level.LOW, Level.MID, Level.HIGH)
    if order.index(to) >= order.index(level):
        part.error("to", "not_a_lower_level", to=to.value, level=level.value)
    clean = part.integer("clean_days", low=1, high=MAX_DAYS)
    closing: int | None = None
    closing_clause = ""
    if part.has("closing_day"):
        closing = part.integer("closing_day", low=1, high=MAX_DAYS)
        closing_clause = part.clause("closing_clause")
    return LiftRule(to, clean, part.clause("clause"), closing, closing_clause)


def _exit(row: Reader) -> ExitRule:
    part = row.table("exit", ["negatives", "within_hours", "on_days", "clause"])
    negatives = part.integer("negatives", low=1, high=10)
    hours = part.integer("within_hours", low=1, high=24 * 30)
    on_days = part.integer("on_days", low=1, high=10, default=1)
    if on_days > negatives:
        part.error("on_days", "more_days_than_negatives", days=on_days, negatives=negatives)
    return ExitRule(negatives, hours, part.clause("clause"), on_days)


def _check_steps(top: Reader, levels: Mapping[str, Mapping[str, Any]], *, is_overlay: bool) -> None:
    if is_overlay:
        return
    for name, parts in levels.items():
        for key in ("lift", "after_step"):
            rule = parts.get(key)
            if rule is not None and rule.to.value not in levels:
                top.error_at(("levels", name, key, "to"), "unknown_level", level=rule.to.value)


def _classes(top: Reader) -> dict[str, ClassRule]:
    found: dict[str, ClassRule] = {}
    for name, row in top.tables("classes"):
        row.only(["clause", "determined", "stage"])
        determined = row.flag("determined", default=True)
        stages = tuple(_stage(part) for part in row.rows("stage", _STAGE_KEYS, is_optional=True))
        if determined and not stages:
            row.error("stage", "missing_key", key="stage")
        if not determined and stages:
            row.error("stage", "stages_of_no_class", name=name)
        found[name] = ClassRule(name, stages, row.clause("clause"), determined)
    return found


_STAGE_KEYS = ["kind", "days", "sample_days", "clause", "or_home"]


def _stage(part: Reader) -> Stage:
    days = part.integer("days", low=1, high=MAX_DAYS)
    samples = part.days_list("sample_days", most=days, is_optional=True)
    return Stage(
        kind=StayKind(part.one_of("kind", tuple(StayKind))),
        days=days,
        sample_days=samples,
        clause=part.clause("clause"),
        or_home=part.flag("or_home", default=False),
    )


_EVERY_KEYS = ["who", "times", "days", "clause"]


def _frequency(part: Reader) -> Frequency:
    days = part.integer("days", low=1, high=30)
    return Frequency(
        who=part.some_of("who", sorted(KNOWN_WORDS)),
        times=part.integer("times", low=1, high=days, default=1),
        days=days,
        clause=part.clause("clause"),
    )


def _scalars(top: Reader) -> dict[str, Any]:
    """Return the parts of a `Protocol` that stand alone, by the name of its field."""
    found: dict[str, Any] = {}
    if top.has("counting"):
        part = top.table("counting", ["isolation"])
        found["counting"] = Counting(part.one_of("isolation", ("next_day", "same_day")))
    for key in ("hold", "result"):
        if top.has(key):
            part = top.table(key, ["hours", "clause"])
            found[f"{key}_hours"] = part.integer("hours", low=1, high=24 * 30)
            found[f"{key}_clause"] = part.clause("clause")
    if top.has("standstill"):
        part = top.table("standstill", ["allowed", "clause"])
        found["standstill"] = part.one_of("allowed", ("by_order", "never"))
        found["standstill_clause"] = part.clause("clause")
    if top.has("area_rounds"):
        part = top.table("area_rounds", ["clean", "pause_days", "clause"])
        clean = part.integer("clean", low=1, high=30)
        pause = part.integer("pause_days", low=0, high=30)
        found["area_rounds"] = AreaRounds(clean, pause, part.clause("clause"))
    if top.has("key_people"):
        part = top.table("key_people", ["traits", "clause", "every"])
        found["key_people"] = part.some_of("traits", sorted(KNOWN_WORDS))
        found["key_people_clause"] = part.clause("clause")
        found["key_people_every"] = tuple(map(_frequency, part.rows("every", _EVERY_KEYS)))
    if top.has("care"):
        found["hospital_clause"] = top.table("care", ["clause"]).clause("clause")
    return found
