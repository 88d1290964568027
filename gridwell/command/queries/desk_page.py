"""What the notice desk shows (通告台): marked text, rows beside it, counts, questions."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gridwell.command.queries.effects import Effect, WorkEffect
from gridwell.orders.models import Notice, NoticeAnswer, NoticeItem
from gridwell.orders.queries.desk import DeskItem, DeskPlace
from gridwell.orders.rules.changes import Ask, Difference, Question, differences
from gridwell.orders.rules.desk import MatchState
from gridwell.places.models import Place
from gridwell.places.rules.naming import match_key


@dataclass(frozen=True)
class Stretch:
    """A stretch of the text: plain, or a mark with the row it belongs to."""

    text: str
    kind: str = ""  # "" item question unread
    pair: str = ""
    title: str = ""


@dataclass(frozen=True)
class PlaceRow:
    """One place of an item as a row shows it."""

    place: DeskPlace
    printed: str
    names: tuple[str, ...]
    because: str
    others: tuple[tuple[int, str, str], ...]  # (choice, name, because)


@dataclass(frozen=True)
class DeskRow:
    """An item as a row of the desk, with its questions and what it would do."""

    entry: DeskItem
    places: tuple[PlaceRow, ...]
    questions: tuple[Question, ...]
    answers: tuple[NoticeAnswer, ...]
    work: tuple[WorkEffect, ...]
    reader_questions: tuple["TextQuestion", ...]
    is_kept: bool = False  # done already by the notice that this one corrects

    @property
    def item(self) -> NoticeItem:
        return self.entry.item

    @property
    def asks(self) -> bool:
        return bool(self.questions) or self.entry.asks_place

    @property
    def households(self) -> int:
        return sum(w.reach.households for w in self.work)

    @property
    def people(self) -> int:
        return sum(w.reach.people for w in self.work)


@dataclass(frozen=True)
class TextQuestion:
    """A question of the reader about the text, with the answer given for this area, if any."""

    code: str
    start: int
    text: str
    facts: Mapping[str, Any]
    answer: NoticeAnswer | None
    number: int


@dataclass(frozen=True)
class CountChip:
    """Declared against found, for an act or a district of it."""

    act: str
    district: str
    declared: int | None
    found: int

    @property
    def fits(self) -> bool:
        return self.declared is None or self.declared == self.found


def text_questions(
    notice: Notice, answers: Mapping[tuple[str, int, int], NoticeAnswer]
) -> list[TextQuestion]:
    """Return the reader's questions with the answers of an area."""
    return [
        TextQuestion(
            code=question["code"],
            start=question["start"],
            text=question["text"],
            facts=question.get("facts") or {},
            answer=answers.get((question["code"], 0, question["start"])),
            number=number,
        )
        for number, question in enumerate(notice.reading.get("questions", ()), start=1)
    ]


def rows_of(
    effect: Effect,
    names: Mapping[int, Place],
    answers: Mapping[tuple[str, int, int], NoticeAnswer],
    asked: Sequence[TextQuestion],
) -> list[DeskRow]:
    """Return the rows of the desk in printed order, ours first."""
    questions: dict[int, list[Question]] = {}
    for question in effect.questions:
        questions.setdefault(question.sequence, []).append(question)
    given: dict[int, list[NoticeAnswer]] = {}
    for (_, sequence, _), answer in answers.items():
        if sequence:
            given.setdefault(sequence, []).append(answer)
    rows = [
        DeskRow(
            entry=entry,
            places=tuple(_place_row(place, names) for place in entry.places),
            questions=tuple(questions.get(entry.item.sequence, ())),
            answers=tuple(given.get(entry.item.sequence, ())),
            work=tuple(effect.by_sequence.get(entry.item.sequence, ())),
            reader_questions=tuple(
                q for q in asked if entry.item.start <= q.start < entry.item.end
            ),
            is_kept=entry.item.sequence in effect.kept,
        )
        for entry in effect.desk
    ]
    return sorted(rows, key=lambda r: (not (r.entry.is_ours or r.asks), r.item.sequence))


