"""Results in words: the rounds that tubes are of."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from gridwell.screening.models import Round
from gridwell.screening.presenters.rounds import round_name


@dataclass(frozen=True)
class RoundLink:
    """A round by its name and address."""

    name: str
    url: str


def round_names(refs: Collection[UUID]) -> dict[UUID, RoundLink]:
    """Return the rounds of tubes by ref: one query."""
    rows = Round.objects.filter(ref__in=list(refs)).select_related("order__zone")
    return {
        row.ref: RoundLink(round_name(row), reverse("round_file", args=[row.community_id, row.pk]))
        for row in rows
    }
