"""The demo's rounds at real desks: a closed one with a positive pool released, an open one with people missing.

Told of two communities: one where everybody comes down to the sites, and the high-risk building of
the model community, where people are sampled at the door and by household.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from uuid import UUID, uuid5

from gridwell.accounts.models import Post, User
from gridwell.accounts.queries import actor_of
from gridwell.accounts.rules.actor import Actor
from gridwell.demo.actions import Filled, fill_tubes
from gridwell.demo.key_people import enter_key_people
from gridwell.demo.rounds import at
from gridwell.health.actions.exemptions import exempt
from gridwell.health.models import Tube
from gridwell.orders.actions.rounds import order_round
from gridwell.orders.actions.zones import Basis
from gridwell.orders.models import Zone
from gridwell.orders.rules.rounds import Purpose
from gridwell.places.models import Place
from gridwell.residents.actions.circumstances import set_away
from gridwell.residents.actions.guests import register_guest
from gridwell.residents.models import Resident
from gridwell.screening.actions import (
    boxes,
    calls,
    desk,
    desks,
    laboratories,
    members,
    results,
    rounds,
    sites,
    slots,
)
from gridwell.screening.models import Desk, Laboratory, Round, RoundMember, Site
from gridwell.screening.queries.calls import parts_of
from gridwell.screening.queries.desk import Sampler, access_desk
from gridwell.screening.rules.results import ResultLine

HAIXI = 140105902901
BEFORE, TODAY = date(2022, 11, 22), date(2022, 11, 23)
LABORATORY = "小店区城市核酸检测基地"
COURIER = "转运2组 晋A·演示01"
BASIS = Basis(
    ordered_by="小店区疫情防控办",
    ordered_how="电话通知，文件后补",
    protocol="covid19 P20-T4",
    clause="T4-8",
    reason="辖区出现来源不明的社会面病例，传播链未查清，一天一轮",
)
#: Sites: name, beside which building, in words, how many desks.
SITES = (
    ("小区东广场采样点", "1号楼", "1号楼东侧，靠消防通道", 2),
    ("2号楼前采样点", "2号楼", "2号楼单元门前空地", 1),
)
#: Of each hundred homes in the order of doors: who is not there when the second round is held.
LATE_HOMES = (7, 18, 41, 66)
NEGATIVE, POSITIVE = "阴性", "阳性"


@dataclass
class Held:
    """A round that is under way: who holds it and how many of its tubes are numbered."""

    officer: Actor
    sampler: Sampler
    prefix: str
    numbered: int = 0
    desks: tuple[Desk, ...] = ()

    @property
    def round(self) -> Round:
        """Return the round."""
        return self.sampler.round

    def next_code(self) -> str:
        """Return the number of the next tube."""
        self.numbered += 1
        return f"{self.prefix}{self.numbered:05d}"

    def desk_of(self, number: int) -> str:
        """Return at which desk the number-th tube is filled: each keeps to its own."""
        if not self.desks:
            return f"user{self.sampler.actor.user_id}"
        return self.desks[number % len(self.desks)].ref.hex


def build(communities: Collection[int]) -> None:
    """Hold the rounds of the community whose people come down to the sites, where it is built."""
    if HAIXI not in communities:
        return
    _known_before()
    _sites()
    laboratory = laboratories.add_laboratory(
        actor=_actor("haixi", at(BEFORE, 6)), area=HAIXI, name=LABORATORY, now=at(BEFORE, 6)
    )
    _closed_round(laboratory)
    _open_round(laboratory)


def _actor(username: str, now: datetime) -> Actor:
    return actor_of(User.objects.get(username=username), now)


def _known_before() -> None:
    """Write who need not come, who is away and who stays here without being registered."""
    evening = at(BEFORE - timedelta(days=1), 17)
    actor = Actor.system(HAIXI)
    people = list(Resident.objects.filter(community=HAIXI).order_by("pk")[:400:25])
    for resident, reason in zip(
        people, ("recovered", "recovered", "cannot_be_sampled"), strict=False
    ):
        exempt(
            actor=actor,
            resident=resident,
            reason=reason,
            starts_at=at(BEFORE - timedelta(days=1), 0),
            ends_at=at(TODAY + timedelta(days=20), 0),
            now=evening,
        )
    set_away(
        actor=actor,
        community=HAIXI,
        resident_ids=[resident.pk for resident in people[4:10]],
        whereabouts="外地探亲",
        starts_at=at(BEFORE - timedelta(days=2), 8),
        ends_at=at(TODAY + timedelta(days=7), 0),
        now=evening,
    )
    enter_key_people(actor, HAIXI, evening)
    for number, name in enumerate(("甄来客", "贾装修")):
        register_guest(
            actor=actor,
            place=_door(number),
            name=name,
            kind="visitor",
            starts_at=evening,
            ends_at=at(TODAY + timedelta(days=5), 0),
            ref=_ref(f"guest:{number}"),
            now=evening,
            phone=f"1400000010{number}",
        )


def _sites() -> None:
    """Open the sites, each beside a building."""
    now = at(BEFORE - timedelta(days=1), 15)
    officer = _actor("haixi", now)
    for name, building, where, _ in SITES:
        place = Place.objects.get(community=HAIXI, kind="building", name=building)
        sites.open_site(
            actor=officer, community=HAIXI, name=name, place=place, where=where, now=now
        )


def _set_up(actor: Actor, row: Round, now: datetime) -> None:
    """Set up the desks of a round; every unit of today's gets its time."""
    hours = desks.Hours(at(row.on, 7), at(row.on, 13))
    posts = Post.objects.filter(area=HAIXI, team__kind="sampling").order_by("pk")
    people = iter(posts)
    places = Site.objects.filter(community=HAIXI).order_by("pk")
    for (*_, count), site in zip(SITES, places, strict=True):
        for _ in range(count):
            post = next(people, None)
            desks.add_desks(actor=actor, round=row, site=site, hours=hours, post=post, now=now)
    if row.on == TODAY:  # the search is a second's work, and of a round gone by nobody asks when
        slots.make_slots(actor=actor, round=row, now=now)


