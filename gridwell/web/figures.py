"""From facts to what the page draws: figures, zone lines, late lines, with links and words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from gridwell.core.components import Dot, Figure
from gridwell.core.templatetags.core_tags import number
from gridwell.orders.labels import LACKS, LEVELS
from gridwell.orders.rules.lifecycle import Lifting
from gridwell.plan.labels import DUTIES, LATE, WORK
from gridwell.plan.rules.plan import Late, OrderKind, Plan, ZonePlace
from gridwell.tasks.queries import Counts
from gridwell.web.queries.areas import AreaRow
from gridwell.web.queries.doors import DoorLine
from gridwell.web.queries.installation import Installation
from gridwell.web.queries.lists import ALL_WORK
from gridwell.web.queries.today import Today

_DOTS = {"done": "done", "today": "now", "ahead": "open", "missed": "missed"}


def _list_url(area: int, code: str) -> str:
    return reverse("today_list", args=[area, code])


def of_today(area: int, facts: Today) -> list[Figure]:
    """Return the strip of Today; each figure opens the list behind it."""
    tally = facts.tally
    late = tally.late + facts.work.late
    return [
        Figure(
            _("Stay at home"),
            tally.stay_home_households,
            _list_url(area, "stay_home"),
            unit=pgettext("unit", "households"),
            note=_("people: %(people)s · buildings: %(buildings)s")
            % {"people": number(tally.stay_home_people), "buildings": tally.stay_home_buildings},
        ),
        Figure(
            _("To be sampled today"),
            tally.due,
            _list_url(area, "be_sampled"),
            unit=pgettext("unit", "people"),
            note=_("%(done)s done · %(left)s missing")
            % {"done": number(tally.sampled), "left": number(tally.missing)},
            tone="warn" if tally.missing else "",
        ),
        _door_service(area, facts),
        Figure(
            _("In isolation"),
            tally.isolated,
            _list_url(area, "isolated"),
            unit=pgettext("unit", "people"),
            note=_("%(count)s end tomorrow") % {"count": tally.isolation_ends_tomorrow},
        ),
        Figure(
            _("Late"),
            late,
            "#late",
            note=_("see what and why") if late else _("nothing is late"),
            tone="bad" if late else "",
        ),
    ]


def _door_service(area: int, facts: Today) -> Figure:
    """Return the door services: today those still open, of another day all that its plan asks for."""
    first = number(facts.tally.first)
    if not facts.work.is_tasks:
        return Figure(
            _("Door service"),
            facts.tally.door_services,
            _list_url(area, "door_service"),
            unit=pgettext("unit", "households"),
            note=_("%(first)s served first") % {"first": first},
        )
    counts = facts.work.of("door_service")
    return Figure(
        _("Door service still open"),
        counts.active,
        f"{reverse('task_list', args=[area])}?kind=door_service",
        unit=pgettext("unit", "households"),
        note=_done_words(counts, first),
        tone="warn" if counts.late else "",
    )


def _done_words(counts: Counts, first: str) -> str:
    """Return what became of all pieces, so that it adds up: done, waiting for a check, the rest open."""
    facts = {"done": number(counts.done), "total": number(counts.total), "first": first}
    if not counts.to_check:
        return _("%(done)s of %(total)s done · %(first)s served first") % facts
    facts["to_check"] = number(counts.to_check)
    return _("%(done)s of %(total)s done · %(to_check)s to be checked") % facts


def of_installation(desk: Installation) -> list[Figure]:
    """Return the strip of an administrator's first page."""
    empty = desk.posts_without_holder
    return [
        Figure(_("Users"), desk.users, reverse("user_list"), unit=pgettext("unit", "people")),
        Figure(
            _("Posts"),
            desk.posts,
            reverse("post_list"),
            note=_("%(count)s without a holder") % {"count": empty} if empty else "",
            tone="warn" if empty else "",
        ),
        Figure(_("Communities"), desk.communities, tone="" if desk.communities else "warn"),
        Figure(
            _("Protocols"),
            len(desk.protocols),
            "#protocols",
            tone="" if desk.protocols else "warn",
        ),
    ]


def of_area(rows: Sequence[AreaRow]) -> list[Figure]:
    """Return the strip of an upper area's roll-up."""
    late = sum(row.late for row in rows)
    return [
        Figure(_("Communities"), len(rows), "#communities"),
        Figure(_("Risk zones"), sum(row.zones for row in rows), "#communities"),
        Figure(
            _("Stay at home"),
            sum(row.stay_home for row in rows),
            "#communities",
            unit=pgettext("unit", "people"),
            note=_("households: %(count)s")
            % {"count": number(sum(row.stay_home_households for row in rows))},
        ),
        Figure(
            _("To be sampled today"),
            sum(row.due for row in rows),
            "#communities",
            unit=pgettext("unit", "people"),
        ),
        Figure(_("Late"), late, "#communities", tone="bad" if late else ""),
    ]


@dataclass(frozen=True)
class ZoneLine:
    """A zone as Today lists it."""

    zone: ZonePlace
    level: str
    dots: tuple[Dot, ...]
    missing: tuple[str, ...]
    is_met: bool
    is_overdue: bool


def zone_line(zone: ZonePlace, plan: Plan) -> ZoneLine:
    """Return a zone with its rounds and what is still missing for lifting, in words."""
    lifting = zone.lifting
    return ZoneLine(
        zone=zone,
        level=str(LEVELS.get(zone.level or "", zone.level or "")),
        dots=round_dots(lifting),
        missing=tuple(missing_words(lifting)),
        is_met=lifting is not None and lifting.is_met,
        is_overdue=lifting is not None and lifting.is_overdue,
    )


def round_dots(lifting: Lifting | None) -> tuple[Dot, ...]:
    """Return the zone's rounds as dots, the closing round last."""
    if lifting is None:
        return ()
    return tuple(
        Dot(
            _DOTS[mark.state],
            (_("closing round, day %(day)s") if mark.is_closing else _("round of day %(day)s"))
            % {"day": mark.day_number},
        )
        for mark in lifting.rounds
    )


def missing_words(lifting: Lifting | None) -> list[str]:
    """Return what is still missing for lifting, one phrase each."""
    if lifting is None:
        return []
    return [str(LACKS[lack.code]) % dict(lack.facts) for lack in lifting.lacks]


@dataclass(frozen=True)
class LateLine:
    """Something late: what, where, since how many days, and where to go; "" for who may not."""

    text: str
    where: str
    since: Any
    url: str


def late_line(area: int, row: Late, doors: Mapping[int, DoorLine], *, may_name: bool) -> LateLine:
    """Return a late thing with the link to where it is put right.

    Who is isolated is a list of names: it opens for nobody who sees counts only.
    """
    facts = dict(row.facts)
    where = str(facts.get("name", ""))
    if row.basis.order_kind == OrderKind.ISOLATION:
        url = reverse("stay_list", args=[area]) if may_name else ""
        door = doors.get(row.subject)
        where = f"{door.compound} {door.door}".strip() if door else ""
    else:
        url = reverse("zone_file", args=[area, row.subject])
    return LateLine(
        text=str(LATE.get(row.code, row.code)), where=where, since=row.since_on, url=url
    )


def list_title(code: str) -> str:
    """Return the title of a list of the day."""
    if code == ALL_WORK:
        return _("To be done")
    return str(DUTIES.get(code) or WORK.get(code) or code)


def count_words(households: int, people: int) -> str:
    """Return "96 households, 247 people"."""
    return ngettext(
        "%(households)s household, %(people)s people",
        "%(households)s households, %(people)s people",
        households,
    ) % {"households": number(households), "people": number(people)}
