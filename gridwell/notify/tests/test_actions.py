"""Telling: once, in one act, to those who may; delivering to a real listener on loopback."""

import json
import threading
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.accounts.tests.make import make_user
from gridwell.audit.models import AuditEntry
from gridwell.core import clock
from gridwell.core.errors import RuleBroken
from gridwell.core.models import Job
from gridwell.core.worker import Worker
from gridwell.notify import actions, kinds, queries
from gridwell.notify.models import Channel, Delivery, Message, QuietTime
from gridwell.notify.sending import Outcome, Parcel
from gridwell.orders.actions.modes import change_mode
from gridwell.orders.models import ModeProfile
from gridwell.places.tests.make import COMMUNITY, make_area

NOON = datetime(2022, 11, 23, 12, 0, tzinfo=clock.zone())
NIGHT = datetime(2022, 11, 23, 23, 30, tzinfo=clock.zone())
ROBOT = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"


@pytest.fixture(autouse=True)
def mode_kind() -> Iterator[None]:
    kinds.register(
        kinds.MessageKind(
            "tests.mode",
            "Mode: %(mode)s",
            "%(count)s buildings from %(at)s, call %(words)s",
            values={"mode": {"alert": "ALERT"}},
        )
    )
    yield
    kinds._KINDS.pop("tests.mode")


FACTS = {"mode": "alert", "count": 3, "at": NOON, "words": "13800138000"}


def tell(*users: int | None, **more: Any) -> int:
    said: dict[str, Any] = {"kind": "tests.mode", "key": "a", "facts": FACTS, "now": NOON}
    return actions.tell(users=[user or 0 for user in users], community=COMMUNITY, **said | more)


def a_channel(actor: Actor, **more: Any) -> Channel:
    told: dict[str, Any] = {"kind": "wecom", "address": ROBOT, "now": NOON}
    return actions.add_channel(actor=actor, **told | more)


