"""What changed between two plans (与昨日相比) and by which act."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gridwell.plan.rules.plan import ActToday, Basis, DutyCode, DutyGroup, Plan


class ChangeKind(StrEnum):
    """How a duty changed for a group of residents."""

    BEGAN = "began"
    ENDED = "ended"
    MOVED = "moved"  # the duty goes on, on another basis


class Cause(StrEnum):
    """Why it changed."""

    ACT = "act"  # an order's act: `acts` names it
    END_REACHED = "end_reached"  # its window ran out
    DAY = "day"  # the next day of the same order brings or ends it (a round of samples)
    PERSON = "person"  # moved in or out, went away or came back, exempted, found
    RULE = "rule"  # another protocol version is in force


@dataclass(frozen=True, slots=True)
class PlanChange:
    """One change for many residents: what, on which basis, and what caused it.

    `basis` is the new basis for BEGAN and MOVED, the old one for ENDED.
    """

    kind: ChangeKind
    code: DutyCode
    residents: tuple[int, ...]
    basis: Basis
    cause: Cause
    acts: tuple[ActToday, ...] = ()


def compare(before: Plan, after: Plan) -> tuple[PlanChange, ...]:
    """Return what changed from one plan to the other, restrictions first.

    Both are plans of one community, of two days or of one day known at two times. A duty that
    only counts one day further on the same order is no change.
    """
    acts = {(a.order_kind, a.order): a for a in before.acts}
    by_order: dict[tuple[str, int], tuple[ActToday, ...]] = {}
    for act in after.acts:
        key = (act.order_kind, act.order)
        if acts.get(key) != act or before.day != after.day:
            by_order[key] = (*by_order.get(key, ()), act)
    found: list[PlanChange] = []
    for code in DutyCode:
        found += _of_code(code, before, after, by_order)
    return tuple(found)


_Held = dict[int, tuple[Basis, ...]]


def _held(plan: Plan, code: DutyCode) -> _Held:
    """Return for each resident the bases of a duty, as orders: the day's clause may differ."""
    held: dict[int, tuple[Basis, ...]] = {}
    for group in plan.duties:
        if group.code is code:
            for resident in group.residents:
                held[resident] = (*held.get(resident, ()), group.basis)
    return held


def _orders(bases: tuple[Basis, ...]) -> frozenset[tuple[str, int]]:
    return frozenset((b.order_kind, b.order) for b in bases)


def _of_code(
    code: DutyCode,
    before: Plan,
    after: Plan,
    acts: Mapping[tuple[str, int], tuple[ActToday, ...]],
) -> list[PlanChange]:
    old, new = _held(before, code), _held(after, code)
    groups: dict[tuple[ChangeKind, Basis], list[int]] = {}
    for resident, bases in new.items():
        was = old.get(resident)
        if was is None:
            groups.setdefault((ChangeKind.BEGAN, bases[0]), []).append(resident)
        elif was is not bases and _orders(was) != _orders(bases):
            fresh = next((b for b in bases if (b.order_kind, b.order) not in _orders(was)), None)
            if fresh is not None:
                groups.setdefault((ChangeKind.MOVED, fresh), []).append(resident)
    for resident, bases in old.items():
        if resident not in new:
            groups.setdefault((ChangeKind.ENDED, bases[0]), []).append(resident)
    found = []
    for (kind, basis), residents in sorted(groups.items()):
        made_by = acts.get((basis.order_kind, basis.order), ())
        cause = _cause(kind, basis, before, after, has_act=bool(made_by), code=code)
        shown = made_by if cause is Cause.ACT else ()
        found.append(PlanChange(kind, code, tuple(sorted(residents)), basis, cause, shown))
    return found


def _cause(
    kind: ChangeKind, basis: Basis, before: Plan, after: Plan, *, has_act: bool, code: DutyCode
) -> Cause:
    if has_act:
        return Cause.ACT
    other = before if kind is not ChangeKind.ENDED else after
    if _has_order(other, basis, code):
        return Cause.PERSON
    if code is DutyCode.BE_SAMPLED and before.day != after.day and _has_any(other, basis):
        return Cause.DAY
    if kind is ChangeKind.ENDED and _ran_out(before, basis, code, after):
        return Cause.END_REACHED
    return Cause.RULE if before.version != after.version else Cause.PERSON


def _has_order(plan: Plan, basis: Basis, code: DutyCode) -> bool:
    return any(g.code is code and _same(g, basis) for g in plan.duties)


def _has_any(plan: Plan, basis: Basis) -> bool:
    return any(_same(g, basis) for g in plan.duties)


def _same(group: DutyGroup, basis: Basis) -> bool:
    return (group.basis.order_kind, group.basis.order) == (basis.order_kind, basis.order)


def _ran_out(before: Plan, basis: Basis, code: DutyCode, after: Plan) -> bool:
    ends = [g.until_at for g in before.duties if g.code is code and _same(g, basis)]
    return bool(ends) and all(end is not None and end.date() <= after.day for end in ends)
