"""A corrected notice puts right what the notice before it did; overlapping zones are asked about."""

from datetime import date

import pytest

from gridwell.accounts.rules.actor import Actor
from gridwell.command.actions.approval import approve_part, changes_of, withdraw_part
from gridwell.command.presenters.notices import approval_page, desk_page
from gridwell.command.presenters.zones import file_page
from gridwell.command.queries.effects import effect_of, withdrawal_of
from gridwell.core.errors import RuleBroken
from gridwell.orders.actions.notices import answer_question, enter_notice, reopen_part
from gridwell.orders.actions.zones import withdraw_change
from gridwell.orders.models import Notice, NoticePart, Zone, ZoneChange
from gridwell.orders.queries.notices import access_part
from gridwell.orders.queries.zones import lives_of
from gridwell.orders.rules.changes import Answer, Ask
from gridwell.orders.rules.lifecycle import Act
from gridwell.orders.tests.make import NOW, make_building, make_district, make_zone, notice_text
from gridwell.places.models import Area, Place
from gridwell.places.tests.make import COMMUNITY, make_dwelling
from gridwell.protocols.rules.model import Level
from gridwell.residents.tests.make import make_household, make_resident

pytestmark = pytest.mark.django_db

ONE, TWO, THREE, NINE = (f"金桂苑{n}号楼" for n in (1, 2, 3, 9))


@pytest.fixture
def old(db: None, officer: Actor) -> Zone:
    """A register of four buildings, two people behind each door, and an old zone on 9号楼."""
    make_district()
    make_building(rooms=("101", "201", "301"))
    make_building(building="2号楼", rooms=("101", "201"))
    make_building(building="3号楼", rooms=("101",))
    return make_zone(officer, place=make_building(building="9号楼", rooms=("101",)))


def enter(actor: Actor, text: str, *, is_correction: bool = False) -> NoticePart:
    entered = enter_notice(
        actor=actor,
        area=Area.objects.get(pk=COMMUNITY),
        text=text,
        now=NOW,
        is_correction=is_correction,
    )
    assert entered.is_new
    return access_part(actor, entered.notice.pk, COMMUNITY)


def approve(actor: Actor, part: NoticePart) -> None:
    approve_part(actor=actor, part=part, seen_version=effect_of(part, NOW).version, now=NOW)


def answer(actor: Actor, notice: Notice, code: Ask, sequence: int, said: Answer) -> None:
    answer_question(
        actor=actor, notice=notice, area=COMMUNITY, code=code, sequence=sequence, start=0,
        answer=said, now=NOW,
    )  # fmt: skip


def held() -> dict[str, Level | None]:
    return {life.zone.name: life.at(NOW).level for life in lives_of(Zone.objects.order_by("pk"))}


def test_one_item_differs(old: Zone, officer: Actor) -> None:
    approve(officer, enter(officer, notice_text(designated=(ONE, TWO))))
    assert held() == {NINE: None, ONE: Level.HIGH, TWO: Level.HIGH}
    part = enter(officer, notice_text(designated=(ONE, THREE)), is_correction=True)
    effect = effect_of(part, NOW)
    assert [(w.work.act, w.work.zone_name) for w in effect.work] == [
        (Act.WITHDRAW, TWO),
        (Act.DESIGNATE, THREE),
    ]
    assert (effect.freed.people, effect.held.people, effect.asks) == (4, 2, 0)
    assert effect.work[0].reach.people == 4
    assert effect.kept == {1, 3}  # 1号楼 again, and the lift of 9号楼
    page = approval_page(part, NOW)
    assert len(page["works"]) == 2
    assert [r["row"].is_kept for r in desk_page(part, NOW)["shown"]] == [True, False, True]
    approve(officer, part)
    assert held() == {NINE: None, ONE: Level.HIGH, TWO: None, THREE: Level.HIGH}
    assert ZoneChange.objects.filter(zone__name=ONE).count() == 1
    assert Zone.objects.get(name=TWO).closed_at is not None


def test_taking_the_correction_back_restores_what_was(old: Zone, officer: Actor) -> None:
    approve(officer, enter(officer, notice_text(designated=(ONE, TWO))))
    part = enter(officer, notice_text(designated=(ONE, THREE)), is_correction=True)
    approve(officer, part)
    again, free = withdrawal_of(COMMUNITY, changes_of(part), NOW)
    assert (again.people, free.people) == (4, 2)
    assert withdraw_part(actor=officer, part=part, reason="更正本身有误", now=NOW) == 2
    assert held() == {NINE: None, ONE: Level.HIGH, TWO: Level.HIGH, THREE: None}
    two = Zone.objects.get(name=TWO).changes.get(act="designate")
    shown = {row["row"].pk: row["is_withdrawn"] for row in file_page(two.zone, NOW)["changes"]}
    assert shown[two.pk] is False
    reopen_part(actor=officer, part=part, now=NOW)
    approve(officer, part)
    assert {name: level for name, level in held().items() if level} == {
        ONE: Level.HIGH,
        THREE: Level.HIGH,
    }
    withdraw_part(actor=officer, part=part, reason="更正本身有误", now=NOW)
    withdraw_change(actor=officer, change=two, reason="楼号看错", now=NOW)
    assert held()[TWO] is None
    with pytest.raises(RuleBroken, match=r"orders\.withdrawn_already"):
        withdraw_change(actor=officer, change=two, reason="楼号看错", now=NOW)