class Listener(HTTPServer):
    """A robot's service on loopback: keeps what it gets, answers what it is told."""

    answer: tuple[int, bytes] = (200, b'{"errcode":0,"code":0}')

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, Any]]] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def host(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server = self.server
        assert isinstance(server, Listener)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server.got.append((self.path, json.loads(body)))
        status, answer = server.answer
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def listener(settings: Any) -> Iterator[Listener]:
    server = Listener()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    settings.NOTIFY_HOSTS = dict.fromkeys(("wecom", "dingtalk", "feishu"), server.host)
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


# ---- telling ---------------------------------------------------------------------------------


def test_telling_twice_is_once(officer: Actor, grid_worker: Actor) -> None:
    assert tell(officer.user_id, officer.user_id) == 1
    assert tell(officer.user_id, grid_worker.user_id) == 1
    assert tell(officer.user_id, key="b") == 1
    assert Message.objects.count() == 3


def test_words_come_in_the_language_of_the_moment(officer: Actor) -> None:
    tell(officer.user_id)
    message = queries.messages_of(officer).get()
    assert queries.words_of(message) == (
        "Mode: ALERT",
        "3 buildings from 2022年11月23日 12:00, call 13800138000",
    )


def test_an_offices_own_telephone_may_leave_the_house(officer: Actor) -> None:
    kind = kinds.MessageKind("t", "%(a)s", "%(b)s", numbers=frozenset({"b"}))
    facts = {"a": "13800138000", "b": "0351-6543210"}
    assert kind.say(facts, is_outside=True) == ("138••••", "0351-6543210")
    assert kind.say(facts) == ("13800138000", "0351-6543210")


def test_the_locked_and_the_gone_are_not_told(officer: Actor) -> None:
    locked, gone = make_user(username="locked"), make_user(username="gone")
    User.objects.filter(pk=locked.pk).update(is_active=False)
    User.objects.filter(pk=gone.pk).update(ended_at=NOON)
    assert tell(locked.pk, gone.pk, 10**6, officer.user_id) == 1


@pytest.mark.parametrize(
    "more",
    [
        {"link": "https://elsewhere.example/"},
        {"link": "//elsewhere.example/"},
        {"link": "/\\elsewhere.example"},
        {"link": "javascript:alert(1)"},
    ],
)
def test_links_lead_nowhere_else(officer: Actor, more: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        tell(officer.user_id, **more)


def test_a_missing_fact_or_kind_fails_with_the_act(officer: Actor) -> None:
    with pytest.raises(KeyError):
        tell(officer.user_id, facts={"count": 1})
    with pytest.raises(LookupError):
        tell(officer.user_id, kind="tests.nothing")
    assert not Message.objects.exists()


def test_a_kind_that_is_gone_loses_no_message(officer: Actor) -> None:
    tell(officer.user_id)
    Message.objects.update(kind="old.kind")
    assert queries.words_of(Message.objects.get()) == ("old.kind", "")


def test_telling_many_takes_as_many_queries_as_telling_few(db: None) -> None:
    def cost(users: list[User], key: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            tell(*(user.pk for user in users), key=key)
        return len(seen)

    make_area()
    users = [make_user(username=f"u{number}") for number in range(30)]
    for user in users:
        Channel.objects.create(user=user, kind="wecom", address=ROBOT, created_at=NOON)
    assert cost(users[:2], "few") == cost(users, "many")
    assert Delivery.objects.count() == 32


# ---- quiet hours -----------------------------------------------------------------------------


def test_at_night_the_urgent_passes_and_the_rest_waits(officer: Actor) -> None:
    a_channel(officer)
    tell(officer.user_id, now=NIGHT)
    tell(officer.user_id, now=NIGHT, key="b", is_urgent=True)
    waiting, urgent = Delivery.objects.order_by("pk")
    assert urgent.due_at == NIGHT
    assert waiting.due_at == datetime(2022, 11, 24, 8, 0, tzinfo=clock.zone())
    assert Job.objects.filter(kind="notify.deliver", run_after=waiting.due_at).count() == 1


def test_quiet_hours_follow_the_mode_of_the_area(officer: Actor) -> None:
    a_channel(officer)
    system = Actor.system(COMMUNITY)
    change_mode(actor=system, area=COMMUNITY, mode="emergency", reason="case", now=NOON)
    late = datetime(2022, 11, 23, 22, 30, tzinfo=clock.zone())  # quiet in routine and alert
    tell(officer.user_id, now=late, key="one")
    tell(officer.user_id, now=NIGHT, key="two")
    first, second = Delivery.objects.order_by("pk")
    assert first.due_at == late
    assert second.due_at == datetime(2022, 11, 24, 6, 0, tzinfo=clock.zone())


def test_an_area_sets_its_own_quiet_hours(officer: Actor) -> None:
    ModeProfile.objects.create(
        area_id=COMMUNITY,
        mode="routine",
        quiet_from=time(12),
        quiet_until=time(14),
        starts_at=NOON,
    )
    a_channel(officer)
    tell(officer.user_id, now=NOON, key="noon")
    tell(officer.user_id, now=NIGHT, key="night")
    noon, night = Delivery.objects.order_by("pk")
    assert noon.due_at == datetime(2022, 11, 23, 14, 0, tzinfo=clock.zone())
    assert night.due_at == NIGHT


def test_facts_may_differ_from_one_to_the_next(officer: Actor, grid_worker: Actor) -> None:
    each = {officer.user_id or 0: {"count": 5}}
    assert tell(officer.user_id, grid_worker.user_id, each=each) == 2
    facts = dict(Message.objects.values_list("user", "facts__count"))
    assert facts == {officer.user_id: 5, grid_worker.user_id: 3}


def test_own_quiet_hours_go_before_those_of_the_house(officer: Actor) -> None:
    a_channel(officer)
    actions.set_quiet_time(actor=officer, starts=time(0), ends=time(0), now=NOON)
    tell(officer.user_id, now=NIGHT)
    assert Delivery.objects.get().due_at == NIGHT
    actions.set_quiet_time(actor=officer, starts=None, ends=None, now=NOON)
    assert not QuietTime.objects.exists()


# ---- delivering ------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_worker_delivers_to_the_robot(
    officer: Actor, listener: Listener, settings: Any
) -> None:
    settings.NOTIFY_ADDRESS = "https://desk.example.cn/"
    a_channel(officer)
    tell(officer.user_id, now=clock.now(), is_urgent=True, link="/somewhere/")
    worker = Worker()
    while worker.work_once():
        pass
    ((path, body),) = listener.got
    assert path == f"/cgi-bin/webhook/send?key={ROBOT}"
    words = body["text"]["content"]
    assert words.startswith("Mode: ALERT\n3 buildings")
    assert "13800138000" not in words
    assert words.endswith(f"https://desk.example.cn/messages/{Message.objects.get().pk}/")
    assert Delivery.objects.get().state == "sent"


@pytest.mark.parametrize(
    ("kind", "address", "path"),
    [
        ("dingtalk", "566cc69da782ec33e42541b0", "/robot/send?access_token=566c"),
        ("feishu", ROBOT, f"/open-apis/bot/v2/hook/{ROBOT}"),
    ],
)
def test_signed_robots(
    officer: Actor, listener: Listener, kind: str, address: str, path: str
) -> None:
    a_channel(officer, kind=kind, address=address, secret="SEC123")
    tell(officer.user_id)
    assert actions.deliver_due(now=NOON).sent == 1
    got, body = listener.got[0]
    assert got.startswith(path)
    if kind == "dingtalk":
        # base64(HMAC-SHA256(secret, "stamp\nsecret")), as DingTalk's page on custom robots says.
        assert "timestamp=1669176000000" in got
        assert "sign=" in got
    else:
        assert body["timestamp"] == "1669176000"
        assert len(body["sign"]) == 44


@pytest.mark.parametrize(
    ("answer", "state", "fault", "detail"),
    [
        ((200, b'{"errcode":93000,"errmsg":"invalid webhook url"}'), "failed", "refused", "93000"),
        ((404, b""), "failed", "refused", "HTTP 404"),
        ((500, b""), "waiting", "answered", "HTTP 500"),
        ((429, b""), "waiting", "answered", "HTTP 429"),
        ((302, b""), "waiting", "answered", "HTTP 302"),
        ((200, b"<html>"), "waiting", "answered", ""),
    ],
)
def test_a_refusal_is_not_taken_for_sent(
    officer: Actor,
    listener: Listener,
    answer: tuple[int, bytes],
    state: str,
    fault: str,
    detail: str,
) -> None:
    listener.answer = answer
    a_channel(officer)
    tell(officer.user_id)
    actions.deliver_due(now=NOON)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.fault) == (state, fault)
    assert delivery.fault_detail.startswith(detail)
    assert len(listener.got) == 1  # no redirect was followed


def test_what_fails_is_tried_again_and_given_up(officer: Actor) -> None:
    def dead(parcel: Parcel) -> Outcome:
        return Outcome("unreachable", "refused")

    a_channel(officer)
    tell(officer.user_id)
    now, tries = NOON, 0
    while Delivery.objects.get().state == "waiting":
        now = Delivery.objects.get().due_at
        actions.deliver_due(now=now, sender=dead)
        tries += 1
        assert tries < 10
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.tries) == ("failed", tries)
    assert now - NOON > timedelta(hours=1)


