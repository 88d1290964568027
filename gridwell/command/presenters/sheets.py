"""Printed sheets and texts for groups (告知书、解除通知单、群通知); no personal data in group texts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from gridwell.accounts.rules.actor import Actor
from gridwell.command.presenters.words import say
from gridwell.command.presenters.zones import basis_words
from gridwell.command.queries.zones import ZoneView
from gridwell.core.clock import day_of
from gridwell.core.joining import joined
from gridwell.core.templatetags.core_tags import full_day
from gridwell.orders import labels
from gridwell.orders.queries.sheets import deliveries_of, own_doors
from gridwell.places.models import Place
from gridwell.protocols.rules.model import LevelRule, LiftRule


@dataclass(frozen=True)
class Sheet:
    """A sheet for one door or one entrance."""

    name: str
    building: int


@dataclass(frozen=True)
class GroupText:
    """A text for a building's group chat."""

    name: str
    text: str


def measure_words(rule: LevelRule | None) -> list[str]:
    """Return what a zone of this level asks, in words people use."""
    return [say(labels.MEASURES, m) for m in rule.measures] if rule is not None else []


def lift_words(lift: LiftRule | None) -> str:
    """Return when it ends: both conditions, though notices tend to print only one."""
    if lift is None:
        return ""
    facts = {"days": lift.clean_days, "day": lift.closing_day}
    if lift.closing_day is None:
        return _("It is lifted after %(days)s days in a row without a new case.") % facts
    return (
        _(
            "It is lifted after %(days)s days in a row without a new case and a round on day %(day)s in "
            "which everybody is negative."
        )
        % facts
    )


def round_words(rule: LevelRule | None) -> str:
    """Return on which days samples are taken."""
    if rule is None or rule.rounds is None:
        return ""
    days = joined(str(day) for day in rule.rounds.days)
    return _("Samples are taken at the door on day %(days)s, then as results decide.") % {
        "days": days
    }


def zone_facts(view: ZoneView) -> dict[str, Any]:
    """Return what every sheet of a zone says."""
    span = view.span
    lift = view.rule.lifting(is_stepped=span.is_stepped) if view.rule and span else None
    since = span.from_at if span is not None else None
    return {
        "level": say(labels.LEVELS, span.level) if span is not None else "",
        "basis": basis_words(span.opened_by) if span is not None else "",
        "since_words": full_day(day_of(since)) if since is not None else _("before our records"),
        "measures": measure_words(view.rule),
        "round_words": round_words(view.rule),
        "lift_words": lift_words(lift),
    }


def _doors(view: ZoneView) -> list[Place]:
    ids = sorted(view.reach.dwellings)
    found: list[Place] = []
    for start in range(0, len(ids), 900):
        found += Place.objects.filter(pk__in=ids[start : start + 900]).select_related(
            "building", "unit", "parent"
        )
    return sorted(
        found, key=lambda p: (p.building.position if p.building else 0, p.building_id or 0,
                              p.unit.position if p.unit else 0, p.floor or 0, p.position, p.pk)
    )  # fmt: skip


def _building(door: Place) -> Place:
    return door.building or door.parent or door


def sheets_of(view: ZoneView, actor: Actor, *, per: str) -> dict[str, Any]:
    """Return the sheets of a zone by building, one a household or one an entrance, and who has one.

    `buildings` are those for which the actor can record deliveries: with doors of their own grids.
    """
    doors = _doors(view)
    sheets: dict[tuple[int, int], Sheet] = {}
    for door in doors:
        building = _building(door)
        if per == "door":
            sheets[building.pk, door.pk] = Sheet(door.full_name, building.pk)
        else:
            entrance = door.unit or building
            sheets.setdefault((building.pk, entrance.pk), Sheet(entrance.full_name, building.pk))
    own = own_doors(actor, view.zone.community_id, [door.pk for door in doors])
    done = deliveries_of(view.zone.community_id, "zone_notice", basis_of(view.zone.pk))
    return {
        "sheets": list(sheets.values()),
        "buildings": list(
            {_building(d).pk: _building(d).full_name for d in doors if d.pk in own}.items()
        ),
        "delivered": sum(1 for d in doors if d.pk in done),
        "total": len(doors),
    }


def basis_of(zone: int) -> str:
    """Return what deliveries of a zone's notice are kept under."""
    return f"zone:{zone}"


def doors_in(view: ZoneView, building: int) -> list[int]:
    """Return the doors of one building that the zone covers."""
    return [d.pk for d in _doors(view) if _building(d).pk == building]


def texts_of(view: ZoneView, community: str, telephone: str) -> list[GroupText]:
    """Return one text for each building of the zone."""
    facts = zone_facts(view)
    names = {_building(d).pk: _building(d).full_name for d in _doors(view)}
    tail = _("Community: %(community)s") % {"community": community}
    if telephone:
        tail += " " + _("telephone %(number)s") % {"number": telephone}
    lines = [*facts["measures"], facts["round_words"], facts["lift_words"]]
    lines.append(_("Going to hospital is never refused: call us and we arrange it."))
    found = []
    for name in names.values():
        head = _("[Notice] Neighbours of %(name)s: by %(basis)s this place is %(level)s.") % {
            "name": name,
            "basis": facts["basis"],
            "level": facts["level"],
        }
        numbered = [f"{n}. {line}" for n, line in enumerate(filter(None, lines), start=1)]
        found.append(GroupText(name, "\n".join([head, *numbered, tail])))
    return found


def stay_sheets(stays: Iterable[Any], now: datetime) -> list[dict[str, Any]]:
    """Return isolation or release sheets by building; numbers of people are not on them."""
    rows = sorted(
        stays,
        key=lambda s: (
            (s.dwelling.building_id or 0, s.dwelling.full_name) if s.dwelling else (0, "")
        ),
    )
    return [{"stay": stay, "today": day_of(now)} for stay in rows]
