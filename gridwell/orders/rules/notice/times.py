"""When a notice takes effect and when it was issued (施行时间、落款日期)."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Final

from gridwell.orders.rules.notice.model import Precision
from gridwell.places.rules.numerals import parse_int

CHINA: Final = timezone(timedelta(hours=8))  # notices are dated in China's one civil time
_N: Final = r"(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})"
_YEAR: Final = (
    r"(?:(?P<year>20[0-9]{2}|二[〇零○O0]二?[〇零○一二三四五六七八九]{1,2})年|(?P<lost>年))"
)
DATE: Final = (
    rf"(?:{_YEAR}?(?:(?P<month>{_N})月)?(?P<day>{_N})[日号](?!楼|院|线)"
    r"|(?P<y2>20[0-9]{2})[-/.](?P<m2>[0-9]{1,2})[-/.](?P<d2>[0-9]{1,2})日?)"
)
_CLOCK: Final = (
    r"(?:(?P<part>凌晨|清晨|早上?|上午|中午|下午|傍晚|晚上?|夜间|当日|当天)?"
    r"(?:(?P<hour>[0-9]{1,2}|零|[一二三四五六七八九十]{1,3})[时点](?:许|整)?"
    r"(?:(?P<minute>[0-9]{1,2}|[一二三四五六七八九十]{1,3})分?|(?P<half>半))?"
    r"|(?P<h2>[0-9]{1,2}):(?P<min2>[0-9]{2})(?::[0-9]{2})?))"
)
MOMENT: Final = re.compile(rf"{DATE}(?:\((?:星期|周).\))?{_CLOCK}?")
#: A date without groups, for patterns of which it is a part.
DATE_PLAIN: Final = (
    r"(?:20[0-9]{2}年)?(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})月"
    r"(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})[日号]"
)
AT_ONCE: Final = re.compile(
    r"(?:自|从)?(?:即日|即刻|即时|立即)(?:[0-9]{1,2}[时点](?:[0-9]{1,2}分)?|[0-9]{1,2}:[0-9]{2})?起?|"
    r"(?:自|从)?(?:本?(?:通告|公告|通知|决定))?(?:发布|印发|公布|下发|发文)之(?:日|时|刻)起"
)
_EFFECT: Final = re.compile(
    rf"(?:(?:自|从|于){MOMENT.pattern}(?:起|开始|始|后)?|{MOMENT.pattern.replace('?P<', '?P<x_')}(?:起|开始|始))"
)
EFFECT_ANY: Final = re.compile(
    r"(?:(?:自|从|于)?(?:20[0-9]{2}年|年)?(?:[0-9一二三四五六七八九十]{1,3}月)?"
    r"[0-9一二三四五六七八九十]{1,3}日(?:(?:凌晨|上午|中午|下午|晚上?)?"
    r"[0-9一二三四五六七八九十零]{1,3}[时点](?:[0-9一二三四五六七八九十]{1,3}分|半|整|许)?|[0-9]{1,2}:[0-9]{2})?"
    rf"(?:起|开始|始)?)|{AT_ONCE.pattern}"
)


_COUNTED: Final = re.compile(r".?起?(?:算|计算|计时)")


@dataclass(frozen=True, slots=True)
class Stated:
    """A time of effect as printed; fields that the text leaves out are None.

    `at_once` is 即日起: the day of issue. `lost` means the page lost the year (自年10月11日起).
    """

    start: int
    end: int
    at_once: bool = False
    year: int | None = None
    month: int | None = None
    day: int | None = None
    hour: int | None = None
    minute: int = 0
    lost: bool = False


def _year(text: str | None) -> int | None:
    if not text:
        return None
    if text.isascii() and text.isdecimal():
        return int(text)
    value = parse_int(text.replace("O", "〇").replace("0", "〇"))
    return value if value and 2000 <= value < 2100 else None


def _hour(part: str | None, hour: int) -> int:
    if part in ("下午", "傍晚", "晚", "晚上", "夜间") and hour < 12:
        return hour + 12
    if part == "中午" and hour < 3:
        return hour + 12
    return hour


def _stated(found: re.Match[str], offset: int, prefix: str = "") -> Stated:
    got = {k.removeprefix(prefix): v for k, v in found.groupdict().items() if k.startswith(prefix)}
    hour_text = got.get("hour") or got.get("h2")
    hour = parse_int(hour_text) if hour_text else None
    minute = parse_int(got.get("minute") or got.get("min2") or "0") or 0
    return Stated(
        start=offset + found.start(),
        end=offset + found.end(),
        year=_year(got.get("year") or got.get("y2")),
        month=parse_int(got.get("month") or got.get("m2") or ""),
        day=parse_int(got.get("day") or got.get("d2") or ""),
        hour=None if hour is None else _hour(got.get("part"), hour),
        minute=30 if got.get("half") else minute,
        lost=bool(got.get("lost")),
    )


def _at_once(found: re.Match[str]) -> Stated:
    clock = re.search(r"([0-9]{1,2})(?:[时点](?:([0-9]{1,2})分)?|:([0-9]{2}))", found.group())
    hour = int(clock[1]) if clock else None
    minute = int(clock[2] or clock[3] or 0) if clock else 0
    return Stated(found.start(), found.end(), at_once=True, hour=hour, minute=minute)


def effects_in(text: str) -> list[Stated]:
    """Return the times of effect stated in a text, in order: 自…起, …起, 即日起."""
    found: list[Stated] = []
    if "起" not in text and "自" not in text and "始" not in text and "即" not in text:
        return found
    for match in _EFFECT.finditer(text):
        if _COUNTED.match(text, match.end() - 1):
            continue  # 14天管控期自4月3日起算: from when days are counted
        plain = match.group("day") or match.group("d2")
        begun = re.search(r"起|始|后", text[match.end() - 1 : match.end() + 2])
        if plain and not begun and match.group("hour") is None and match.group("h2") is None:
            continue  # 自 … without 起 close by begins a history, not an order
        found.append(_stated(match, 0, "" if plain else "x_"))
    found.extend(map(_at_once, AT_ONCE.finditer(text)))
    return sorted(found, key=lambda s: s.start)


def dates_in(text: str) -> list[Stated]:
    """Return every date in a text, with its clock time if one follows."""
    return [_stated(m, 0) for m in MOMENT.finditer(text)]


def day_of(stated: Stated, near: date | None, years: frozenset[int]) -> date | None:
    """Return the calendar day of a stated date, or None when it cannot be told.

    A missing year or month is taken from `near` (the nearest such day), else from the only year
    that the text names. Never from the page's own stamp.
    """
    if stated.day is None:
        return None
    month = stated.month or (near.month if near else None)
    if month is None:
        return None
    if stated.year is not None:
        candidates = [stated.year]
    elif stated.lost:
        return None
    elif near is not None:
        candidates = [near.year - 1, near.year, near.year + 1]
    elif len(years) == 1:
        candidates = list(years)
    else:
        return None
    days = [d for d in (_day(y, month, stated.day) for y in candidates) if d]
    if not days:
        return None
    return min(days, key=lambda d: abs((d - near).days)) if near else days[0]


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def instant_of(
    stated: Stated, issued_on: date | None, near: date | None, years: frozenset[int]
) -> tuple[datetime, Precision] | None:
    """Return the instant of effect with its precision, or None when it cannot be told.

    24时 is 0:00 of the next day; 即日起 the day of issue.
    """
    if stated.at_once:
        day, hour = issued_on, stated.hour
    else:
        day, hour = day_of(stated, near or issued_on, years), stated.hour
    if day is None:
        return None
    midnight = datetime(day.year, day.month, day.day, tzinfo=CHINA)
    if hour is None:
        return midnight, Precision.DAY
    if hour > 24 or stated.minute > 59 or (hour == 24 and stated.minute):
        return None
    return midnight + timedelta(hours=hour, minutes=stated.minute), Precision.MINUTE
