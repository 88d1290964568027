"""Tags and filters that all templates share."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from html import escape
from typing import Any

from django import template
from django.template.context import RequestContext
from django.utils import formats
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext, pgettext

from gridwell.core import assets, cells, clock, joining
from gridwell.core.components import COLOURS, Mark

register = template.Library()
register.simple_tag(cells.line_of_cells)


@register.simple_tag
def asset(name: str) -> str:
    """Return the address of a built file: `{% asset "desk.ts" %}`."""
    return assets.asset_url(name)


@register.simple_tag
def asset_if_built(name: str) -> str:
    """Return the address of a built file, or nothing: for the error pages, which must not fail."""
    try:
        return assets.asset_url(name)
    except assets.FrontEndNotBuilt:
        return ""


@register.filter
def joined(items: Iterable[object]) -> str:
    """Return items side by side with the sign of the page's language between them."""
    return joining.joined(items)


@register.simple_tag
def between(loop: Mapping[str, Any]) -> str:
    """Return the sign between two items of a list, nothing behind the last: `{% between forloop %}`.

    For items that are more than text (a link, a mark); plain ones are put together by `joined`.
    """
    return "" if loop["last"] else joining.separator()


@register.simple_tag
def options(choices: Iterable[tuple[Any, Any]], chosen: Any = "") -> SafeString:
    """Return the options of a select, the chosen one marked.

    For lists of hundreds: a loop of the template, or `format_html_join`, takes ten times as long.
    """
    said = "" if chosen is None else str(chosen)
    parts = [
        f'<option value="{escape(str(value))}"'
        f"{' selected' if str(value) == said else ''}>{escape(str(word))}</option>"
        for value, word in choices
    ]
    return mark_safe("".join(parts))  # noqa: S308 - every part is escaped above


# ---- days and instants, as people say them -------------------------------------------------


def _is_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def weekday(day: date) -> str:
    """Return the short weekday: 周三, Wed."""
    if _is_chinese():
        return "周" + "一二三四五六日"[day.weekday()]
    return formats.date_format(day, "D")


def full_day(day: date) -> str:
    """Return a day in full, for paper: 2022年11月23日."""
    if _is_chinese():
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {formats.date_format(day, 'F')} {day.year}"


def exact_day(day: date) -> str:
    """Return a day in full with its weekday: 2022年11月23日 周三."""
    if _is_chinese():
        return f"{full_day(day)} {weekday(day)}"
    return f"{weekday(day)} {full_day(day)}"


def plain_day(day: date, today: date) -> str:
    """Return a day without relation to today: 11月23日, with the year when it is another one."""
    if _is_chinese():
        text = f"{day.month}月{day.day}日"
        return text if day.year == today.year else f"{day.year}年{text}"
    text = f"{day.day} {formats.date_format(day, 'M')}"
    return text if day.year == today.year else f"{text} {day.year}"


def near_day(day: date, today: date) -> str:
    """Return a day as said today: 前天, 昨天, 今天, 明天, 后天, else its date."""
    near = {
        -2: gettext("two days ago"),
        -1: gettext("yesterday"),
        0: gettext("today"),
        1: gettext("tomorrow"),
        2: gettext("in two days"),
    }
    return near.get((day - today).days) or plain_day(day, today)


def _day(value: date | datetime) -> date:
    return clock.day_of(value) if isinstance(value, datetime) else value


def _time(stamp: str, exact: str, text: str) -> SafeString:
    return format_html('<time datetime="{}" title="{}">{}</time>', stamp, exact, text)


@register.simple_tag
def day_words(value: date | datetime | None) -> SafeString | str:
    """Return a day as people say it (今天, 昨天, 11月20日) with the exact day on hover."""
    if value is None:
        return "—"
    day = _day(value)
    return _time(day.isoformat(), exact_day(day), near_day(day, clock.today()))


@register.simple_tag
def instant_words(value: datetime | None) -> SafeString | str:
    """Return an instant as people say it (今天 09:12) with the exact instant on hover."""
    if value is None:
        return "—"
    local = value.astimezone(clock.zone())
    clock_time = f"{local:%H:%M}"
    near = near_day(local.date(), clock.today())
    exact = f"{exact_day(local.date())} {local:%H:%M:%S}"
    return _time(local.isoformat(timespec="seconds"), exact, f"{near} {clock_time}")


