"""From when and until when a sentence says that something holds (起止时间), read as people say it. Pure."""

import re
from datetime import date, datetime, timedelta
from typing import Final

from gridwell.orders.rules.notice.times import CHINA
from gridwell.places.rules.numerals import parse_int

_DAY: Final = (
    r"(?:(?P<{0}y>20\d{{2}})年)?(?:(?P<{0}m>\d{{1,2}}|[一二三四五六七八九十]{{1,2}})月)?"
    r"(?P<{0}d>\d{{1,2}}|[一二三四五六七八九十]{{1,3}})[日号](?!楼|院)"
)
_CLOCK: Final = (
    r"(?P<{0}part>凌晨|清晨|早上|早|上午|中午|下午|傍晚|晚上|晚间|晚|夜间)?"
    r"(?:(?P<{0}h>\d{{1,2}}|[零一二三四五六七八九十]{{1,3}})(?:[时点]|:(?=\d{{2}}))(?:整|(?P<{0}half>半)|(?P<{0}min>\d{{1,2}})分?)?)"
)
_POINT: Final = rf"(?:{_DAY}(?:{_CLOCK})?|(?P<{{0}}only>){_CLOCK.replace('{0}', '{0}o')})"
_REL: Final = re.compile(r"(?P<w>今|明|后|次|当)(?P<u>[日天晚早])")
_FROM_TO: Final = re.compile(
    _POINT.format("a") + r"(?:起|开始|,)*(?:至|到|—|-|~|–)+" + _POINT.format("b")
)
_FROM: Final = re.compile(_POINT.format("a") + r"(?:起|开始|后)")
_UNTIL: Final = re.compile(r"(?:至|到|截至|持续到)" + _POINT.format("b") + r"(?!之间)")
_BEFORE: Final = re.compile(_POINT.format("b") + r"(?:之前|以前|前)")
_AT_ONCE: Final = re.compile(r"即日起|即时起|立即|即刻|马上")
_LASTS: Final = re.compile(
    r"(?:为期|持续|时长|期限为?|暂定|预计(?:停[气水电暖])?)(?P<n>\d{1,3}|[一二三四五六七八九十两])个?(?P<u>天|日|小时)"
)


def moments_in(text: str, issued_on: date | None) -> tuple[datetime | None, datetime | None]:
    """Return from when and until when (or before when) a folded sentence says; None where it does not.

    今日 and 明日 are told by the day of issue, a missing year and month too; without it they stay
    unknown. 24时 of a day and 次日零时 are the same instant. A last day without an hour ends with it.
    """
    plain = _without_weekdays(text)
    if issued_on is not None:
        plain = _told(plain, issued_on)
    if both := _FROM_TO.search(plain):
        since = _instant(both, "a", issued_on, None)
        return since, _instant(both, "b", issued_on, since, is_end=True)
    since = None
    if first := _FROM.search(plain):
        since = _instant(first, "a", issued_on, None)
    elif _AT_ONCE.search(plain) and issued_on is not None:
        since = datetime(issued_on.year, issued_on.month, issued_on.day, tzinfo=CHINA)
    last = _BEFORE.search(plain) or _UNTIL.search(plain)
    if last is not None:
        until = _instant(last, "b", issued_on, since, is_end=True)
        if since is not None and until is not None and until <= since:
            return (
                since,
                None,
            )  # 自22日6时起,…于当日5时前: two things, and which is whose is not plain
        return since, until
    if since is not None and (lasts := _LASTS.search(plain)):
        count = 2 if lasts["n"] == "两" else parse_int(lasts["n"]) or 0
        span = timedelta(hours=count) if lasts["u"] == "小时" else timedelta(days=count)
        return since, since + span
    return since, None


def _without_weekdays(text: str) -> str:
    return re.sub(r"\((?:星期|周)[一二三四五六日天]\)", "", text)


def _told(text: str, issued_on: date) -> str:
    """Return a text whose 今日, 明日 and 次日 are days of the calendar."""
    near = issued_on

    def day(found: re.Match[str]) -> str:
        if found["w"] in "次当":
            return _after_last(text[: found.start()], near, int(found["w"] == "次"))
        on = near + timedelta(days={"明": 1, "后": 2}.get(found["w"], 0))
        part = {"晚": "晚", "早": "早"}.get(found["u"], "")
        return f"{on.year}年{on.month}月{on.day}日{part}"

    return _REL.sub(day, text)


def _after_last(before: str, near: date, days: int) -> str:
    """Return the day, or the day after, that is named last before (7月20日22时至次日6时)."""
    named = [*re.finditer(r"(?:(\d{1,2})月)?(\d{1,2})[日号]", before)]
    on = near
    if named:
        month = int(named[-1][1]) if named[-1][1] else near.month
        on = _day(near.year, month, int(named[-1][2])) or near
    on += timedelta(days=days)
    return f"{on.year}年{on.month}月{on.day}日"


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _instant(
    found: re.Match[str],
    prefix: str,
    issued_on: date | None,
    after: datetime | None,
    *,
    is_end: bool = False,
) -> datetime | None:
    said = found.groupdict()
    base = after.date() if after is not None else issued_on
    if said.get(prefix + "d"):
        day = _calendar_day(said, prefix, base)
        clock = prefix
    else:  # only an hour: of the day before it, else of the day of issue
        day, clock = base, prefix + "o"
    if day is None:
        return None
    midnight = datetime(day.year, day.month, day.day, tzinfo=CHINA)
    hour_said = said.get(clock + "h")
    if hour_said is None:
        return midnight + timedelta(days=1) if is_end else midnight
    hour = 0 if hour_said == "零" else parse_int(hour_said)
    minute = 30 if said.get(clock + "half") else int(said.get(clock + "min") or 0)
    if hour is None or hour > 24 or minute > 59:
        return None
    if said.get(clock + "part") in ("下午", "傍晚", "晚上", "晚间", "晚", "夜间") and hour < 12:
        hour += 12
    at = midnight + timedelta(hours=hour, minutes=minute)
    if is_end and after is not None and not said.get(prefix + "d") and at <= after:
        at += timedelta(days=1)  # 22时至6时
    return at


def _calendar_day(said: dict[str, str | None], prefix: str, base: date | None) -> date | None:
    year, month, day = (said.get(prefix + part) for part in "ymd")
    if (year is None or month is None) and base is None:
        return None
    on_year = int(year) if year else base.year if base else 0
    on_month = (parse_int(month) or 0) if month else base.month if base else 0
    on = _day(on_year, on_month, parse_int(day or "") or 0)
    if on is None or base is None:
        return on
    if not year and (base - on).days > 183:
        return _day(on.year + 1, on.month, on.day)
    if not month and on < base:  # 31日24时至1日6时
        return _day(on.year + on.month // 12, on.month % 12 + 1, on.day)
    return on
