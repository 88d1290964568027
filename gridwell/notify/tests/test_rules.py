"""Quiet hours, addresses and what may leave the house: tables of cases."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from gridwell.core.errors import RuleBroken
from gridwell.notify.rules.addresses import (
    ChannelKind,
    canonical,
    is_outside,
    masked,
    robot_url,
    without_numbers,
)
from gridwell.notify.rules.quiet import is_quiet, next_allowed, next_try

ZONE = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2022-11-{text}").replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("hour", "starts", "ends", "quiet"),
    [
        ("22:00", "22:00", "07:00", True),
        ("21:59", "22:00", "07:00", False),
        ("00:00", "22:00", "07:00", True),
        ("06:59", "22:00", "07:00", True),
        ("07:00", "22:00", "07:00", False),
        ("13:00", "12:30", "14:00", True),
        ("14:00", "12:30", "14:00", False),
        ("03:00", "00:00", "00:00", False),
    ],
)
def test_is_quiet(hour: str, starts: str, ends: str, quiet: bool) -> None:
    times = [time.fromisoformat(text) for text in (hour, starts, ends)]
    assert is_quiet(*times) is quiet


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("23 21:30", "23 21:30"),
        ("23 22:00", "24 07:00"),
        ("24 03:10", "24 07:00"),
        ("24 07:00", "24 07:00"),
    ],
)
def test_next_allowed(now: str, expected: str) -> None:
    assert next_allowed(at(now), time(22), time(7)) == at(expected)


def test_tries_end() -> None:
    now = at("23 12:00")
    waits = [next_try(tries, now) for tries in range(1, 6)]
    assert waits[-1] is None
    assert all(waits[:-1])
    assert waits[0] == at("23 12:01")


WECOM = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
DING = "566cc69da782ec33e42541b09b08551f09fbe864eb8008112e994b43887"


@pytest.mark.parametrize(
    ("kind", "text", "kept"),
    [
        ("wecom", f" https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={WECOM} ", WECOM),
        ("wecom", WECOM, WECOM),
        ("wecom", f"https://work.example.gov.cn/cgi-bin/webhook/send?key={WECOM}", WECOM),
        ("dingtalk", f"https://oapi.dingtalk.com/robot/send?access_token={DING}", DING),
        ("feishu", f"https://open.feishu.cn/open-apis/bot/v2/hook/{WECOM}/", WECOM),
        ("mail", "li.na@sub.example.cn", "li.na@sub.example.cn"),
        ("generic", "https://example.cn:8443/a?b=c", "https://example.cn:8443/a?b=c"),
        ("console", "whatever", "console"),
    ],
)
def test_addresses(kind: str, text: str, kept: str) -> None:
    assert canonical(ChannelKind(kind), text, {"wecom": "https://work.example.gov.cn"}) == kept


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("wecom", "https://oapi.dingtalk.com/robot/send?access_token=abc", "not_that_service"),
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send", "not_a_robot"),
        ("wecom", "https://qyapi.weixin.qq.com@evil.example/?key=693a91f6-7", "not_that_service"),
        ("wecom", "a b", "not_a_robot"),
        ("wecom", "", "not_a_robot"),
        ("dingtalk", "https://[::1", "not_a_web_address"),
        ("mail", "li na@example.cn", "not_a_mail_address"),
        ("mail", "li@localhost", "not_a_mail_address"),
        ("mail", "a@example.cn?bcc=b@example.cn", "not_a_mail_address"),
        ("generic", "ftp://example.cn/", "not_a_web_address"),
        ("generic", "https://u:p@example.cn/", "not_a_web_address"),
        ("generic", "https://example.cn:x/", "not_a_web_address"),
        ("generic", "https:///path", "not_a_web_address"),
    ],
)
def test_addresses_that_are_none(kind: str, text: str, code: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        canonical(ChannelKind(kind), text, {})
    assert refusal.value.code == f"notify.{code}"


def test_the_own_host_of_a_service() -> None:
    assert robot_url(ChannelKind.FEISHU, "k", {}).startswith("https://open.feishu.cn/")
    ours = robot_url(ChannelKind.WECOM, "k", {"wecom": "https://w.example.gov.cn/"})
    assert ours == "https://w.example.gov.cn/cgi-bin/webhook/send?key=k"


@pytest.mark.parametrize(
    ("address", "outside"),
    [
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:7f00:1::", False),
    ],
)
def test_is_outside(address: str, outside: bool) -> None:
    assert is_outside(address) is outside


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("致电13800138000", "致电138••••"),
        ("证件140109198001011234办理", "证件140••••办理"),
        ("证件14010919800101123X", "证件140••••"),
        ("0351-6543210", "035••••"),
        ("3号楼12户，2022-11-23 12:00前", "3号楼12户，2022-11-23 12:00前"),
        ("完成 120/330", "完成 120/330"),
    ],
)
def test_without_numbers(text: str, said: str) -> None:
    assert without_numbers(text) == said


def test_masked_tells_apart_and_gives_nothing_away() -> None:
    assert masked(ChannelKind.WECOM, WECOM) == "•••5aaa"
    assert masked(ChannelKind.MAIL, "lina@example.cn") == "li•••@example.cn"
    assert masked(ChannelKind.GENERIC, "https://e.cn/secret?x=1") == "https://e.cn/•••"
    assert masked(ChannelKind.CONSOLE, "console") == ""
