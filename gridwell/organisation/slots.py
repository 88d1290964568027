"""What the organisation shows on the pages of the register: the five and the parties of a household,
who is in charge of a door. Set-based, one call a page."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
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
from gridwell.organisation.models import Helper, ImportTrace, NamedFact
from gridwell.organisation.queries import Person
from gridwell.organisation.queries.answering import Answering
from gridwell.organisation.queries.importing import imports_of
from gridwell.organisation.rules.kinds import HelperRole, Party
from gridwell.places.models import Place
from gridwell.places.rules.levels import PlaceKind
from gridwell.residents.models import Household, Membership


@dataclass(frozen=True)
class Block:
    """The five and the four parties of a household, one of its people, or its site.

    A site has no five: `five` is empty. Addresses are empty without the right to edit.
    """

    title: str
    five: list[tuple[str, Person | None]]
    named: int
    parties: list[tuple[str, Person | None, str, str]]  # label, who, the party itself, end url
    five_url: str
    party_url: str


@dataclass(frozen=True)
class FivePanel:
    """The panel of the household file: the household's own block, further ones, what there was before.

    `others` are people of the household for whom nobody is named alone yet.
    """

    template: str
    own: Block
    blocks: list[Block]
    others: list[tuple[str, str, str]]  # name, address of the five, address of the parties
    before: list[tuple[str, Person, Any]]


@dataclass(frozen=True)
class ChargePanel:
    """The panel beside the board: who is in charge of this door."""

    template: str
    rows: list[tuple[str, Person]]
    five: int


def household_panels(actor: Actor, ids: Sequence[int], day: date) -> Iterable[FivePanel]:
    """Show the named people of each household, of its people and of its site."""
    now = clock.now()
    for household in Household.objects.filter(pk__in=ids).select_related("dwelling"):
        community = household.community_id
        members = dict(
            Membership.objects.filter(
                community=community,
                household=household,
                superseded_at=None,
                ends_at=None,
                resident__merged_into=None,
            )
            .order_by("pk")
            .values_list("resident_id", "resident__name")
        )
        found = queries.answering_for(household, members, now)
        may_edit = actor.may(Right.EDIT_REGISTER, community) and household.ends_at is None

        def url(name: str, pk: int, area: int = community, *, may: bool = may_edit) -> str:
            return reverse(name, args=[area, pk]) if may else ""

        def block(title: str, named: Answering, five: str, party: str) -> Block:
            return _block(title, named, found.persons, five, party, url)  # noqa: B023 - called at once

        blocks = [
            block(members[pk], named, url("five_of_person", pk), url("party_of_person", pk))
            for pk, named in found.people.items()
            if pk in members
        ]
        site = household.dwelling
        if site.kind == PlaceKind.SITE:
            blocks.append(block(site.full_name, found.site, "", url("party_of_site", site.pk)))
        yield FivePanel(
            template="organisation/five_panel.html",
            own=block(
                "", found.own, url("five_edit", household.pk), url("party_new", household.pk)
            ),
            blocks=blocks,
            others=[
                (name, url("five_of_person", pk), url("party_of_person", pk))
                for pk, name in members.items()
                if pk not in found.people and may_edit
            ],
            before=[(_before_word(row), found.persons[row], row) for row in found.before],
        )


def _block(
    title: str,
    named: Answering,
    persons: Mapping[NamedFact, Person],
    five_url: str,
    party_url: str,
    url: Callable[[str, int], str],
) -> Block:
    is_site = bool(title) and not five_url and not named.five
    return Block(
        title=title,
        five=[]
        if is_site
        else [
            (
                str(labels.HELPERS[role.value]),
                persons[named.five[role]] if role in named.five else None,
            )
            for role in HelperRole
        ],
        named=len(named.five),
        parties=[
            (
                str(labels.PARTIES[party.value]),
                persons[named.parties[party]] if party in named.parties else None,
                named.parties[party].unit if party in named.parties else "",
                url("party_end", named.parties[party].pk) if party in named.parties else "",
            )
            for party in Party
        ],
        five_url=five_url,
        party_url=party_url,
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


@dataclass(frozen=True)
class ImportPanel:
    """What a ledger of residents brought into the organisation besides: heads and the five."""

    template: str
    heads: int
    standing: int
    five: int
    withheld: int  # duties left out, since whoever imported manages no posts
    unread: list[str]
    is_undone: bool


@dataclass(frozen=True)
class TablesPanel:
    """The tables of the organisation that were brought in, beside the ledgers of residents."""

    template: str
    rows: list[tuple[ImportTrace, str, str, str]]  # row, state, its page, where it is undone
    url: str


def import_panels(actor: Actor, ids: Sequence[int], day: date) -> Iterable[ImportPanel]:
    """Say what a ledger brought to heads and to the five, and which duties were not understood."""
    for pk in ids:
        source = f"import:{pk}"
        traces = list(ImportTrace.objects.filter(source=source).order_by("pk"))
        traces = [row for row in traces if actor.covers(row.community_id)]
        five = Helper.objects.filter(source=source).values("community", "household", "role")
        named = five.distinct().count()
        if traces or named:
            yield ImportPanel(
                template="organisation/import_panel.html",
                heads=sum(
                    len(row.made.get("posts", ())) + len(row.made.get("filled", ()))
                    for row in traces
                ),
                standing=sum(len(row.made.get("standing", ())) for row in traces),
                five=named,
                withheld=sum(row.made.get("withheld", 0) for row in traces),
                unread=[text for row in traces for text in json.loads(row.lines or "[]")],
                is_undone=any(row.state == "undone" for row in traces),
            )


def import_list_panels(actor: Actor, ids: Sequence[int], day: date) -> Iterable[TablesPanel]:
    """List the tables of the organisation beside the ledgers, with their undo."""
    for area in ids:
        rows = imports_of(actor, area)
        if rows:
            yield TablesPanel(
                template="organisation/import_list_panel.html",
                rows=[
                    (
                        row,
                        str(labels.IMPORT_STATES[row.state]),
                        reverse("organisation_import_look", args=[area, row.pk]),
                        reverse("organisation_import_act", args=[area, row.pk, "undo"])
                        if row.state == "done"
                        else "",
                    )
                    for row in rows
                ],
                url=reverse("organisation_import", args=[area]),
            )
