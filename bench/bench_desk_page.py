"""The sampling desk's page on a slow telephone: from the last key of a scan to "ready for the next".

Chromium with its processor throttled to a quarter, a package of 8,097 people, the real server beside
it. A person is scanned by code, by ID number or by door; measured is from the Enter that ends the scan
to the first frame on which the person stands in the tube and the field is empty again: read, looked
for, kept on disk, drawn. The sending goes on beside it. p95 of all people counts; the bar is what the
guide leaves for entering one.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench import data
from bench.bench_desks import POOL, lay_rounds
from bench.bench_pages import p95, served, session_of
from bench.harness import Bench, CannotRun, Measured

PEOPLE = int(os.environ.get("GRIDWELL_BENCH_PEOPLE", "150"))
SLOWER = 4
BAR = 3.0
ARGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]

#: Counts from the Enter to the frame after the tube shows one more; `window.took` collects seconds.
WATCH = """
window.took = [];
let pressed = 0;
addEventListener("keydown", (event) => { if (event.key === "Enter") pressed = performance.now(); }, true);
addEventListener("DOMContentLoaded", () => {
  const list = document.querySelector("[data-desk-in]");
  let before = 0;
  new MutationObserver(() => {
    const now = list.children.length;
    const isMore = now > before;
    before = now;
    if (!isMore || !pressed) return;
    const from = pressed;
    pressed = 0;
    requestAnimationFrame(() => requestAnimationFrame(() => {
      if (document.getElementById("entry").value === "") window.took.push((performance.now() - from) / 1000);
    }));
  }).observe(list, { childList: true });
});
"""


@contextmanager
def _copied() -> Iterator[None]:
    """Work on a copy: what is sampled here must not be missing for the next measurement."""
    source = data.FOLDER / f"desks-{data.tables()}"
    copy = data.FOLDER / f"desk-page-{data.tables()}"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(source, copy)
    data.enter("desk-page")
    try:
        yield
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def _chromium() -> str:
    found = os.environ.get("GRIDWELL_CHROMIUM") or shutil.which("chromium")
    if not found:
        raise CannotRun("Chromium is not on this machine")
    return found


def _run() -> Measured:
    path = _chromium()
    with _copied():
        from gridwell.core import clock
        from gridwell.demo.building import STANDS_AT

        clock.move_to(STANDS_AT)
        os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        round_id, people = _waiting()
        session = session_of("d0")
        from playwright.sync_api import sync_playwright

        with served() as port, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=ARGS)
            try:
                taken = _sampled(browser, f"http://localhost:{port}", session, round_id, people)
            finally:
                browser.close()
    if len(taken) != len(people):
        raise RuntimeError(f"{len(taken)} of {len(people)} people stand in a tube")
    shown = sorted(taken)
    print(
        f"  {len(shown)} people, {SLOWER}x slower: p50 {shown[len(shown) // 2]:.3f} s,"
        f" p95 {p95(shown):.3f} s, worst {shown[-1]:.3f} s",
        file=sys.stderr,
    )
    return Measured(p95(shown))


def _waiting() -> tuple[int, list[tuple[str, str]]]:
    """Return a round and whom to sample in it: what is scanned, and what is typed then to choose one."""
    from gridwell.screening.models import Round, RoundMember
    from gridwell.screening.rules.desk import person_code

    row = Round.objects.order_by("pk").first()
    assert row is not None
    members = RoundMember.objects.filter(round=row, exempt="", removed_at=None, guest=None)
    found: list[tuple[str, str]] = []
    doors: set[int] = set()
    rows = members.select_related("resident", "dwelling").order_by("dwelling__path", "pk")
    for number, member in enumerate(rows.iterator(chunk_size=500)):
        if len(found) == PEOPLE:
            break
        if member.dwelling_id in doors or member.resident is None or member.dwelling is None:
            continue
        doors.add(member.dwelling_id)
        if number % 3 == 0 and member.resident.document:
            found.append((member.resident.document, ""))
        elif number % 3 == 1 and member.dwelling.door.count("-") == 2:
            found.append((member.dwelling.full_name, "1"))
        else:
            found.append((person_code(member.resident.ref), ""))
    return row.pk, found


def _sampled(
    browser: Any, url: str, session: str, round_id: int, people: list[tuple[str, str]]
) -> list[float]:
    """Sample everybody on a slow telephone; return the seconds of each."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, base_url=url)
    context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
    context.add_init_script(WATCH)
    page = context.new_page()
    page.goto(f"/desk/{round_id}/app/")
    page.wait_for_selector("[data-ready]", state="attached", timeout=60_000)
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    for number, (scanned, chosen) in enumerate(people):
        if number % POOL == 0:
            code = f"PAGE{number:05}"
            _scan(page, code)
            page.locator("[data-desk-tube]", has_text=code).wait_for(timeout=60_000)
        _scan(page, scanned)
        if chosen:
            page.locator("[data-desk-meant] li").first.wait_for(timeout=60_000)
            _scan(page, chosen)
        page.wait_for_function("(n) => window.took.length > n", arg=number, timeout=60_000)
    return [float(one) for one in page.evaluate("window.took")]


def _scan(page: Any, text: str) -> None:
    """Type as a scanner does: all at once, and Enter."""
    page.locator("#entry").fill(text)
    page.locator("#entry").press("Enter")


BENCHES = [Bench("desk-page", "s", _run, bar=BAR, prepare=lay_rounds, times=3)]
