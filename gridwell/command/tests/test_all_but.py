"""除以下区域外其他高风险区全部解除: what is listed stays, every other open zone is lifted."""

import pytest

from gridwell.accounts.rules.actor import Actor
from gridwell.command.actions.approval import approve_part
from gridwell.command.queries.effects import Effect, effect_of
from gridwell.orders.actions.notices import answer_question
from gridwell.orders.models import NoticePart, Zone
from gridwell.orders.queries.notices import access_part
from gridwell.orders.rules.changes import Answer, Ask
from gridwell.orders.tests.make import NOW, make_building, make_district, make_notice, make_zone
from gridwell.places.tests.make import COMMUNITY
from gridwell.protocols.rules.model import Level

pytestmark = pytest.mark.django_db

TEXT = """杏花岭区新冠肺炎疫情防控工作领导小组办公室通告
（2022年第12号）
自2022年11月23日12时起，除以下区域外，全区其他高风险区全部解除：
{}
2022年11月23日
"""


@pytest.fixture(autouse=True)
def district(db: None) -> None:
    make_district()


def part_of(actor: Actor, *stays: str) -> NoticePart:
    notice = make_notice(actor, text=TEXT.format("\n".join(stays))).notice
    return access_part(actor, notice.pk, COMMUNITY)


def lifted(effect: Effect) -> list[str]:
    return sorted(e.work.zone_name for e in effect.work if e.work.act == "lift")


def test_what_is_listed_stays_and_the_rest_is_lifted(officer: Actor) -> None:
    for number in ("1", "2", "9"):
        make_zone(officer, place=make_building(building=f"{number}号楼"))
    part = part_of(officer, "1.金桂苑1号楼")
    effect = effect_of(part, NOW)
    assert lifted(effect) == ["金桂苑2号楼", "金桂苑9号楼"]
    assert effect.asks == 0
    assert effect.freed.households > 0
    approve_part(actor=officer, part=part, seen_version=effect.version, now=NOW)
    assert [z.name for z in Zone.objects.filter(closed_at=None)] == ["金桂苑1号楼"]


def test_a_zone_that_stays_in_part_is_asked_about_and_stays(officer: Actor) -> None:
    one = make_building(building="1号楼")
    zone = make_zone(officer, place=one.parent)  # the compound as a whole
    make_building(building="2号楼")
    part = part_of(officer, "1.金桂苑1号楼")
    effect = effect_of(part, NOW)
    assert (lifted(effect), [q.ask for q in effect.questions]) == ([], [Ask.KEPT_IN_PART])
    answer_question(
        actor=officer, notice=part.notice, area=COMMUNITY, code=Ask.KEPT_IN_PART, sequence=1,
        start=0, answer=Answer.ONLY_NAMED, now=NOW,
    )  # fmt: skip
    effect = effect_of(part, NOW)
    assert [(e.work.act.value, e.work.zone) for e in effect.work] == [("change_range", zone.pk)]
    assert effect.freed.households > 0


def test_a_name_that_nobody_knows_is_asked_about_before_anything_is_lifted(officer: Actor) -> None:
    make_zone(officer, place=make_building(building="9号楼"))
    part = part_of(officer, "1.从未见过的小区3号楼")
    effect = effect_of(part, NOW)
    assert [q.ask for q in effect.questions] == [Ask.KEPT_UNKNOWN]
    answer_question(
        actor=officer, notice=part.notice, area=COMMUNITY, code=Ask.KEPT_UNKNOWN, sequence=1,
        start=0, answer=Answer.NOT_OURS, now=NOW,
    )  # fmt: skip
    assert effect_of(part, NOW).asks == 0
    assert lifted(effect_of(part, NOW)) == ["金桂苑9号楼"]


def test_a_level_that_is_not_printed_is_the_running_zones_or_asked(officer: Actor) -> None:
    """解除：/新增： without a level: of one running level it is that one, else somebody is asked."""
    make_building(building="2号楼")
    body = (
        "太原市疫情防控领导小组办公室关于调整部分区域风险等级的通告\n（2022年第13号）\n"
        "经研究，自2022年11月23日12时起：\n新增：\n1.万柏林区金桂苑2号楼\n2022年11月23日\n"
    )
    notice = make_notice(officer, text=body).notice
    part = access_part(officer, notice.pk, COMMUNITY)
    assert [q.ask for q in effect_of(part, NOW).questions] == [Ask.NO_LEVEL]
    make_zone(officer, place=make_building(building="9号楼"))
    work = [e.work for e in effect_of(part, NOW).work]
    assert [(w.act.value, w.level) for w in work] == [("designate", Level.HIGH)]