def _call(held: Held, now: datetime, how: str) -> None:
    """Call everybody who has not come and is to come down."""
    calls.call_parts(
        actor=held.officer,
        round=held.round,
        parts=parts_of(held.officer, held.round),
        how=how,
        ref=_ref(f"call:{now.isoformat()}"),
        now=now,
    )


def _door(number: int) -> Place:
    doors = Place.objects.filter(community=HAIXI, kind="dwelling", is_vacant=False)
    return doors.order_by("pk")[number * 30 + 5]


def _ref(name: str) -> UUID:
    return uuid5(UUID(int=HAIXI), f"gridwell-demo:{name}")


def _held(
    username: str,
    day: date,
    *,
    prefix: str,
    purpose: str,
    number: int,
    pool: str,
    basis: Basis,
    zone: Zone | None = None,
    community: int,
) -> Held:
    """Order a round on the evening before and open it in the morning."""
    evening, morning = at(day - timedelta(days=1), 20, 30), at(day, 6, 40)
    officer = _actor(username, evening)
    order = order_round(
        actor=officer,
        community=community,
        purpose=purpose,
        on=day,
        pool=pool,
        number=number,
        basis=basis,
        zone=zone,
        now=evening,
    )
    row = rounds.plan_round(actor=officer, order=order, now=evening)
    if zone is None:
        _set_up(officer, row, evening)
    row = rounds.open_round(actor=officer, round=row, now=morning)
    sampler = access_desk(_actor(f"{username}-zu", morning), row.pk)
    working = Desk.objects.filter(community=community, round=row).order_by("pk")
    return Held(officer, sampler, prefix, desks=tuple(working))


def _due(held: Held) -> list[RoundMember]:
    """Return who is due, in the order of doors."""
    rows = RoundMember.objects.filter(
        community_id=held.round.community_id, round=held.round, removed_at=None, exempt=""
    )
    return list(rows.order_by("dwelling_id", "pk"))