def _place_row(place: DeskPlace, names: Mapping[int, Place]) -> PlaceRow:
    state = place.state
    shown = tuple(
        names[row.place].full_name
        for row in state.rows
        if row.place is not None and row.place in names
    )
    others: dict[int, tuple[int, str, str]] = {}
    for row in state.others:
        if row.place in names and row.place is not None:
            others.setdefault(row.choice, (row.choice, names[row.place].full_name, row.because))
    because = state.rows[0].because if state.rows else ""
    if state.state is MatchState.ASK and state.rows and state.rows[0].confidence >= 95:
        because = "elsewhere"
    if state.state is MatchState.CHOSEN:
        because = state.rows[0].because
    return PlaceRow(place, printed_name(place.printed), shown, because, tuple(others.values()))


def printed_name(place: Mapping[str, Any]) -> str:
    """Return a place of the reader's JSON as one name."""
    floors = place.get("floors")
    parts = [
        place.get("subdistrict"), place.get("community"), place.get("road"), place.get("compound"),
        place.get("row"), place.get("building"), place.get("unit"),
        f"{floors[0]}-{floors[1]}层" if floors else None,
        "、".join(place.get("rooms") or ()) or None, place.get("site"), place.get("boundary"),
    ]  # fmt: skip
    return "".join(str(part) for part in parts if part)


def stretches_of(
    notice: Notice, items: Sequence[NoticeItem], asks: set[int], asked: Sequence[TextQuestion]
) -> list[Stretch]:
    """Return the text cut into plain stretches and marks; nothing is lost and nothing overlaps."""
    text = notice.text
    marks: list[tuple[int, int, str, str]] = [
        (i.start, i.end, "question" if i.sequence in asks else "item", f"i{i.sequence}")
        for i in items
    ]
    reading = notice.reading
    for question, number in zip(
        reading.get("questions", ()), (q.number for q in asked), strict=True
    ):
        marks.append((question["start"], question["end"], "question", f"q{number}"))
    marks += [(u["start"], u["end"], "unread", "") for u in reading.get("unread", ())]
    order = {"unread": 0, "item": 1, "question": 1}
    marks.sort(key=lambda m: (m[0], order[m[2]], -m[1]))
    found: list[Stretch] = []
    at = 0
    for start, end, kind, pair in marks:
        if end <= start or start < at or end > len(text):
            continue  # inside a mark that stands already
        if start > at:
            found.append(Stretch(_without_gaps(text[at:start])))
        found.append(Stretch(_without_gaps(text[start:end]), kind, pair))
        at = end
    if at < len(text):
        found.append(Stretch(_without_gaps(text[at:])))
    return found


def _without_gaps(text: str) -> str:
    """Return a stretch for showing, its empty lines left out."""
    return re.sub(r"\n\s*\n", "\n", text)


def count_chips(notice: Notice) -> list[CountChip]:
    """Return declared against found: per act in total, then per district."""
    groups = notice.reading.get("groups", ())
    found: Counter[str] = Counter()
    declared: dict[str, int | None] = {}
    for group in groups:
        act = group["act"]
        found[act] += len(group["items"])
        known = declared.get(act, 0)
        count = group["declared"]
        declared[act] = None if known is None or count is None else known + count
    chips = [CountChip(act, "", declared[act], found[act]) for act in found]
    chips += [
        CountChip(group["act"], group["district"] or "", group["declared"], len(group["items"]))
        for group in groups
        if group["district"]
    ]
    return chips


def differences_of(before: Notice, after: Notice) -> list[Difference]:
    """Return what a corrected notice changes against the one that it corrects: two queries."""

    def rows(notice: Notice) -> list[tuple[str, str, str]]:
        return [
            (match_key(i.text), f"{i.act} {i.level_to} {i.district_name}".strip(), i.text)
            for i in notice.items.order_by("sequence")
        ]

    return differences(rows(before), rows(after))


def needs_spread(questions: Sequence[Question]) -> bool:
    """Return whether any question is why a zone is wider than a building."""
    return any(q.ask is Ask.SPREAD_UNCLEAR for q in questions)
