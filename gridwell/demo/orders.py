"""Builds the demo's orders: earlier zones, notice 173 approved, rounds held, notice 178 waiting."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from gridwell.accounts.models import User
from gridwell.accounts.queries import actor_of
from gridwell.accounts.rules.actor import Actor
from gridwell.command.actions.approval import approve_below
from gridwell.command.queries.effects import effects_of
from gridwell.demo import city, layouts, screening
from gridwell.demo.city import MODEL
from gridwell.demo.notices import NOTICE_173, NOTICE_178, compose
from gridwell.demo.rounds import at, hold_rounds
from gridwell.demo.tasks import open_the_day
from gridwell.health.actions import begin_stay
from gridwell.orders.actions.modes import change_mode
from gridwell.orders.actions.notices import answer_question, enter_notice
from gridwell.orders.actions.zones import Basis, designate_zone
from gridwell.orders.models import Notice, Zone
from gridwell.orders.queries.notices import parts_of
from gridwell.orders.rules.changes import Answer, Ask
from gridwell.orders.rules.lifecycle import ScopeLine
from gridwell.places.models import Area, Place
from gridwell.plan.actions import recompute
from gridwell.protocols.actions import open_event
from gridwell.protocols.models import Event
from gridwell.protocols.rules.model import Level
from gridwell.residents.actions.circumstances import set_away
from gridwell.residents.models import Resident

#: Zones of earlier notices that the two notices lift: place, and since when where it is known.
EARLIER: tuple[tuple[int, str, date | None, str], ...] = (
    (140106901901, "宝佳丽景综合楼3单元", date(2022, 11, 18), "2022年第168号"),
    (140105902902, "白云小区7号楼3单元", None, ""),
    (140108901901, "龙康青年城3号楼", None, ""),
    (140108901901, "三给村三给小学", None, ""),
    (140108902901, "鸿昇大城小院5号楼", None, ""),
    (140109903902, "南寒圣都4号楼3单元", None, ""),
    (140109901903, "西华苑19号楼1单元", None, ""),
    (140110901901, "万科金城蓝湾一期6号楼", None, ""),
    (140110901901, "万科金城蓝湾一期1号楼3单元", None, ""),
    (140110901901, "万科金城蓝湾一期1号楼4单元", None, ""),
    (140110901901, "万科金城蓝湾一期2号楼2单元", None, ""),
    (140110901901, "绿地世纪城四期30号楼", None, ""),
)
ISSUER = "太原市疫情防控办"
LATE_TODAY = 6  # people of its zone who have not been sampled on the demo's evening


def build(communities: Sequence[int], now: datetime) -> None:
    """Build everything that was ordered and done up to the demo's evening."""
    chief = actor_of(User.objects.get(username="city"), now)
    first = at(date(2022, 11, 18), 9)
    event = open_event(
        actor=chief, area=city.CITY[0], name="2022年11月疫情", family="covid19", now=first
    )
    change_mode(
        actor=chief,
        area=city.CITY[0],
        mode="alert",
        reason="多个城区出现社会面病例，全市转入预警状态",
        now=first,
        event=event,
    )
    _earlier_zones(chief, event, communities)
    _approve_all(chief, compose(NOTICE_173), event, at(date(2022, 11, 20), 19))
    # Who is away or isolated is known before a round counts who is due.
    _stays()
    _away(at(date(2022, 11, 20), 20))
    for day in (date(2022, 11, 21), date(2022, 11, 22), date(2022, 11, 23)):
        for community in communities:
            if community == MODEL and day > date(2022, 11, 21):
                _round_at_the_doors(day)
            else:
                hold_rounds(community, day)
    layouts.build(communities, at(date(2022, 11, 21), 16))
    screening.build(communities)
    enter_notice(
        actor=chief,
        area=Area.objects.get(pk=city.CITY[0]),
        text=compose(NOTICE_178),
        event=event,
        now=now - timedelta(minutes=20),
    )
    open_the_day(communities, now)
    for community in communities:
        for day in (now.date() - timedelta(days=1), now.date()):
            recompute(community=community, day=day, now=now)


