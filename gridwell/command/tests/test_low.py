"""All the rest is low risk: it reaches every community of the district, item or not."""

import pytest
from django.test import Client
from django.urls import reverse

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.audit.models import AuditEntry
from gridwell.command.actions.approval import approve_low, approve_part, withdraw_part
from gridwell.command.queries.effects import effect_of
from gridwell.core import clock
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.orders.models import NoticePart
from gridwell.orders.queries.low import low_only
from gridwell.orders.tests.make import NOW, TODAY, make_building, make_district, make_notice
from gridwell.orders.tests.make import notice_text as plain_text
from gridwell.places.tests.make import COMMUNITY, OTHER_COMMUNITY, make_area
from gridwell.plan.queries.days import derived
from gridwell.plan.rules.plan import DutyCode

pytestmark = pytest.mark.django_db
DISTRICT = 140109000000
THIRD = 140106001001
LOW = "\n三、万柏林区除高风险区外的其他区域为低风险区。\n"


@pytest.fixture(autouse=True)
def _november(monkeypatch: pytest.MonkeyPatch) -> None:
    make_district()
    make_area(code=140106000000, name="迎泽区")
    make_area(code=140106001000, name="柳巷街道")
    make_area(code=THIRD, name="柳巷社区")
    make_building()
    make_building(compound="玉门花园", community=OTHER_COMMUNITY)
    monkeypatch.setattr(clock, "now", lambda: NOW)


def low_notice(actor: Actor, text: str = LOW) -> NoticePart:
    body = plain_text(lifted=("金桂苑9号楼",)).replace(
        "\n太原市疫情防控领导小组", f"{text}\n太原市疫情防控领导小组"
    )
    made = make_notice(actor, text=body).notice
    assert made.reading["rest_low"] == ["万柏林区"]
    return made.parts.get(community=OTHER_COMMUNITY)


def carrying(community: int) -> int:
    return derived(community, TODAY).count(DutyCode.CARRY_NEGATIVE).people


def test_every_community_of_the_district_has_it_on_its_desk(officer: Actor) -> None:
    part = low_notice(officer)
    assert part.state == "waiting"
    assert not NoticePart.objects.filter(community=THIRD).exists()


def test_a_community_without_an_item_approves_for_itself(
    officer: Actor, other_officer: Actor
) -> None:
    part = low_notice(officer)
    assert carrying(OTHER_COMMUNITY) == 0
    effect = effect_of(part, NOW)
    assert effect.is_low
    assert not effect.work
    client = Client()
    client.force_login(User.objects.get(pk=other_officer.user_id))
    where = reverse("notice_approve", kwargs={"area": OTHER_COMMUNITY, "notice": part.notice_id})
    page = client.get(where)
    assert "低风险" in page.text
    assert client.post(where, {"version": effect.version}).status_code == 302
    assert carrying(OTHER_COMMUNITY) == 6
    assert carrying(COMMUNITY) == 0  # that one has not decided yet
    part.refresh_from_db()
    withdraw_part(actor=other_officer, part=part, reason="误批", now=NOW)
    assert carrying(OTHER_COMMUNITY) == 0


def test_the_district_approves_it_for_all_at_once(officer: Actor, district_officer: Actor) -> None:
    part = low_notice(officer)
    notice = part.notice
    client = Client()
    client.force_login(User.objects.get(pk=district_officer.user_id))
    page = client.get(reverse("notice_desk", kwargs={"area": DISTRICT, "notice": notice.pk}))
    assert [p.community_id for p in page.context["low"]] == [OTHER_COMMUNITY]
    assert 'name="low"' in page.text
    sent = reverse("notice_approve_below", kwargs={"area": DISTRICT, "notice": notice.pk})
    client.post(sent, {"low": "yes"})
    assert carrying(OTHER_COMMUNITY) == 6
    facts: dict = {"actor": district_officer, "notice": notice, "now": NOW}
    assert approve_low(communities=[COMMUNITY, OTHER_COMMUNITY], **facts) == ()  # once
    assert notice.parts.get(community=COMMUNITY).state == "waiting"  # it has items of its own
    entry = AuditEntry.objects.get(act="command.part_approved")
    assert entry.community == OTHER_COMMUNITY


def test_who_may_not_is_refused(officer: Actor, other_officer: Actor) -> None:
    notice = low_notice(officer).notice
    with pytest.raises((RuleBroken, NotVisible)):
        approve_low(actor=officer, notice=notice, communities=[OTHER_COMMUNITY], now=NOW)
    with pytest.raises(RuleBroken, match=r"orders\.not_allowed"):
        approve_low(actor=other_officer, notice=notice, communities=[OTHER_COMMUNITY], now=NOW)


def test_a_correction_is_never_low_only(officer: Actor) -> None:
    part = low_notice(officer)
    assert low_only(part.notice, [COMMUNITY, OTHER_COMMUNITY, THIRD]) == {OTHER_COMMUNITY}
    part.notice.corrects_id = part.notice_id
    assert low_only(part.notice, [OTHER_COMMUNITY]) == frozenset()


def test_a_decided_part_is_not_approved_twice(officer: Actor, other_officer: Actor) -> None:
    part = low_notice(officer)
    seen = effect_of(part, NOW).version
    approve_part(actor=other_officer, part=part, seen_version=seen, now=NOW)
    again = NoticePart.objects.get(pk=part.pk)
    assert approve_part(actor=other_officer, part=again, seen_version=seen, now=NOW) == part
