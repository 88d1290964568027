"""Rounds in words and figures."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.core.components import Figure
from gridwell.core.joining import joined
from gridwell.orders.labels import POOLS, PURPOSES
from gridwell.orders.models import RoundOrder
from gridwell.places.models import Place
from gridwell.plan.queries.days import Day
from gridwell.protocols.rules.model import Frequency
from gridwell.protocols.templatetags.protocol_tags import clause_cited
from gridwell.screening.call_texts import order_name, trait_words
from gridwell.screening.call_texts import round_name as round_name
from gridwell.screening.labels.rounds import ROUND_STATES
from gridwell.screening.models import Round
from gridwell.screening.queries.changes import changes_of
from gridwell.screening.queries.due import differs
from gridwell.screening.queries.members import Progress, members_of, total
from gridwell.screening.queries.proposals import Proposed
from gridwell.screening.queries.rollup import standings
from gridwell.screening.queries.rounds import begins_at, targets_of
from gridwell.screening.rules.coverage import Pace, pace

TONES = {"planned": "", "open": "warn", "closed": "ok"}


def state_words(row: Round) -> tuple[str, str]:
    """Return a round's state in words and its tone."""
    return str(ROUND_STATES.get(row.state, row.state)), TONES.get(row.state, "")


@dataclass(frozen=True)
class OrderLine:
    """An ordered round as the list shows it, with the round it became."""

    order: RoundOrder
    name: str
    pool: str
    basis: str
    round: Round | None
    state: str
    tone: str
    part: Progress | None


def order_lines(
    actor: Actor, orders: Iterable[RoundOrder], rounds: Mapping[int, Round]
) -> list[OrderLine]:
    """Return the lines of ordered rounds; figures of those that are open or closed."""
    standing = standings(actor, [row for row in rounds.values() if row.state != "planned"])
    lines = []
    for order in orders:
        row = rounds.get(order.pk)
        state, tone = _("ordered"), ""
        if order.ended_at is not None and (row is None or row.state == "planned"):
            state = _("order ended")
        elif row is not None:
            state, tone = state_words(row)
        lines.append(
            OrderLine(
                order=order,
                name=order_name(order),
                pool=str(POOLS.get(order.pool, order.pool)),
                basis=basis_of(order),
                round=row,
                state=state,
                tone=tone,
                part=standing.get(row.pk) if row is not None else None,
            )
        )
    return lines


def basis_of(order: RoundOrder) -> str:
    """Return on what an ordered round rests: the notice, else who ordered it."""
    return str(order.notice) if order.notice is not None else order.ordered_by


@dataclass(frozen=True)
class ProposalLine:
    """A round that the rules ask, in words, and the address of the form filled with it."""

    text: str
    on: date | None
    query: str


def proposal_line(row: Proposed) -> ProposalLine:
    """Return a proposal in words."""
    facts = {
        "purpose": str(PURPOSES[row.purpose]),
        "zone": row.name,
        "number": row.number,
        "clean": row.clean,
        "clause": clause_cited(row.clause),
        "people": row.people,
        "who": joined(trait_words(word) for word in row.traits),
    }
    if row.traits:
        facts["known"] = row.known
        facts["turns"] = joined(
            _("%(how)s: %(people)s") % {"how": how_often(every), "people": people}
            for every, people in row.turns
        )
        text = (
            _(
                "No area is sampled as a whole: sample %(who)s. Of %(known)s it is the turn of "
                "%(people)s (%(turns)s; %(clause)s)"
            )
            % facts
        )
    elif row.zone is not None:
        text = _("%(zone)s: %(purpose)s, day %(number)s (%(clause)s)") % facts
    elif row.next == "stop":
        text = (
            _("Stop: the round after the pause was clean. Clean rounds in a row: %(clean)s.")
            % facts
        )
    elif row.next == "final":
        text = (
            _("One more round after three days' pause. Clean rounds in a row: %(clean)s.") % facts
        )
    else:
        text = _("A round a day goes on. Clean rounds in a row so far: %(clean)s.") % facts
    if row.on is None:
        return ProposalLine(text, None, "")
    parts: dict[str, object] = {
        "purpose": row.purpose,
        "number": row.number,
        "on": row.on.isoformat(),
    }
    if row.zone is not None:
        parts |= {"zone": row.zone}
    if row.clause:
        parts |= {"clause": row.clause}
    if row.traits:
        parts |= {"traits": list(row.traits), "by_turn": 1}
    return ProposalLine(text, row.on, f"?{urlencode(parts, doseq=True)}")


