"""What the plan of a day asks for as tasks, and what of the present ones it asks no more. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from gridwell.plan.rules.plan import OrderKind, Plan, WorkGroup
from gridwell.tasks.rules.due import ONCE, slot_of

Key = tuple[str, str, int, str, str]
"""(kind, subject kind, subject, basis, slot): what makes a task one within its community."""

_LIFTED = "lift"


def basis_of(group: WorkGroup) -> str:
    """Return the basis of a group as tasks keep it: order and the act that put it there."""
    basis = group.basis
    return f"{basis.order_kind}:{basis.order}:{basis.change}"


def order_of(basis: str) -> str:
    """Return the order of a basis: "zone:12" of "zone:12:34"."""
    return ":".join(basis.split(":")[:2])


def wanted_of(plan: Plan, now: datetime) -> dict[Key, WorkGroup]:
    """Return every task that the plan asks for at this instant, the first group of each key."""
    found: dict[Key, WorkGroup] = {}
    for group in plan.work:
        if group.until_at is not None and group.until_at <= now:
            continue
        basis, slot = basis_of(group), slot_of(group.slot, plan.day)
        kind, subject_kind = str(group.code), str(group.subject_kind.value)
        for subject in group.subjects:
            found.setdefault((kind, subject_kind, subject, basis, slot), group)
    return found


@dataclass(frozen=True)
class Standing:
    """Which orders stand at an instant, as far as tasks that lie for longer than a day need it."""

    orders: frozenset[str]

    @classmethod
    def of(cls, plan: Plan, now: datetime) -> "Standing":
        """Return what stands by the plan: open zones, and orders whose duties are not over."""
        zones = {
            f"{OrderKind.ZONE}:{zone.zone}"
            for zone in plan.zones
            if zone.level is not None and (zone.until_at is None or zone.until_at > now)
        }
        others = {
            f"{group.basis.order_kind}:{group.basis.order}"
            for group in plan.duties
            if group.basis.order_kind != OrderKind.ZONE
            and (group.until_at is None or group.until_at > now)
        }
        return cls(frozenset(zones | others))

    def is_asked_still(self, kind: str, basis: str, act: str) -> bool:
        """Return whether single work is still owed though today's plan does not name it again.

        A paper about an order is owed while the order stands; the paper of its end, and a release
        sheet, only once it does not.
        """
        is_about_the_end = act == _LIFTED or kind == "release_notice"
        return (order_of(basis) in self.orders) is not is_about_the_end


def why_ended(
    key: Key, act: str, *, today: str, standing: Standing, asked: Collection[str]
) -> str | None:
    """Return why an open task that the plan does not ask for ends, or None if it stays.

    `asked` are the orders that the plan still asks some work for.
    """
    kind, _, _, basis, slot = key
    if slot == ONCE:
        return None if standing.is_asked_still(kind, basis, act) else "basis_ended"
    if slot < today:
        return "missed"
    if slot > today:
        return None
    return "not_concerned" if order_of(basis) in asked else "basis_ended"


def facts_of(group: WorkGroup) -> dict[str, int | str]:
    """Return what a task keeps for its wording: notice, version, clause, and the group's own facts."""
    basis = group.basis
    found: Mapping[str, int | str] = dict(group.facts)
    return {
        **found,
        "notice": basis.notice,
        "version": basis.version,
        "clause": basis.clause,
    }
