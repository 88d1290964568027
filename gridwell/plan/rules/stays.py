"""What isolation and monitoring ask on a day (隔离、监测), and which of them are past their end."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gridwell.core.clock import day_of, end_of, start_of
from gridwell.plan.rules.draft import Draft, Window
from gridwell.plan.rules.facts import IsolationFact, Snapshot
from gridwell.plan.rules.plan import (
    ActToday,
    Basis,
    DutyCode,
    End,
    EndCode,
    Facts,
    Late,
    LateCode,
    OrderKind,
    SubjectKind,
    UnfoundedCode,
    WorkCode,
)
from gridwell.protocols.rules.model import StayKind
from gridwell.protocols.rules.stays import stay_days

_DUTY_OF_KIND = {
    StayKind.HOME: DutyCode.STAY_HOME,
    StayKind.FACILITY: DutyCode.STAY_ISOLATED,
    StayKind.HOSPITAL: DutyCode.STAY_ISOLATED,
    StayKind.MONITORING: DutyCode.AVOID_GOING_OUT,
}

_AT_HOME = (StayKind.HOME, StayKind.MONITORING)


@dataclass(frozen=True, slots=True)
class Stay:
    """An isolation with its days settled; `last_on` None when no rule gives an end.

    `clause` is empty when none is known or nobody knows of which version it is.
    """

    fact: IsolationFact
    last_on: date | None
    sample_on: tuple[date, ...]
    version: str
    clause: str

    @property
    def until_at(self) -> datetime | None:
        """Return the instant at which it ends: by hand, or at the end of the last full day."""
        if self.last_on is None:
            return self.fact.ended_at
        end = end_of(self.last_on)
        return end if self.fact.ended_at is None else min(end, self.fact.ended_at)

    @property
    def from_at(self) -> datetime:
        """Return the first instant."""
        return start_of(self.fact.from_on)


def live(snapshot: Snapshot, day: date) -> list[Stay]:
    """Return all that have begun by `day` and were known, with their days; ended ones included."""
    return [
        _settle(fact, snapshot)
        for fact in snapshot.isolations
        if fact.recorded_at <= snapshot.known_at and fact.from_on <= day
    ]


def _settle(fact: IsolationFact, snapshot: Snapshot) -> Stay:
    protocol = snapshot.protocol
    days = None
    if protocol is not None and (fact.last_on is None or not fact.clause):
        days = stay_days(protocol, fact.class_code, fact.kind, fact.from_on)
    clause = fact.clause or (days.clause if days is not None else "")
    version = fact.version or (protocol.ref if protocol is not None else "")
    last_on = fact.last_on or (days.last_on if days is not None else None)
    samples = fact.sample_on or (days.sample_on if days is not None else ())
    return Stay(fact, last_on, samples, version, clause if version else "")


def elsewhere(stays: Iterable[Stay], day: date) -> frozenset[int]:
    """Return who spends the whole day in a facility or hospital and so is not at home."""
    return frozenset(
        stay.fact.resident
        for stay in stays
        if stay.fact.kind not in _AT_HOME
        and stay.until_at is not None
        and stay.until_at >= end_of(day)
    )


def add(draft: Draft, stays: Iterable[Stay]) -> None:
    """Add what every live isolation asks on the draft's day."""
    for stay in stays:
        fact = stay.fact
        if fact.resident not in draft.crowd.household_of:
            continue  # moved out or not of this community: somebody else's list
        if fact.kind not in _DUTY_OF_KIND:
            _unfounded(draft, fact, UnfoundedCode.NO_RULE)
        elif not stay.clause:
            _unfounded(draft, fact, UnfoundedCode.NO_CLAUSE)
        elif stay.last_on is None:
            _unfounded(draft, fact, UnfoundedCode.NO_END)
        else:
            _add_stay(draft, stay, stay.last_on)


def _unfounded(draft: Draft, fact: IsolationFact, code: UnfoundedCode) -> None:
    if fact.ended_at is None or fact.ended_at > draft.start:
        draft.unfounded(code, OrderKind.ISOLATION, fact.id, class_code=fact.class_code)


