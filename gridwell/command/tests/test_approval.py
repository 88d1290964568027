"""From a pasted notice to zones: entered once, matched, asked, seen, approved, withdrawn."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from gridwell.accounts.rules.actor import Actor
from gridwell.accounts.tests.make import make_actor
from gridwell.audit.models import AuditEntry
from gridwell.command.actions.approval import approve_below, approve_part, withdraw_part
from gridwell.command.queries.effects import effect_of
from gridwell.core.errors import RuleBroken
from gridwell.core.wording import say
from gridwell.orders.actions.matching import choose_place, propose
from gridwell.orders.actions.notices import answer_question, mark_not_ours
from gridwell.orders.models import Notice, NoticePart, Zone, ZoneChange
from gridwell.orders.queries.notices import access_part, items_of
from gridwell.orders.queries.zones import lives_of
from gridwell.orders.rules.changes import Answer, Ask
from gridwell.orders.rules.lifecycle import Act
from gridwell.orders.tests.make import (
    NOW,
    make_building,
    make_district,
    make_notice,
    make_zone,
    notice_text,
)
from gridwell.places.tests.make import COMMUNITY, OTHER_COMMUNITY
from gridwell.protocols.rules.model import Level

pytestmark = pytest.mark.django_db


@pytest.fixture
def district(db: None) -> None:
    make_district()


def part_for(actor: Actor, notice: Notice, community: int = COMMUNITY) -> NoticePart:
    return access_part(actor, notice.pk, community)


def approve(actor: Actor, part: NoticePart) -> NoticePart:
    effect = effect_of(part, NOW)
    return approve_part(actor=actor, part=part, seen_version=effect.version, now=NOW)


def test_designate_and_lift(district: None, officer: Actor) -> None:
    one, nine = make_building(), make_building(building="9号楼", rooms=("101",))
    old = make_zone(officer, place=nine)
    notice = make_notice(officer).notice
    assert notice.area_id == 140100000000
    part = part_for(officer, notice)
    effect = effect_of(part, NOW)
    assert (effect.held.people, effect.held.households, effect.held.buildings) == (6, 3, 1)
    assert (effect.freed.people, effect.freed.households) == (2, 1)
    assert effect.asks == 0
    approve(officer, part)
    zones = {z.name: z for z in Zone.objects.all()}
    assert set(zones) == {"金桂苑9号楼", "金桂苑1号楼"}
    states = {life.zone.name: life.at(NOW) for life in lives_of(Zone.objects.all())}
    assert states["金桂苑1号楼"].level is Level.HIGH
    assert states["金桂苑1号楼"].span.scope[0].place == one.pk
    assert states["金桂苑9号楼"].is_open is False
    old.refresh_from_db()
    assert old.closed_at is not None
    entry = AuditEntry.objects.get(act="command.part_approved")
    assert (entry.facts["held"], entry.facts["freed"]) == (6, 2)


def test_the_same_notice_twice_is_one(district: None, officer: Actor) -> None:
    first = make_notice(officer)
    again = make_notice(officer, text=notice_text().replace("，", ",").replace("\n\n", "\n"))
    assert (first.is_new, again.is_new) == (True, False)
    assert again.notice.pk == first.notice.pk
    other = make_notice(officer, designated=("金桂苑2号楼",))
    assert (other.is_new, other.differs) == (False, True)


def test_a_text_without_an_order_is_refused(district: None, officer: Actor) -> None:
    with pytest.raises(RuleBroken, match=r"orders\.nothing_read"):
        make_notice(officer, text="床前明月光，疑是地上霜。\n举头望明月，低头思故乡。")
    with pytest.raises(RuleBroken, match=r"orders\.notice_empty"):
        make_notice(officer, text="  \n ")
    assert not Notice.objects.exists()


def test_open_zone_named_again_is_asked_then_restarts(district: None, officer: Actor) -> None:
    zone = make_zone(officer, place=make_building())
    make_zone(officer, place=make_building(building="9号楼"))
    part = part_for(officer, make_notice(officer).notice)
    effect = effect_of(part, NOW)
    assert [q.ask for q in effect.questions] == [Ask.ALREADY_OPEN]
    with pytest.raises(RuleBroken, match=r"command\.questions_open"):
        approve(officer, part)
    answer_question(
        actor=officer,
        notice=part.notice,
        area=COMMUNITY,
        code=Ask.ALREADY_OPEN,
        sequence=1,
        start=0,
        answer=Answer.RESTART,
        now=NOW,
    )
    approve(officer, part)
    assert [c.act for c in zone.changes.order_by("pk")] == ["designate", "restart"]
    life = lives_of([zone])[0]
    assert life.at(NOW).span.day0.isoformat() == "2022-11-23"


def test_lifted_but_never_designated(district: None, officer: Actor) -> None:
    make_building()
    nine = make_building(building="9号楼")
    part = part_for(officer, make_notice(officer).notice)
    assert [q.ask for q in effect_of(part, NOW).questions] == [Ask.NEVER_DESIGNATED]
    answer_question(
        actor=officer,
        notice=part.notice,
        area=COMMUNITY,
        code=Ask.NEVER_DESIGNATED,
        sequence=2,
        start=0,
        answer=Answer.BEFORE_RECORDS,
        now=NOW,
    )
    approve(officer, part)
    acts = ZoneChange.objects.filter(zone__name="金桂苑9号楼").order_by("pk")
    assert [(c.act, c.effective_at is None) for c in acts] == [("designate", True), ("lift", False)]
    assert acts[0].lines.get().place_id == nine.pk


def test_a_near_name_is_asked_and_remembered(district: None, other_officer: Actor) -> None:
    make_building(compound="玉门花园A区", building="8号楼", community=OTHER_COMMUNITY)
    notice = make_notice(
        other_officer,
        community=OTHER_COMMUNITY,
        designated=("五门花园A区8号楼",),
        lifted=("甲院1号楼",),
    ).notice
    part = part_for(other_officer, notice, OTHER_COMMUNITY)
    effect = effect_of(part, NOW)
    assert effect.asks == 1
    assert effect.held.people == 0
    item = items_of(notice)[0]
    match = item.matches.get(community_id=OTHER_COMMUNITY)
    assert match.because == "one_character"
    choose_place(
        actor=other_officer,
        item=item,
        community=OTHER_COMMUNITY,
        index=0,
        is_exception=False,
        places=[match.place],
        now=NOW,
    )
    assert effect_of(part, NOW).held.people == 6
    approve(other_officer, part)
    with pytest.raises(RuleBroken, match=r"orders\.part_decided"):
        choose_place(
            actor=other_officer,
            item=item,
            community=OTHER_COMMUNITY,
            index=0,
            is_exception=False,
            places=[],
            now=NOW,
        )


def test_a_missing_building_is_said_and_never_becomes_the_compound(
    district: None, officer: Actor
) -> None:
    make_building(building="2号楼")
    notice = make_notice(officer).notice
    match = items_of(notice)[0].matches.get()
    assert match.because == "no_building"
    effect = effect_of(part_for(officer, notice), NOW)
    assert effect.held.people == 0
    assert effect.asks == 2  # 1号楼 and 9号楼
    make_building(building="1号楼")
    make_building(building="9号楼")
    propose(notice, items_of(notice), communities=[COMMUNITY])
    assert effect_of(part_for(officer, notice), NOW).held.people == 6


def test_seen_otherwise_is_refused(district: None, officer: Actor) -> None:
    make_building()
    make_zone(officer, place=make_building(building="9号楼"))
    part = part_for(officer, make_notice(officer).notice)
    with pytest.raises(RuleBroken, match=r"command\.changed_meanwhile"):
        approve_part(actor=officer, part=part, seen_version="another", now=NOW)
    part.refresh_from_db()
    assert part.state == "waiting"
    assert Zone.objects.count() == 1


def test_second_officer_sees_who_was_first(district: None, officer: Actor) -> None:
    make_building()
    make_zone(officer, place=make_building(building="9号楼"))
    part = part_for(officer, make_notice(officer).notice)
    effect = effect_of(part, NOW)
    approve(officer, part)
    again = approve_part(
        actor=officer, part=part, seen_version=effect.version, now=NOW
    )  # a retry of the same officer
    assert again.state == "approved"
    colleague = make_actor(username="colleague")
    with pytest.raises(RuleBroken) as refused:
        approve_part(actor=colleague, part=part, seen_version=effect.version, now=NOW)
    assert refused.value.code == "command.decided_by_other"
    assert refused.value.facts["who"] == "officer"
    said = say(refused.value)
    assert "2022年11月23日 20:00" in said  # local time
    assert "已批准" in said
    assert AuditEntry.objects.filter(act="command.part_approved").count() == 1


def test_district_approves_for_all_below(district: None, district_officer: Actor,
                                         officer: Actor) -> None:  # fmt: skip
    make_building(building="1号楼")
    make_building(compound="玉门花园A区", building="8号楼", community=OTHER_COMMUNITY)
    make_zone(officer, place=make_building(building="9号楼"))
    notice = make_notice(
        district_officer, community=140109000000,
        designated=("金桂苑1号楼", "五门花园A区8号楼"),
    ).notice  # fmt: skip
    seen = {
        p.community_id: effect_of(p, NOW).version for p in NoticePart.objects.filter(notice=notice)
    }
    assert set(seen) == {COMMUNITY, OTHER_COMMUNITY}
    result = approve_below(actor=district_officer, notice=notice, seen=seen, now=NOW)
    assert result.approved == (COMMUNITY,)
    assert [(code, e.code) for code, e in result.left] == [
        (OTHER_COMMUNITY, "command.questions_open")
    ]
    with pytest.raises(RuleBroken, match=r"orders\.not_allowed"):
        approve_below(
            actor=make_actor(username="x", area=OTHER_COMMUNITY), notice=notice, seen=seen, now=NOW
        )


def test_withdrawing_frees_and_keeps_the_record(district: None, officer: Actor) -> None:
    make_building()
    zone = make_zone(officer, place=make_building(building="9号楼"))
    part = part_for(officer, make_notice(officer).notice)
    approve(officer, part)
    with pytest.raises(RuleBroken, match=r"orders\.reason_missing"):
        withdraw_part(actor=officer, part=part, reason=" ", now=NOW)
    assert withdraw_part(actor=officer, part=part, reason="楼号看错", now=NOW) == 2
    states = {life.zone.name: life.at(NOW).is_open for life in lives_of(Zone.objects.all())}
    assert states == {"金桂苑1号楼": False, "金桂苑9号楼": True}
    zone.refresh_from_db()
    assert zone.closed_at is None
    assert ZoneChange.objects.filter(act=Act.WITHDRAW).count() == 2
    with pytest.raises(RuleBroken, match=r"command\.not_approved"):
        withdraw_part(actor=officer, part=part, reason="再来", now=NOW)


def test_not_ours_needs_a_reason(district: None, officer: Actor, grid_worker: Actor) -> None:
    part = part_for(officer, make_notice(officer).notice)
    with pytest.raises(RuleBroken, match=r"orders\.reason_missing"):
        mark_not_ours(actor=officer, part=part, reason="", now=NOW)
    with pytest.raises(RuleBroken, match=r"orders\.not_allowed"):
        mark_not_ours(actor=grid_worker, part=part, reason="不是", now=NOW)
    mark_not_ours(actor=officer, part=part, reason="两处都不在本社区", now=NOW)
    part.refresh_from_db()
    assert part.state == "not_ours"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_two_officers_at_the_same_moment(transactional_db: None) -> None:
    make_district()
    first, second = make_actor(username="officer"), make_actor(username="colleague")
    make_building()
    make_zone(first, place=make_building(building="9号楼"))
    part = part_for(first, make_notice(first).notice)
    version = effect_of(part, NOW).version
    gate = Barrier(2)

    def press(actor: Actor) -> str:
        try:
            gate.wait(10)
            mine = NoticePart.objects.select_related("notice").get(pk=part.pk)
            approve_part(actor=actor, part=mine, seen_version=version, now=NOW)
        except RuleBroken as refusal:
            return refusal.code
        finally:
            connection.close()
        return "approved"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(press, (first, second)))
    assert answers == ["approved", "command.decided_by_other"]
    assert Zone.objects.count() == 2
    assert AuditEntry.objects.filter(act="command.part_approved").count() == 1
