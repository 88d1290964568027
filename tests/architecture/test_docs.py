"""What the documents point at exists: files, pictures, headings, commands; both handbooks say the same."""

import json
import re
from pathlib import Path

import pytest

from gridwell.core.cli.command import discover

ROOT = Path(__file__).parent.parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
HANDBOOK = ROOT / "docs/handbook"
LINK = re.compile(r"\]\(([^)\s]+)\)")
COMMAND = re.compile(r"(?:^|`|/)gridwell ([a-z][a-z-]+)", re.MULTILINE)
MAKE = re.compile(r"(?:^|`)make ([a-z][a-z-]+)", re.MULTILINE)
MOST_BYTES = 250_000


def _slug(heading: str) -> str:
    """Return the anchor that a heading gets: lower case, signs gone, spaces as hyphens."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def _anchors(page: Path) -> set[str]:
    return {
        _slug(line.lstrip("#")) for line in page.read_text("utf-8").splitlines() if line[:1] == "#"
    }


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_links_lead_somewhere(page: Path) -> None:
    wrong = []
    for link in LINK.findall(page.read_text("utf-8")):
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            wrong.append(link)
    assert wrong == []


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_commands_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    known = set(discover())
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(COMMAND.findall(text)) <= known
    assert set(MAKE.findall(text)) <= targets


@pytest.mark.parametrize("name", sorted(page.name for page in (HANDBOOK / "zh").glob("*.md")))
def test_both_handbooks_have_the_same_parts(name: str) -> None:
    zh, en = ((HANDBOOK / folder / name).read_text("utf-8") for folder in ("zh", "en"))
    for mark in (r"^## ", r"^```", r"^\| ", r"^!\["):
        assert len(re.findall(mark, zh, re.MULTILINE)) == len(re.findall(mark, en, re.MULTILINE)), (
            mark
        )
    pictures = [
        [link.replace(f"/{folder}/", "/") for link in LINK.findall(text) if link.endswith(".png")]
        for folder, text in (("zh", zh), ("en", en))
    ]
    assert pictures[0] == pictures[1]


@pytest.mark.parametrize(
    "page", sorted((ROOT / "docs/decisions").glob("0*.md")), ids=lambda p: p.name
)
def test_decisions_have_four_parts_and_are_listed(page: Path) -> None:
    text = page.read_text("utf-8")
    for part in ("Context", "Decision", "Consequences", "Rejected"):
        assert f"**{part}.**" in text
    title = text.partition("\n")[0].removeprefix("# ")
    assert f"[{title}]({page.name})" in (page.parent / "README.md").read_text("utf-8")


def test_pictures_are_shown_and_small() -> None:
    shown = {
        (page.parent / link).resolve()
        for page in PAGES
        for link in LINK.findall(page.read_text("utf-8"))
        if link.endswith(".png")
    }
    taken = set((ROOT / "docs/pictures").rglob("*.png"))
    assert {path.name for path in taken - shown} == set()
    assert {path.name for path in taken if path.stat().st_size > MOST_BYTES} == set()


def test_each_package_it_runs_with_has_its_licence_listed() -> None:
    lock = (ROOT / "requirements/run.lock").read_text("utf-8")
    pages = json.loads((ROOT / "frontend/package.json").read_text("utf-8"))["dependencies"]
    used = {name.lower() for name in re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)} | set(pages)
    table = (ROOT / "docs/licences.md").read_text("utf-8").partition("|---|")[2]
    listed = set(re.findall(r"@?[a-z][\w./-]*", table.lower()))
    assert not sorted(used - listed), "say in docs/licences.md under which licence they are"
