"""Results put on their tubes (按管落实结果), set-based; called by `results`, inside its transactions.

Whoever calls holds the trails of the communities whose tubes these are.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Final

from gridwell.accounts.rules.actor import Actor
from gridwell.health.models import Tube
from gridwell.screening.actions.effects import put_results
from gridwell.screening.actions.rounds import refresh_outcome
from gridwell.screening.models import Round
from gridwell.screening.queries.holds import parts
from gridwell.screening.queries.results import TubeKey, last_sampled
from gridwell.screening.rules.results import FaultCode, ResultLine, Verdict, judge, settled_at
from gridwell.screening.rules.tubes import TubeState

#: What is read of a tube to take its result; the rest is written or left alone.
_NEEDED: Final = ("community_id", "ref", "code", "round", "purpose", "state")
#: So many tubes are taken in one transaction, whole communities at a time: a desk whose community is
#: among them waits for these and not for a whole city's delivery.
PORTION: Final = 500

Fault = tuple[ResultLine, FaultCode, Tube | TubeKey | None]


@dataclass
class Applied:
    """What became of some rows."""

    taken: int = 0
    known: int = 0
    faults: list[Fault] = field(default_factory=list)


@dataclass
class Told:
    """What rows say of tubes, before any tube was looked at: tube -> the row that speaks of it.

    `known` counts further rows that say the same of a tube. `faults` are of rows that speak of no tube
    or of one that is said to be two things.
    """

    tubes: dict[int, TubeKey] = field(default_factory=dict)
    lines: dict[int, ResultLine] = field(default_factory=dict)
    known: int = 0
    faults: list[Fault] = field(default_factory=list)

    def of(self, communities: Collection[int]) -> dict[int, ResultLine]:
        """Return what is told of the tubes of some communities."""
        return {pk: self.lines[pk] for code in communities for pk in self._of_each.get(code, ())}

    @cached_property
    def _of_each(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for pk in self.lines:
            found[self.tubes[pk].community_id].append(pk)
        return dict(found)

    def faults_of(self, communities: Collection[int] | None) -> list[Fault]:
        """Return the faults of rows about tubes of some communities; None: of those about no tube."""
        if communities is None:
            return [fault for fault in self.faults if fault[2] is None]
        return [fault for fault in self.faults if fault[2] and fault[2].community_id in communities]


def told_by(lines: Sequence[ResultLine], matched: Sequence[TubeKey | FaultCode]) -> Told:
    """Return what rows say tube by tube; further rows that say the same (a list by person) are one."""
    told = Told()
    twice: set[int] = set()
    pending: list[ResultLine] = []
    for line, found in zip(lines, matched, strict=True):
        if line.is_pending:
            pending.append(line)
        elif line.outcome is None:
            told.faults.append((line, FaultCode.BAD_VALUE, None))
        elif isinstance(found, FaultCode):
            told.faults.append((line, found, None))
        else:
            told.tubes[found.pk] = found
            first = told.lines.setdefault(found.pk, line)
            if first.outcome is not line.outcome:
                twice.add(found.pk)
                told.faults.append((line, FaultCode.TWICE, found))
            elif first is not line:
                told.known += 1
    for pk in twice:
        told.faults.append((told.lines.pop(pk), FaultCode.TWICE, told.tubes[pk]))
    if pending:
        told.faults.append((_note(pending[0], len(pending)), FaultCode.NO_RESULT, None))
    return told


def portions(tubes: Iterable[TubeKey | FaultCode]) -> list[frozenset[int]]:
    """Return the communities of these tubes in portions of about `PORTION` tubes, in their order."""
    count = Counter(tube.community_id for tube in tubes if isinstance(tube, TubeKey))
    found: list[frozenset[int]] = []
    group: list[int] = []
    size = 0
    for community, tubes_there in sorted(count.items()):
        if group and size + tubes_there > PORTION:
            found.append(frozenset(group))
            group, size = [], 0
        group.append(community)
        size += tubes_there
    return [*found, frozenset(group)] if group else found


def apply_told(*, told: Mapping[int, ResultLine], source: str, now: datetime) -> Applied:
    """Take what can be taken of it, set-based: queries grow with portions, not with rows."""
    done = Applied()
    tubes = locked_tubes(told)
    accepted: dict[int, ResultLine] = {}
    for pk, line in told.items():
        outcome = line.outcome
        if outcome is None:  # cannot be: such rows are faults already
            continue
        verdict = judge(TubeState(tubes[pk].state), outcome)
        if verdict is Verdict.KNOWN:
            done.known += 1
        elif isinstance(verdict, FaultCode):
            done.faults.append((line, verdict, tubes[pk]))
        else:
            accepted[pk] = line
    _put(accepted, tubes, source, done, now)
    return done


def _note(line: ResultLine, count: int) -> ResultLine:
    """Return the row that stands for `count` rows of one kind: its own tube and words, no person."""
    said = f"{line.said} ×{count}".strip() if count > 1 else line.said
    return ResultLine(line.row, line.tube, "", said, line.at)


def locked_tubes(tubes: Collection[int]) -> dict[int, Tube]:
    """Return tubes as they are now; until the act is over nobody else changes them."""
    found: dict[int, Tube] = {}
    for part in parts(sorted(tubes), 5000):
        rows = Tube.objects.select_for_update().filter(pk__in=part).only(*_NEEDED).order_by("pk")
        found.update((row.pk, row) for row in rows)
    return found


def _put(
    accepted: dict[int, ResultLine],
    tubes: Mapping[int, Tube],
    source: str,
    done: Applied,
    now: datetime,
) -> None:
    """Write the results of tubes that take them, and all that follows, community by community."""
    last_sample = last_sampled(accepted)
    clock_off: list[int] = []
    by_community: dict[int, list[Tube]] = defaultdict(list)
    for pk, line in list(accepted.items()):
        tube, last = tubes[pk], last_sample.get(pk)
        if last is None or last > now:
            code = FaultCode.EMPTY_TUBE if last is None else FaultCode.SAMPLED_AHEAD
            done.faults.append((line, code, tube))
            del accepted[pk]
            continue
        tube.resulted_at, is_kept = settled_at(line.at, last, now)
        tube.state = str(line.outcome)
        tube.result_source = source
        by_community[tube.community_id].append(tube)
        if not is_kept:
            clock_off.append(pk)
    done.taken += len(accepted)
    for community, rows in sorted(by_community.items()):
        put_results(community=community, tubes=rows, source=source, now=now)
        _follow_rounds(community, rows, accepted, done, now)
    if clock_off:
        first = clock_off[0]
        note = _note(accepted[first], len(clock_off))
        done.faults.append((note, FaultCode.LAB_CLOCK, tubes[first]))


def _follow_rounds(
    community: int,
    tubes: Sequence[Tube],
    accepted: Mapping[int, ResultLine],
    done: Applied,
    now: datetime,
) -> None:
    """Work late results into rounds that are closed; one note for each such round."""
    count = Counter(tube.round for tube in tubes)
    closed = Round.objects.filter(community_id=community, ref__in=list(count), state="closed")
    for row in closed.select_related("order__zone"):
        refresh_outcome(actor=Actor.system(community), round=row, now=now)
        first = next(tube for tube in tubes if tube.round == row.ref)
        note = _note(accepted[first.pk], count[row.ref])
        done.faults.append((note, FaultCode.LATE, first))
