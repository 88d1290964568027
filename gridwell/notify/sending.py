"""Sends one message through one channel, on Apprise; knows no database and may run in a thread.

Mail goes through Apprise's own plugin. Robots and web addresses go through plugins of ours that are
registered with Apprise: its own count every HTTP 200 as sent, but the robots of WeCom, DingTalk and
Feishu refuse with 200 and a code in the body; and what a person types as an address must not
reach machines behind the wall, whatever its name resolves to a moment later.
"""

import base64
import hashlib
import hmac
import http.client
import json
import logging
import socket
import ssl
import sys
import warnings
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from django.conf import settings

from gridwell.core.errors import RuleBroken
from gridwell.notify.rules.addresses import ChannelKind, is_outside, robot_url

TIMEOUT = 8.0
ANSWER_BYTES = 16 << 10
#: Faults that trying again does not mend.
LASTING = frozenset({"refused", "inside", "not_set_up", "broken"})


@dataclass(frozen=True)
class Parcel:
    """What is sent where; everything that is needed, so that a thread asks no database."""

    kind: str
    address: str
    secret: str
    title: str
    text: str
    now: datetime


@dataclass
class Outcome:
    """How sending ended: an empty fault is sent. `detail` is the service's own word."""

    fault: str = ""
    detail: str = ""

    @property
    def is_lasting(self) -> bool:
        """Whether trying again is of no use."""
        return self.fault in LASTING


class _Failed(Exception):
    def __init__(self, fault: str, detail: object = "") -> None:
        super().__init__(fault)
        self.outcome = Outcome(fault, str(detail)[:120])


_parcel: ContextVar[Parcel] = ContextVar("parcel")
_outcome: ContextVar[Outcome] = ContextVar("outcome")


def send(parcel: Parcel) -> Outcome:
    """Send and return how it ended. Never raises for what the other side does."""
    outcome = Outcome()
    tokens = (_parcel.set(parcel), _outcome.set(outcome))
    try:
        url = _apprise_url(parcel)
        sender = prepare().instantiate(url, suppress_exceptions=True)
        if not sender:
            return Outcome("broken")
        is_sent = sender.notify(body=parcel.text, title=parcel.title)
        if not is_sent and not outcome.fault:
            outcome.fault = "mail" if parcel.kind == ChannelKind.MAIL else "answered"
    except _Failed as failed:
        return failed.outcome
    finally:
        _parcel.reset(tokens[0])
        _outcome.reset(tokens[1])
    return outcome


def offered() -> tuple[ChannelKind, ...]:
    """Return the kinds of channels that this installation can serve."""
    kinds = [ChannelKind.WECOM, ChannelKind.DINGTALK, ChannelKind.FEISHU]
    if settings.NOTIFY_MAIL_URL:
        kinds.append(ChannelKind.MAIL)
    kinds.append(ChannelKind.GENERIC)
    if settings.DEMO:
        kinds.append(ChannelKind.CONSOLE)
    return tuple(kinds)