def _add_stay(draft: Draft, stay: Stay, last_on: date) -> None:
    fact = stay.fact
    basis = Basis(OrderKind.ISOLATION, fact.id, 0, 0, fact.order, stay.version, stay.clause)
    until = stay.until_at or end_of(last_on)
    _add_stay_acts(draft, stay, basis, last_on)
    is_ended = fact.ended_at is not None and fact.ended_at < draft.end
    if not is_ended and draft.day > last_on:
        since = last_on + timedelta(days=1)
        late_facts: Facts = (("kind", fact.kind), ("report_in", int(_report_in(draft, stay))))
        draft.late(Late(LateCode.ISOLATION_PAST_END, basis, since, fact.resident, late_facts))
    if not draft.overlaps(stay.from_at, until):
        return
    draft.isolate(fact.resident)
    window: Window = (stay.from_at, until)
    end = End(EndCode.AT, until, clause=stay.clause)
    facts: dict[str, int | str] = {
        "class_code": fact.class_code,
        "kind": fact.kind,
        "day": (draft.day - fact.from_on).days,
        "last_on": last_on.isoformat(),
    }
    who = (fact.resident,)
    draft.duty(_DUTY_OF_KIND[StayKind(fact.kind)], who, basis, window, end, **facts)
    if draft.day in stay.sample_on:
        part = draft.within_day(window)
        sample_end = End(EndCode.AT, part[1], clause=stay.clause)
        draft.duty(DutyCode.BE_SAMPLED, who, basis, part, sample_end, **facts)
    if fact.kind in _AT_HOME:
        draft.duty(DutyCode.REPORT_TEMPERATURE, who, basis, window, end, **facts)
        draft.duty(DutyCode.REPORT_SYMPTOMS, who, basis, window, end, **facts)
        _add_stay_work(draft, stay, basis, window)


def _add_stay_work(draft: Draft, stay: Stay, basis: Basis, window: Window) -> None:
    fact = stay.fact
    who = (fact.resident,)
    part: Window = draft.within_day(window)
    household = (draft.crowd.household_of[fact.resident],)
    draft.work(WorkCode.GREETING, SubjectKind.HOUSEHOLD, household, basis, part, "day")
    if fact.kind != StayKind.HOME:
        return
    draft.work(WorkCode.DOOR_SERVICE, SubjectKind.HOUSEHOLD, household, basis, part, "day")
    draft.first_served(draft.crowd.priorities(household))
    if draft.day in stay.sample_on:
        draft.work(WorkCode.DOOR_SAMPLING, SubjectKind.RESIDENT, who, basis, part, "day")
    if draft.day == max(fact.from_on, day_of(fact.recorded_at)):
        draft.work(WorkCode.NOTICE_ON_DOOR, SubjectKind.RESIDENT, who, basis, part, "once")


def _add_stay_acts(draft: Draft, stay: Stay, basis: Basis, last_on: date) -> None:
    """Note begin and end on the day, and the release sheet that is owed from the last day on."""
    fact = stay.fact
    until = stay.until_at
    if draft.is_in_day(stay.from_at):
        draft.act(_act(stay, "begin", stay.from_at))
    if draft.is_in_day(until):
        draft.act(_act(stay, "end", until))
    is_released = fact.ended_at is not None and fact.ended_at <= draft.start
    if not is_released and (draft.day >= last_on or draft.is_in_day(fact.ended_at)):
        window: Window = (start_of(min(last_on, draft.day)), None)
        who = (fact.resident,)
        draft.work(WorkCode.RELEASE_NOTICE, SubjectKind.RESIDENT, who, basis, window, "once")


def _act(stay: Stay, act: str, at: datetime | None) -> ActToday:
    return ActToday(OrderKind.ISOLATION, stay.fact.id, 0, act, at, stay.fact.order, "")


def _report_in(draft: Draft, stay: Stay) -> bool:
    """Return whether the negative of the last sample day (or of a later one) is known."""
    last = stay.sample_on[-1] if stay.sample_on else stay.last_on
    return last is not None and any(
        last <= on <= draft.day for on in draft.negative_days(stay.fact.resident)
    )
