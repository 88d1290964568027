"""The demo's next day: the clock moves, rounds are held in the open zones, plans follow."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max

from gridwell.accounts.rules.actor import Actor
from gridwell.audit.models import AuditEntry
from gridwell.core import clock
from gridwell.demo.city import STANDS_AT
from gridwell.demo.rounds import SOURCE, at, hold_rounds
from gridwell.orders.models import Zone, ZoneRound
from gridwell.places.models import Area
from gridwell.places.rules.levels import AreaLevel
from gridwell.plan.actions import recompute
from gridwell.plan.models import DayPlan
from gridwell.screening.actions.rounds import close_round
from gridwell.screening.models import Round

#: At this hour of the evening a day's results are back and its rounds are on record.
EVENING = STANDS_AT.hour
#: A demo that ran on for weeks gets the rounds of its last days only.
MOST_DAYS = 7


def next_day() -> date:
    """Move the demo's clock to the next evening, with all that happened until then; return the day.

    Days on which nobody pressed the button while the demo ran on are made up for.
    """
    day = clock.today() + timedelta(days=1)
    with transaction.atomic():
        _close_rounds(day)
        _hold_until(day)
    clock.move_to(at(day, EVENING))
    _recompute(day, clock.now())
    return day


def resume() -> None:
    """Set the clock to where the demo was left: its time stands still while it does not run."""
    known = (
        AuditEntry.objects.aggregate(last=Max("at"))["last"],
        DayPlan.objects.aggregate(last=Max("computed_at"))["last"],
        STANDS_AT,
    )
    clock.move_to(max(instant for instant in known if instant is not None) + timedelta(seconds=1))


def _close_rounds(day: date) -> None:
    """Close the rounds that were left open: whoever was not found is missed and named."""
    for row in Round.objects.filter(state="open", on__lt=day).order_by("pk"):
        close_round(
            actor=Actor.system(row.community_id),
            round=row,
            reason="当日未采到的人员转入次日名单",
            now=max(at(row.on, 23, 50), clock.now()),
        )


def _hold_until(day: date) -> None:
    known = ZoneRound.objects.filter(source=SOURCE).aggregate(last=Max("on"))["last"]
    if known is None:
        return
    last = max(known, STANDS_AT.date())
    days = min((day - last).days, MOST_DAYS)
    missed = [day - timedelta(days=n) for n in reversed(range(days))]
    communities = list(
        Zone.objects.order_by("community").values_list("community", flat=True).distinct()
    )
    for one in missed:
        for community in communities:
            hold_rounds(community, one)


def _recompute(day: date, now: datetime) -> None:
    """Compute the new day of every community, and the one before where nobody has looked yet."""
    everyone = Area.objects.filter(level=AreaLevel.COMMUNITY, replaced_by=None)
    for community in everyone.order_by("code").values_list("code", flat=True):
        for one in (day - timedelta(days=1), day):
            recompute(community=community, day=one, now=now)
