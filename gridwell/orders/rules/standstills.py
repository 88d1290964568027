"""What a notice says of a standstill (通告里的静默管理): period and places, as far as can be read. Pure.

Only a proposal for a form that a person checks: what is not plain is left empty, never guessed.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from gridwell.core import clock
from gridwell.places.rules.naming import fold

_SENTENCE: Final = re.compile(r"[^。;；!！]+[。;；!！]?")
_ORDERED: Final = re.compile(
    r"静默(?:管理|状态|期|防控|管控)?|静止管理|临时静态管理|全域静态管理|静态管理"
)
_ENDS: Final = re.compile(
    r"(?:解除|取消|结束|终止|退出)[^,，。]{0,12}(?:静默|静止|静态)|(?:静默|静止|静态)管理?(?:措施)?(?:予以)?(?:解除|取消|结束)"
)
_DAY: Final = r"(?:(?P<{0}y>\d{{4}})年)?(?:(?P<{0}m>\d{{1,2}})月)?(?P<{0}d>\d{{1,2}})日"
_TIME: Final = (
    r"(?P<{0}part>凌晨|早上?|上午|中午|下午|晚上?|晚间)?"
    r"(?:(?P<{0}h>\d{{1,2}}|零)(?:时|点|[:：](?P<{0}min>\d{{2}}))"
    r"(?:整|(?P<{0}min2>\d{{1,2}})分)?)?"
)
_POINT: Final = _DAY + _TIME
_FROM_TO: Final = re.compile(
    _POINT.format("a") + r"(?:起|开始|,|，)*(?:至|到|—|-|~)+" + _POINT.format("b")
)
_FROM: Final = re.compile(_POINT.format("a") + r"(?:起|开始)")
_UNTIL: Final = re.compile(r"(?:至|到|—|-|~)" + _POINT.format("b"))
_NOW: Final = re.compile(r"即日起|即时起|立即")
_LASTS: Final = re.compile(
    r"(?:为期|持续|时长|期限为?|暂定|不少于)(?P<n>\d{1,3}|[一二三四五六七八九十两])(?P<u>天|日|小时)"
)
_NUMERALS: Final = dict(zip("一二三四五六七八九十", range(1, 11), strict=True)) | {"两": 2}
_AFTERNOON: Final = ("下午", "晚", "晚上", "晚间")


@dataclass(frozen=True, slots=True)
class StandstillText:
    """A sentence that orders a standstill: its place in the text, the period, the names in it.

    `names` are those of the names asked for that stand in it. `is_end` when it lifts one.
    """

    start: int
    end: int
    text: str
    names: tuple[str, ...]
    from_at: datetime | None
    until_at: datetime | None
    is_end: bool = False


def standstills_in(
    text: str, issued_on: date | None, names: Iterable[str] = ()
) -> list[StandstillText]:
    """Return the sentences of a notice that order or end a standstill.

    A day without a year is of the year of issue, and of the next one when it would lie half a year
    before it; without a date of issue a year must stand there. 24时 of a day is 0时 of the next.
    """
    wanted = [name for name in names if name]
    found = []
    for sentence in _SENTENCE.finditer(text):
        plain = "".join(fold(sentence.group()).text.split())
        if not _ORDERED.search(plain):
            continue
        is_end = bool(_ENDS.search(plain))
        since, until = (None, None) if is_end else _period(plain, issued_on)
        found.append(
            StandstillText(
                start=sentence.start(),
                end=sentence.end(),
                text=sentence.group().strip(),
                names=tuple(name for name in wanted if name in plain),
                from_at=since,
                until_at=until,
                is_end=is_end,
            )
        )
    return found


def _period(plain: str, issued_on: date | None) -> tuple[datetime | None, datetime | None]:
    whole = _FROM_TO.search(plain)
    if whole is not None:
        since = _instant(whole, "a", issued_on)
        until = _instant(whole, "b", issued_on, after=since, is_end=True)
        return since, until
    first = _FROM.search(plain)
    since = _instant(first, "a", issued_on) if first is not None else None
    if since is None and _NOW.search(plain) and issued_on is not None:
        since = clock.start_of(issued_on)
    last = _UNTIL.search(plain)
    if last is not None:
        return since, _instant(last, "b", issued_on, after=since, is_end=True)
    lasts = _LASTS.search(plain)
    if lasts is not None and since is not None:
        count = int(lasts["n"]) if lasts["n"].isdigit() else _NUMERALS[lasts["n"]]
        span = timedelta(hours=count) if lasts["u"] == "小时" else timedelta(days=count)
        return since, since + span
    return since, None


def _instant(
    found: re.Match[str],
    prefix: str,
    issued_on: date | None,
    *,
    after: datetime | None = None,
    is_end: bool = False,
) -> datetime | None:
    """Return a point of a match as an instant; a last day without an hour ends with it."""
    part = {name: found[prefix + name] for name in ("y", "m", "d", "part", "h", "min", "min2")}
    base = clock.day_of(after) if after is not None else issued_on
    year = int(part["y"]) if part["y"] else (base.year if base is not None else None)
    month = int(part["m"]) if part["m"] else (base.month if base is not None else None)
    if year is None or month is None:
        return None
    try:
        day = date(year, month, int(part["d"]))
        if not part["y"] and base is not None and (base - day).days > 183:
            day = day.replace(year=year + 1)
    except ValueError:
        return None
    if part["h"] is None:
        return clock.end_of(day) if is_end else clock.start_of(day)
    hour = 0 if part["h"] == "零" else int(part["h"])
    minute = int(part["min"] or part["min2"] or 0)
    if part["part"] in _AFTERNOON and hour < 12:
        hour += 12
    if hour > 24 or minute > 59:
        return None
    return clock.start_of(day) + timedelta(hours=hour, minutes=minute)