def test_nothing_is_sent_before_its_time_or_twice(officer: Actor, listener: Listener) -> None:
    a_channel(officer)
    tell(officer.user_id, now=NIGHT)
    assert actions.deliver_due(now=NIGHT).sent == 0
    morning = NIGHT + timedelta(hours=9)
    assert actions.deliver_due(now=morning).sent == 1
    assert actions.deliver_due(now=morning).sent == 0
    assert len(listener.got) == 1


def test_what_was_read_here_is_not_sent_any_more(officer: Actor, listener: Listener) -> None:
    a_channel(officer)
    tell(officer.user_id)
    assert actions.mark_seen(actor=officer, message_ids=None, now=NOON) == 1
    assert actions.deliver_due(now=NOON).skipped == 1
    assert Delivery.objects.get().state == "seen"
    assert listener.got == []


def test_a_channel_that_is_off_or_gone_gets_nothing(officer: Actor, listener: Listener) -> None:
    channel = a_channel(officer)
    tell(officer.user_id)
    actions.set_channel(actor=officer, channel=channel, is_on=False, now=NOON)
    tell(officer.user_id, key="b")
    assert actions.deliver_due(now=NOON).skipped == 1
    assert [delivery.state for delivery in Delivery.objects.all()] == ["dropped"]
    actions.remove_channel(actor=officer, channel=channel, now=NOON)
    assert Delivery.objects.get().channel_id is None
    assert listener.got == []


def test_what_a_killed_worker_held_is_taken_up(officer: Actor, listener: Listener) -> None:
    a_channel(officer)
    tell(officer.user_id)
    Delivery.objects.update(state="sending", due_at=NOON)
    assert actions.deliver_due(now=NOON + timedelta(minutes=5)).sent == 0
    assert actions.deliver_due(now=NOON + timedelta(minutes=11)).sent == 1


