"""What an entry said before it was changed (更正留痕): kept field by field, with who changed it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max

from gridwell.accounts.rules.actor import Actor
from gridwell.residents.actions.facts import chunks
from gridwell.residents.models import Correction, Household, Resident


@dataclass(frozen=True, slots=True)
class Former:
    """One value that an entry no longer says, of a resident or of a household."""

    field: str
    value: Any
    resident: int | None = None
    household: int | None = None


def keep_former(
    *,
    actor: Actor,
    community: int,
    former: Iterable[Former],
    now: datetime,
    source: str = "desk",
    reason: str = "",
) -> int:
    """Keep former values; part of the act that changes them, whose audit row speaks for both.

    Four queries and a bulk write for each 800 entries. Return how many values were kept.
    """
    rows = list(former)
    homes = _began(Household, "starts_at", community, {r.household for r in rows if r.household})
    people = _began(Resident, "registered_at", community, {r.resident for r in rows if r.resident})
    before = _last(community, "household", homes) | _last(community, "resident", people)
    kept = []
    for row in rows:
        found = people.get(row.resident or 0) or homes.get(row.household or 0)
        if found is None:
            continue
        dwelling, began = found
        key = (
            "resident" if row.resident else "household",
            row.resident or row.household,
            row.field,
        )
        kept.append(
            Correction(
                community_id=community,
                dwelling_id=dwelling,
                resident_id=row.resident,
                household_id=row.household,
                field=row.field,
                former=text_of(row.value),
                recorded_at=min(before.get(key, began), now),
                superseded_at=now,
                made_by=actor.user_id,
                source=source[:60],
                reason=reason,
            )
        )
    Correction.objects.bulk_create(kept, batch_size=500)
    return len(kept)


def text_of(value: Any) -> str:
    """Return a value as it is kept: a date as ISO, several as a list with commas, none as ""."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return ",".join(map(str, value))
    return str(value)


def _began(
    model: Any, field: str, community: int, ids: set[int]
) -> dict[int, tuple[int | None, datetime]]:
    found: dict[int, tuple[int | None, datetime]] = {}
    for part in chunks(sorted(ids)):
        rows = model.objects.filter(community=community, pk__in=part)
        for pk, dwelling, began in rows.values_list("pk", "dwelling_id", field):
            found[pk] = (dwelling, began)
    return found


def _last(
    community: int, subject: str, ids: Iterable[int]
) -> dict[tuple[str, int | None, str], datetime]:
    """Return when each field of these entries was last changed."""
    found: dict[tuple[str, int | None, str], datetime] = {}
    for part in chunks(sorted(ids)):
        rows = (
            Correction.objects.filter(community=community, **{f"{subject}__in": part})
            .values_list(subject, "field")
            .annotate(last=Max("superseded_at"))
        )
        for pk, field, last in rows:
            found[subject, pk, field] = last
    return found
