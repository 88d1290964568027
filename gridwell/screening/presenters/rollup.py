"""The rounds of a day above the communities (汇总): figures by the next level down, each opens."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from gridwell.accounts.rules.actor import Actor
from gridwell.core.components import Figure
from gridwell.orders.models import ZoneRound
from gridwell.orders.rules.rounds import RUN_HERE
from gridwell.places.models import Area
from gridwell.places.rules.levels import parent_of
from gridwell.plan.queries.days import counts_of
from gridwell.plan.rules.plan import DutyCode
from gridwell.screening.models import Round
from gridwell.screening.queries.members import Progress
from gridwell.screening.queries.rollup import standings
from gridwell.screening.queries.rounds import rounds_of

#: What the table can be narrowed to; each figure of the strip opens it so.
SHOWS: Final = {
    "": gettext_lazy("all areas"),
    "round": gettext_lazy("with a round"),
    "none": gettext_lazy("without a round"),
    "loose": gettext_lazy("with people asked, in no round"),
    "missing": gettext_lazy("with people missing"),
    "refused": gettext_lazy("with people who refuse"),
    "exempt": gettext_lazy("with exempt people"),
}
FEW = 20
"""Up to so many communities stand one by one; more are summed up by the next level down."""


@dataclass(frozen=True)
class AreaLine:
    """The rounds of a day in a community or an upper area, in figures.

    `url` opens the area; `people` the people of its one round, empty where there is none or several.
    `asked` is how many the plans of the day ask to be sampled, `loose` how many more they are than
    those due in rounds that were opened here or sampled in rounds recorded by hand: nobody looks for
    them on a missing list.
    """

    area: Area
    communities: int
    with_round: int
    rounds: int
    open_rounds: int
    part: Progress
    url: str
    people: str = ""
    asked: int = 0
    loose: int = 0


def community_lines(
    actor: Actor, area: int, communities: Sequence[Area], day: date
) -> list[AreaLine]:
    """Return each community's rounds of a day: four queries, whatever the number."""
    rows = list(rounds_of(actor, area).filter(on=day).exclude(state="planned"))
    standing = standings(actor, rows)
    by_community: dict[int, list[Round]] = {}
    for row in rows:
        by_community.setdefault(row.community_id, []).append(row)
    asked = asked_on([community.pk for community in communities], day)
    by_hand = sampled_by_hand([community.pk for community in communities], day)
    lines = []
    for community in communities:
        own = by_community.get(community.pk, [])
        counts: Counter[str] = Counter()
        for row in own:
            counts.update(standing[row.pk].by_status)
        people = reverse("round_missing", args=[community.pk, own[0].pk]) if len(own) == 1 else ""
        known = Progress(None, dict(counts)).due + by_hand.get(community.pk, 0)
        lines.append(
            AreaLine(
                area=community,
                communities=1,
                with_round=int(bool(own)),
                rounds=len(own),
                open_rounds=sum(row.state == "open" for row in own),
                part=Progress(community.pk, dict(counts)),
                url=reverse("round_list", args=[community.pk]),
                people=people,
                asked=asked.get(community.pk, 0),
                loose=max(0, asked.get(community.pk, 0) - known),
            )
        )
    return lines


def asked_on(communities: Sequence[int], day: date) -> dict[int, int]:
    """Return how many people the stored plans of a day ask to be sampled, by community: one query."""
    return {
        community: row.counts["duties"].get(DutyCode.BE_SAMPLED.value, (0,))[0]
        for community, row in counts_of(communities, day).items()
    }


def sampled_by_hand(communities: Sequence[int], day: date) -> Counter[int]:
    """Return how many were sampled in rounds of zones that are only recorded here: one query.

    Of several entries for one zone the latest counts.
    """
    rows = ZoneRound.objects.filter(community_id__in=communities, on=day).order_by(
        "recorded_at", "pk"
    )
    latest = {
        zone: (community, sampled, source)
        for zone, community, sampled, source in rows.values_list(
            "zone_id", "community_id", "sampled", "source"
        )
    }
    found: Counter[int] = Counter()
    for community, sampled, source in latest.values():
        if not source.startswith(RUN_HERE):
            found[community] += sampled
    return found


def by_next_level(area: int, lines: Sequence[AreaLine], day: date) -> list[AreaLine]:
    """Return the lines summed up by the areas right below this one; few ones as they are."""
    below = {line.area.pk: _below(area, line.area.pk) for line in lines}
    if len(lines) <= FEW or set(below) == set(below.values()):
        return list(lines)
    areas = Area.objects.in_bulk(set(below.values()))
    grouped: dict[int, list[AreaLine]] = {}
    for line in lines:
        grouped.setdefault(below[line.area.pk], []).append(line)
    return [_sum(areas[pk], own, day) for pk, own in sorted(grouped.items()) if pk in areas]


def _below(area: int, community: int) -> int:
    """Return the area right below `area` in which a community lies."""
    found, above = community, parent_of(community)
    while above is not None and above != area:
        found, above = above, parent_of(above)
    return found


def _sum(area: Area, lines: Sequence[AreaLine], day: date) -> AreaLine:
    counts: Counter[str] = Counter()
    for line in lines:
        counts.update(line.part.by_status)
    return AreaLine(
        area=area,
        communities=len(lines),
        with_round=sum(line.with_round for line in lines),
        rounds=sum(line.rounds for line in lines),
        open_rounds=sum(line.open_rounds for line in lines),
        part=Progress(area.pk, dict(counts)),
        url=f"{reverse('round_list', args=[area.pk])}?day={day.isoformat()}",
        asked=sum(line.asked for line in lines),
        loose=sum(line.loose for line in lines),
    )


def shown(lines: Iterable[AreaLine], show: str) -> list[AreaLine]:
    """Return the lines that a filter leaves."""
    return [
        line
        for line in lines
        if {
            "round": bool(line.rounds),
            "none": line.with_round < line.communities,
            "loose": bool(line.loose),
            "missing": bool(line.part.missing),
            "refused": bool(line.part.refused),
            "exempt": bool(line.part.exempt),
        }.get(show, True)
    ]


def rollup_figures(lines: Iterable[AreaLine], day: date) -> list[Figure]:
    """Return the strip of an upper area; each figure opens the areas behind it."""
    lines = list(lines)
    loose = sum(line.loose for line in lines)
    rows = [line for line in lines if line.rounds]
    due, sampled = sum(row.part.due for row in rows), sum(row.part.sampled for row in rows)
    share = f"{sampled * 100 // due}%" if due else "—"
    missing = due - sampled

    def opens(show: str) -> str:
        return f"?day={day.isoformat()}&show={show}"

    refused, exempt = (
        sum(getattr(row.part, name) for row in rows) for name in ("refused", "exempt")
    )
    return [
        Figure(
            _("Communities with a round"), sum(row.with_round for row in rows), opens("round")
        ),
        Figure(
            _("Asked, in no round"), loose, opens("loose"),
            tone="warn" if loose else "",
        ),
        Figure(pgettext("in a round", "Due"), due, opens("round")),
        Figure(_("Sampled"), sampled, opens("round"), note=share, tone="ok"),
        Figure(
            pgettext("in a round", "Missing"), missing, opens("missing"),
            tone="bad" if missing else "",
        ),
        Figure(_("Refuse"), refused, opens("refused")),
        Figure(_("Exempt"), exempt, opens("exempt")),
    ]  # fmt: skip
