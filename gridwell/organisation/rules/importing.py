"""Reads a table of the organisation (组织架构表): what each line says somebody is. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from unicodedata import normalize

#: What a column can hold, and the names under which tables have it.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "duty": ("职务", "岗位", "分工", "身份", "职责", "duty", "post"),
    "group": ("组别", "小组", "工作组", "所属组", "group"),
    "grid": ("网格", "微网格", "所属网格", "网格号", "网格名称", "grid"),
    "place": (
        "楼栋", "楼号", "楼院", "包干区域", "包干范围", "责任区域", "负责楼栋", "负责范围", "地点",
        "单元", "楼栋单元", "place", "building",
    ),
    "name": ("姓名", "名字", "责任人", "负责人", "包干人", "name"),
    "telephone": ("电话", "联系电话", "手机", "手机号", "手机号码", "联系方式", "telephone"),
    "deputies": (
        "B角", "B岗", "副岗", "副角", "替补", "代理人", "接替人", "第二责任人", "副职", "deputies", "deputy",
    ),
    "deputy_telephones": ("B角电话", "B岗电话", "替补电话", "代理人电话", "B角联系电话", "deputies' telephones"),
    "unit": ("单位", "工作单位", "派出单位", "下沉单位", "sent by", "unit"),
    "remark": ("备注", "说明", "remark"),
}  # fmt: skip

LEADING, SAMPLING, CONTROL, LOGISTICS, SPECIAL = (
    "leading", "sampling", "control", "logistics", "special",
)  # fmt: skip
BUILDING_HEAD, UNIT_HEAD, CHARGE = "building_head", "unit_head", "charge"
TEAMS: Final = frozenset({LEADING, SAMPLING, CONTROL, LOGISTICS, SPECIAL})

#: The first pattern that is found says what the duty is.
_KINDS: Final = (
    (re.compile(r"单元长|门长|unit head"), UNIT_HEAD),
    (re.compile(r"楼院长|楼栋长|楼长|栋长|院长|排长|building head"), BUILDING_HEAD),
    (re.compile(r"包干|包保|包联|包片|包楼|area of charge|in charge"), CHARGE),
    (re.compile(r"领导小组|指挥部|leading group"), LEADING),
    (re.compile(r"采样|检测|核酸|sampling"), SAMPLING),
    (re.compile(r"管控|隔离|封控|control"), CONTROL),
    (re.compile(r"后勤|保障|物资|logistics"), LOGISTICS),
    (re.compile(r"专班|special"), SPECIAL),
)
_LEADS: Final = re.compile(r"(?<!副)(组长|负责人|总指挥|队长)|(?<!deputy )leader(?! of)|leader of")


_SEPARATORS: Final = re.compile(r"[、,，;；/\n]+|\s{2,}")


@dataclass(frozen=True)
class Read:
    """One line of the table: who is what, where; `kind` is empty when the duty was not understood."""

    row: int
    kind: str
    is_leader: bool
    duty: str
    name: str
    grid: str = ""
    place: str = ""
    telephone: str = ""
    unit: str = ""
    remark: str = ""
    deputies: str = ""
    deputy_telephones: str = ""

    @property
    def deputy_names(self) -> list[str]:
        """Return the deputies named in the line, B before C."""
        names = (said(part) for part in _SEPARATORS.split(self.deputies))
        return [name for name in names if name]


def column_of(header: str) -> str:
    """Return what a column holds by its name, or an empty text."""
    text = _plain(header)
    for code, names in COLUMNS.items():
        if text in {_plain(name) for name in names}:
            return code
    return ""


def known(path: tuple[str, ...]) -> float:
    """Return 1 for the name path of a column that is understood, else 0: for finding the header."""
    return 1.0 if path and column_of(path[-1]) else 0.0


def kind_of(*texts: str) -> str:
    """Return what a duty is, by the first text that says it."""
    for text in texts:
        plain = normalize("NFKC", text).lower()
        for pattern, kind in _KINDS:
            if pattern.search(plain):
                return kind
    return ""


#: What people write where there is nothing to say.
NOTHING: Final = frozenset({"无", "否", "-", "—", "/", "no", "none"})
_FIGURES: Final = re.compile(r"\d{3}")
_LONGEST_NAME: Final = 40


def said(text: str) -> str:
    """Return what a cell says; empty for one that only says that there is nothing."""
    plain = text.strip()
    return "" if plain.lower() in NOTHING else plain


def helper_name(text: str) -> str:
    """Return a name; empty where the cell holds none, such as a telephone in the wrong column."""
    name = said(text)
    return "" if _FIGURES.search(normalize("NFKC", name)) else name[:_LONGEST_NAME]


def line_fault(name: str, deputies: Sequence[str]) -> str:
    """Return what is wrong with a line A, B, … as a table names it; empty where it stands.

    It must never come back to somebody who is in it already.
    """
    if any(_FIGURES.search(normalize("NFKC", one)) for one in (name, *deputies)):
        return "not_a_name"
    if name in deputies:
        return "deputy_is_holder"
    return "deputy_twice" if len(set(deputies)) < len(deputies) else ""


def place_of(duty: str) -> str:
    """Return the place that a duty names: "1号楼楼院长" -> "1号楼"; empty when it names none."""
    return re.sub(
        r"(楼院长|楼栋长|楼长|栋长|院长|排长|单元长|门长|building head|unit head).*$",
        "",
        duty.strip(),
    ).strip(" ·:：的")


def read_line(row: int, values: Mapping[str, str]) -> Read:
    """Return one line as it is understood."""
    duty, group = values.get("duty", ""), values.get("group", "")
    said = f"{group}{duty}"
    return Read(
        row=row,
        kind=kind_of(duty, group),
        is_leader=bool(_LEADS.search(normalize("NFKC", said).lower())),
        duty=(duty or group)[:60],
        name=re.sub(r"\s+", "", values.get("name", ""))
        if not values.get("name", "").isascii()
        else values.get("name", "").strip(),
        grid=values.get("grid", ""),
        place=values.get("place", ""),
        telephone=values.get("telephone", ""),
        unit=values.get("unit", "")[:80],
        remark=values.get("remark", "")[:200],
        deputies=values.get("deputies", ""),
        deputy_telephones=values.get("deputy_telephones", ""),
    )


def grid_key(text: str) -> str:
    """Return what two writings of one grid have in common: 第3网格, 3网格, 三网格 -> 3."""
    plain = normalize("NFKC", text).strip().lower()
    plain = re.sub(r"^第|号?(微?网格|grid)$|^grid", "", plain).strip()
    return _DIGITS.get(plain, plain)


_DIGITS: Final = {word: str(number) for number, word in enumerate("一二三四五六七八九十", start=1)}


def twice(lines: Sequence[Read]) -> set[int]:
    """Return the rows of lines that say what an earlier line said already."""
    seen: set[tuple[str, ...]] = set()
    found = set()
    for line in lines:
        key = (line.kind, str(line.is_leader), line.name, line.telephone, line.grid, line.place)
        if key in seen:
            found.add(line.row)
        seen.add(key)
    return found


def _plain(text: str) -> str:
    return re.sub(r"[\s　:：()（）]+", "", normalize("NFKC", text)).lower()