@register.filter
def last_day(end: datetime | None) -> date | None:
    """Return the last day of a window, whose end instant is outside it: {% days_left end|last_day %}."""
    return clock.last_day_of(end) if end is not None else None


@register.simple_tag
def until_words(end: datetime | None) -> SafeString | str:
    """Return the end of a window as people say it: 明天 24:00, not 后天 00:00."""
    if end is None:
        return "—"
    near = near_day(clock.last_day_of(end), clock.today())
    stamp = end.astimezone(clock.zone()).isoformat(timespec="seconds")
    return _time(stamp, end_in_full(end), f"{near} {clock.end_time_of(end)}")


@register.filter
def start_in_full(start: datetime | None) -> str:
    """Return the beginning of a window in full, for paper: 2022年11月21日, its time unless midnight."""
    if start is None:
        return "—"
    local = start.astimezone(clock.zone())
    if not _is_chinese():
        said = f"{local:%H:%M} on " if local.time() != time() else ""
        return said + full_day(local.date())
    if local.time() == time():
        return full_day(local.date())
    return full_day(local.date()) + (f"{local.hour}时" if not local.minute else f"{local:%H:%M}")


@register.filter
def end_in_full(end: datetime | None) -> str:
    """Return the end of a window in full, for paper: 2022年11月23日24时."""
    if end is None:
        return "—"
    day, at = clock.last_day_of(end), clock.end_time_of(end)
    if not _is_chinese():
        return f"{at} on {full_day(day)}"
    said = f"{int(at[:2])}时" if at.endswith(":00") else at
    return f"{full_day(day)}{said}"


@register.simple_tag
def days_left(value: date | datetime | None) -> SafeString | str:
    """Return how long something still lasts (还有2天, 今天到期, 逾期1天), the end day on hover."""
    if value is None:
        return "—"
    day = _day(value)
    left = (day - clock.today()).days
    if left > 0:
        text = ngettext("%(days)s day left", "%(days)s days left", left) % {"days": left}
    elif left == 0:
        text = gettext("ends today")
    else:
        text = ngettext("%(days)s day overdue", "%(days)s days overdue", -left) % {"days": -left}
    return _time(day.isoformat(), exact_day(day), text)


@register.simple_tag
def day_count(number: int, began: date | datetime | None = None) -> SafeString:
    """Return a counted day (第3天), the day on which counting began on hover."""
    text = pgettext("counted day", "day %(number)s") % {"number": number}
    if began is None:
        return format_html("{}", text)
    day = _day(began)
    since = gettext("since %(day)s") % {"day": exact_day(day)}
    return format_html(
        '<time class="is-count" datetime="{}" title="{}">{}</time>', day.isoformat(), since, text
    )


@register.simple_tag
def now_words() -> SafeString:
    """Return the present day and time for the frame: 11月23日 周三 20:06."""
    local = clock.now().astimezone(clock.zone())
    today = local.date()
    text = f"{plain_day(today, today)} {weekday(today)} {local:%H:%M}"
    return _time(local.isoformat(timespec="minutes"), exact_day(today), text)


# ---- people ----------------------------------------------------------------------------------


@register.filter
def mask_name(name: str | None) -> str:
    """Return a name with all but its ends hidden: 张*华, 李*, 阿********提."""
    name = (name or "").strip()
    if len(name) <= 1:
        return "*" * len(name)
    if len(name) == 2:
        return name[0] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]


# ---- parts -----------------------------------------------------------------------------------


@register.simple_tag
def label_chip(sign: str, colour: str, name: Any, is_heart: bool = False) -> SafeString:
    """Return the sign of a label on its colour, its name on hover and for readers of the screen."""
    if colour not in COLOURS:
        colour = "grey"  # a scheme of another version; the sign still says it
    return format_html(
        '<span class="mk k-{}{}" title="{}"><span aria-hidden="true">{}</span>'
        '<span class="vh">{}</span></span>',
        colour,
        " is-heart" if is_heart else "",
        name,
        sign,
        name,
    )


