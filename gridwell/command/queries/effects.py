"""The effect of approving a part of a notice, before it is approved (批准前看影响)."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from gridwell.command.queries.reach import Reach, census_of
from gridwell.core.clock import day_of
from gridwell.orders.models import Notice, NoticePart, Zone, ZoneChange
from gridwell.orders.queries.corrections import before_correction
from gridwell.orders.queries.desk import DeskItem, desks_of
from gridwell.orders.queries.low import low_among
from gridwell.orders.queries.notices import answers_of
from gridwell.orders.queries.zones import (
    ZoneLife,
    covered,
    dwellings_under,
    lives_of,
    open_lives,
    place_names,
)
from gridwell.orders.rules.changes import (
    Ask,
    ItemLines,
    OpenZone,
    Outcome,
    Question,
    Work,
    work_of,
)
from gridwell.orders.rules.corrections import Correction, correction_of
from gridwell.orders.rules.lifecycle import Act, Change, ScopeLine, state_at
from gridwell.orders.rules.printed import Printed, printed_rules
from gridwell.orders.rules.zones import resolve, widest_unit
from gridwell.protocols.queries import protocol_for, resolved, stored_files
from gridwell.protocols.rules.excess import Finding, OrderFacts, OrderKind, Spread, Weight, check
from gridwell.protocols.rules.model import Level, Measure, Protocol


@dataclass(frozen=True)
class WorkEffect:
    """One change and whom it reaches."""

    work: Work
    reach: Reach
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Effect:
    """What approving would do in one community, and what must be answered first.

    `held` are dwellings whose people may no longer leave home, `freed` those who may again;
    `served` all that get services at the door through this notice. `version` names exactly this
    preview: approving passes it back and is refused when anything has changed since.
    """

    community: int
    desk: tuple[DeskItem, ...]
    work: tuple[WorkEffect, ...]
    questions: tuple[Question, ...]
    held: Reach
    freed: Reach
    served: Reach
    version: str
    remarks: tuple[Finding, ...] = ()  # what the check finds in the notice as a whole
    kept: frozenset[int] = frozenset()  # items done already by the notice that this one corrects
    is_low: bool = False  # the notice calls all the rest of this community low risk

    @property
    def does_anything(self) -> bool:
        """Whether approving changes anything, or would have to be said again."""
        return bool(self.work or self.kept or self.is_low)

    @cached_property
    def asks(self) -> int:
        """How many questions stand in the way of approving."""
        return len(self.questions) + sum(1 for entry in self.desk if entry.asks_place)

    @cached_property
    def by_sequence(self) -> dict[int, list[WorkEffect]]:
        """The changes by the item that makes them."""
        found: dict[int, list[WorkEffect]] = {}
        for effect in self.work:
            found.setdefault(effect.work.item.sequence, []).append(effect)
        return found

    @cached_property
    def findings(self) -> list[Finding]:
        """Every finding of the excess check, each code and clause once."""
        seen: dict[tuple[str, str], Finding] = {}
        all_found = [f for effect in self.work for f in effect.findings]
        for finding in (*all_found, *self.remarks):
            seen.setdefault((finding.code, finding.clause), finding)
        return list(seen.values())

    def count(self, act: str) -> int:
        """Return how many zones this does an act to."""
        return sum(1 for effect in self.work if effect.work.act == act)


@dataclass(frozen=True)
class _Rules:
    """What is compared with: the national version and what holds here, on the day of the act."""

    day: date
    national: Protocol | None
    local: Protocol | None
    printed: Printed


def effects_of(notice: Notice, communities: Sequence[int], now: datetime) -> dict[int, Effect]:
    """Return the effect per community; some twenty queries each, whatever the size of the notice."""
    desks = desks_of(notice, communities)
    files = stored_files()
    printed = printed_rules(notice.text)
    day = day_of(now)
    low = low_among(notice, communities)
    found = {}
    for community in communities:
        rules = _Rules(
            day,
            resolved(files, None, day),
            resolved(files, community, day),
            printed,
        )
        effect = _effect(notice, community, desks[community], rules, now)
        found[community] = replace(effect, is_low=community in low)
    return found


def effect_of(part: NoticePart, now: datetime) -> Effect:
    """Return the effect of approving one part."""
    return effects_of(part.notice, [part.community_id], now)[part.community_id]


def _effect(
    notice: Notice, community: int, desk: Sequence[DeskItem], rules: _Rules, now: datetime
) -> Effect:
    answers = {
        (code, sequence): row.answer
        for (code, sequence, _), row in answers_of(notice, community).items()
    }
    items = [entry.as_lines for entry in desk]
    lives = open_lives(community, now)
    zones, levels = open_zones(lives)
    covers = covered({i.item: i.lines for i in items if i.lines})
    undone, answers = _correction(notice, community, items, answers)
    base = _without(undone.work, lives, zones)
    outcome = work_of(undone.fresh, base, covers, answers)
    outcome = replace(outcome, work=(*undone.work, *outcome.work))
    after = _after(outcome, base, covers)
    before = {zone.id: (zone.level, zone.dwellings) for zone in zones}
    homes = (_stays(before, rules.local), _stays(after, rules.local))
    spread = {sequence for (code, sequence) in answers if code == Ask.SPREAD_UNCLEAR}
    kinds = {pk: kind for pk, (_, kind) in _names(items).items()}
    findings = {id(w): _findings(w, kinds, rules, w.item.sequence in spread) for w in outcome.work}
    questions = (*outcome.questions, *_spread_questions(outcome.work, findings))
    served = frozenset().union(
        *(after[key][1] for key in after if key in _touched(outcome, before))
    )
    scopes = [frozenset(_scope(w, before, after, covers)) for w in outcome.work]
    census = census_of(frozenset().union(served, *homes, *scopes), now)
    return Effect(
        community=community,
        desk=tuple(desk),
        work=tuple(
            WorkEffect(w, census.of(scope), findings[id(w)])
            for w, scope in zip(outcome.work, scopes, strict=True)
        ),
        questions=questions,
        held=census.of(homes[1] - homes[0]),
        freed=census.of(homes[0] - homes[1]),
        served=census.of(served),
        version=_version(outcome, questions, levels, desk),
        remarks=_notice_findings(rules),
        kept=undone.kept,
    )


def _correction(
    notice: Notice, community: int, items: Sequence[ItemLines], answers: dict[tuple[str, int], str]
) -> tuple[Correction, dict[tuple[str, int], str]]:
    """Return what is left to do of a notice, and the answers; of a corrected one not all is."""
    before = before_correction(notice, community)
    if before is None:
        return Correction(tuple(items), frozenset(), ()), answers
    return correction_of(items, before.items, before.made), before.answers | answers


def _without(
    work: Sequence[Work], lives: Sequence[ZoneLife], zones: Sequence[OpenZone]
) -> Sequence[OpenZone]:
    """Return the open zones as they would stand without the changes that are withdrawn."""
    undone = {w.undoes for w in work if w.act is Act.WITHDRAW}
    if not undone:
        return zones
    known = {life.zone.pk for life in lives}
    closed = {w.zone for w in work if w.zone is not None} - known
    touched = (*lives, *lives_of(Zone.objects.filter(pk__in=closed).order_by("pk")))
    bare = [
        replace(life, changes=tuple(c for c in life.changes if undone.isdisjoint((c.id, c.target))))
        for life in touched
    ]
    return open_zones([life for life in bare if life.changes])[0]


def _names(items: Sequence[ItemLines]) -> dict[int, tuple[str, str]]:
    return place_names(line for item in items for line in item.lines)


def open_zones(lives: Sequence[ZoneLife]) -> tuple[list[OpenZone], list[int]]:
    """Return open zones as the rules take them, and the ids of their last changes."""
    scopes: dict[int, tuple[ScopeLine, ...]] = {}
    spans = {}
    for life in lives:
        ahead = max((c.effective_at or c.recorded_at for c in life.changes), default=None)
        state = life.at(ahead) if ahead is not None else None
        if state is None or state.span is None or not state.is_open:
            continue  # lifted already, though only from a later hour on
        spans[life.zone.pk] = state.span
        scopes[life.zone.pk] = state.span.scope
    cover = covered(scopes)
    zones = [
        OpenZone(
            id=life.zone.pk,
            name=life.zone.name,
            level=spans[life.zone.pk].level,
            lines=spans[life.zone.pk].scope,
            dwellings=cover[life.zone.pk],
            basis=spans[life.zone.pk].clock_by.source.notice
            or spans[life.zone.pk].clock_by.source.issuer,
        )
        for life in lives
        if life.zone.pk in spans
    ]
    return zones, sorted(max(c.id for c in life.changes) for life in lives)


_State = dict[int | tuple[str, int], tuple[Level, frozenset[int]]]


def _after(
    outcome: Outcome, zones: Sequence[OpenZone], covers: Mapping[int, frozenset[int]]
) -> _State:
    """Return level and dwellings per zone once the work is done; new zones are keyed by item."""
    after: _State = {zone.id: (zone.level, zone.dwellings) for zone in zones}
    for work in outcome.work:
        if work.zone is None:
            if work.act is Act.DESIGNATE:
                after["new", work.item.item] = (work.level or Level.HIGH, _new_cover(work, covers))
            continue
        if work.undoes is not None and work.zone not in after:
            continue
        level, dwellings = after.get(work.zone, (Level.LOW, frozenset()))
        if work.act is Act.LIFT:
            after.pop(work.zone, None)
        elif work.act is Act.CHANGE_RANGE and work.lines is not None:
            after[work.zone] = (level, resolve(work.lines, dwellings_under(work.lines)))
        elif work.act in (Act.STEP, Act.DESIGNATE, Act.CORRECT):
            after[work.zone] = (work.level or level, dwellings)
    return after


def _new_cover(work: Work, covers: Mapping[int, frozenset[int]]) -> frozenset[int]:
    """Return the dwellings of a zone that an item makes: all of the item, or what is left of it."""
    if work.dwellings is not None:
        return work.dwellings
    return covers.get(work.item.item, frozenset())


def _stays(state: Mapping[Any, tuple[Level, frozenset[int]]], rules: Protocol | None
           ) -> frozenset[int]:  # fmt: skip
    """Return the dwellings whose people may not leave home, by the protocol in force."""
    found: set[int] = set()
    for level, dwellings in state.values():
        rule = rules.levels.get(level) if rules is not None else None
        stays = Measure.STAY_HOME in rule.measures if rule is not None else level is Level.HIGH
        if stays:
            found |= dwellings
    return frozenset(found)


def _touched(outcome: Outcome, before: Mapping[int, object]) -> set[object]:
    touched: set[object] = set()
    for work in outcome.work:
        if work.act in (Act.DESIGNATE, Act.RESTART):
            touched.add(("new", work.item.item) if work.zone is None else work.zone)
    return touched


def _scope(
    work: Work,
    before: Mapping[int, tuple[Level, frozenset[int]]],
    after: _State,
    covers: Mapping[int, frozenset[int]],
) -> frozenset[int]:
    """Return the dwellings that a change is about."""
    if work.zone is None:
        return _new_cover(work, covers)
    old = before.get(work.zone, (Level.LOW, frozenset()))[1]
    if work.act is Act.WITHDRAW:  # a zone that goes, or comes back
        return old | after.get(work.zone, (Level.LOW, frozenset()))[1]
    if work.act is Act.CHANGE_RANGE:
        return old - after.get(work.zone, (Level.LOW, frozenset()))[1]
    return old


def _findings(
    work: Work, kinds: Mapping[int, str], rules: _Rules, is_explained: bool
) -> tuple[Finding, ...]:
    if rules.national is None or work.act is not Act.DESIGNATE or work.before_records:
        return ()
    printed = rules.printed
    unit = widest_unit((line, kinds.get(line.place or 0, "")) for line in work.lines or ())
    facts = OrderFacts(
        kind=OrderKind.ZONE,
        level=work.level,
        unit=unit,
        spread=Spread.UNCLEAR if is_explained else None,
        # Measures are printed once for the high zones of a notice; a mid zone's are lighter.
        measures=printed.measures if work.level is Level.HIGH else (),
        has_lift_rule=printed.has_lift_rule,
        clean_days=printed.clean_days,
        has_closing_round=printed.has_closing_round,
    )
    return check(facts, rules.national, rules.day, local=rules.local)


def _notice_findings(rules: _Rules) -> tuple[Finding, ...]:
    """Return what the notice asks of everybody beyond the national rule: negatives to leave the city."""
    if rules.national is None or rules.printed.exit is None:
        return ()
    facts = OrderFacts(kind=OrderKind.LOW, exit=rules.printed.exit)
    return check(facts, rules.national, rules.day, local=rules.local)


def _spread_questions(
    work: Sequence[Work], findings: Mapping[int, tuple[Finding, ...]]
) -> list[Question]:
    return [
        Question(Ask.SPREAD_UNCLEAR, w.item.sequence, names=(w.zone_name,))
        for w in work
        if any(f.weight is Weight.ASK for f in findings[id(w)])
    ]


def _version(
    outcome: Outcome,
    questions: Sequence[Question],
    changes: Sequence[int],
    desk: Sequence[DeskItem],
) -> str:
    seen = [
        [
            [
                *(w.item.sequence, w.act.value, w.zone, w.level),
                *(w.before_records, _plain(w.lines), w.undoes),
            ]
            for w in outcome.work
        ],
        [[q.ask.value, q.sequence] for q in questions],
        [[entry.item.sequence, entry.asks_place, _plain(entry.lines)] for entry in desk],
        list(changes),
    ]
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:20]


def _plain(lines: Sequence[ScopeLine] | None) -> list[list[object]]:
    return [[line.place, line.floors, line.is_except] for line in lines or ()]


def withdrawal_of(
    community: int, changes: Sequence[ZoneChange], now: datetime
) -> tuple[Reach, Reach]:
    """Return who is held again and who is freed when these changes are withdrawn."""
    targets: dict[int, list[int]] = {}
    for change in changes:
        targets.setdefault(change.zone_id, []).append(change.pk)
    return act_effect(
        community,
        now,
        lambda life: [
            next_change(Act.WITHDRAW, now, now, target=pk, number=n)
            for n, pk in enumerate(targets.get(life.zone.pk, ()))
        ],
    )


def act_effect(
    community: int,
    now: datetime,
    more: Callable[[ZoneLife], Sequence[Change]],
    *,
    at: datetime | None = None,
) -> tuple[Reach, Reach]:
    """Return who is held and who is freed when further changes are made to a community's zones.

    `more` gives the changes per zone. Looked at at `at`, now by default; a closed zone counts too,
    because withdrawing its lift holds its people again.
    """
    lives = lives_of(Zone.objects.filter(community_id=community).order_by("pk"))
    rules = protocol_for(community, day_of(now))
    then = at or now
    sides: list[dict[int, tuple[Level, frozenset[int]]]] = []
    for extra in (False, True):
        scopes = {}
        levels = {}
        for life in lives:
            changes = (*life.changes, *more(life)) if extra else life.changes
            state = state_at(changes, then)
            if state.is_open and state.span is not None:
                scopes[life.zone.pk] = state.span.scope
                levels[life.zone.pk] = state.span.level
        cover = covered(scopes)
        sides.append({pk: (levels[pk], cover[pk]) for pk in scopes})
    before, after = _stays(sides[0], rules), _stays(sides[1], rules)
    census = census_of(before ^ after, now)
    return census.of(after - before), census.of(before - after)


def zone_effect(
    zone: Zone, change: Change, now: datetime, *, at: datetime | None = None
) -> tuple[Reach, Reach]:
    """Return who is held and who is freed by one further change of one zone."""
    return act_effect(
        zone.community_id, now, lambda life: [change] if life.zone.pk == zone.pk else [], at=at
    )


def next_change(
    act: Act,
    now: datetime,
    effective_at: datetime,
    *,
    level: Level | None = None,
    scope: tuple[ScopeLine, ...] | None = None,
    target: int | None = None,
    number: int = 0,
) -> Change:
    """Return a change that nobody has made yet, newer than all there are."""
    return Change(
        id=2**62 + number,
        act=act,
        effective_at=effective_at,
        recorded_at=now,
        level=level,
        scope=scope,
        counts_as_on=day_of(effective_at),
        target=target,
    )
