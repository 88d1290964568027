"""Every page that the navigation leads to: as an officer at a desk, as a grid worker on a phone.

Each is opened once, with the first thing on its list: no serious axe finding, no console error, no
page wider than the window. All that is wrong is said at once.
"""

from collections.abc import Iterator

import pytest

from tests.e2e.conftest import Visitor

pytestmark = pytest.mark.e2e

#: Left out: pages that end the visit, downloads, and addresses that act.
_NOT_OPENED = ("/logout", "/switch", "/language", "/export", ".xlsx", ".csv", "?print")


def links(visitor: Visitor, selector: str) -> list[str]:
    """Return the paths of links on the page that stay on it, without their fragment."""
    found = visitor.page.eval_on_selector_all(
        selector, "(all) => all.map((a) => a.getAttribute('href'))"
    )
    paths = [str(path).partition("#")[0] for path in found if path and str(path).startswith("/")]
    return [path for path in dict.fromkeys(paths) if not any(bad in path for bad in _NOT_OPENED)]


def walk(visitor: Visitor) -> Iterator[str]:
    """Open each page of the navigation, and the first thing of each list; yield what is open."""
    waiting = links(visitor, "nav a[href]")
    things: set[str] = set()
    seen: set[str] = set()
    while waiting:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        answer = visitor.page.goto(visitor.desk.url + path)
        assert answer is not None
        assert answer.status == 200, path
        yield path
        if path not in things:
            waiting += links(visitor, "nav a[href]")
            listed = links(visitor, "main [data-list] a[data-primary]")[:1]
            things.update(listed)
            waiting += listed


def test_each_page_of_the_navigation(visitor: Visitor) -> None:
    """Walk as the one at the desk does at 1280 px, and as the one in the lanes does at 390 px."""
    is_desk = visitor.page.viewport_size["width"] > 1000
    visitor.sign_in("jinxiangdu" if is_desk else "jinxiangdu-1")
    wrong: list[str] = []
    count = 0
    for path in walk(visitor):
        count += 1
        try:
            visitor.check_page()
        except AssertionError as found:
            wrong.append(f"{path}: {str(found).splitlines()[0][:300]}")
            visitor.errors.clear()
        assert count < 80, "the walk does not end"
    assert wrong == []
    assert count >= 10
