"""Taking command of a place: who decides then, who does not, and giving it back."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.command.actions.instructions import send_instruction
from gridwell.command.actions.takeovers import give_back, take_over
from gridwell.command.queries.takeovers import decider_of, taken_over
from gridwell.core import clock
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.notify.models import Message
from gridwell.orders.actions.modes import change_mode
from gridwell.orders.actions.standstills import begin_standstill
from gridwell.orders.tests.make import NOW, make_district
from gridwell.places.models import Area
from gridwell.places.tests.make import COMMUNITY, OTHER_COMMUNITY, make_area
from gridwell.protocols.actions import close_event, load_shipped, open_event
from gridwell.protocols.models import Event
from gridwell.protocols.queries import COVID

DISTRICT = 140109000000


@pytest.fixture(autouse=True)
def areas(db: None) -> None:
    make_district()
    make_area(code=OTHER_COMMUNITY)


def take(actor: Actor, **more: object):
    facts: dict = {
        "actor": actor,
        "area": Area.objects.get(pk=COMMUNITY),
        "by_area": DISTRICT,
        "reason": "疫情扩散",
        "telephone": "0351-1234567",
        "now": NOW,
    }
    return take_over(**facts | more)


def test_only_the_upper_level_decides_then(officer: Actor, district_officer: Actor) -> None:
    row = take(district_officer)
    assert take(district_officer) == row
    assert decider_of(COMMUNITY, NOW) == row
    assert taken_over([COMMUNITY, OTHER_COMMUNITY], NOW) == {COMMUNITY: row}
    assert Message.objects.filter(user=officer.user_id, kind="command.taken_over").exists()
    facts: dict = {"area": COMMUNITY, "mode": "alert", "reason": "研判", "now": NOW}
    with pytest.raises(RuleBroken, match=r"command\.taken_over") as refused:
        change_mode(actor=officer, **facts)
    assert refused.value.facts["telephone"] == "0351-1234567"
    with pytest.raises(RuleBroken, match=r"command\.taken_over"):
        begin_standstill(
            actor=officer, community=COMMUNITY, starts_at=NOW, ends_at=None, reason="静默",
            ordered_by="区", now=NOW,
        )  # fmt: skip
    change_mode(actor=district_officer, **facts)


def test_an_event_is_opened_and_closed_by_who_decides(
    officer: Actor, district_officer: Actor, client: Client
) -> None:
    load_shipped(actor=Actor.system(0), now=NOW)
    own = open_event(actor=officer, area=COMMUNITY, name="旧", family=COVID, now=NOW)
    take(district_officer)
    facts: dict = {"area": COMMUNITY, "name": "疫情", "family": COVID, "now": NOW}
    with pytest.raises(RuleBroken, match=r"command\.taken_over"):
        open_event(actor=officer, **facts)
    with pytest.raises(RuleBroken, match=r"command\.taken_over"):
        close_event(actor=officer, event=own, reason="平息", now=NOW)
    assert list(Event.objects.values_list("name", "closed_at")) == [("旧", None)]
    client.force_login(User.objects.get(pk=officer.user_id))
    said = {"name": "疫情", "family": COVID}
    page = client.post(f"/{COMMUNITY}/orders/events/", said).content.decode()
    assert "0351-1234567" in page, "the page says who decides, and how to reach them"
    assert 'value="疫情"' in page
    open_event(actor=district_officer, **facts)
    close_event(actor=district_officer, event=own, reason="平息", now=NOW)
    assert Event.objects.filter(closed_at=None).get().name == "疫情"


def test_the_rest_goes_on(officer: Actor, district_officer: Actor, grid_worker: Actor) -> None:
    from gridwell.accounts.models import Post

    take(district_officer)
    posts = list(Post.objects.filter(role="grid_worker"))
    assert send_instruction(
        actor=officer, area=COMMUNITY, title="消毒", text="每日两次", to_areas=[], to_posts=posts,
        client_ref=uuid4(), now=NOW,
    )  # fmt: skip


def test_given_back_it_decides_for_itself_again(officer: Actor, district_officer: Actor) -> None:
    row = take(district_officer)
    with pytest.raises(RuleBroken, match=r"orders\.reason_missing"):
        give_back(actor=district_officer, takeover=row, reason="", now=NOW)
    with pytest.raises(NotVisible):
        give_back(actor=officer, takeover=row, reason="我们能行", now=NOW)
    give_back(actor=district_officer, takeover=row, reason="平稳", now=clock.now())
    with pytest.raises(RuleBroken, match=r"command\.given_back_already"):
        give_back(
            actor=district_officer, takeover=row, reason="平稳", now=clock.now() + timedelta(1)
        )
    change_mode(actor=officer, area=COMMUNITY, mode="alert", reason="研判", now=clock.now())
    assert Message.objects.filter(user=officer.user_id, kind="command.given_back").exists()


def test_bad_take_overs(officer: Actor, district_officer: Actor, other_officer: Actor) -> None:
    with pytest.raises(RuleBroken, match=r"command\.takeover_not_below"):
        take(district_officer, area=Area.objects.get(pk=DISTRICT))
    with pytest.raises(RuleBroken, match=r"orders\.ends_before_it_begins"):
        take(district_officer, ends_at=NOW)
    with pytest.raises(NotVisible):
        take(officer)
    with pytest.raises(RuleBroken, match=r"command\.takeover_not_below"):
        take(other_officer, by_area=OTHER_COMMUNITY)


def test_one_with_a_set_end_ends_by_itself(officer: Actor, district_officer: Actor) -> None:
    take(district_officer, ends_at=NOW + timedelta(hours=2))
    assert decider_of(COMMUNITY, NOW + timedelta(hours=1)) is not None
    assert decider_of(COMMUNITY, NOW + timedelta(hours=2)) is None
