"""Why something applies to somebody, in words; and what changed since the day before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gridwell.plan.labels import CAUSES, CHANGES, DUTIES
from gridwell.plan.rules.compare import PlanChange
from gridwell.plan.rules.explain import explain
from gridwell.plan.rules.plan import Duty, OrderKind, Plan
from gridwell.plan.sentences import sentence
from gridwell.protocols.queries import protocol_for
from gridwell.protocols.rules.model import Protocol
from gridwell.residents.models import Household
from gridwell.residents.queries import members_of


@dataclass(frozen=True)
class Reason:
    """One duty of one person: what, the sentence, the clause, from when until when."""

    duty: str
    sentence: str
    clause_text: str
    document: str
    from_at: datetime | None
    until_at: datetime | None
    order_url: str


@dataclass(frozen=True)
class Why:
    """Everything that applies to a household on a day, person by person."""

    household: Household
    people: tuple[tuple[int, str, tuple[Reason, ...]], ...]
    protocol: Protocol | None


def why_of(community: int, household: Household, plan: Plan) -> Why:
    """Return why each duty of each member is so; four queries."""
    protocol = protocol_for(community, plan.day)
    members = members_of([household.pk], community).get(household.pk, [])
    people = tuple(
        (
            member.resident_id,
            member.resident.name,
            tuple(reasons_of(community, plan.duties_of(member.resident_id), plan, protocol)),
        )
        for member in members
    )
    return Why(household=household, people=people, protocol=protocol)


def reasons_of(
    community: int, duties: Iterable[Duty], plan: Plan, protocol: Protocol | None
) -> Iterable[Reason]:
    """Return each duty as a plain sentence with its clause."""
    for duty in duties:
        found = explain(duty, plan, protocol)
        document = protocol.documents.get(found.document) if protocol else None
        yield Reason(
            duty=str(DUTIES.get(duty.code, duty.code)),
            sentence=sentence(found),
            clause_text=_own_language(found.clause, "zh", "en"),
            document=_own_language(document, "zh", "en"),
            from_at=duty.from_at,
            until_at=duty.until_at,
            order_url=_order_url(community, duty),
        )


def _own_language(thing: Any, zh: str, en: str) -> str:
    if thing is None:
        return ""
    return str(getattr(thing, zh if (get_language() or "").startswith("zh") else en))


def _order_url(community: int, duty: Duty) -> str:
    if duty.basis.order_kind == OrderKind.ZONE:
        return reverse("zone_file", args=[community, duty.basis.order])
    return ""


@dataclass(frozen=True)
class DifferenceLine:
    """One change since the day before, in words, with the list behind it."""

    text: str
    cause: str
    people: int
    url: str


def difference_lines(community: int, changes: Iterable[PlanChange]) -> list[DifferenceLine]:
    """Return what changed since the day before, those that concern most people first.

    Changes that read alike are one line: a positive pool holds each of its people by a basis of its own.
    """
    found: dict[tuple[str, str, str], int] = {}
    for change in changes:
        names = [act.name for act in change.acts if act.name] or [change.basis.notice]
        held = _("a positive pool") if change.basis.order_kind == OrderKind.HOLD else ""
        text = _("%(duty)s %(how)s: %(where)s") % {
            "duty": DUTIES.get(change.code, change.code),
            "how": CHANGES[change.kind],
            "where": held or names[0] or _("our records"),
        }
        url = reverse("today_list", args=[community, change.code.value])
        key = (text, str(CAUSES[change.cause]), url)
        found[key] = found.get(key, 0) + len(change.residents)
    lines = [DifferenceLine(text, cause, n, url) for (text, cause, url), n in found.items()]
    return sorted(lines, key=lambda line: -line.people)
