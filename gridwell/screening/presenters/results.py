"""Results in words: the rounds that tubes are of."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import ngettext

from gridwell.health.models import Tube
from gridwell.screening.models import Round
from gridwell.screening.presenters.rounds import round_name
from gridwell.screening.rules.tubes import ASKS_SINGLE, TubeState


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


def effect_words(tube: Tube, told: TubeState | None, people: int) -> str:
    """Return what happens to the people of a tube when a row counts instead; empty for an odd one."""
    if told is None or not people:
        return ""
    facts = {"people": people}
    if told in ASKS_SINGLE and tube.purpose == "pool":
        return (
            ngettext(
                "If it counts, %(people)s person is held now and sampled singly.",
                "If it counts, %(people)s people are held now and sampled singly.",
                people,
            )
            % facts
        )
    if told is TubeState.SPOILT or told is TubeState.UNCLEAR:
        return (
            ngettext(
                "If it counts, %(people)s person has to be sampled again.",
                "If it counts, %(people)s people have to be sampled again.",
                people,
            )
            % facts
        )
    if told is TubeState.POSITIVE:
        return (
            ngettext(
                "If it counts, %(people)s person has an own sample that is positive.",
                "If it counts, %(people)s people have own samples that are positive.",
                people,
            )
            % facts
        )
    return (
        ngettext(
            "If it counts, %(people)s person gets a negative and is held by this tube no more.",
            "If it counts, %(people)s people get a negative and are held by this tube no more.",
            people,
        )
        % facts
    )