# ---- addresses inside ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("https://127.0.0.1/hook", "address_inside"),
        ("https://localhost:8443/hook", "address_inside"),
        ("https://[::1]/hook", "address_inside"),
        ("https://169.254.169.254/latest/", "address_inside"),
        ("https://2130706433/", "address_inside"),
        ("http://8.8.8.8/", "only_https"),
    ],
)
def test_no_channel_leads_inside(officer: Actor, address: str, code: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        a_channel(officer, kind="generic", address=address)
    assert refusal.value.code == f"notify.{code}"
    assert not Channel.objects.exists()


def test_a_name_that_turns_inside_later_is_refused_when_sending(
    officer: Actor, listener: Listener, settings: Any
) -> None:
    settings.NOTIFY_INSIDE = True
    a_channel(officer, kind="generic", address=f"{listener.host}/hook")
    tell(officer.user_id)
    settings.NOTIFY_INSIDE = False
    actions.deliver_due(now=NOON)
    assert Delivery.objects.get().fault == "inside"
    assert listener.got == []


def test_a_web_address_gets_json_where_the_house_allows_it(
    officer: Actor, listener: Listener, settings: Any
) -> None:
    settings.NOTIFY_INSIDE = True
    a_channel(officer, kind="generic", address=f"{listener.host}/hook?x=1")
    tell(officer.user_id)
    assert actions.deliver_due(now=NOON).sent == 1
    path, body = listener.got[0]
    assert path == "/hook?x=1"
    assert body["title"] == "Mode: ALERT"


# ---- channels --------------------------------------------------------------------------------


def test_the_address_is_encrypted_and_out_of_the_trail(officer: Actor) -> None:
    channel = a_channel(officer)
    with connection.cursor() as cursor:
        cursor.execute("select address from notify_channel")
        assert ROBOT not in cursor.fetchone()[0]
    entry = AuditEntry.objects.get(act="notify.channel_added")
    assert ROBOT not in json.dumps(entry.facts)
    assert entry.subject == channel.pk


def test_channels_are_few_and_different(officer: Actor) -> None:
    a_channel(officer)
    with pytest.raises(RuleBroken, match="channel_twice"):
        a_channel(officer)
    for number in range(4):
        a_channel(officer, address=f"{ROBOT}{number}")
    with pytest.raises(RuleBroken, match="too_many_channels"):
        a_channel(officer, address=f"{ROBOT}9")


@pytest.mark.parametrize("kind", ["mail", "console"])
def test_what_is_not_set_up_is_not_offered(officer: Actor, kind: str) -> None:
    with pytest.raises(RuleBroken, match="kind_not_offered"):
        a_channel(officer, kind=kind, address="li@example.cn")


def test_a_test_goes_through_that_channel_alone_and_once_a_minute(
    officer: Actor, listener: Listener
) -> None:
    channel = a_channel(officer)
    a_channel(officer, address=f"{ROBOT}2")
    actions.test_channel(actor=officer, channel=channel, now=NIGHT)
    with pytest.raises(RuleBroken, match="test_too_soon"):
        actions.test_channel(actor=officer, channel=channel, now=NIGHT)
    assert actions.deliver_due(now=NIGHT).sent == 1
    assert len(listener.got) == 1
    assert queries.last_deliveries([channel.pk])[channel.pk].state == "sent"


def test_old_messages_go_with_their_deliveries(officer: Actor) -> None:
    a_channel(officer)
    tell(officer.user_id)
    assert actions.purge(now=NOON + timedelta(days=89)) == 0
    assert actions.purge(now=NOON + timedelta(days=91)) == 1
    assert not Delivery.objects.exists()


def test_who_told_sees_how_far_it_is_and_whom_to_ring(officer: Actor, listener: Listener) -> None:
    a_channel(officer)
    other = make_user(username="other")
    User.objects.update(telephone="03516543210")
    tell(officer.user_id, other.pk, key="tests.mode:1")
    listener.answer = (500, b"")
    for minutes in range(0, 600, 30):
        actions.deliver_due(now=NOON + timedelta(minutes=minutes))
    mine, theirs = queries.receipts(COMMUNITY, "tests.mode", [NOON])
    assert (mine.state, mine.failed) == ("failed", 1)
    assert (theirs.state, theirs.telephone) == ("none", "03516543210")
    Message.objects.filter(user=other).update(seen_at=NOON)
    assert [one.state for one in queries.receipts(COMMUNITY, "tests.mode", [NOON])][1] == "seen"
    assert not queries.receipts(COMMUNITY, "tests.mode", [NOON + timedelta(minutes=1)])


@pytest.mark.parametrize(("language", "text"), [("zh-hans", "甲岗、乙岗"), ("en", "甲岗, 乙岗")])
def test_a_list_among_the_facts_is_put_together_for_the_reader(language: str, text: str) -> None:
    kind = kinds.MessageKind("t", "%(post)s", "%(post)s")
    with translation.override(language):
        assert kind.say({"post": ["甲岗", "乙岗"]}) == (text, text)