@register.simple_tag
def mark_chip(mark: Mark | None) -> SafeString | str:
    """Return a `components.Mark` as a chip; nothing for None."""
    return label_chip(mark.sign, mark.colour, mark.name, mark.is_heart) if mark else ""


@register.inclusion_tag("core/parts/figure.html")
def figure(
    what: Any, value: Any, url: str | None = None, unit: Any = "", note: Any = "", tone: str = ""
) -> dict[str, Any]:
    """Draw one figure of a strip outside a list of `components.Figure`."""
    return {
        "figure": {
            "what": what,
            "value": value,
            "url": url,
            "unit": unit,
            "note": note,
            "tone": tone,
        }
    }


@register.simple_tag
def why_link(url: str | None, about: Any = "") -> SafeString | str:
    """Return the link "Why?" (为什么？); `about` tells it from the others for readers of the screen."""
    if not url:
        return ""
    hidden = format_html('<span class="vh"> {}</span>', about) if about else ""
    return format_html('<a class="why-link" href="{}">{}{}</a>', url, gettext("Why?"), hidden)


@register.simple_tag
def tag(text: Any, tone: str = "") -> SafeString:
    """Return a state in words: `tone` ok, warn, bad, info or empty."""
    return format_html('<span class="tag{}">{}</span>', f" tone-{tone}" if tone else "", text)


@register.simple_tag
def dots(rounds: Any) -> SafeString:
    """Return rounds as dots, each a `components.Dot`; read out as one sentence of their names."""
    signs = {"done": "✓", "missed": "!"}
    rounds = list(rounds)
    if not rounds:
        return SafeString()
    items = format_html_join(
        "",
        '<i class="is-{}" title="{}">{}</i>',
        ((dot.state, dot.name, signs.get(dot.state, "")) for dot in rounds),
    )
    names = joining.joined(dot.name for dot in rounds)
    return format_html('<span class="dots" role="img" aria-label="{}">{}</span>', names, items)


@register.filter
def shortened(name: str, most: int = 60) -> SafeString | str:
    """Return a name cut to what a list can hold, the whole of it on hover (a boundary in words)."""
    if len(name) <= most:
        return name
    return format_html('<span title="{}">{}…</span>', name, name[: most - 1])


@register.filter
def number(value: Any) -> str:
    """Return a whole number with thousands separators (8,097); a dash for None."""
    if value is None or value == "":
        return "—"
    return f"{value:,}" if isinstance(value, int) else str(value)


@register.filter
def share(part: int | None, whole: int | None) -> str:
    """Return part of whole in percent, rounded down, so that 100% means all; a dash without whole."""
    if not whole or part is None:
        return "—"
    return f"{part * 100 // whole}%"


@register.simple_tag(takes_context=True)
def query(context: RequestContext, **changes: Any) -> str:
    """Return the page's query string with some keys changed; None or "" takes a key out.

    A change of anything but the page number starts at the first page again.
    """
    asked = context["request"].GET.copy()
    if "page" not in changes:
        asked.pop("page", None)
    for key, value in changes.items():
        if value is None or value == "":
            asked.pop(key, None)
        else:
            asked[key] = str(value)
    return f"?{asked.urlencode()}" if asked else "?"


@register.inclusion_tag("core/parts/sort_head.html", takes_context=True)
def sort_head(context: RequestContext, key: str, text: Any, css: str = "") -> dict[str, Any]:
    """Draw a column head that sorts: `?sort=key`, then `?sort=-key`."""
    now = context["request"].GET.get("sort", "")
    order = {"": "", key: "ascending", f"-{key}": "descending"}.get(now, "")
    return {
        "text": text,
        "css": css,
        "order": order,
        "url": query(context, sort=f"-{key}" if now == key else key),
    }


@register.inclusion_tag("core/parts/pager.html", takes_context=True)
def pager(context: RequestContext, page: Any, target: str = "") -> dict[str, Any]:
    """Draw the pager of a `Paginator` page; with `target` ("#rows") htmx fetches that part only."""
    return {"page": page, "target": target, "request": context["request"]}


@register.filter
def is_checkbox(field: Any) -> bool:
    """Return whether a bound field is a single box, whose label stands behind it."""
    return str(field.widget_type) == "checkbox"
