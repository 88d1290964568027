"""The first steps of a visitor: what to try, in which order, and what is done already.

Told of one community whose day is complete. Steps that change something are ticked by the facts,
whoever did them; steps that only look are ticked by the visitor's own pages.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.core import clock
from gridwell.demo.city import MODEL, STANDS_AT
from gridwell.demo.labels import STEPS
from gridwell.demo.notices import NOTICE_178
from gridwell.demo.seen import seen_by
from gridwell.ledgers.models import LedgerImport
from gridwell.orders.models import NoticePart, Zone, ZoneChange
from gridwell.orders.rules.lifecycle import Act
from gridwell.places.models import Place
from gridwell.residents.models import Household
from gridwell.screening.models import Round

#: The zone that can be lifted after two next days, and how many those are.
ZONE = "金香都小区4号楼"
DAYS = 2


@dataclass(frozen=True)
class Step:
    """A step of the guide; `url` None: its page is not for this visitor or not there."""

    code: str
    title: str | Promise
    text: str | Promise
    is_done: bool
    url: str | None


@dataclass(frozen=True)
class Guide:
    """The guide as a page or a panel draws it."""

    steps: tuple[Step, ...]
    is_ours: bool
    template: str = "demo/parts/guide_panel.html"

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(step.is_done for step in self.steps)

    @property
    def next(self) -> Step | None:
        """The first step that is not done."""
        return next((step for step in self.steps if not step.is_done), None)


def guide_of(actor: Actor) -> Guide:
    """Return the guide for a visitor; eight small queries."""
    part = (
        NoticePart.objects.filter(community=MODEL, notice__number__contains=str(NOTICE_178.number))
        .order_by("pk")
        .first()
    )
    zone = Zone.objects.filter(community=MODEL, name=ZONE).order_by("pk").first()
    done = set(seen_by(actor.user_id))
    if part is not None and part.state == "approved":
        done |= {"read", "approve"}
    if LedgerImport.objects.filter(community=MODEL, state="done").exists():
        done.add("import")
    if clock.today() >= STANDS_AT.date() + timedelta(days=DAYS):
        done.add("next")
    lifts = ZoneChange.objects.filter(community=MODEL, zone=zone, act=Act.LIFT)
    if zone is not None and lifts.exists():
        done.add("lift")
    is_ours = actor.covers(MODEL)
    urls = _urls(part, zone) if is_ours else {}
    if not actor.may(Right.IMPORT_LEDGERS, MODEL):
        urls.pop("import", None)
    steps = tuple(
        Step(code, title, text, code in done, urls.get(code))
        for code, (title, text) in STEPS.items()
    )
    return Guide(steps, is_ours)


def _urls(part: NoticePart | None, zone: Zone | None) -> dict[str, str | None]:
    building = Place.objects.filter(community=MODEL, full_name=ZONE).first()
    home = Household.objects.filter(community=MODEL, dwelling__building=building).first()
    notice = part.notice_id if part is not None else None
    row = Round.objects.filter(community=MODEL).exclude(state="planned").order_by("-on").first()
    desk = _url("notice_desk", MODEL, notice)
    return {
        "today": _url("today", MODEL),
        "read": desk,
        "approve": desk,
        "building": _url("building_board", MODEL, building.pk if building else None),
        "why": _url("today_why", MODEL, home.pk if home else None),
        "round": _url("round_missing", MODEL, row.pk if row else None),
        "import": _url("import_list", MODEL),
        "lift": _url("zone_file", MODEL, zone.pk if zone else None),
    }


def _url(name: str, *args: int | None) -> str | None:
    """Return an address of a page that may lie in a package above, or None."""
    if None in args:
        return None
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return None


def panels(actor: Actor, ids: Sequence[int], day: date) -> Iterable[Guide]:
    """Show the guide on Today of the model community until all is done; in the demo only."""
    if settings.DEMO and MODEL in ids:
        guide = guide_of(actor)
        if guide.next is not None:
            yield guide
