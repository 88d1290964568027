"""Who in a ledger is here without being registered (暂住、访客、店员): words, sheets, dates. Pure.

A guest is told by the cell of his line (居住性质: 暂住), by the column 是否户籍 where nothing makes him
one of a household, or by the sheet: one that is called 流动人口, 访客, 工地 or 商铺 lists guests. Whoever
rents and lives here stays a resident, as ledgers of households have it. The officer may say otherwise
of a whole sheet.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from gridwell.core.tables.header import Column
from gridwell.core.tables.model import Cell, cell_text
from gridwell.ledgers.rules.doors import Door
from gridwell.ledgers.rules.fields import Field
from gridwell.ledgers.rules.people import Person
from gridwell.ledgers.rules.persons import resident_row, share_of
from gridwell.ledgers.rules.rows import GuestStay, Question, ResidentRow, Source
from gridwell.residents.rules import dates

if TYPE_CHECKING:
    from gridwell.ledgers.rules.line import Draft, LineReader

#: What a column mapping calls a sheet, so that the officer's word about it is remembered.
SHEET: Final = "sheet:"
#: Whose lines of a file of several communities are taken; not remembered for the next file.
COMMUNITY: Final = "community:"
GUESTS, RESIDENTS = "guests", "residents"
#: Nobody is entered as a guest so long before he comes; the register's own rule says the same.
_AHEAD: Final = timedelta(days=7)

_STAFF: Final = re.compile(
    r"店员|店主|商[铺户]|店铺|门店|沿街|员工|职工|务工|施工|工人|工地|工程队|项目部|快递|外卖|骑手|保安|保洁|物业人员|"
    r"装修|配送|司机|护工|保姆|家政|钟点工|从业人员"
)
_LODGER: Final = re.compile(
    r"暂住|借住|寄住|寄宿|借宿|流动人口|外来|短租|日租|民宿|临时居住|临时租住|临住|投亲|投靠"
)
_VISITOR: Final = re.compile(
    r"访客|来访|到访|探亲|探望|走亲|访友|做客|客人|旅客|返乡|返[并晋京沪]|省外来|外地来|来[并晋]人员"
)
#: Whoever lives here, whatever else the cell says.
_LIVES_HERE: Final = re.compile(r"常住|户籍(?!地)|本地(?!务工)|自[有住购]|业主|产权|户主")
#: A relation that makes nobody a member of the household.
_RELATION: Final = re.compile(
    r"访客|客人|来访|借住|暂住|寄住|店员|店主|员工|工人|保姆|护工|房客|同事|雇员|雇工"
)
_HOUSEHOLD: Final = re.compile(r"户主|本人|配偶|妻|夫|[子女儿父母孙婿媳兄弟姐妹公婆]|岳|祖")
_SHEET_NAME: Final = re.compile(
    r"流动人口|外来(?:人[员口]|务工)?|访客|来访|到访|暂住|借住|工地|工棚|施工|项目部|商[铺户]|店铺|沿街|门店|从业人员|"
    r"返乡|务工|快递|外卖|临时(?:居住|人员)|来返?[并晋](?:返[并晋])?人员|店员"
)
#: Sheets that may list either; the officer is offered the choice.
_MAYBE: Final = re.compile(r"租户|租客|出租|租住|企业|宿舍|酒店|宾馆|民宿|集体")
_FROM_HEADER: Final = re.compile(r"来访|到访|返乡|暂住|来[并晋]|进场")
_NO: Final = frozenset(
    ["否", "非", "无", "不是", "×", "x", "n", "no", "0", "非户籍", "非本地", "外地", "外地户籍"]
)
_YES: Final = frozenset(["是", "√", "✓", "y", "yes", "1", "户籍", "本地", "本地户籍"])


@lru_cache(maxsize=1_024)
def kind_of(text: str) -> str:
    """Return what brings somebody here by the words of a cell, or "" where they say no guest."""
    plain = "".join(text.split())
    if not plain or plain.startswith(("非", "不", "无")) or _LIVES_HERE.search(plain):
        return ""
    for kind, pattern in (("staff", _STAFF), ("lodger", _LODGER), ("visitor", _VISITOR)):
        if pattern.search(plain):
            return kind
    return ""


def sheet_kind(name: str, titles: Iterable[str]) -> str:
    """Return what a sheet's guests are by its name and titles, or "" for a sheet of residents."""
    for text in (name, *titles):
        if found := _SHEET_NAME.search(text):
            if _LIVES_HERE.search(text):
                continue  # 常住及流动人口登记表 lists both: each line says which
            return kind_of(text) or kind_of(found.group()) or "lodger"
    return ""


def is_open(name: str) -> bool:
    """Return whether a sheet may list either guests or residents (租户, 企业)."""
    return bool(_MAYBE.search(name))


