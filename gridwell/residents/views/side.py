"""The side of the board: one dwelling, its households, people without names, and what applies."""

from typing import Any

from django.urls import reverse

from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.rules.actor import Right
from gridwell.core import clock, frame
from gridwell.core.components import Mark
from gridwell.places.models import Place
from gridwell.residents import labels, queries
from gridwell.residents.models import Household
from gridwell.residents.queries.files import age_on
from gridwell.residents.views.common import chip, file_url, note_shown


def dwelling_side(request: ActorRequest, place: Place) -> dict[str, Any]:
    """Return what the side shows of a dwelling; names only where the actor's work needs them."""
    community, now = place.community_id, clock.now()
    households = list(
        queries.households_of(request.actor, community).filter(dwelling=place).order_by("pk")
    )
    ids = [household.pk for household in households]
    members = queries.members_of(ids, community)
    people = [row.resident_id for rows in members.values() for row in rows]
    by_resident, by_household = queries.marks_by_subject(
        community, now, residents=people, households=ids
    )
    with_names = request.actor.may(Right.SEE_NAMES, community)
    today = clock.day_of(now)
    slots = frame.fill_by_subject("side_people", request.actor, people, today)
    return {
        "dwelling": place,
        "homes": [
            {
                "household": household,
                "tenure": labels.TENURE.get(household.tenure, household.tenure),
                "url": file_url(community, household.pk),
                "marks": _chips(by_household[household.pk]),
                "people": [
                    {
                        "name": row.resident.name if with_names else "",
                        "relation": row.relation,
                        "is_head": row.is_head,
                        "sex": labels.SEX.get(row.resident.sex, ""),
                        "age": age_on(row.resident.birth_on, today),
                        "marks": _chips(by_resident[row.resident_id]),
                        "states": slots.get(row.resident_id, []),
                    }
                    for row in members.get(household.pk, [])
                ],
            }
            for household in households
        ],
        "note": note_shown(queries.notes_of(community, [place.pk]).get(place.pk)),
        "panels": frame.fill("side_panels", request.actor, [place.pk], today),
        "new_household_url": _new_url(request, place, households),
    }


def _chips(marks: list[Any]) -> list[Mark]:
    return [chip(mark.label) for mark in marks]


def _new_url(request: ActorRequest, place: Place, households: list[Household]) -> str | None:
    if not request.actor.may(Right.EDIT_REGISTER, place.community_id):
        return None
    return reverse("household_new", kwargs={"area": place.community_id, "dwelling": place.pk})
