"""The roll-up for upper levels: figures of every community below, no names."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from gridwell.accounts.rules.actor import Actor
from gridwell.core.clock import day_of
from gridwell.orders.models import NoticePart
from gridwell.places.models import Area
from gridwell.places.queries import communities_of
from gridwell.plan.models import DayPlan
from gridwell.plan.queries.days import behind, counts_of
from gridwell.tasks.queries import Counts
from gridwell.web.queries.work import counts_today


@dataclass(frozen=True)
class AreaRow:
    """One community's day in figures; `day` None = not computed yet."""

    area: Area
    day: DayPlan | None
    is_stale: bool
    waiting: int
    tasks: Counts

    def _duty(self, code: str, index: int) -> int:
        return self.day.counts["duties"].get(code, (0, 0, 0))[index] if self.day else 0

    @property
    def zones(self) -> int:
        return sum(self.day.counts["zones"].values()) if self.day else 0

    @property
    def stay_home(self) -> int:
        return self._duty("stay_home", 0)

    @property
    def stay_home_households(self) -> int:
        return self._duty("stay_home", 1)

    @property
    def due(self) -> int:
        return self._duty("be_sampled", 0)

    @property
    def door_services(self) -> int:
        return self.day.counts["work"].get("door_service", 0) if self.day else 0

    @property
    def late(self) -> int:
        return (self.day.counts["late"] if self.day else 0) + self.tasks.late

    @property
    def proposals(self) -> int:
        return self.day.counts["proposals"] if self.day else 0


def area_rows(actor: Actor, area: int, now: datetime) -> list[AreaRow]:
    """Return the communities inside an area that the actor covers, as of today; six queries."""
    day = day_of(now)
    communities = list(communities_of(actor, area).select_related("parent").order_by("code"))
    codes = [community.pk for community in communities]
    days = counts_of(codes, day)
    stale = set(behind(codes, day))
    waiting = dict(
        NoticePart.objects.filter(community__in=codes, state="waiting")
        .values_list("community_id")
        .annotate(count=Count("pk"))
    )
    tasks = counts_today(codes, now)
    return [
        AreaRow(
            area=community,
            day=days.get(community.pk),
            is_stale=community.pk in stale,
            waiting=waiting.get(community.pk, 0),
            tasks=tasks.get(community.pk, Counts()),
        )
        for community in communities
    ]