def test_a_lift_that_is_gone_holds_again(old: Zone, officer: Actor) -> None:
    approve(officer, enter(officer, notice_text(lifted=(NINE,))))
    part = enter(officer, notice_text(lifted=("乙院1号楼",)), is_correction=True)
    effect = effect_of(part, NOW)
    assert (effect.held.people, effect.freed.people) == (2, 0)
    approve(officer, part)
    old.refresh_from_db()
    assert old.closed_at is None
    assert held() == {NINE: Level.HIGH, ONE: Level.HIGH}


def test_another_day_corrects_the_day_and_keeps_the_zone(old: Zone, officer: Actor) -> None:
    text = notice_text()
    approve(officer, enter(officer, text))
    other = text.replace("2022年11月23日", "2022年11月22日")
    part = enter(officer, other, is_correction=True)
    effect = effect_of(part, NOW)
    assert {w.work.act for w in effect.work} == {Act.CORRECT}
    assert (effect.held.people, effect.freed.people) == (0, 0)
    approve(officer, part)
    life = lives_of(Zone.objects.filter(name=ONE))[0]
    assert life.at(NOW).span.day0 == date(2022, 11, 22)
    assert Zone.objects.count() == 2


def test_a_second_correction_sees_both_before_it(old: Zone, officer: Actor) -> None:
    approve(officer, enter(officer, notice_text(designated=(ONE, TWO))))
    approve(officer, enter(officer, notice_text(designated=(ONE, THREE)), is_correction=True))
    part = enter(officer, notice_text(designated=(THREE,)), is_correction=True)
    assert [(w.work.act, w.work.zone_name) for w in effect_of(part, NOW).work] == [
        (Act.WITHDRAW, ONE)
    ]
    approve(officer, part)
    assert held() == {NINE: None, ONE: None, TWO: None, THREE: Level.HIGH}


def test_a_later_lift_stays_lifted(old: Zone, officer: Actor) -> None:
    approve(officer, enter(officer, notice_text(designated=(ONE, TWO))))
    approve(officer, enter(officer, notice_text(number="179", designated=(THREE,), lifted=(ONE,))))
    part = enter(officer, notice_text(designated=(ONE,)), is_correction=True)
    effect = effect_of(part, NOW)
    assert [(w.work.act, w.work.zone_name) for w in effect.work] == [(Act.WITHDRAW, TWO)]
    assert (effect.held.people, effect.freed.people) == (0, 4)


def test_nothing_approved_before_is_a_notice_as_any(old: Zone, officer: Actor) -> None:
    enter(officer, notice_text(designated=(ONE, TWO)))
    part = enter(officer, notice_text(designated=(ONE, THREE)), is_correction=True)
    effect = effect_of(part, NOW)
    assert [w.work.act for w in effect.work] == [Act.LIFT, Act.DESIGNATE, Act.DESIGNATE]
    assert effect.kept == frozenset()


def test_the_notice_cannot_follow_its_own_correction(old: Zone, officer: Actor) -> None:
    first = enter(officer, notice_text(designated=(ONE, TWO)))
    approve(officer, enter(officer, notice_text(designated=(ONE,)), is_correction=True))
    with pytest.raises(RuleBroken, match=r"command\.corrected_already"):
        approve(officer, first)
    first.refresh_from_db()
    assert first.state == "waiting"
    assert held()[ONE] is Level.HIGH


def test_what_was_left_out_is_not_asked_again(old: Zone, officer: Actor) -> None:
    first = enter(officer, notice_text(designated=(ONE, TWO), lifted=(NINE, THREE)))
    answer(officer, first.notice, Ask.NEVER_DESIGNATED, 4, Answer.LEAVE_OUT)
    approve(officer, first)
    part = enter(officer, notice_text(designated=(ONE,), lifted=(NINE, THREE)), is_correction=True)
    effect = effect_of(part, NOW)
    assert effect.asks == 0
    assert [w.work.act for w in effect.work] == [Act.WITHDRAW]


@pytest.mark.parametrize(
    ("said", "acts", "day"),
    [
        (Answer.RESTART_AND_REST, [Act.RESTART, Act.DESIGNATE], 23),
        (Answer.ONLY_REST, [Act.DESIGNATE], 18),
    ],
)
def test_an_overlap_is_asked(
    old: Zone, officer: Actor, said: Answer, acts: list[Act], day: int
) -> None:
    for unit, room in (("1单元", "101"), ("1单元", "102"), ("2单元", "101")):
        dwelling = make_dwelling(building="5号楼", unit=unit, room=room)
        make_resident(household=make_household(dwelling=dwelling))
    first = Place.objects.get(full_name="金桂苑5号楼1单元")
    zone = make_zone(officer, place=first)
    part = enter(officer, notice_text(designated=("金桂苑5号楼",)))
    effect = effect_of(part, NOW)
    assert [q.ask for q in effect.questions] == [Ask.OVERLAPS]
    assert "1单元" in effect.questions[0].names[0]
    with pytest.raises(RuleBroken, match=r"command\.questions_open"):
        approve(officer, part)
    answer(officer, part.notice, Ask.OVERLAPS, 1, said)
    effect = effect_of(part, NOW)
    assert [w.work.act for w in effect.work if w.work.act is not Act.LIFT] == acts
    assert effect.held.households == 1
    approve(officer, part)
    assert lives_of([zone])[0].at(NOW).span.day0 == date(2022, 11, day)
    new = lives_of(Zone.objects.filter(name="金桂苑5号楼"))[0]
    assert [line.is_except for line in new.at(NOW).span.scope] == [False, True]
