"""The real program in a real browser: a demo of its own, served by `gridwell`, driven by Chromium."""

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from gridwell.settings import database

ROOT = Path(__file__).parent.parent.parent
AXE = ROOT / "frontend/node_modules/axe-core/axe.min.js"
PASSWORD = "gridwell-demo"
#: What Chromium says when the network it would call home through is closed; not ours.
_BROWSER_ARGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest story: at the end one core would wait for it.

    It also builds the demo, while the other core goes through stories that need none.
    """
    items.sort(key=lambda item: item.path.name != "test_every_page.py")


def _browser() -> str | None:
    return os.environ.get("GRIDWELL_CHROMIUM") or shutil.which("chromium")


def _require(found: object, what: str) -> None:
    """Leave the test out on a machine that lacks something; never in CI."""
    if not found:
        if os.environ.get("CI"):
            pytest.fail(f"{what} is missing, and nothing may be left out in CI")
        pytest.skip(f"{what} is not on this machine")


@dataclass
class Desk:
    """A served demo."""

    url: str
    home: Path
    environment: dict[str, str] = field(repr=False)

    def gridwell(self, *words: str) -> str:
        """Run a `gridwell` command on this demo and return its stdout."""
        done = subprocess.run(
            [sys.executable, "-m", "gridwell", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        if process.poll() is not None:
            pytest.fail(f"the server ended with {process.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.25)
    pytest.fail("the server did not come up in a minute")


def _environment(home: Path) -> dict[str, str]:
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("DJANGO_", "GRIDWELL_"))},
        "GRIDWELL_HOME": str(home),
        "GRIDWELL_DEMO": "1",
        "PYTHONPATH": str(ROOT),
    }
    environment.pop("DATABASE_URL", None)
    return environment


def _built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a demo that nobody has touched; the first worker that asks builds it for all."""
    folder = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        folder = folder.parent
    built = folder / "demo-as-built"
    with (folder / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not built.exists():
            unfinished = folder / "demo-unfinished"
            subprocess.run(
                [sys.executable, "-m", "gridwell", "demo", "--build-only"],
                env=_environment(unfinished),
                check=True,
            )
            unfinished.rename(built)
    return built


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A demo in its own folder, served on a free loopback port."""
    _require(_browser(), "Chromium")
    _require((ROOT / "gridwell/static/dist").exists(), "the built front-end")
    home = tmp_path_factory.mktemp("demo") / "home"
    shutil.copytree(_built_once(tmp_path_factory), home)
    environment = _environment(home)
    port = _free_port()
    log = (home / "server.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "gridwell", "serve", "--port", str(port)],
        env=environment,
        stdout=log,
        stderr=log,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(port, process)
        yield Desk(url=url, home=home, environment=environment)
    finally:
        process.terminate()
        process.wait(timeout=60)  # it lets its worker finish first
        log.close()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """On SQLite a file, as the program has it: each thread of the server with its own connection.

    A database in memory is one connection for all threads, which they may not use at once.
    """
    default = settings.DATABASES["default"]
    if default["ENGINE"].endswith("sqlite"):
        file = tmp_path_factory.mktemp("database") / "test.sqlite3"
        default["TEST"]["NAME"] = str(file)
        default["OPTIONS"]["init_command"] = database(f"sqlite:///{file}")["OPTIONS"][
            "init_command"
        ]


@pytest.fixture(scope="session")
def live_server(django_db_setup: None, live_server: Any) -> Any:
    """The server of the tests, which looks at the database's name once: when it is known."""
    return live_server


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for all tests."""
    from playwright.sync_api import sync_playwright

    path = _browser()
    _require(path, "Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_BROWSER_ARGS)
        yield browser
        browser.close()


class Visitor:
    """A person at the desk: a browser page that notes every error and checks every page."""

    def __init__(self, context: Any, desk: Desk) -> None:
        self.page = context.new_page()
        self.page.set_default_timeout(15_000)
        self.desk = desk
        self.errors: list[str] = []
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("requestfailed", lambda r: self._failed(r.url, r.failure or ""))

    def _said(self, message: Any) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def _failed(self, url: str, failure: str) -> None:
        if "ERR_ABORTED" not in failure:  # the page was left while it still loaded
            self.errors.append(f"{url}: {failure}")

    def sign_in(self, username: str, password: str = PASSWORD) -> None:
        """Sign in and land on the first page."""
        self.page.goto(self.desk.url + "/account/login/")
        self.page.fill("input[name=login]", username)
        self.page.fill("input[name=password]", password)
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_url(lambda url: "/account/login" not in url)

    def open(self, path: str) -> None:
        """Open a path of the desk."""
        self.page.goto(self.desk.url + path)

    def check_page(self) -> None:
        """Fail on serious axe findings, console errors, or a page wider than the window."""
        self.page.evaluate(AXE.read_text("utf-8"))
        found = self.page.evaluate("() => axe.run(document)")
        serious = [
            f"{v['id']}: {v['nodes'][0]['html'][:200]}"
            for v in found["violations"]
            if v["impact"] in {"serious", "critical"}
        ]
        assert serious == [], f"{self.page.url}: {serious}"
        assert self.errors == [], f"{self.page.url}: {self.errors}"
        width = self.page.evaluate(
            "() => [document.documentElement.scrollWidth, window.innerWidth]"
        )
        assert width[0] <= width[1], f"{self.page.url} is {width[0]} px wide in {width[1]}"


@pytest.fixture(params=[1280, 390], ids=["desk", "phone"])
def visitor(request: pytest.FixtureRequest, chromium: Any, desk: Desk) -> Iterator[Visitor]:
    """A visitor at 1280 and at 390 px."""
    context = chromium.new_context(
        viewport={"width": request.param, "height": 860 if request.param > 1000 else 844},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )
    yield Visitor(context, desk)
    context.close()


@pytest.fixture
def officer_page(chromium: Any, desk: Desk) -> Iterator[Visitor]:
    """A visitor at a desk, 1280 px."""
    context = chromium.new_context(
        viewport={"width": 1280, "height": 860}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    yield Visitor(context, desk)
    context.close()
