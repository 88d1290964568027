"""`make advisories`: what a registry says is said, and a registry that is silent is no all-clear."""

import importlib.util
import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import ModuleType

import pytest

TOOLS = Path(__file__).parents[2] / "tools"
WEAK = {
    "id": "PYSEC-2022-1",
    "fixed_in": ["1.1"],
    "summary": "A page shows too much.",
    "withdrawn": None,
}
AUDIT = {
    "vulnerabilities": {
        "left": {"via": [{"url": "https://x.example/1", "title": "Too slow", "range": "<2"}]},
        "right": {"via": ["left"]},
    }
}


class _Registry(BaseHTTPRequestHandler):
    answers: dict[str, object] = {}

    def do_GET(self) -> None:
        known = self.path in self.answers
        body = json.dumps({"vulnerabilities": self.answers.get(self.path)}).encode()
        self.send_response(200 if known else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def registry() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Registry) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def advisories(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, registry: str) -> ModuleType:
    """The tool, on a lock file of two packages and a registry of the test's own."""
    monkeypatch.syspath_prepend(TOOLS)
    spec = importlib.util.spec_from_file_location("gridwell_advisories", TOOLS / "advisories.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    (tmp_path / "requirements").mkdir()
    lock = "weak==1.0 \\\n    --hash=sha256:00\n    # via gridwell\nsound==2.0 ; x == 'y' \\\n"
    (tmp_path / "requirements/run.lock").write_text(lock, "utf-8")
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "PYPI", registry)
    monkeypatch.setattr(module, "_npm_report", lambda: {"vulnerabilities": {}})
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(
        _Registry, "answers", {"/pypi/weak/1.0/json": [], "/pypi/sound/2.0/json": []}
    )
    return module


def test_nothing_known_is_said_with_the_number_asked(
    advisories: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert advisories.main([]) == 0
    assert capsys.readouterr().out == "2 packages of Python asked about, 0 advisories.\n"


def test_what_is_affected_is_named_with_the_version_that_mends_it(
    advisories: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _Registry.answers["/pypi/weak/1.0/json"] = [WEAK, WEAK | {"withdrawn": "2022-11-23"}]
    monkeypatch.setattr(advisories, "_npm_report", lambda: AUDIT)
    assert advisories.main([]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "weak 1.0: PYSEC-2022-1, mended in 1.1. A page shows too much.",
        "left: https://x.example/1, affects <2. Too slow",
        "2 packages of Python asked about, 2 advisories.",
    ]
    assert advisories.main(["sound"]) == 0


def test_a_silent_registry_is_no_all_clear(
    advisories: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    del _Registry.answers["/pypi/sound/2.0/json"]
    monkeypatch.setattr(advisories, "_npm_report", lambda: {"message": "405 Method Not Allowed"})
    assert advisories.main([]) == 2
    said = capsys.readouterr().out
    assert "sound/2.0/json: HTTP Error 404" in said
    assert "NOT ASKED: npm audit: 405 Method Not Allowed" in said


def test_only_what_is_locked_is_asked_about(
    advisories: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert advisories.main(["wek"]) == 2
    assert "not locked: wek" in capsys.readouterr().err
