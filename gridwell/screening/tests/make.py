"""Small makers for tests of screening: an ordered round, an open one, a sample in a tube."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from gridwell.accounts.rules.actor import Actor
from gridwell.health.models import Sample, Tube
from gridwell.orders.actions.rounds import order_round
from gridwell.orders.actions.zones import Basis
from gridwell.orders.models import RoundOrder
from gridwell.orders.rules.rounds import Purpose
from gridwell.orders.tests.make import NOW, TODAY, make_district
from gridwell.places.models import Area, Place
from gridwell.places.tests.make import COMMUNITY
from gridwell.screening.actions.desks import Hours, add_desks
from gridwell.screening.actions.rounds import open_round, plan_round
from gridwell.screening.actions.sites import open_site
from gridwell.screening.models import Desk, Round, RoundMember, Site

BASIS = Basis(ordered_by="区指挥部", ordered_how="电话", clause="area-rounds")


def make_order(
    actor: Actor,
    *,
    community: int = COMMUNITY,
    on: date = TODAY,
    purpose: str = Purpose.CITY_ROUND,
    pool: str = "10",
    number: int = 1,
    now: datetime = NOW,
    basis: Basis = BASIS,
    **facts,
) -> RoundOrder:
    """Return an ordered round; loads the protocols when nobody did."""
    if not Area.objects.filter(pk=140100000000).exists():
        make_district()
    return order_round(
        actor=actor,
        community=community,
        purpose=purpose,
        on=on,
        pool=pool,
        number=number,
        basis=basis,
        now=now,
        **facts,
    )


def make_round(actor: Actor, *, now: datetime = NOW, **facts) -> Round:
    """Return an open round of whoever is in the register."""
    order = make_order(actor, now=now, **facts)
    row = plan_round(actor=actor, order=order, now=now)
    return open_round(actor=actor, round=row, now=now)


def make_tube(round: Round, *, code: str = "", state: str = "closed", **facts) -> Tube:
    """Return a tube of a round."""
    return Tube.objects.create(
        community_id=round.community_id,
        code=code or uuid4().hex[:12],
        round=round.ref,
        pool="10",
        state=state,
        opened_at=NOW,
        recorded_at=NOW,
        **facts,
    )


def make_sample(
    member: RoundMember,
    *,
    tube: Tube | None = None,
    purpose: str = "pool",
    at: datetime | None = None,
    ref: UUID | None = None,
) -> Sample:
    """Return that a member of a round gave a sample."""
    tube = tube or make_tube(member.round)
    return Sample.objects.create(
        community_id=member.community_id,
        dwelling_id=member.dwelling_id,
        tube=tube,
        ref=ref or uuid4(),
        round=member.round.ref,
        purpose=purpose,
        resident_id=member.resident_id,
        guest=member.guest,
        position=tube.samples.count() + 1,
        sampled_at=at or NOW + timedelta(minutes=tube.samples.count()),
        recorded_at=NOW,
    )


def make_site(
    actor: Actor, *, name: str = "东门", place: Place | None = None, community: int = COMMUNITY
) -> Site:
    """Return a sampling site."""
    return open_site(actor=actor, community=community, name=name, place=place, now=NOW)


def make_desks(
    actor: Actor, round: Round, site: Site, *, opens: datetime, closes: datetime, count: int = 1
) -> list[Desk]:
    """Return desks of a round at a site."""
    return add_desks(
        actor=actor, round=round, site=site, hours=Hours(opens, closes), count=count, now=NOW
    )
