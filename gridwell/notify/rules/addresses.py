"""What an address of a channel looks like, and what may leave the house. Pure."""

import ipaddress
import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import SplitResult, parse_qs, urlsplit

from gridwell.core.errors import RuleBroken


class ChannelKind(StrEnum):
    """Kinds of channels."""

    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"
    MAIL = "mail"
    CONSOLE = "console"
    GENERIC = "generic"


@dataclass(frozen=True)
class Robot:
    """A robot of a group at a service whose host is known: only its key is stored."""

    host: str
    path: str  # with {key}
    key: re.Pattern[str]
    of_query: str = ""  # the parameter that holds the key; else the end of the path


#: The webhook addresses that the three services give out on the page of a group's robot.
ROBOTS = {
    ChannelKind.WECOM: Robot(
        "https://qyapi.weixin.qq.com",
        "/cgi-bin/webhook/send?key={key}",
        re.compile(r"[A-Za-z0-9_-]{8,80}"),
        "key",
    ),
    ChannelKind.DINGTALK: Robot(
        "https://oapi.dingtalk.com",
        "/robot/send?access_token={key}",
        re.compile(r"[A-Za-z0-9]{16,100}"),
        "access_token",
    ),
    ChannelKind.FEISHU: Robot(
        "https://open.feishu.cn",
        "/open-apis/bot/v2/hook/{key}",
        re.compile(r"[A-Za-z0-9_-]{8,80}"),
    ),
}
_MAIL = re.compile(r"[^@\s\"<>(),;:\\]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def canonical(kind: ChannelKind, text: str, hosts: dict[str, str]) -> str:
    """Return what is stored of an address as a person pastes it: a robot's key, else the address.

    `hosts` are the installation's own hosts of the services. Raises RuleBroken for what cannot be one.
    """
    text = text.strip()
    if kind is ChannelKind.CONSOLE:
        return "console"
    if kind in ROBOTS:
        return _robot_key(kind, text, hosts)
    if kind is ChannelKind.MAIL:
        if not _MAIL.fullmatch(text):
            raise RuleBroken("notify.not_a_mail_address")
        return text
    return _web_address(text)


def _robot_key(kind: ChannelKind, text: str, hosts: dict[str, str]) -> str:
    robot = ROBOTS[kind]
    if "/" not in text:
        key = text
    else:
        parts = _split(text)
        ours = {urlsplit(robot.host).hostname, urlsplit(hosts.get(kind, robot.host)).hostname}
        if parts.hostname not in ours:
            raise RuleBroken("notify.not_that_service")
        of_query = parse_qs(parts.query).get(robot.of_query, [""])[0]
        key = of_query if robot.of_query else parts.path.rstrip("/").rpartition("/")[2]
    if not robot.key.fullmatch(key):
        raise RuleBroken("notify.not_a_robot")
    return key


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port  # a port that is no number raises here
    except ValueError as error:
        raise RuleBroken("notify.not_a_web_address") from error
    return parts


def _web_address(text: str) -> str:
    parts = _split(text)
    is_clean = not parts.username and not parts.password and not re.search(r"[\s\\]", text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or not is_clean:
        raise RuleBroken("notify.not_a_web_address")
    return text


def robot_url(kind: ChannelKind, key: str, hosts: dict[str, str]) -> str:
    """Return where a robot listens: at the service, or at the installation's own host of it."""
    robot = ROBOTS[kind]
    return hosts.get(kind, robot.host).rstrip("/") + robot.path.format(key=key)


def is_outside(address: str) -> bool:
    """Return whether an IP address belongs to the open network.

    Loopback, private, link-local, shared and reserved ranges do not, in IPv6 dress neither: a
    message must not become a way to knock at machines behind the wall.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    if inner is not None:
        ip = inner
    return ip.is_global and not ip.is_multicast


_LONG_NUMBER = re.compile(
    r"(?P<day>(?<!\d)\d{4}-\d{2}-\d{2}(?!\d))|(?<!\d)\+?\d(?:[ -]?\d){6,}[0-9Xx]?"
)


def without_numbers(text: str) -> str:
    """Return a text with what may be a telephone, document or card number hidden: 138••••.

    The last gate of words that leave the house: what people type freely may hold such numbers.
    Days (2022-11-23) stay.
    """
    return _LONG_NUMBER.sub(
        lambda found: found.group() if found.group("day") else found.group()[:3] + "••••", text
    )


def masked(kind: ChannelKind, address: str) -> str:
    """Return an address as its owner's page shows it: enough to tell two apart, not to use it."""
    if kind is ChannelKind.CONSOLE:
        return ""
    if kind is ChannelKind.MAIL:
        name, _, host = address.partition("@")
        return f"{name[:2]}•••@{host}"
    if kind is ChannelKind.GENERIC:
        return f"{urlsplit(address).scheme}://{urlsplit(address).netloc}/•••"
    return f"•••{address[-4:]}"
