"""Builds the demo's orders: earlier zones, notice 173 approved, rounds held, notice 178 waiting."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from random import Random

from gridwell.accounts.models import User
from gridwell.accounts.queries import actor_of
from gridwell.accounts.rules.actor import Actor
from gridwell.command.actions.approval import approve_below
from gridwell.command.queries.effects import effects_of
from gridwell.core import clock
from gridwell.demo import city
from gridwell.demo.notices import NOTICE_173, NOTICE_178, compose
from gridwell.health.actions import ResultRow, begin_stay, record_results
from gridwell.orders.actions.modes import change_mode
from gridwell.orders.actions.notices import answer_question, enter_notice
from gridwell.orders.actions.zones import Basis, designate_zone, record_round
from gridwell.orders.models import Notice
from gridwell.orders.queries.notices import parts_of
from gridwell.orders.queries.zones import ZoneLife, covered, open_lives
from gridwell.orders.rules.changes import Answer, Ask
from gridwell.orders.rules.lifecycle import ScopeLine
from gridwell.places.models import Area, Place
from gridwell.plan.actions import recompute
from gridwell.protocols.actions import open_event
from gridwell.protocols.models import Event
from gridwell.protocols.rules.model import Level
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
MODEL = 140109901901  # the community whose day is told in full: 金香都
LATE_TODAY = 6  # people of its zone who have not been sampled on the demo's evening


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """Return an instant of the demo's days, local time."""
    return datetime.combine(day, time(hour, minute), tzinfo=clock.zone())


def build(now: datetime) -> None:
    """Build everything that was ordered and done up to the demo's evening."""
    chief = actor_of(User.objects.get(username="city"), now)
    first = at(date(2022, 11, 18), 9)
    event = open_event(
        actor=chief, area=city.CITY[0], name="2022年11月疫情", family="covid19", now=first
    )
    change_mode(
        actor=chief,
        area=city.CITY[0],
        mode="emergency",
        reason="多个城区出现社会面病例，转入应急状态",
        now=first,
        event=event,
    )
    _earlier_zones(chief, event)
    _approve_all(chief, compose(NOTICE_173), event, at(date(2022, 11, 20), 19))
    for day in (date(2022, 11, 21), date(2022, 11, 22), date(2022, 11, 23)):
        for community in city.COMMUNITIES:
            hold_rounds(community.code, day, missing=_missing(community.code, day))
    _stays(now)
    enter_notice(
        actor=chief,
        area=Area.objects.get(pk=city.CITY[0]),
        text=compose(NOTICE_178),
        event=event,
        now=now - timedelta(minutes=20),
    )
    for community in city.COMMUNITIES:
        for day in (now.date() - timedelta(days=1), now.date()):
            recompute(community=community.code, day=day, now=now)


def _missing(community: int, day: date) -> int:
    return LATE_TODAY if (community, day) == (MODEL, date(2022, 11, 23)) else 0


def _earlier_zones(actor: Actor, event: Event) -> None:
    for community, name, since, number in EARLIER:
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


def hold_rounds(community: int, day: date, *, missing: int = 0) -> int:
    """Hold the day's round in every open zone of a community: samples in the morning, all negative.

    Return how many were sampled. `missing` people are left out, of the first zone.
    """
    evening = at(day, 19, 30)
    zones = open_lives(community, at(day, 8))
    if not zones:
        return 0
    actor = Actor.system(community)
    people = _people_in(zones, at(day, 8))
    total = 0
    for life in zones:
        residents = people[life.zone.pk]
        left_out = missing if life is zones[0] else 0
        came = residents[: len(residents) - left_out]
        rows = _samples(community, came, day)
        record_results(actor=actor, community=community, rows=rows, source="demo", now=evening)
        record_round(
            actor=actor,
            zone=life.zone,
            on=day,
            due=len(residents),
            sampled=len(came),
            negative=len(came),
            positive=0,
            last_result_at=at(day, 19) if not left_out else None,
            source="采样点回报",
            now=evening,
        )
        total += len(came)
    return total


def _samples(
    community: int, residents: Sequence[tuple[int, int | None]], day: date
) -> list[ResultRow]:
    random = Random(community + day.toordinal())
    start = at(day, 7, 30)
    rows = []
    for resident, dwelling in residents:
        sampled = start + timedelta(minutes=random.randrange(240))
        rows.append(ResultRow(resident, dwelling, sampled, "negative", at(day, 19)))
    return rows


def _people_in(
    zones: Sequence[ZoneLife], instant: datetime
) -> dict[int, list[tuple[int, int | None]]]:
    """Return the residents (id, dwelling) of each zone, in the order of their doors."""
    scopes = {}
    for life in zones:
        span = life.at(instant).span
        scopes[life.zone.pk] = span.scope if span is not None else ()
    found: dict[int, list[tuple[int, int | None]]] = {}
    for zone, dwellings in covered(scopes).items():
        rows = Resident.objects.filter(dwelling__in=sorted(dwellings), merged_into=None)
        found[zone] = list(rows.order_by("dwelling", "pk").values_list("pk", "dwelling_id"))
    return found


def _stays(now: datetime) -> None:
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