def _round_at_the_doors(day: date) -> None:
    """Hold the day's round of the model community's zone at its desks; on the last day some are late."""
    zone = Zone.objects.filter(community=MODEL).order_by("pk")[0]
    late = LATE_TODAY if day == date(2022, 11, 23) else 0
    number = (day - date(2022, 11, 20)).days
    screening.zone_round(MODEL, zone, day, number, missing=late)


def _earlier_zones(actor: Actor, event: Event, communities: Sequence[int]) -> None:
    for community, name, since, number in EARLIER:
        if community not in communities:
            continue
        place = Place.objects.get(community=community, full_name=name)
        recorded = at(since, 20) if since else at(date(2022, 11, 19), 10)
        designate_zone(
            actor=actor,
            community=community,
            name=name,
            level=Level.HIGH,
            lines=[ScopeLine(place=place.pk, community=community)],
            effective_at=at(since, 0) if since else None,
            effective_on=since,
            basis=Basis(ordered_by=ISSUER, ordered_how=number or "建档以前的通告"),
            event=event,
            now=recorded,
        )


def _approve_all(actor: Actor, text: str, event: Event, now: datetime) -> Notice:
    """Enter a notice at the city and approve it for every community it concerns."""
    entered = enter_notice(
        actor=actor, area=Area.objects.get(pk=city.CITY[0]), text=text, event=event, now=now
    )
    notice = entered.notice
    codes = [part.community_id for part in parts_of(actor, notice)]
    for code, effect in effects_of(notice, codes, now).items():
        for question in effect.questions:
            if question.ask is not Ask.SPREAD_UNCLEAR:
                raise RuntimeError(f"the demo's notice leaves a question in {code}: {question}")
            answer_question(
                actor=actor,
                notice=notice,
                area=code,
                code=question.ask,
                sequence=question.sequence,
                start=0,
                answer=Answer.EXPLAINED,
                remark="村内交往密切，传播链条尚未查清",
                now=now,
            )
    effects = effects_of(notice, codes, now)
    result = approve_below(
        actor=actor,
        notice=notice,
        seen={code: effect.version for code, effect in effects.items()},
        now=now + timedelta(minutes=10),
    )
    if result.left:
        raise RuntimeError(f"the demo's notice leaves questions: {result.left}")
    return notice


def _stays() -> None:
    """Put some people of the model community into isolation: one past its end, one nearly over."""
    actor = Actor.system(MODEL)
    heads = list(
        Resident.objects.filter(
            community=MODEL, dwelling__building__name__in=["5号楼", "6号楼"]
        ).order_by("pk")[:60:5]
    )
    days = (date(2022, 11, 15), date(2022, 11, 17), *([date(2022, 11, 20)] * 5))
    for resident, day in zip(heads, days, strict=False):
        begin_stay(
            actor=actor,
            resident=resident,
            kind="home",
            person_class="zone_outflow",
            from_on=day,
            ordered_by="社区疫情防控办",
            now=at(day, 16),
        )
    for resident in heads[7:11]:
        begin_stay(
            actor=actor,
            resident=resident,
            kind="facility",
            person_class="close_contact",
            from_on=date(2022, 11, 21),
            place_name="区集中隔离点",
            ordered_by="区疾控中心",
            now=at(date(2022, 11, 21), 18),
        )


def _away(now: datetime) -> None:
    """Write that some people of the model community are away: outside the zone and inside it."""
    for building, where in (
        ("1号楼", "晋中市亲属家"),
        ("4号楼", "住院陪护"),
        ("6号楼", "外地出差"),
    ):
        residents = Resident.objects.filter(
            community=MODEL, dwelling__building__name=building, memberships__is_head=False
        )
        set_away(
            actor=Actor.system(MODEL),
            community=MODEL,
            resident_ids=list(residents.order_by("pk").values_list("pk", flat=True)[3:6]),
            whereabouts=where,
            starts_at=at(date(2022, 11, 19), 10),
            ends_at=at(date(2022, 12, 1), 0),
            now=now,
        )