class GuestReader:
    """Says of each line of one sheet whether it is of a guest, and how long he stays."""

    def __init__(
        self,
        lines: "LineReader",
        name: str,
        titles: Sequence[str],
        mapping: Mapping[str, str],
    ) -> None:
        self.lines = lines
        self.said = mapping.get(SHEET + name, "")
        self.kind = sheet_kind(name, titles)
        #: The column that alone tells that the sheet has guests; a line without its day is none.
        self.by_column: Column | None = None
        column = lines.by_field.get(Field.STAY_FROM)
        if not self.kind and column is not None and _FROM_HEADER.search(column.name):
            self.kind, self.by_column = kind_of(column.name) or "visitor", column
        self.is_open = bool(self.kind) or is_open(name)
        self.count = 0
        self.only = mapping.get(COMMUNITY, "")
        self.communities: dict[str, int] = {}
        self._columns = [
            (what, column)
            for what in (
                *(Field.COMMUNITY, Field.LOCAL, Field.ORIGIN, Field.STAY_FROM, Field.STAY_UNTIL),
            )
            if (column := lines.by_field.get(what)) is not None
        ]
        self._words = [
            column
            for what in (Field.ORIGIN, Field.TENURE, Field.LABELS)
            if (column := lines.by_field.get(what)) is not None
        ]

    def kind_of_line(self, draft: "Draft", values: Sequence[Cell], relation: str) -> str:
        """Return what brings the people of a line here, or "" where they are residents."""
        if self.said == RESIDENTS:
            return ""
        words = [cell_text(values[c.index]) for c in self._words if values[c.index] != ""]
        own = next(filter(None, map(kind_of, words)), "")
        if self.said == GUESTS:
            return own or self.kind or "lodger"
        is_local = self._is_local(values)
        if self.kind and (self.by_column is None or values[self.by_column.index] != ""):
            lives = is_local or any(_LIVES_HERE.search(word) for word in words)
            return "" if lives else own or self.kind
        if own and not is_local:
            return own
        if relation and _RELATION.search(relation):
            return kind_of(relation) or "lodger"
        rents = any("租" in word for word in words)
        if is_local is False and not rents and not _HOUSEHOLD.search(relation):
            return "lodger"
        return "visitor" if draft.says_guest else ""

    def questions(self, sheet: str) -> list[Question]:
        """Return what the officer may say of this sheet: guests, or residents."""
        asked = []
        if len(self.communities) > 1:
            told = tuple(f"{name}\t{count}" for name, count in self.communities.items())
            asked.append(Question("communities", sheet, self.only, samples=told))
        if self.count or self.is_open or self.said:
            asked.append(Question("guest_sheet", sheet, self.said, samples=(str(self.count),)))
        return asked

    def is_elsewhere(self, values: Sequence[Cell]) -> bool:
        """Return whether a line is of a community other than the one that was chosen."""
        column = self.lines.by_field.get(Field.COMMUNITY)
        name = cell_text(values[column.index]).strip() if column is not None else ""
        if name:
            self.communities[name] = self.communities.get(name, 0) + 1
        return bool(name and self.only and name != self.only)

    def _is_local(self, values: Sequence[Cell]) -> bool | None:
        column = self.lines.by_field.get(Field.LOCAL)
        text = cell_text(values[column.index]).strip().casefold() if column is not None else ""
        return True if text in _YES else False if text in _NO else None

    def remark(self, draft: "Draft", values: Sequence[Cell]) -> None:
        """Keep with a resident what only says something of a guest."""
        for _what, column in self._columns:
            if values[column.index] != "":
                draft.remark.setdefault(column.name, cell_text(values[column.index]))

    def stay(
        self, draft: "Draft", row: int, values: Sequence[Cell], name: str, kind: str, today: date
    ) -> GuestStay | None:
        """Return how long a guest stays; None where he would come later than the register takes."""
        starts = self._at(draft, row, values, name, Field.STAY_FROM, is_end=False)
        ends = self._at(draft, row, values, name, Field.STAY_UNTIL, is_end=True)
        if starts is not None and starts.date() > today + _AHEAD:
            return None
        if ends is not None and starts is not None and ends <= starts:
            column = self.lines.by_field[Field.STAY_UNTIL]
            value = values[column.index]
            draft.faults.append(self.lines.fault(row, column, value, "stay_ends_before", name))
            draft.remark[column.name] = cell_text(value)
            ends = None
        for what in (Field.ORIGIN, Field.LOCAL, Field.TENURE, Field.COMMUNITY):
            column_ = self.lines.by_field.get(what)
            if column_ is not None and values[column_.index] != "":
                draft.remark.setdefault(column_.name, cell_text(values[column_.index]))
        return GuestStay(kind, starts, ends)

    def _at(
        self,
        draft: "Draft",
        row: int,
        values: Sequence[Cell],
        name: str,
        what: Field,
        *,
        is_end: bool,
    ) -> datetime | None:
        column = self.lines.by_field.get(what)
        if column is None or values[column.index] == "":
            return None
        value = values[column.index]
        text = cell_text(value).strip()
        if is_end and re.fullmatch(
            r"至今|长期|未定|不定|待定|未离开?|在住|暂无|未知|不详|无|-+|—+|/", text
        ):
            return None
        reading = dates.read_date(value, self.lines.hint)
        if reading.fault is not None:
            draft.faults.append(self.lines.fault(row, column, value, reading.fault.value, name))
            draft.remark[column.name] = text
            return None
        if reading.day is None:
            return None
        if reading.at is not None:
            return reading.at
        day = reading.day
        if is_end and day == date.max:
            return None
        return datetime.combine(day + timedelta(days=1) if is_end else day, time.min)


def guest_rows(
    source: Source,
    key: str,
    door: Door,
    household: str,
    people: Sequence[Person],
    draft: "Draft",
    stay: GuestStay,
) -> Iterator[ResidentRow]:
    """Yield the guests of a line; what it says beside is kept with each, numbers with the first."""
    for index, person in enumerate(people):
        own = share_of(draft, person, is_head=index == 0, is_alone=len(people) == 1)
        phones = [*person.phones]
        if index == 0:
            phones += [n for n in (*draft.phones, *draft.head_phones) if n not in phones]
        row_key = key if len(people) == 1 else f"{key}.{index + 1}"
        row = resident_row(source, row_key, door, household, person, own, False, phones)
        yield replace(row, guest=stay, remark={**draft.remark, **row.remark})