def check_host(address: str) -> None:
    """Refuse a web address that lies inside the house network, or that nobody knows."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not settings.NOTIFY_INSIDE:
        raise RuleBroken("notify.only_https")
    try:
        _open_addresses(parts.hostname or "", parts.port or 443)
    except _Failed as failed:
        code = "address_inside" if failed.outcome.fault == "inside" else "host_unknown"
        raise RuleBroken(f"notify.{code}", host=parts.hostname) from failed


def _apprise_url(parcel: Parcel) -> str:
    if parcel.kind != ChannelKind.MAIL:
        return f"gridwell{parcel.kind}://"
    if not settings.NOTIFY_MAIL_URL:
        raise _Failed("not_set_up")
    joint = "&" if "?" in settings.NOTIFY_MAIL_URL else "?"
    return f"{settings.NOTIFY_MAIL_URL}{joint}to={quote(parcel.address)}&rto={TIMEOUT}"


def _plugged(function: Any) -> Any:
    """Return a function as Apprise calls its plugins: with the parcel, True when it was sent."""

    def send_one(body: str, title: str, *_: Any, **__: Any) -> bool:
        try:
            function(_parcel.get())
        except _Failed as failed:
            outcome = _outcome.get()
            outcome.fault, outcome.detail = failed.outcome.fault, failed.outcome.detail
            return False
        return True

    return send_one


def _words(parcel: Parcel) -> str:
    return f"{parcel.title}\n{parcel.text}"


def _wecom(parcel: Parcel) -> None:
    body = {"msgtype": "text", "text": {"content": _words(parcel)}}
    _robot(parcel, body, code="errcode", words="errmsg")


def _dingtalk(parcel: Parcel) -> None:
    query = {}
    if parcel.secret:
        stamp = str(round(parcel.now.timestamp() * 1000))
        signed = _sign(parcel.secret.encode(), f"{stamp}\n{parcel.secret}".encode())
        query = {"timestamp": stamp, "sign": signed}
    body = {"msgtype": "text", "text": {"content": _words(parcel)}}
    _robot(parcel, body, code="errcode", words="errmsg", query=query)


def _feishu(parcel: Parcel) -> None:
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": _words(parcel)}}
    if parcel.secret:
        stamp = str(int(parcel.now.timestamp()))
        body |= {"timestamp": stamp, "sign": _sign(f"{stamp}\n{parcel.secret}".encode(), b"")}
    _robot(parcel, body, code="code", words="msg")


def _generic(parcel: Parcel) -> None:
    _post(parcel.address, {"title": parcel.title, "text": parcel.text}, is_typed=True)


def _console(parcel: Parcel) -> None:
    sys.stderr.write(f"[notify] {parcel.title} — {parcel.text}\n")


def _sign(key: bytes, text: bytes) -> str:
    return base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()


def _robot(
    parcel: Parcel,
    body: dict[str, Any],
    *,
    code: str,
    words: str,
    query: dict[str, str] | None = None,
) -> None:
    """Post to a group's robot and read its answer: a code other than 0 is a refusal."""
    url = robot_url(ChannelKind(parcel.kind), parcel.address, settings.NOTIFY_HOSTS)
    if query:
        url += "&" + urlencode(query)
    answer = _post(url, body, is_typed=False)
    try:
        said = json.loads(answer)
        number = said.get(code, 0)
    except (ValueError, AttributeError) as error:
        raise _Failed("answered") from error
    if number != 0:
        raise _Failed("refused", f"{number} {said.get(words, '')}")


def _post(url: str, body: dict[str, Any], *, is_typed: bool) -> bytes:
    """Post JSON and return the answer; follows no redirect. `is_typed`: a person typed the address."""
    parts = urlsplit(url)
    is_tls = parts.scheme == "https"
    port = parts.port or (443 if is_tls else 80)
    if is_typed and not is_tls and not settings.NOTIFY_INSIDE:
        raise _Failed("inside")
    line = _Line(parts.hostname or "", port, is_tls=is_tls, is_typed=is_typed)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    data = json.dumps(body, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Gridwell"}
    try:
        line.request("POST", path, data, headers)
        answer = line.getresponse()
        read = answer.read(ANSWER_BYTES)
    except _Failed:
        raise
    except (OSError, http.client.HTTPException) as error:
        raise _Failed("unreachable", type(error).__name__) from error
    finally:
        line.close()
    if 400 <= answer.status < 500 and answer.status not in {408, 425, 429}:
        raise _Failed("refused", f"HTTP {answer.status}")
    if not 200 <= answer.status < 300:
        raise _Failed("answered", f"HTTP {answer.status}")
    return read


def _open_addresses(host: str, port: int, *, is_typed: bool = True) -> list[str]:
    """Return the IP addresses of a name; refuse one that has any inside the house network."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise _Failed("unreachable", host) from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if is_typed and not settings.NOTIFY_INSIDE and not all(map(is_outside, addresses)):
        raise _Failed("inside", host)
    return addresses


class _Line(http.client.HTTPConnection):
    """A connection to the very address that was looked at, with the name's certificate."""

    def __init__(self, host: str, port: int, *, is_tls: bool, is_typed: bool) -> None:
        super().__init__(host, port, timeout=TIMEOUT)
        self._is_tls = is_tls
        self._is_typed = is_typed

    def connect(self) -> None:
        address = _open_addresses(self.host, self.port, is_typed=self._is_typed)[0]
        self.sock = socket.create_connection((address, self.port), TIMEOUT)
        if self._is_tls:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)


_FUNCTIONS = {
    ChannelKind.WECOM: _wecom,
    ChannelKind.DINGTALK: _dingtalk,
    ChannelKind.FEISHU: _feishu,
    ChannelKind.GENERIC: _generic,
    ChannelKind.CONSOLE: _console,
}


@cache
def prepare() -> Any:
    """Return Apprise with our plugins in it. Call it once before threads send.

    It loads all of its hundred services at the first use, which takes a second: so the worker pays
    for it and no page does. Some of them still import what Python has deprecated.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import apprise
        from apprise import decorators

        plugin: Any = decorators.notify
        for kind, function in _FUNCTIONS.items():
            plugin(on=f"gridwell{kind.value}", name=f"Gridwell {kind.value}")(_plugged(function))
    # Apprise logs the text and the key of what it sends; neither belongs in a log.
    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    return apprise.Apprise
