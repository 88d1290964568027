"""Every page that officers can reach, at a desk and on a phone: found by its links, looked at once.

The table of URL × role says which pages there are; what the demo has no case of is named here, with
where it is looked at instead. Each page: an answer of 200, one heading, a title that belongs to it,
no serious axe finding, no console error, not wider than the window, no request to another origin,
and a weight that a telephone can carry.
"""

import html
import re
from collections import deque
from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest
from django.urls import Resolver404, resolve, reverse

from tests.access.test_urls import TABLE
from tests.e2e.conftest import AXE, Desk, Visitor

pytestmark = pytest.mark.e2e

OFFICERS = ("jinxiangdu", "haixi")  # a zone and its days; a round of the whole community
#: Addresses that end the visit, act, or send a file.
_LEFT_ALONE = re.compile(
    r"/logout/|/switch/|/language/|/export/|export=|\.csv|\.xlsx|\.ics|/photos/|/kit/file/|/layouts/[0-9]+/file/"
)
_NO_PAGES = {
    *("account_logout", "api_results_openapi", "audit_export", "chronicle_export", "demo_ledger"),
    *("desk_shell", "desk_worker", "organisation_export", "place_suggest", "task_photo"),
}
_HEAVIEST = 450_000  # bytes of one page as the server sends it, before it is compressed
_MOST_REQUESTS = 12
_FETCHES_ITS_STORE = {"desk_app"}  # all that it needs without a network, at once
#: What makes axe quick on a page of a thousand rows: no style sheets fetched again, only what fails;
#: and on a telephone only what its layout can break (the walks of single jobs ask for everything).
_QUICK = "resultTypes: ['violations'], preload: false"
_OF_LAYOUT = "['color-contrast', 'link-in-text-block', 'scrollable-region-focusable']"
_AXE = {
    1280: f"() => axe.run(document, {{{_QUICK}}})",
    390: f"() => axe.run(document, {{{_QUICK}, runOnly: {_OF_LAYOUT}}})",
}


#: Pages of what the demo has no case of, or that a link leads to only once something was sent. The
#: imports are looked at by the walk through the main job, the others by the tests of their package.
NOT_IN_THE_DEMO = {
    *("import_duplicates", "import_faults", "import_mend", "import_page", "import_people"),
    *("import_undo", "organisation_import_look"),
    *("account_inactive", "core:job", "look_reason", "search", "site_public"),
    *("card_print", "case_proposals", "desk_correct", "event_close", "finding_new", "grid_gaps"),
    *("household_merge", "household_new", "measure_work", "mode_closing"),
    *("party_end", "party_of_site", "resident_merge", "slot_changes", "standstill_end"),
}
#: Pages that are there once somebody has done something in the same demo, or sits long enough.
_SOMETIMES = {
    *("account_reauthenticate", "guest_enter", "key_people", "layout_edit", "notice_withdraw")
}
SIGNED_OUT = ("account_login", "account_signup", "account_reset_password")


def addresses(visitor: Visitor) -> Iterator[tuple[str, str]]:
    """Yield (name, path), once for each name of an address that links lead to."""
    seen, names = {"/"}, set[str]()
    waiting = deque(["/"])
    while waiting:
        path = waiting.popleft()
        try:
            name = str(resolve(path.partition("?")[0]).view_name)
        except Resolver404:
            pytest.fail(f"a link leads to {path}, which is no address")
        if name in names or name in _NO_PAGES:
            continue
        answer = visitor.page.request.get(visitor.desk.url + path, max_redirects=5)
        assert answer.status == 200, f"{path}: {answer.status}"
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        names.add(name)
        yield name, path
        body = answer.text()
        assert len(body.encode()) < _HEAVIEST, f"{path}: {len(body.encode())} bytes"
        for found in re.findall(r'href="(/[^"#]*)', body):
            link = html.unescape(found)
            if (
                link not in seen
                and not link.startswith("/static/")
                and not _LEFT_ALONE.search(link)
            ):
                seen.add(link)
                waiting.append(link)


def _signed_in(visitor: Visitor, officer: str) -> Iterator[tuple[str, str]]:
    visitor.sign_in(officer)
    yield from addresses(visitor)


def faults_of(visitor: Visitor, axe: str) -> Iterator[str]:
    """Yield what is wrong with the page that is open, at each width."""
    page = visitor.page
    headings = page.eval_on_selector_all("h1", "(all) => all.map((one) => one.innerText.trim())")
    title = page.title()
    if len(headings) < 1 or not headings[0]:
        yield "no heading"
    if not title.partition(" · ")[0].strip():
        yield "no title"
    page.evaluate(axe)
    for width in _AXE:
        page.set_viewport_size({"width": width, "height": 860})
        wide = page.evaluate("() => document.documentElement.scrollWidth")
        if wide > width:
            yield f"{wide} px wide in {width}"
        for found in page.evaluate(_AXE[width])["violations"]:
            if found["impact"] in {"serious", "critical"}:
                yield f"{width} px: {found['id']}: {found['nodes'][0]['html'][:160]}"


def test_every_page(chromium: Any, desk: Desk) -> None:
    """Walk as two officers; all that is wrong is said at once."""
    axe = AXE.read_text("utf-8")
    wrong: list[str] = []
    reached = dict[str, str]()
    for officer in OFFICERS:
        context = chromium.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
        visitor = Visitor(context, desk)
        asked: list[str] = []
        visitor.page.on("request", lambda request, asked=asked: asked.append(request.url))
        signed_out = [(name, reverse(name)) for name in SIGNED_OUT]
        for name, path in chain(signed_out, _signed_in(visitor, officer)):
            if name in reached:
                continue
            reached[name] = path
            asked.clear()
            visitor.errors.clear()
            visitor.open(path)
            wrong += [f"{name} {path}: {fault}" for fault in faults_of(visitor, axe)]
            wrong += [f"{name} {path}: {error}" for error in visitor.errors]
            wrong += [f"{name} {path}: asks {url}" for url in asked if not url.startswith(desk.url)]
            if len(asked) > _MOST_REQUESTS and name not in _FETCHES_ITS_STORE:
                wrong.append(f"{name} {path}: {len(asked)} requests")
        context.close()
    assert wrong == [], "\n".join(wrong)
    pages = {row.name for row in TABLE if row.data is None and row.answers["officer"] == 200}
    missing = pages - set(reached) - _NO_PAGES - NOT_IN_THE_DEMO - _SOMETIMES
    assert not missing, f"no link of the demo leads to {sorted(missing)}"
    stale = NOT_IN_THE_DEMO & set(reached)
    assert not stale, f"these are reached now: {sorted(stale)}"