def _fill(
    held: Held, people: Sequence[RoundMember], size: int, begin: datetime, end: datetime
) -> list[Tube]:
    """Sample these people one after another between two times, so many to a tube."""
    step = (end - begin) / max(len(people), 1)
    timed = [(member, begin + step * n) for n, member in enumerate(people)]
    tubes = [
        Filled(held.next_code(), tuple(timed[n : n + size]), held.desk_of(n // size))
        for n in range(0, len(timed), size)
    ]
    return fill_tubes(sampler=held.sampler, tubes=tubes)


def _box(held: Held, code: str, *instants: datetime) -> None:
    """Pack all closed tubes into a box; hand it over and have it received as far as times are given."""
    sampler = held.sampler
    packed, *later = instants
    box = boxes.start_box(sampler=sampler, code=code, now=packed)
    count = boxes.put_all(sampler=sampler, box=box, now=packed)
    boxes.pack_box(sampler=sampler, box=box, counted=count, now=packed)
    if later:
        boxes.send_box(sampler=sampler, box=box, who=COURIER, now=later[0])
    if later[1:]:
        boxes.receive_box(sampler=sampler, box=box, who="检测基地收样窗口", now=later[1])


def _result_file(
    held: Held,
    laboratory: Laboratory,
    tubes: Iterable[Tube],
    now: datetime,
    *,
    name: str,
    positive: Collection[str] = (),
    strange: Collection[str] = (),
) -> None:
    """Take in a laboratory's file: all negative but these; `strange` are numbers nobody knows."""
    said = [(tube.code, POSITIVE if tube.code in positive else NEGATIVE) for tube in tubes]
    said += [(code, NEGATIVE) for code in strange]
    results.take_results(
        actor=held.officer,
        sent=results.Sent(
            area=held.round.community_id,
            lines=[
                ResultLine(row=row, tube=code, said=words, at=now - timedelta(minutes=20))
                for row, (code, words) in enumerate(said, start=2)
            ],
            how="file",
            laboratory=laboratory,
            file_name=name,
        ),
        now=now,
    )


def _closed_round(laboratory: Laboratory) -> None:
    """Hold the round of the day before: one pool positive, all of it negative singly, four missed."""
    day = BEFORE
    held = _held(
        "haixi",
        day,
        prefix="HX1122",
        purpose=Purpose.CITY_ROUND,
        number=1,
        pool="10",
        basis=BASIS,
        community=HAIXI,
    )
    people = _due(held)
    _call(held, at(day, 6, 50), "group")
    missed, came = people[-4:], people[:-4]
    half = len(came) // 20 * 10
    first = _fill(held, came[:half], 10, at(day, 7), at(day, 9, 30))
    _box(held, "HX1122-1", at(day, 9, 35), at(day, 9, 50), at(day, 10, 30))
    second = _fill(held, came[half:], 10, at(day, 9, 40), at(day, 12, 20))
    _box(held, "HX1122-2", at(day, 12, 25), at(day, 12, 40), at(day, 13, 10))
    _result_file(held, laboratory, first, at(day, 15, 20), name="海西1122上午.xlsx")
    bad = second[7]
    _result_file(
        held, laboratory, second, at(day, 17, 10), name="海西1122中午.xlsx", positive=[bad.code]
    )
    _sampled_singly(held, laboratory, bad, day)
    members.set_outcome(
        actor=held.officer,
        round=held.round,
        members=[member.pk for member in missed],
        outcome="away",
        remark="电话说在外区上班，次日补采",
        now=at(day, 20),
    )
    rounds.close_round(
        actor=held.officer, round=held.round, reason="4人当日在外区，次日补采", now=at(day, 22)
    )


def _sampled_singly(held: Held, laboratory: Laboratory, pool: Tube, day: date) -> None:
    """Sample everybody of a positive pool again, each in a tube; all are negative and released."""
    samples = list(pool.samples.filter(superseded_at=None).order_by("position"))
    by_person = {(row.resident_id, row.guest): row for row in _due(held)}
    tubes = [
        Filled(
            held.next_code(),
            (
                (
                    by_person[sample.resident_id, sample.guest],
                    at(day, 18) + timedelta(minutes=4 * number),
                ),
            ),
            held.desk_of(0),
            purpose="single",
            at_door=True,
        )
        for number, sample in enumerate(samples)
    ]
    made = fill_tubes(sampler=held.sampler, tubes=tubes)
    _box(held, "HX1122-3", at(day, 18, 50), at(day, 18, 55), at(day, 19, 20))
    _result_file(held, laboratory, made, at(day, 21, 20), name="海西1122单采.xlsx")


def _open_round(laboratory: Laboratory) -> None:
    """Hold the round of the demo's day up to its evening: some are missing, ten are held."""
    day = TODAY
    held = _held(
        "haixi",
        day,
        prefix="HX1123",
        purpose=Purpose.CITY_ROUND,
        number=2,
        pool="10",
        basis=BASIS,
        community=HAIXI,
    )
    people = _due(held)
    _call(held, at(day, 6, 50), "group")
    late = _late(people)
    came = [member for member in people if member.pk not in late]
    half = len(came) // 20 * 10
    first = _fill(held, came[:half], 10, at(day, 7), at(day, 9, 40))
    _box(held, "HX1123-1", at(day, 9, 45), at(day, 10), at(day, 10, 35))
    second = _fill(held, came[half:-30], 10, at(day, 9, 50), at(day, 12, 30))
    _box(held, "HX1123-2", at(day, 12, 40), at(day, 13), at(day, 13, 30))
    _fill(held, came[-30:], 10, at(day, 13), at(day, 18, 20))
    _box(held, "HX1123-3", at(day, 18, 30), at(day, 18, 45))
    _came_unlisted(held, at(day, 18, 50))
    strange = [first[0].code.replace("1123", "1128")]
    _result_file(
        held, laboratory, first, at(day, 16, 30), name="海西1123上午.xlsx", strange=strange
    )
    _result_file(
        held,
        laboratory,
        second,
        at(day, 19, 10),
        name="海西1123中午.xlsx",
        positive=[second[21].code],
    )
    _call(held, at(day, 16, 5), "loudspeaker")
    _looked_for(held, [member for member in people if member.pk in late], day)


def _late(people: Sequence[RoundMember]) -> set[int]:
    """Return who of a round has not come: whole homes, and the fourth of some families."""
    found: set[int] = set()
    homes = groupby(people, key=lambda member: (member.dwelling_id, member.household_id))
    for number, (_, home) in enumerate(homes):
        inside = [member.pk for member in home]
        if number % 100 in LATE_HOMES:
            found.update(inside)
        elif number % 60 == 11:
            found.update(inside[3:])
    return found


def _came_unlisted(held: Held, now: datetime) -> None:
    """Let somebody come who is not registered: added at the desk and put into a tube that stands open."""
    stay = desk.add_guest(
        sampler=held.sampler,
        place=_door(3),
        name="申探亲",
        ref=_ref("guest:desk"),
        now=now,
        phone="14000000109",
    )
    tube = desk.open_tube(
        sampler=held.sampler,
        code=held.next_code(),
        ref=_ref("tube:late"),
        desk=held.desk_of(0),
        now=now,
    )
    desk.add_sample(
        sampler=held.sampler,
        tube=tube,
        key=f"g:{stay.ref.hex}",
        ref=_ref("sample:late"),
        now=now + timedelta(minutes=1),
    )


def _looked_for(held: Held, late: Sequence[RoundMember], day: date) -> None:
    """Write what was found when some of the missing were looked for."""
    homes = [
        [member.pk for member in home]
        for _, home in groupby(late, key=lambda member: (member.dwelling_id, member.household_id))
    ]
    found = (
        ("not_found", "两次敲门无人应答", homes[0:2]),
        ("away", "电话：在晋源区上班，20时后回", homes[2:4]),
        ("refused", "称早上在单位已采，未见凭证", homes[4:5]),
    )
    for number, (outcome, remark, where) in enumerate(found):
        members.set_outcome(
            actor=held.officer,
            round=held.round,
            members=[pk for home in where for pk in home],
            outcome=outcome,
            remark=remark,
            now=at(day, 17, 10 + 20 * number),
        )


def zone_round(community: int, zone: Zone, day: date, number: int, *, missing: int = 0) -> None:
    """Hold the round of a day of a high-risk building, at the door and by household.

    With people missing it stays open; else it is closed with everyone negative.
    """
    username = "jinxiangdu"
    held = _held(
        username,
        day,
        prefix=f"JX{day:%m%d}",
        purpose=Purpose.ZONE_DAY,
        number=number,
        pool="household",
        basis=Basis(
            ordered_by="万柏林区疫情防控办", clause="TY173-rounds", ordered_how="2022年第173号"
        ),
        zone=zone,
        community=community,
    )
    people = _due(held)
    came = people[: len(people) - missing]
    step = timedelta(hours=4) / max(len(came), 1)
    timed = [(member, at(day, 7, 30) + step * n) for n, member in enumerate(came)]
    tubes = [
        Filled(held.next_code(), tuple(home), held.desk_of(0), at_door=True)
        for _, home in groupby(timed, key=lambda pair: pair[0].household_id)
    ]
    made = fill_tubes(sampler=held.sampler, tubes=tubes)
    _box(held, f"JX{day:%m%d}-1", at(day, 11, 40), at(day, 11, 50), at(day, 12, 20))
    laboratory = laboratories.add_laboratory(
        actor=held.officer, area=community, name="万柏林区城市核酸检测基地", now=at(day, 6)
    )
    _result_file(held, laboratory, made, at(day, 19), name=f"4号楼{day:%m%d}.xlsx")
    if not missing:
        rounds.close_round(actor=held.officer, round=held.round, now=at(day, 19, 30))
