"""Pages of messages and channels."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.notify import actions
from gridwell.notify.models import Channel, Delivery, Message, QuietTime
from gridwell.places.tests.make import COMMUNITY

ROBOT = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"


@pytest.fixture
def browser(officer: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=officer.user_id))
    return client


def a_message(actor: Actor, key: str = "a", link: str = "/account/") -> Message:
    actions.tell(
        users=[actor.user_id or 0],
        kind="notify.test",
        community=COMMUNITY,
        facts={},
        link=link,
        key=key,
        now=clock.now(),
    )
    return Message.objects.get(user=actor.user_id, key=key)


def test_opening_marks_as_seen_and_leads_on(browser: Client, officer: Actor) -> None:
    message = a_message(officer)
    page = browser.get("/messages/")
    assert re.search(
        r'class="badge tone-info" href="/messages/"[^>]*>1条消息<', page.content.decode()
    )
    assert browser.get(f"/messages/{message.pk}/")["Location"] == "/account/"
    message.refresh_from_db()
    assert message.seen_at is not None
    assert "条消息</a>" not in browser.get("/account/").content.decode()


def test_a_message_without_link_leads_to_the_list(browser: Client, officer: Actor) -> None:
    message = a_message(officer, link="")
    assert browser.get(f"/messages/{message.pk}/")["Location"] == "/messages/"


def test_filters_and_all_seen(browser: Client, officer: Actor) -> None:
    a_message(officer)
    assert browser.get("/messages/?only=urgent").context["page"].paginator.count == 0
    assert browser.get("/messages/?only=unseen").context["page"].paginator.count == 1
    browser.post("/messages/seen/")
    assert browser.get("/messages/?only=unseen").context["page"].paginator.count == 0


def test_the_list_costs_the_same_for_one_and_for_thirty(browser: Client, officer: Actor) -> None:
    Channel.objects.create(
        user_id=officer.user_id, kind="wecom", address=ROBOT, created_at=clock.now()
    )

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert browser.get("/messages/").status_code == 200
        return len(seen)

    a_message(officer)
    cost()
    one = cost()
    for number in range(30):
        a_message(officer, key=str(number))
    assert cost() == one


def test_a_failed_delivery_says_why(browser: Client, officer: Actor) -> None:
    Channel.objects.create(
        user_id=officer.user_id, kind="wecom", address=ROBOT, created_at=clock.now()
    )
    a_message(officer)
    Delivery.objects.update(state="failed", fault="refused", fault_detail="93000 invalid")
    for url in ("/messages/", "/account/channels/"):
        page = browser.get(url).content.decode()
        assert "发送失败" in page
        assert "对方拒收了这条消息。 93000 invalid" in page


def test_adding_testing_and_removing_a_channel(browser: Client) -> None:
    url = f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={ROBOT}"
    answer = browser.post("/account/channels/", {"kind": "wecom", "address": url, "label": "群"})
    assert answer.status_code == 302
    page = browser.get("/account/channels/").content.decode()
    assert "•••5aaa" in page
    assert ROBOT not in page
    pk = Channel.objects.get().pk
    browser.post(f"/account/channels/{pk}/test/")
    assert 'hx-trigger="every 3s"' in browser.get("/account/channels/").content.decode()
    again = browser.post(f"/account/channels/{pk}/test/", follow=True)
    assert "请稍等一分钟" in again.content.decode()
    browser.post(f"/account/channels/{pk}/set/", {"on": "0"})
    assert not Channel.objects.get().is_on
    browser.post(f"/account/channels/{pk}/remove/")
    assert not Channel.objects.exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"kind": "wecom", "address": ""}, "请填写地址"),
        ({"kind": "wecom", "address": "https://example.cn/"}, "这个地址属于别的服务"),
        ({"kind": "generic", "address": "https://127.0.0.1/"}, "127.0.0.1 在内部网络"),
        ({"kind": "pigeon", "address": "x"}, "pigeon"),
    ],
)
def test_a_wrong_address_is_said_in_place(
    browser: Client, data: dict[str, Any], words: str
) -> None:
    page = browser.post("/account/channels/", data)
    assert page.status_code == 200
    assert words in page.content.decode()
    assert not Channel.objects.exists()


def test_quiet_hours(browser: Client) -> None:
    half = browser.post("/account/channels/quiet/", {"starts": "21:00", "ends": ""})
    assert "免打扰时段的起止" in half.content.decode()
    browser.post("/account/channels/quiet/", {"starts": "21:00", "ends": "06:30"})
    assert str(QuietTime.objects.get()) == "21:00-06:30"
    assert 'value="21:00"' in browser.get("/account/channels/").content.decode()
    browser.post("/account/channels/quiet/", {"starts": "", "ends": ""})
    assert not QuietTime.objects.exists()
