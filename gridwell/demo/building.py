"""Builds the whole demo once: Taiyuan on 23 November 2022 at 20:00."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import translation

from gridwell.accounts.models import User
from gridwell.core import clock
from gridwell.demo import city, orders, register
from gridwell.demo.register import Account
from gridwell.protocols.actions import load_shipped

ZONE = ZoneInfo("Asia/Shanghai")
#: When the registers were built, and the evening on which the demo stands.
REGISTERED_AT = datetime(2022, 9, 1, 9, 0, tzinfo=ZONE)
STANDS_AT = datetime(2022, 11, 23, 20, 0, tzinfo=ZONE)

Report = Callable[[int, int], None]


def is_built() -> bool:
    """Return whether this installation holds the demo already."""
    return User.objects.filter(username="jinxiangdu").exists()


@transaction.atomic
def build(report: Report) -> list[Account]:
    """Build the demo in one transaction, so that a stopped build leaves nothing behind."""
    clock.move_to(STANDS_AT)
    with translation.override("zh-hans"):  # names that are stored are the community's own
        return _build(report)


def _build(report: Report) -> list[Account]:
    steps = len(city.COMMUNITIES) + 2
    register.build_areas(REGISTERED_AT)
    load_shipped(actor=register.INSTALLATION, now=REGISTERED_AT)
    for done, community in enumerate(city.COMMUNITIES, start=1):
        register.build_community(community, STANDS_AT.date(), REGISTERED_AT)
        report(done, steps)
    accounts = register.build_posts(REGISTERED_AT)
    orders.build(STANDS_AT)
    report(steps, steps)
    return accounts
