"""Mail goes out through Apprise to a server that speaks just enough SMTP."""

import socketserver
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from typing import Any

import pytest

from gridwell.core import clock
from gridwell.notify.sending import Parcel, send


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        self.to: list[str] = []
        self.mails: list[bytes] = []
        self.is_refusing = False
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server = self.server
        assert isinstance(server, _Server)
        self._say("220 here")
        while line := self.rfile.readline().decode().strip():
            word = line[:4].upper()
            if word == "RCPT" and server.is_refusing:
                self._say("550 nobody of that name")
            elif word == "RCPT":
                server.to.append(line)
                self._say("250 ok")
            elif word == "DATA":
                self._say("354 go on")
                server.mails.append(self._body())
                self._say("250 ok")
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _body(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        return b"".join(lines)

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@pytest.fixture
def server(settings: Any) -> Iterator[_Server]:
    with _Server() as served:
        thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        port = served.server_address[1]
        settings.NOTIFY_MAIL_URL = f"mailto://127.0.0.1:{port}?from=desk@example.cn"
        yield served
        served.shutdown()
        thread.join()


PARCEL = Parcel("mail", "li.na@example.cn", "", "转入战时状态", "请查看岗位。", clock.now())


def test_a_mail_reaches_one_address(server: _Server) -> None:
    assert send(PARCEL).fault == ""
    assert len(server.to) == 1
    assert "li.na@example.cn" in server.to[0]
    mail = message_from_bytes(server.mails[0], policy=policy.default)
    assert mail["Subject"] == "转入战时状态"
    assert "请查看岗位。" in mail.get_body(("plain", "html")).get_content()


def test_a_mail_that_is_refused_has_failed(server: _Server) -> None:
    server.is_refusing = True
    outcome = send(PARCEL)
    assert outcome.fault == "mail"
    assert not outcome.is_lasting


def test_without_a_server_there_is_no_mail(settings: Any) -> None:
    settings.NOTIFY_MAIL_URL = ""
    assert send(PARCEL).fault == "not_set_up"
