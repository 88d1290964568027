"""What the organisation shows on the pages of the register: the five and the parties of a household,
who is in charge of a door. Set-based, one call a page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from gridwell.accounts.models import Post
from gridwell.accounts.queries import lines_of, live, posts_for_grids
from gridwell.accounts.rules.actor import Actor, Right
from gridwell.core import clock
from gridwell.organisation import labels, queries
from gridwell.organisation.models import FourParty, Helper
from gridwell.organisation.queries import Person
from gridwell.organisation.rules.kinds import HelperRole, Party
from gridwell.places.models import Place
from gridwell.residents.models import Household


@dataclass(frozen=True)
class FivePanel:
    """The panel of the household file: the five, the four parties, what there was before."""

    template: str
    five: list[tuple[str, Person | None]]
    named: int
    parties: list[tuple[str, Person | None, str, str]]  # label, who, the party itself, end url
    before: list[tuple[str, Person, Any]]
    edit_url: str
    party_url: str


@dataclass(frozen=True)
class ChargePanel:
    """The panel beside the board: who is in charge of this door."""

    template: str
    rows: list[tuple[str, Person]]
    five: int


def household_panels(actor: Actor, ids: Sequence[int], day: date) -> Iterable[FivePanel]:
    """Show the named people of each household."""
    now = clock.now()
    for household in Household.objects.filter(pk__in=ids):
        community = household.community_id
        five, parties = queries.five_of(household, now), queries.parties_of(household, now)
        before = queries.history_of(household)
        people = queries.persons_of(five.values(), now)
        answering = queries.persons_of(parties.values(), now)
        gone = {
            table: queries.persons_of([row for row in before if isinstance(row, table)], now)
            for table in (Helper, FourParty)
        }
        may_edit = actor.may(Right.EDIT_REGISTER, community) and household.ends_at is None
        yield FivePanel(
            template="organisation/five_panel.html",
            five=[
                (
                    str(labels.HELPERS[role.value]),
                    people[five[role].pk] if role in five else None,
                )
                for role in HelperRole
            ],
            named=len(five),
            parties=[
                (
                    str(labels.PARTIES[party.value]),
                    answering[parties[party].pk] if party in parties else None,
                    parties[party].unit if party in parties else "",
                    reverse("party_end", args=[community, parties[party].pk])
                    if party in parties and may_edit
                    else "",
                )
                for party in Party
            ],
            before=[(_before_word(row), gone[type(row)][row.pk], row) for row in before],
            edit_url=reverse("five_edit", args=[community, household.pk]) if may_edit else "",
            party_url=reverse("party_new", args=[community, household.pk]) if may_edit else "",
        )


def _before_word(row: Any) -> str:
    role = getattr(row, "role", "")
    return str(labels.HELPERS[role]) if role else str(labels.PARTIES[row.party])


def side_panels(actor: Actor, ids: Sequence[int], day: date) -> Iterable[ChargePanel]:
    """Name who is in charge of a door: grid worker, building and unit head, areas of charge."""
    now = clock.now()
    for place in Place.objects.filter(pk__in=ids).select_related("grid"):
        community = place.community_id
        rows: list[tuple[str, Person]] = []
        if place.grid_id is not None:
            for post in posts_for_grids(actor, community, [place.grid_id], now)[place.grid_id]:
                rows.append((str(_("Grid worker")), Person(post.acting or "", post.telephone)))
        above = [pk for pk in (place.building_id, place.unit_id) if pk is not None]
        heads = Post.objects.filter(live(now), area_id=community, place__in=above)
        for line in lines_of(heads.order_by("role"), now) if above else ():
            word = _("Building head") if line.post.place_id == place.building_id else _("Unit head")
            acting = line.acting
            rows.append(
                (
                    str(word),
                    Person(acting.name if acting else "", acting.telephone if acting else ""),
                )
            )
        charges = queries.charges_at(place, now)
        people = queries.persons_of(charges, now)
        rows += [(str(_("In charge")), people[row.pk]) for row in charges]
        homes = Household.objects.filter(
            community=community, dwelling=place, ends_at=None, merged_into=None
        ).values_list("pk", flat=True)
        five = queries.with_helpers(community, list(homes), now)
        yield ChargePanel("organisation/charge_panel.html", rows, sum(five.values()))
