"""Builds the whole demo once: Taiyuan on 23 November 2022 at 20:00."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from django.db import transaction
from django.utils import translation

from gridwell.accounts.models import User
from gridwell.core import clock
from gridwell.demo import city, command, orders, organisation, patrols, register, staff, tasks
from gridwell.demo.city import MODEL, REGISTERED_AT, STANDS_AT
from gridwell.protocols.actions import load_shipped

Report = Callable[..., None]


def stand_still() -> None:
    """Set the clock of a demo that is still to be built; one that was built keeps its own time."""
    if not clock.shift():
        clock.move_to(STANDS_AT)


def is_built() -> bool:
    """Return whether this installation holds the demo already."""
    return User.objects.filter(username="jinxiangdu").exists()


@transaction.atomic
def build(report: Report, communities: Sequence[city.Community] = city.COMMUNITIES) -> None:
    """Build the demo in one transaction, so that a stopped build leaves nothing behind.

    The model community must be among `communities`; fewer of them make a smaller demo for tests.
    """
    clock.move_to(STANDS_AT)
    # Names that are stored are the community's own.
    with translation.override("zh-hans"), _nothing_collected():
        _build(report, communities)


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Keep the collector from looking through all that is made, again and again: a tenth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _build(report: Report, communities: Sequence[city.Community]) -> None:
    steps = len(communities) + 2
    register.build_areas(REGISTERED_AT)
    load_shipped(actor=register.INSTALLATION, now=REGISTERED_AT)
    for done, community in enumerate(communities, start=1):
        report(done, total=steps)
        register.build_community(community, STANDS_AT.date(), REGISTERED_AT)
    register.build_posts(communities, REGISTERED_AT)
    report(steps - 1, total=steps)
    # Heads of buildings stand before the day begins: its tasks are theirs.
    organisation.build(communities, REGISTERED_AT, STANDS_AT)
    orders.build([community.code for community in communities], STANDS_AT)
    organisation.name_the_five(communities, STANDS_AT)
    command.build([community.code for community in communities], STANDS_AT)
    patrols.walk_the_round(MODEL, STANDS_AT)
    tasks.work_through([community.code for community in communities], STANDS_AT)
    staff.build(communities, STANDS_AT)
    report(steps, total=steps)
