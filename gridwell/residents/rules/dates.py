"""Dates (日期) as people write them in lists.

1992-10-01, 1995.6.9, 1974/5/18, 1966年11月19日, 19661119, serial numbers of a spreadsheet,
2022/11/19 08:56, 11月25日 (its year from the title), 11.25.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final
from unicodedata import normalize


class DateFault(StrEnum):
    """Why a written date cannot be taken."""

    NO_SUCH_DATE = "no_such_date"  # 1956.13.2
    FORM = "date_form"  # no date at all
    INCOMPLETE = "date_incomplete"  # a month or a year without its day
    AMBIGUOUS = "date_ambiguous"  # 11.1 kept as a number: 1 or 10 November
    NO_YEAR = "date_no_year"  # 11月25日 and nothing says of which year


@dataclass(frozen=True, slots=True)
class Reading:
    """The day a cell names, and the time of day if it names one (naive, local).

    Both are None for an empty cell and for a fault.
    """

    day: date | None = None
    at: datetime | None = None
    fault: DateFault | None = None


_NOTHING: Final = Reading()
_EPOCH: Final = date(1899, 12, 30)  # day 0 of spreadsheet serials from 1 March 1900 on
_BLANK_WORDS: Final = frozenset(
    ["无", "没有", "不详", "未知", "未做", "未检", "暂无", "未采", "-", "--", "—", "/", "N/A"]
)
_STANDARD: Final = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?: (\d{1,2}):(\d{2})(?::\d{2})?)?"
)
_FULL: Final = re.compile(
    r"(?P<y>\d{4}|\d{2})\s*(?:年|[-/.,\\、])\s*(?P<m>\d{1,2})\s*(?:月|[-/.,\\、])\s*(?P<d>\d{1,2})\s*[日号]?"
    r"(?:[T\s,]*(?P<rest>\D.*|\d{1,2}\s*[:点时].*))?"
)
_SHORT: Final = re.compile(
    r"(?P<m>\d{1,2})\s*(?:月|[-/.])\s*(?P<d>\d{1,2})\s*[日号]?(?:[T\s,]*(?P<rest>\D.*|\d{1,2}\s*[:点时].*))?"
)
_TIME: Final = re.compile(
    r"(?P<half>上午|下午|早上|晚上?|中午|凌晨|am|pm)?\s*(?P<h>\d{1,2})\s*[:点时]\s*(?P<n>\d{1,2})?"
    r"(?P<half_past>半)?\s*(?:[:分]\s*(?P<sec>\d{1,2}(?:\.\d+)?)?秒?)?\s*(?P<after>am|pm)?\s*z?",
    re.IGNORECASE,
)
_MONTH_OR_YEAR: Final = re.compile(
    r"\d{4}(?:年|[-/.])\d{1,2}月?(?:份)?|\d{4}年?|\d{1,2}月份?|\d{2}年\d{1,2}月?"
)
_TRAILING: Final = re.compile(r"(?:止|前|后|起|到期|解除|左右|出生|生|采样|检测|做)+$")
_LEADING: Final = re.compile(r"^(?:至|到|截至|截止到?|于|约)+")
_WEEKDAY: Final = re.compile(r"\(?(?:星期|周)[一二三四五六日天]\)?")
_ENGLISH: Final = re.compile(
    r"(?P<d>\d{1,2})[-\s/]*(?P<m>[A-Za-z]{3})[a-z]*[-\s/,.]*(?P<y>\d{4}|\d{2})"
    r"|(?P<m2>[A-Za-z]{3})[A-Za-z]*\.?\s*(?P<d2>\d{1,2})\s*,?\s*(?P<y2>\d{4})"
)
_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
        start=1,
    )
}
#: Month and day before the year, as spreadsheets of another country write them.
_YEAR_LAST: Final = re.compile(
    r"(\d{1,2})[-/.](\d{1,2})[-/.]((?:19|20)\d{2})(?: (\d{1,2}):(\d{2})(?::\d{2})?)?"
)
_CHINESE: Final = re.compile(
    r"(?P<y>\d{4}|[〇零○O0一二三四五六七八九]{4}|[〇零○一二三四五六七八九]{2})年(?:(?P<m>[一二三四五六七八九十]{1,2})月"
    r"(?:(?P<d>[一二三四五六七八九十廿卅]{1,3})[日号]?)?)?"
)
_CHINESE_SHORT: Final = re.compile(
    r"(?P<m>[一二三四五六七八九十]{1,2})月(?P<d>[一二三四五六七八九十廿卅]{1,3})[日号]"
)
_YEAR_IN_TEXT: Final = re.compile(r"(?<!\d)((?:19|20)\d{2})(?=\D|$)")
_DAY_IN_TEXT: Final = re.compile(
    r"(?<!\d)((?:19|20)\d{2})\s*(?:年|[-/.])\s*(\d{1,2})\s*(?:月|[-/.])\s*(\d{1,2})"
)
_COMPACT_IN_TEXT: Final = re.compile(r"(?<!\d)(20\d{2})(0[1-9]|1[0-2])([0-2]\d|3[01])(?!\d)")


@dataclass(frozen=True, slots=True)
class YearHint:
    """Where a date without a year takes it from: a known day nearby, or only a year."""

    year: int
    near: date | None = None


def hint_from(texts: tuple[str, ...]) -> YearHint | None:
    """Return the year hint of title lines (标题): their first full date, else their first year."""
    joined = "\n".join(normalize("NFKC", text) for text in texts)
    for pattern in (_DAY_IN_TEXT, _COMPACT_IN_TEXT):
        for found in pattern.finditer(joined):
            day = _date(*(int(part) for part in found.groups()))
            if day is not None:
                return YearHint(day.year, day)
    year = _YEAR_IN_TEXT.search(joined)
    return YearHint(int(year.group(1))) if year else None


def read_date(value: object, hint: YearHint | None = None, *, past: bool = False) -> Reading:
    """Return the day that a cell names.

    Without a year, the day nearest to the hint's day is meant: a list of 28 December that says 3月1日
    means next year. With `past` (birth dates) a two-digit year never lies after the hint's year.
    Numbers from 2101 on are spreadsheet serials; below that a number is a year, or month.day.
    """
    if value is None or value == "":
        return _NOTHING
    if isinstance(value, str):
        return _read_text(value, hint, past)
    if isinstance(value, datetime):
        plain = value.replace(tzinfo=None)
        midnight = not (plain.hour or plain.minute or plain.second)
        return Reading(plain.date(), None if midnight else plain)
    if isinstance(value, date):
        return Reading(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _read_figure(float(value), hint, past)
    return Reading(fault=DateFault.FORM)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _dated(year: int, month: int, day: int) -> Reading:
    found = _date(year, month, day)
    if found is None or not 1870 <= year <= 2200:
        return Reading(fault=DateFault.NO_SUCH_DATE)
    return Reading(found)


def _read_figure(value: float, hint: YearHint | None, past: bool) -> Reading:
    if value != value or not 0 < value < 1e8:
        return Reading(fault=DateFault.FORM)
    if value != int(value):
        if value < 13:
            return _month_and_day(value, hint)
        if 1870 <= value < 2101:  # 1992.1 is October or January of that year
            return Reading(fault=DateFault.INCOMPLETE)
        if value >= 2101:
            moment = datetime.combine(_EPOCH, datetime.min.time()) + timedelta(days=value)
            moment = (moment + timedelta(seconds=30)).replace(second=0, microsecond=0)
            return _serial(int(value), moment)
        return Reading(fault=DateFault.FORM)
    whole = int(value)
    if whole < 1870:
        return Reading(fault=DateFault.FORM)
    if whole <= 2100:
        return Reading(fault=DateFault.INCOMPLETE)
    if whole < 100_000:
        return _serial(whole, None)
    return _read_text(str(whole), hint, past)


def _serial(days: int, moment: datetime | None) -> Reading:
    if days > 80_000:  # after 2119: no date of a ledger
        return Reading(fault=DateFault.FORM)
    return Reading(_EPOCH + timedelta(days=days), moment)


def _month_and_day(value: float, hint: YearHint | None) -> Reading:
    """Read 11.25 kept as a number; 11.1 may have been 11.10, so it is not guessed."""
    month, _, day = f"{value:.10g}".partition(".")
    if len(day) == 1 and day in "123":
        return Reading(fault=DateFault.AMBIGUOUS)
    if len(day) > 2:
        return Reading(fault=DateFault.FORM)
    return _without_year(int(month), int(day), hint)


@lru_cache(maxsize=65_536)
def _read_text(text: str, hint: YearHint | None, past: bool) -> Reading:
    found = _STANDARD.fullmatch(text)
    if found:
        year, month, day, hour, minute = found.groups()
        return _timed(_dated(int(year), int(month), int(day)), hour, minute)
    folded = _WEEKDAY.sub(" ", normalize("NFKC", text)).strip()
    folded = _TRAILING.sub("", _LEADING.sub("", folded)).strip()
    if not folded or folded in _BLANK_WORDS:
        return _NOTHING
    if any(c.isalpha() for c in folded):
        folded = _in_figures(folded)
    compact = folded.replace(" ", "")
    if compact.isdigit() and compact.isascii():
        return _read_digits(compact, hint, past)
    turned = _YEAR_LAST.fullmatch(folded)
    if turned:
        return _turned(turned)
    full = _FULL.fullmatch(folded)
    if full:
        base = _dated(_year(full["y"], hint, past), int(full["m"]), int(full["d"]))
        return _with_rest(base, full["rest"])
    short = _SHORT.fullmatch(folded)
    if short:
        return _with_rest(_without_year(int(short["m"]), int(short["d"]), hint), short["rest"])
    if _MONTH_OR_YEAR.fullmatch(compact):
        return Reading(fault=DateFault.INCOMPLETE)
    return Reading(fault=DateFault.FORM)


def _in_figures(text: str) -> str:
    """Return a date in Chinese words or with an English month in figures; other text as it is."""
    plain = text.replace(" ", "")
    found = _CHINESE.fullmatch(plain)
    if found:
        year = "".join(str(_digit(c)) for c in found["y"])
        out = f"{year}年"
        if found["m"]:
            out += f"{_counted(found['m'])}月"
        return out + (f"{_counted(found['d'])}日" if found["d"] else "")
    short = _CHINESE_SHORT.fullmatch(plain)
    if short:
        return f"{_counted(short['m'])}月{_counted(short['d'])}日"
    english = _ENGLISH.fullmatch(text)
    if english:
        month = _MONTHS.get((english["m"] or english["m2"]).casefold())
        if month:
            return f"{english['y'] or english['y2']}-{month}-{english['d'] or english['d2']}"
    return text


def _digit(character: str) -> int:
    if character.isdigit() and character.isascii():
        return int(character)
    return 0 if character in "〇零○O" else "一二三四五六七八九".index(character) + 1


def _counted(words: str) -> int:
    """Return a number up to 99 in Chinese words: 二十三, 廿三, 十."""
    plain = words.replace("廿", "二十").replace("卅", "三十")
    tens, ten, ones = plain.rpartition("十")
    if not ten:
        return _digit(plain) if len(plain) == 1 else 0
    return 10 * (_digit(tens) if len(tens) == 1 else 1) + (_digit(ones) if ones else 0)


def _turned(found: re.Match[str]) -> Reading:
    """Read 13/7/1985 or 7/13/1985; where both may be the month it is not guessed."""
    first, second, year = int(found[1]), int(found[2]), int(found[3])
    if first <= 12 and second <= 12 and first != second:
        return Reading(fault=DateFault.AMBIGUOUS)
    month, day = (second, first) if first > 12 else (first, second)
    return _timed(_dated(year, month, day), found[4], found[5])


def _year(written: str, hint: YearHint | None, past: bool) -> int:
    if len(written) == 4:
        return int(written)
    short, now = int(written), hint.year if hint else 2030
    return 1900 + short if past and 2000 + short > now else 2000 + short


def _read_digits(digits: str, hint: YearHint | None, past: bool) -> Reading:
    if len(digits) == 14 or len(digits) == 12:
        base = _dated(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
        return _timed(base, digits[8:10], digits[10:12])
    if len(digits) == 8:
        return _dated(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    if len(digits) == 6:
        if digits[:2] in {"19", "20"} and 1 <= int(digits[4:]) <= 12:
            return Reading(fault=DateFault.INCOMPLETE)
        return _dated(_year(digits[:2], hint, past), int(digits[2:4]), int(digits[4:]))
    if len(digits) <= 5:
        return _read_figure(float(digits), hint, past)
    return Reading(fault=DateFault.FORM)


def _without_year(month: int, day: int, hint: YearHint | None) -> Reading:
    if _date(2024, month, day) is None:
        return Reading(fault=DateFault.NO_SUCH_DATE)
    if hint is None:
        return Reading(fault=DateFault.NO_YEAR)
    if hint.near is None:
        return _dated(hint.year, month, day)
    near = hint.near
    candidates = [_date(year, month, day) for year in (near.year, near.year - 1, near.year + 1)]
    real = [candidate for candidate in candidates if candidate is not None]
    if not real:
        return Reading(fault=DateFault.NO_SUCH_DATE)
    return Reading(min(real, key=lambda candidate: abs((candidate - near).days)))


def _timed(base: Reading, hour: str | None, minute: str | None) -> Reading:
    if base.day is None or hour is None:
        return base
    hours, minutes = int(hour), int(minute or 0)
    if hours == 24 and minutes == 0:  # the end of that day
        at = datetime.combine(base.day, datetime.min.time()) + timedelta(days=1)
        return Reading(base.day, at)
    if hours > 23 or minutes > 59:
        return Reading(fault=DateFault.NO_SUCH_DATE)
    return Reading(base.day, datetime(base.day.year, base.day.month, base.day.day, hours, minutes))  # noqa: DTZ001 - naive local by contract


def _with_rest(base: Reading, rest: str | None) -> Reading:
    """Add the time of day that follows a date; other words behind a date are let be."""
    if base.day is None or not rest or not rest.strip():
        return base
    found = _TIME.match(rest.strip())
    if not found:
        return base
    hour = int(found["h"])
    half = (found["half"] or found["after"] or "").casefold()
    if half in {"下午", "晚", "晚上", "pm"} and hour < 12:
        hour += 12
    minute = "30" if found["half_past"] else found["n"]
    return _timed(base, str(hour), minute)
