"""What the plan is derived from: one frozen snapshot of a community on a day (快照).

Whoever loads it reads each table once, set-based, and hands over columns and light rows. Rules:

* Facts that are few (zones' changes, rounds, cases, isolations, results, exemptions, standstills)
  carry `recorded_at`; the engine leaves out what was recorded after `Snapshot.known_at`.
* Facts that are many (dwellings, people) come already as they stood on the day, as known then.
* Ids are the register's ids. The order of rows means nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from gridwell.orders.rules.lifecycle import Change, Round
from gridwell.protocols.rules.model import Protocol


@dataclass(frozen=True)
class Dwellings:
    """The dwellings and sites of the community as parallel columns (户, 单位门店).

    Load with `Dwellings(*zip(*rows))`; `Dwellings()` is an empty community. `buildings` holds the
    building or row or, where there is none, whatever place stands above the dwelling; `units` and
    `grids` 0 where there is none. Vacant dwellings belong in: a zone covers them too.
    """

    ids: Sequence[int] = ()
    buildings: Sequence[int] = ()
    units: Sequence[int] = ()
    grids: Sequence[int] = ()


@dataclass(frozen=True)
class People:
    """The people who live in the community on that day, as parallel columns (居民).

    One row a person and current membership; people merged into another or dead are left out.
    `births` are proleptic ordinals (`date.toordinal()`), 0 when unknown; only those of the very old
    matter, so whoever loads may leave the others 0. People who are only
    registered here and live elsewhere (人户分离) are left out as well: no duty is theirs here.
    `away` holds the windows of absence [from, until), until None = open; whoever is away for the
    whole day has no duties here. `traits` only lists people who have any (codes of
    `residents.rules.traits`), open on that day.
    """

    ids: Sequence[int] = ()
    dwellings: Sequence[int] = ()
    households: Sequence[int] = ()
    births: Sequence[int] = ()
    away: Mapping[int, Sequence[tuple[datetime, datetime | None]]] = field(default_factory=dict)
    traits: Mapping[int, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Guests:
    """Who is here on that day without being registered, as parallel columns (暂住、访客、店员).

    `ids` are negative (`guest_id`), so that they stand beside residents in every group and never
    for one. `places` are dwellings or sites; a person belongs to the household of the dwelling, to
    none where nobody is registered. Leave out whose stay does not touch the day.
    """

    ids: Sequence[int] = ()
    places: Sequence[int] = ()


def guest_id(stay: int) -> int:
    """Return by what number the plan knows someone who is here without being registered."""
    return -stay


@dataclass(frozen=True, slots=True)
class ZoneCaseFact:
    """An infection found (新增感染者): in a zone by id, or in a dwelling that a zone covers.

    Leave out cases that were found in isolation outside the zone: they are no new case of it.
    """

    id: int
    found_at: datetime
    recorded_at: datetime
    zone: int | None = None
    dwelling: int | None = None
    resident: int | None = None


@dataclass(frozen=True)
class ZoneFact:
    """A zone with its changes, its rounds and what its scopes cover here (风险区).

    `covers` maps the id of each change row that carries lines (a correction's too) to the ids of
    the dwellings of this community which they resolve to, floors and exceptions honoured
    (`orders.rules.zones.resolve`). A zone whose changes cover nothing here may be left out.
    """

    id: int
    name: str
    changes: tuple[Change, ...]
    covers: Mapping[int, frozenset[int]]
    rounds: tuple[Round, ...] = ()


@dataclass(frozen=True, slots=True)
class LowOrder:
    """The order by which all the rest is low risk (其他区域为低风险区).

    Without one nobody is asked to carry a negative. `order` is the id of the notice's item group
    or, when there is only the notice, of the notice.
    """

    order: int
    notice: str
    from_at: datetime
    recorded_at: datetime
    until_at: datetime | None = None


@dataclass(frozen=True)
class StandstillFact:
    """A standstill of part of the community (静默管理). `dwellings` None means all of it.

    `clause` is the clause or article that the order itself names; without one, or without an end,
    nothing is derived and the order is listed as unfounded.
    """

    id: int
    name: str
    from_at: datetime
    until_at: datetime | None
    recorded_at: datetime
    dwellings: frozenset[int] | None
    notice: str = ""
    clause: str = ""


@dataclass(frozen=True)
class RoundOrderFact:
    """A round of sampling ordered for part of the community on a day (区域核酸).

    `residents` narrows a round of key people (重点人群); None asks everybody behind the doors.
    """

    id: int
    name: str
    on: date
    recorded_at: datetime
    dwellings: frozenset[int] | None
    notice: str = ""
    clause: str = ""
    residents: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class IsolationFact:
    """A person in isolation or under monitoring (隔离、健康监测): two kinds of record, one shape.

    `kind` is a `StayKind`: facility, home, hospital, monitoring. `from_on` is the day of arrival,
    `last_on` the last full day by protocol, computed when it was recorded (`stay_days`); None lets
    the day's protocol say. `version` and `clause` are what it was recorded under. `ended_at` is
    the release by hand. `sample_on` are the days of samples, () lets the protocol say.
    """

    id: int
    resident: int
    class_code: str
    kind: str
    from_on: date
    recorded_at: datetime
    last_on: date | None = None
    ended_at: datetime | None = None
    sample_on: tuple[date, ...] = ()
    dwelling: int | None = None  # where, when it is a dwelling of ours
    version: str = ""
    clause: str = ""
    order: str = ""  # the paper, when there is one


@dataclass(frozen=True, slots=True)
class HoldFact:
    """That a member of a positive pool stays where he or she is until a single sample decides (留置).

    `until_at` is when it ended or, at the latest, ends by itself: there is none without an end.
    `version` and `clause` are what it was recorded under. `is_sampled` says that the single sample
    has been taken, so that nobody has to go for it.
    """

    id: int
    resident: int  # or `guest_id`
    from_at: datetime
    until_at: datetime
    recorded_at: datetime
    version: str = ""
    clause: str = ""
    tube: str = ""
    is_sampled: bool = False


@dataclass(frozen=True, slots=True)
class ResultFact:
    """A person's result (核酸结果). `sampled_at` counts for day and age of a negative."""

    resident: int
    sampled_at: datetime
    is_negative: bool
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class ExemptionFact:
    """An exemption of a person from a duty (豁免), with a reason and an end.

    `duty` is a `DutyCode`. Windows are half-open.
    """

    resident: int
    duty: str
    from_at: datetime
    until_at: datetime
    recorded_at: datetime
    reason: str = ""


@dataclass(frozen=True)
class Snapshot:
    """Everything the plan of one community looks at (当日快照).

    `day` is the day that people and dwellings were loaded for; `known_at` bounds what is known.
    `protocol` is the national version with overlays on that day (None: nothing in force, so
    nothing can be asked of anybody). `last_fact` is the number of the last fact seen, kept with a
    stored plan. `care_labels` names, per household, the labels that call for care first.
    """

    community: int
    day: date
    known_at: datetime
    protocol: Protocol | None
    dwellings: Dwellings = field(default_factory=Dwellings)
    people: People = field(default_factory=People)
    guests: Guests = field(default_factory=Guests)
    zones: tuple[ZoneFact, ...] = ()
    low_orders: tuple[LowOrder, ...] = ()
    standstills: tuple[StandstillFact, ...] = ()
    round_orders: tuple[RoundOrderFact, ...] = ()
    isolations: tuple[IsolationFact, ...] = ()
    holds: tuple[HoldFact, ...] = ()
    results: tuple[ResultFact, ...] = ()
    cases: tuple[ZoneCaseFact, ...] = ()
    exemptions: tuple[ExemptionFact, ...] = ()
    care_labels: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    last_fact: int = 0