def how_often(every: Frequency) -> str:
    """Return a frequency in words."""
    if every.times == 1:
        words = ngettext("every day", "every %(days)s days", every.days)
        return words % {"days": every.days}
    return _("%(times)s times in %(days)s days") % {"times": every.times, "days": every.days}


def figures(row: Round, whole: Progress) -> list[Figure]:
    """Return the strip of a round: every figure opens the list behind it."""
    url = reverse("round_missing", args=[row.community_id, row.pk])
    share = "—" if whole.percent is None else f"{whole.percent}%"
    return [
        Figure(pgettext("in a round", "Due"), whole.due, f"{url}?show=all"),
        Figure(_("Sampled"), whole.sampled, f"{url}?show=sampled", note=share, tone="ok"),
        Figure(
            pgettext("in a round", "Missing"),
            whole.missing,
            url,
            tone="bad" if whole.missing else "",
        ),
        Figure(_("Not called yet"), whole.waiting, f"{url}?show=due"),
        Figure(_("Called, not come"), whole.called, f"{url}?show=called"),
        Figure(_("Refuse"), whole.refused, f"{url}?show=refused"),
        Figure(pgettext("in a round", "Away"), whole.away, f"{url}?show=away"),
        Figure(pgettext("in a round", "Not found"), whole.not_found, f"{url}?show=not_found"),
        Figure(_("Exempt"), whole.exempt, f"{url}?show=exempt"),
    ]


def pace_of(row: Round, whole: Progress, now: datetime) -> Pace | None:
    """Return where a round stands against its targets; None before it opened or after it closed."""
    begins = begins_at(row)
    if row.state != "open" or begins is None:
        return None
    return pace(whole.due, whole.sampled, begins, targets_of(row), now)


@dataclass(frozen=True)
class ChangeLine:
    """A door at which something has changed since the round opened: what, and of how many."""

    words: str
    door: str
    household: int | None
    people: int


@dataclass(frozen=True)
class ChangeList:
    """What is to be worked into a round: in figures, and by door without names."""

    added: int
    gone: int
    altered: int
    lines: tuple[ChangeLine, ...]


def changes(actor: Actor, row: Round, day: Day) -> ChangeList | None:
    """Return what has changed since the round opened, for who may work it in; None for nothing.

    Worked out only when the plan of the day asks others than who is in the round: that is seen at once.
    """
    if row.state != "open" or not actor.may(Right.APPROVE_ORDERS, row.community_id):
        return None
    if not differs(row, day.plan):
        return None
    found = changes_of(row, day)
    if not found:
        return None
    counted: Counter[tuple[str, int, int | None]] = Counter()
    for due in found.added:
        counted[_("due and not in the round"), due.dwelling, due.household] += 1
    for member in found.gone:
        words = _("in the round and no longer due here")
        counted[words, member.dwelling_id or 0, member.household_id] += 1
    for words, pairs in (
        (_("exempt by now"), found.exempted),
        (_("due again"), found.due_again),
        (_("behind another door or in another household"), found.moved),
        (_("to be sampled at the door"), found.at_door),
    ):
        for _member, due in pairs:
            counted[words, due.dwelling, due.household] += 1
    doors = {dwelling for _words, dwelling, _household in counted}
    names = dict(
        Place.objects.filter(community_id=row.community_id, pk__in=list(doors)[:CHANGES_SHOWN])
        .order_by("pk")
        .values_list("pk", "full_name")
    )
    lines = [
        ChangeLine(words, names.get(dwelling, "—"), household, people)
        for (words, dwelling, household), people in counted.items()
        if dwelling in names or not dwelling
    ]
    return ChangeList(
        len(found.added), len(found.gone), len(found.altered), tuple(lines[:CHANGES_SHOWN])
    )


#: Doors named on the page of a round; more are only counted.
CHANGES_SHOWN = 100


def since_closed(actor: Actor, row: Round, whole: Progress) -> int:
    """Return how many samples more stand than the kept report says: a desk sent them afterwards.

    0 for who sees some grids only: the report is of the whole community.
    """
    if row.state != "closed" or not row.report or actor.grids_at(row.community_id) is not None:
        return 0
    return max(0, whole.sampled - int(row.report["sampled"]))


def sum_of(parts: Iterable[Progress]) -> Progress:
    """Return the sum of parts that share nobody."""
    counts: Counter[str] = Counter()
    for part in parts:
        counts.update(part.by_status)
    return Progress(None, dict(counts))


def asked_day(text: str, today: date) -> date:
    """Return the day asked for; today for anything that is no day."""
    try:
        return parse_date(text) or today
    except ValueError:
        return today


def whole_of(actor: Actor, row: Round) -> Progress:
    """Return how a round stands for the actor's grids."""
    return total(row, members_of(actor, row))
