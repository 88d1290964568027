"""Zones as the desk shows them (风险区列表): level, day, what is still missing, whom they reach."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from gridwell.command.queries.reach import Reach, census_of
from gridwell.core.clock import day_of
from gridwell.health.models import Case
from gridwell.health.queries import cases_in
from gridwell.orders.models import Zone
from gridwell.orders.queries.zones import ZoneLife, covered, ids_of_path, lives_of, place_names
from gridwell.orders.rules.lifecycle import (
    Lifting,
    ScopeLine,
    Span,
    ZoneCase,
    ZoneState,
    lifting_of,
)
from gridwell.orders.rules.printed import printed_rules
from gridwell.orders.rules.zones import line_words, widest_unit
from gridwell.protocols.queries import resolved, stored_files
from gridwell.protocols.rules.excess import Finding, OrderFacts, OrderKind, Spread, check
from gridwell.protocols.rules.files import ProtocolFile
from gridwell.protocols.rules.model import Level, LevelRule, Protocol


@dataclass(frozen=True)
class ZoneView:
    """A zone as it stands at an instant, with everything a page says about it."""

    life: ZoneLife
    state: ZoneState
    day: date
    lifting: Lifting | None
    reach: Reach
    cases: tuple[Case, ...]
    findings: tuple[Finding, ...]
    names: tuple[str, ...]
    rule: LevelRule | None

    @property
    def zone(self) -> Zone:
        return self.life.zone

    @property
    def span(self) -> Span | None:
        return self.state.span

    @property
    def step_to(self) -> Level | None:
        """The level to which the protocol lets the zone go down (降级), None where it is lifted."""
        return step_of(self.rule, self.span) if self.state.is_open else None

    @property
    def is_late(self) -> bool:
        """Whether the zone should have come down, or its closing round been held."""
        return bool(
            self.state.is_open
            and self.lifting is not None
            and (self.lifting.is_overdue or self.lifting.is_closing_late)
        )


def step_of(rule: LevelRule | None, span: Span | None) -> Level | None:
    """Return the level below to which a zone goes by the rule of its own; None: it goes to low."""
    if rule is None or span is None:
        return None
    lift = rule.lifting(is_stepped=span.is_stepped)
    return lift.to if lift is not None and lift.to is not Level.LOW else None


def views_of(zones: Iterable[Zone], now: datetime) -> list[ZoneView]:
    """Return the zones as they stand now, in their order: a constant number of queries."""
    lives = lives_of(zones)
    states = {life.zone.pk: _state(life, now) for life in lives}
    scopes = {pk: state.span.scope for pk, state in states.items() if state.span is not None}
    cover = covered(scopes)
    census = census_of(frozenset().union(*cover.values()), now)
    names = place_names(line for scope in scopes.values() for line in scope)
    cases = _cases(lives, scopes, cover, now)
    files = stored_files()
    return [
        _view(
            life,
            states[life.zone.pk],
            now,
            files,
            census.of(cover.get(life.zone.pk, ())),
            tuple(cases.get(life.zone.pk, ())),
            names,
        )
        for life in lives
    ]


def _state(life: ZoneLife, now: datetime) -> ZoneState:
    """Return how a zone stands now; one that begins later is shown as it will be."""
    state = life.at(now)
    if state.span is None:
        ahead = max((c.effective_at for c in life.changes if c.effective_at), default=None)
        return life.at(ahead) if ahead is not None and ahead > now else state
    return state


def _cases(
    lives: Sequence[ZoneLife],
    scopes: dict[int, tuple[ScopeLine, ...]],
    cover: dict[int, frozenset[int]],
    now: datetime,
) -> dict[int, list[Case]]:
    """Return the cases inside each zone: by dwelling, or by a place above that the zone holds."""
    found: dict[int, list[Case]] = {}
    rows = list(
        cases_in({life.zone.community_id for life in lives}, now)
        .select_related("dwelling")
        .order_by("found_at", "pk")
    )
    for life in lives:
        held = {line.place for line in scopes.get(life.zone.pk, ()) if not line.is_except}
        for case in rows:
            if case.dwelling is None or case.community_id != life.zone.community_id:
                continue
            inside = case.dwelling_id in cover.get(life.zone.pk, frozenset())
            above = held.intersection(
                ids_of_path(case.dwelling.path)
            ) and case.dwelling.kind not in (
                "dwelling",
                "site",
            )
            if inside or above:
                found.setdefault(life.zone.pk, []).append(case)
    return found


def _view(
    life: ZoneLife,
    state: ZoneState,
    now: datetime,
    files: Sequence[tuple[str, ProtocolFile]],
    reach: Reach,
    cases: tuple[Case, ...],
    names: dict[int, tuple[str, str]],
) -> ZoneView:
    day = day_of(now)
    local = resolved(files, life.zone.community_id, day)
    national = resolved(files, None, day)
    span = state.span
    rule = local.levels.get(span.level) if local is not None and span is not None else None
    lifting = None
    if span is not None and state.is_open:
        facts = [ZoneCase(c.pk, c.found_at, c.recorded_at) for c in cases]
        lifting = lifting_of(span, rule, day, rounds=life.rounds, cases=facts)
    return ZoneView(
        life=life,
        state=state,
        day=day,
        lifting=lifting,
        reach=reach,
        cases=cases,
        findings=_findings(life, state, lifting, national, local, names, day),
        names=_names(span, names),
        rule=rule,
    )


def _names(span: Span | None, names: dict[int, tuple[str, str]]) -> tuple[str, ...]:
    if span is None:
        return ()
    return tuple(
        line_words(names[line.place][0], line)
        for line in sorted(span.scope, key=lambda line: line.is_except)
        if line.place in names
    )


def _findings(
    life: ZoneLife,
    state: ZoneState,
    lifting: Lifting | None,
    national: Protocol | None,
    local: Protocol | None,
    names: dict[int, tuple[str, str]],
    day: date,
) -> tuple[Finding, ...]:
    """Return what goes beyond the national version today (每日加码检查); a closed zone has none."""
    span = state.span
    if national is None or span is None or not state.is_open:
        return ()
    row = life.rows.get(span.opened_by.id)
    notice = row.notice if row is not None else None
    printed = printed_rules(notice.text) if notice is not None else None
    facts = OrderFacts(
        kind=OrderKind.ZONE,
        level=span.level,
        unit=widest_unit((line, names.get(line.place or 0, ("", ""))[1]) for line in span.scope),
        spread=Spread.UNCLEAR if life.zone.spread_unclear else None,
        measures=printed.measures if printed is not None and span.level is Level.HIGH else (),
        has_lift_rule=printed.has_lift_rule if printed is not None else True,
        clean_days=printed.clean_days if printed is not None else None,
        has_closing_round=printed.has_closing_round if printed is not None else None,
        is_stepped=span.is_stepped,
        met_on=lifting.met_on if lifting is not None else None,
        is_before_records=span.from_at is None,
    )
    return check(facts, national, day, local=local)
