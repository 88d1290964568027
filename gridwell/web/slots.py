"""What the plan, the orders and the results show on the pages of the register: one call a page."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.core import clock
from gridwell.core.components import TimelineEntry
from gridwell.core.joining import joined
from gridwell.health.labels import OUTCOMES
from gridwell.health.models import Isolation, Monitoring, Result
from gridwell.orders.labels import LEVELS
from gridwell.places.models import Place
from gridwell.places.queries import community_of_place
from gridwell.plan.actions import up_to_date
from gridwell.plan.rules.plan import DutyCode, OrderKind, Plan
from gridwell.protocols.labels import STAYS
from gridwell.protocols.queries import protocol_for
from gridwell.residents.models import Household, Membership, Resident
from gridwell.residents.queries import BoardMark, BoardTally
from gridwell.screening.queries.members import tallies
from gridwell.screening.queries.rounds import open_rounds
from gridwell.web.queries.doors import chunks
from gridwell.web.queries.today import sampled_on
from gridwell.web.queries.why import Reason, reasons_of

TIMELINE_RESULTS = 40


@dataclass(frozen=True)
class State:
    """A state of a person or place in words."""

    subject: int
    text: str
    tone: str = ""
    url: str = ""


@dataclass(frozen=True)
class Panel:
    """A panel of another page: its template and what it draws."""

    template: str
    title: str
    people: tuple[tuple[str, tuple[Reason, ...]], ...]
    why_url: str


@dataclass(frozen=True)
class LedgerCell:
    """A cell of a column that the grid ledger shows for us."""

    subject: int
    column: str
    text: str


def _community_of(model: type[Model], ids: Sequence[int]) -> int | None:
    if not ids:
        return None
    if model is Place:
        return community_of_place(ids[0])
    rows = model._default_manager.filter(pk=ids[0])
    return rows.values_list("community_id", flat=True).first()


def _plan(community: int, day: date) -> Plan:
    return up_to_date(community=community, day=day, now=clock.now()).plan


def _dwellings(community: int, residents: Iterable[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for part in chunks(list(residents)):
        rows = Resident.objects.filter(community_id=community, pk__in=part)
        found.update((pk, home) for pk, home in rows.values_list("pk", "dwelling_id") if home)
    return found


def board_marks(actor: Actor, ids: Sequence[int], day: date) -> Iterable[BoardMark]:
    """Mark the doors of people in isolation and those that are served at the door."""
    community = _community_of(Place, ids)
    if community is None:
        return
    plan, wanted = _plan(community, day), set(ids)
    isolated = {
        resident
        for group in plan.duties
        if group.basis.order_kind == OrderKind.ISOLATION and group.code is DutyCode.STAY_HOME
        for resident in group.residents
    }
    first = {row.household for row in plan.priorities}
    # Asked by the doors of the board, which are some tens; the day's people are thousands.
    for part in chunks(sorted(wanted)) if isolated else ():
        people = Resident.objects.filter(community_id=community, dwelling__in=part)
        found = {home for pk, home in people.values_list("pk", "dwelling_id") if pk in isolated}
        for dwelling in found:
            yield BoardMark(dwelling, pgettext("sign", "iso"), _("isolation at home"))
    for part in chunks(sorted(wanted)) if first else ():
        homes = Household.objects.filter(community_id=community, dwelling__in=part)
        found = {home for pk, home in homes.values_list("pk", "dwelling_id") if pk in first}
        for dwelling in found:
            yield BoardMark(dwelling, pgettext("sign", "door"), _("served first at the door"))


def board_tally(actor: Actor, ids: Sequence[int], day: date) -> Iterable[BoardTally]:
    """Say for each door how many of those due today have been sampled."""
    community = _community_of(Place, ids)
    if community is None:
        return
    if rounds := list(open_rounds(community, day)):  # frozen, with guests and who is exempt
        for door, (done, asked) in tallies(community, rounds, ids).items():
            if asked:
                yield BoardTally(door, done, asked)
        return
    due = _plan(community, day).residents_with(DutyCode.BE_SAMPLED)
    if not due:
        return
    sampled, wanted = sampled_on(community, day), set(ids)
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for resident, dwelling in _dwellings(community, due).items():
        if dwelling in wanted:
            counts[dwelling][0] += resident in sampled
            counts[dwelling][1] += 1
    for dwelling, (done, asked) in counts.items():
        yield BoardTally(dwelling, done, asked)


def board_head(actor: Actor, ids: Sequence[int], day: date) -> Iterable[State]:
    """Name the zones that cover the building, with their day."""
    community = _community_of(Place, ids)
    if community is None:
        return
    wanted = set(ids)
    for zone in _plan(community, day).zones:
        if zone.level is not None and wanted & set(zone.buildings):
            words = str(LEVELS.get(zone.level, zone.level))
            if zone.day_number is not None:
                words = _("%(level)s, day %(day)s") % {"level": words, "day": zone.day_number}
            url = reverse("zone_file", args=[community, zone.zone])
            yield State(ids[0], words, "bad", url)


def people_states(actor: Actor, ids: Sequence[int], day: date) -> Iterable[State]:
    """Say of each person what the day asks: sampled or not, isolation, stay at home."""
    community = _community_of(Resident, ids)
    if community is None:
        return
    plan, wanted = _plan(community, day), set(ids)
    sampled = sampled_on(community, day)
    asked: set[int] = set()  # two orders may ask for one sample; it is said once
    for group in plan.duties:
        for resident in wanted.intersection(group.residents):
            if group.code is DutyCode.BE_SAMPLED:
                if resident in asked:
                    continue
                asked.add(resident)
                done = resident in sampled
                words = _("sampled") if done else _("not sampled yet")
                yield State(resident, words, "ok" if done else "warn")
            elif group.basis.order_kind == OrderKind.ISOLATION and group.code in (
                DutyCode.STAY_HOME,
                DutyCode.STAY_ISOLATED,
                DutyCode.AVOID_GOING_OUT,
            ):
                kind = str(group.fact("kind") or "")
                yield State(resident, str(STAYS.get(kind, kind)), "info")


def household_panels(
    actor: Actor, ids: Sequence[int], day: date, *, with_names: bool = True
) -> Iterable[Panel]:
    """Answer "why is this so?" for everyone of a household.

    The file asks whoever has no daily work with names for a reason first; beside the board nobody
    is asked, so there people are only counted for them.
    """
    community = _community_of(Household, ids)
    if community is None:
        return
    plan = _plan(community, day)
    protocol = protocol_for(community, day)
    members = Membership.objects.filter(
        community_id=community,
        household__in=ids,
        ends_at=None,
        superseded_at=None,
        kind="lives",
    )
    same: dict[tuple[Reason, ...], list[str]] = {}
    for resident, name in members.order_by("-is_head", "pk").values_list(
        "resident_id", "resident__name"
    ):
        reasons = tuple(reasons_of(community, plan.duties_of(resident), plan, protocol))
        if reasons:
            same.setdefault(reasons, []).append(name)
    yield Panel(
        template="web/parts/why_panel.html",
        title=_("Why?"),
        people=tuple(
            (joined(names) if with_names else _people_words(len(names)), reasons)
            for reasons, names in same.items()
        ),
        why_url=reverse("today_why", args=[community, ids[0]]),
    )


def side_panels(actor: Actor, ids: Sequence[int], day: date) -> Iterable[Panel]:
    """Answer "why is this so?" beside the board, for the households behind a door."""
    community = _community_of(Place, ids)
    if community is None:
        return
    with_names = actor.may(Right.SEE_NAMES, community)
    homes = Household.objects.filter(community_id=community, dwelling__in=ids, ends_at=None)
    for household in homes.filter(merged_into=None).values_list("pk", flat=True):
        yield from household_panels(actor, [household], day, with_names=with_names)


def _people_words(count: int) -> str:
    return ngettext("%(count)s person", "%(count)s people", count) % {"count": count}


def household_timeline(actor: Actor, ids: Sequence[int], day: date) -> Iterable[TimelineEntry]:
    """Bring results and isolations of a household's people to its time line."""
    community = _community_of(Household, ids)
    if community is None:
        return
    members = Membership.objects.filter(
        community_id=community, household__in=ids, superseded_at=None, ends_at=None
    )
    names = dict(members.values_list("resident_id", "resident__name"))
    results = Result.objects.filter(
        community_id=community, resident__in=names, superseded_at=None
    ).order_by("-sampled_at")[:TIMELINE_RESULTS]
    by_day: dict[tuple[date, str], list[tuple[datetime, str]]] = defaultdict(list)
    for resident, sampled_at, outcome in results.values_list("resident", "sampled_at", "outcome"):
        by_day[clock.day_of(sampled_at), outcome].append((sampled_at, names[resident]))
    for (_day, outcome), samples in by_day.items():
        yield TimelineEntry(
            at=max(samples)[0],
            text=_("Sampled: %(outcome)s") % {"outcome": OUTCOMES.get(outcome, outcome)},
            note=_at_minutes(samples),
            tone="ok" if outcome == "negative" else "bad" if outcome == "positive" else "",
        )
    stays: tuple[Any, ...] = (
        *Isolation.objects.filter(community_id=community, resident__in=names, superseded_at=None),
        *Monitoring.objects.filter(community_id=community, resident__in=names, superseded_at=None),
    )
    for stay in stays:
        kind = getattr(stay, "place_kind", "monitoring")
        yield TimelineEntry(
            at=stay.starts_at,
            text=str(STAYS.get(kind, kind)),
            note=names[stay.resident_id],
            url=reverse("stay_list", args=[community]),
        )


def _at_minutes(samples: list[tuple[datetime, str]]) -> str:
    """Return who was sampled, each with the time of day when they differ: 王秀英 09:12、李强 09:30."""
    timed = [(f"{at.astimezone(clock.zone()):%H:%M}", name) for at, name in sorted(samples)]
    if len({minute for minute, _name in timed}) == 1:
        return joined(sorted(name for _minute, name in timed))
    return joined(f"{name} {minute}" for minute, name in timed)


def ledger_columns(actor: Actor, ids: Sequence[int], day: date) -> Iterable[LedgerCell]:
    """Bring isolation and today's sample to the grid ledger."""
    for state in people_states(actor, ids, day):
        column = _("Sample today") if state.tone in {"ok", "warn"} else _("Isolation")
        yield LedgerCell(state.subject, column, state.text)
