"""Every template compiles, keeps to the strict content policy, and points down or inside."""

import re
import tomllib
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver

ROOT = Path(settings.PACKAGE)
TEMPLATES = sorted(ROOT.glob("*/templates/**/*.html")) + sorted(ROOT.glob("*/templates/**/*.txt"))
#: The one page that shows samples in Chinese, for those who build pages.
SAMPLES = "core/style_guide.html"

INLINE = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "a style element": re.compile(r"<style\b", re.I),
    "an event attribute": re.compile(r"<[^>]*\s(on[a-z]+|hx-on[:\-][^=\s]*)\s*=", re.I),
    "a script without src": re.compile(r"<script\b(?![^>]*\bsrc=)", re.I),
    "a script address": re.compile(r"javascript:", re.I),
    "an address outside": re.compile(
        r"""(?:src|href|action|hx-\w+)\s*=\s*["']?\s*(?:https?:)?//""", re.I
    ),
}
HAN = re.compile(r"[\u4e00-\u9fff]")
COMMENT = re.compile(r"{#.*?#}|{% comment %}.*?{% endcomment %}|<!--.*?-->", re.S)
TAG_OF_TEMPLATE = re.compile(r"{%\s*(?:extends|include)\s+([^%]*)%}")
TAG_OF_URL = re.compile(r"""{%\s*url\s+["']([\w\-:]+)["']""")
NAME = re.compile(r"""([a-z_]+)/[\w\-/]+\.(?:html|txt)""")


def name_of(path: Path) -> str:
    """Return the name by which Django loads a template file."""
    return path.as_posix().split("/templates/", 1)[1]


def package_of(path: Path) -> str:
    """Return the package that owns a template file."""
    return path.relative_to(ROOT).parts[0]


def floors() -> dict[str, int]:
    """Return the floor of each package; a higher number lies higher. Siblings share one."""
    text = (ROOT.parent / "pyproject.toml").read_text("utf-8")
    contract = tomllib.loads(text)["tool"]["importlinter"]["contracts"][0]
    found = {}
    for number, layer in enumerate(reversed(contract["layers"])):
        for package in layer.split("|"):
            found[package.strip(" ()")] = number
    return found


def may_point(source: str, target: str, floor: dict[str, int]) -> bool:
    """Return whether one package's template may name another package."""
    return source == target or floor[target] < floor[source]


def url_names(resolver: URLResolver, prefix: str = "") -> set[str]:
    """Return every url name below a resolver with its namespace."""
    names = set()
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            names |= url_names(entry, inner)
        elif isinstance(entry, URLPattern) and entry.name:
            names.add(prefix + entry.name)
    return names


def url_owners() -> dict[str, str]:
    """Return the package that serves each url name."""
    owners = {}
    for entry in get_resolver().url_patterns:
        module = getattr(getattr(entry, "urlconf_module", None), "__name__", "")
        if isinstance(entry, URLResolver) and module.startswith("gridwell."):
            prefix = f"{entry.namespace}:" if entry.namespace else ""
            owners |= {name: module.split(".")[1] for name in url_names(entry, prefix)}
    return owners


templates = pytest.mark.parametrize("path", TEMPLATES, ids=name_of)


def test_there_are_templates() -> None:
    assert len(TEMPLATES) > 20


@templates
def test_compiles(path: Path) -> None:
    get_template(name_of(path))


#: Sheets of the nightly kit are opened from a folder, where there is no server to give a style sheet.
STANDS_ALONE = frozenset(
    {"screening/kit_blank.html", "screening/kit_file.html", "screening/kit_lists.html"}
)


@pytest.mark.parametrize(
    "path", [path for path in TEMPLATES if name_of(path) not in STANDS_ALONE], ids=name_of
)
def test_keeps_to_the_content_policy(path: Path) -> None:
    text = COMMENT.sub("", path.read_text("utf-8"))
    found = {what: rule.search(text) for what, rule in INLINE.items()}
    assert not {what: hit.group(0) for what, hit in found.items() if hit}


@pytest.mark.parametrize("path", [path for path in TEMPLATES if name_of(path) != SAMPLES], ids=str)
def test_has_no_wording_of_its_own(path: Path) -> None:
    # The style page shows samples in Chinese.
    text = COMMENT.sub("", path.read_text("utf-8")).replace("中文", "", 1)
    assert not HAN.findall(text), "Chinese wording belongs into the catalogue"


@templates
def test_points_down_or_inside(path: Path) -> None:
    floor, own = floors(), package_of(path)
    text = COMMENT.sub("", path.read_text("utf-8"))
    named = {
        match.group(1)
        for tag in TAG_OF_TEMPLATE.findall(text)
        for match in NAME.finditer(tag)
        if match.group(1) in floor
    }
    owners = url_owners()
    named |= {owners[name] for name in TAG_OF_URL.findall(text) if name in owners}
    assert not [package for package in sorted(named) if not may_point(own, package, floor)]


@pytest.mark.parametrize(
    ("source", "target", "allowed"),
    [
        ("web", "core", True),
        ("places", "places", True),
        ("places", "residents", False),
        ("orders", "health", False),
        ("command", "orders", True),
    ],
)
def test_the_rule_itself(source: str, target: str, allowed: bool) -> None:
    assert may_point(source, target, floors()) is allowed


@pytest.mark.parametrize(
    "text",
    [
        '<p class="a" style="color:red">',
        "<style>p{}</style>",
        '<a onclick="go()">',
        '<a hx-on:click="go()">',
        "<script>go()</script>",
        '<script type="module">go()</script>',
        '<a href="javascript:go()">',
        '<img src="//cdn.example/x.png">',
        '<link href="https://cdn.example/x.css">',
    ],
)
def test_each_breach_is_seen(text: str) -> None:
    assert any(rule.search(text) for rule in INLINE.values())


def test_urls_have_owners() -> None:
    owners = url_owners()
    assert owners["core:keep_alive"] == "core"
    assert owners[settings.LOGIN_URL] == "accounts"


def test_named_urls_exist() -> None:
    known = url_names(get_resolver())
    missing = {
        (name_of(path), name)
        for path in TEMPLATES
        for name in TAG_OF_URL.findall(COMMENT.sub("", path.read_text("utf-8")))
        if name not in known
    }
    assert not missing, NoReverseMatch(sorted(missing))


def test_the_navigation_leads_somewhere() -> None:
    from gridwell.core import frame

    known = url_names(get_resolver())
    assert frame.registered_url_names() <= known
    words = {word.code for word in frame.words()}
    assert {page.word for page in frame.pages()} <= words
