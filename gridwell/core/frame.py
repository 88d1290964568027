"""The frame around all desk pages: navigation, badges, the person's links, and slots.

Packages fill the registries at start-up (`AppConfig.ready`); the order in which they do so does not
matter. Core knows no words of the field: what is registered here comes from above. The template
`core/base.html` reads one variable, `frame`, which computes only what is asked for.

A page inside a scope has the scope in its address (`/140109008001/today/`). Links are reversed with
the scope of the page that is shown, else without one; a page that has no address in this scope is
left out of the navigation.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

from gridwell.core import clock

Label = str | Promise
SlotFunction = Callable[[Any, Sequence[int], date], Iterable[Any]]


def _always(_: Any) -> bool:
    return True


class Word(NamedTuple):
    """An entry of the first level of the navigation. `stays(actor)`: also without a page for them."""

    code: str
    label: Label
    order: int
    stays: Callable[[Any], bool] = _always


@dataclass(frozen=True)
class Page:
    """An entry of the second level. `covers` are starts of url names that count as this page."""

    word: str
    label: Label
    url_name: str
    order: int
    visible: Callable[[Any], bool] = _always
    covers: tuple[str, ...] = ()
    count: Callable[[Any, Any], int] | None = None
    only_lowest: bool = False


@dataclass(frozen=True)
class Link:
    """A link or button in one of the frame's places.

    "person": left, at the bottom. "idle": where the page goes by GET when the quiet time is over.
    """

    place: str
    label: Label
    url_name: str
    order: int
    method: str = "get"
    visible: Callable[[Any], bool] = _always


@dataclass(frozen=True)
class Badge:
    """A state beside the crumbs, such as the mode. `tone`: "", ok, warn, bad, info."""

    text: Label
    tone: str = ""
    hint: Label = ""
    url: str | None = None


@dataclass(frozen=True)
class Scope:
    """Where the page is: what addresses need (`{"area": 140109008001}`) and the crumbs."""

    kwargs: Mapping[str, Any] = field(default_factory=dict)
    crumbs: tuple[tuple[str, str | None], ...] = ()
    is_lowest: bool = True  # no further areas below it


@dataclass
class _Registry:
    words: dict[str, Word] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)
    links: dict[tuple[str, str], Link] = field(default_factory=dict)
    badges: list[tuple[int, Callable[[HttpRequest], Iterable[Badge]]]] = field(default_factory=list)
    slots: dict[str, list[tuple[int, SlotFunction]]] = field(default_factory=dict)
    scope: Callable[[HttpRequest], Scope] | None = None
    search_url_name: str = ""


_registry = _Registry()


def register_word(
    code: str, label: Label, order: int, stays: Callable[[Any], bool] = _always
) -> None:
    """Add a word of the first level; its page without entries is `core:word`.

    `stays(actor)` says for whom it stands although it has no page for them; without the database.
    """
    _registry.words[code] = Word(code, label, order, stays)


def register_page(
    word: str,
    label: Label,
    url_name: str,
    order: int,
    visible: Callable[[Any], bool] = _always,
    *,
    covers: tuple[str, ...] = (),
    count: Callable[[Any, Any], int] | None = None,
    only_lowest: bool = False,
) -> None:
    """Add a page under a word. `visible(actor)` must not ask the database: it runs on every page.

    `only_lowest` leaves it out where the scope has further areas below: the page is of one of them.

    `covers=("places:building",)` keeps the entry lit on pages whose url name starts so. `count`
    (actor, scope kwargs) shows a small number beside the label, one cheap query at most.
    """
    _registry.pages[url_name] = Page(
        word, label, url_name, order, visible, covers, count, only_lowest
    )


def register_link(
    place: str,
    label: Label,
    url_name: str,
    order: int,
    *,
    method: str = "get",
    visible: Callable[[Any], bool] = _always,
) -> None:
    """Add a link ("get") or a one-button form ("post") to a place of the frame."""
    _registry.links[place, url_name] = Link(place, label, url_name, order, method, visible)


def register_badges(function: Callable[[HttpRequest], Iterable[Badge]], order: int) -> None:
    """Add a function that returns badges for a request; one cheap query at most."""
    if all(known is not function for _, known in _registry.badges):
        _registry.badges.append((order, function))


def register_scope(function: Callable[[HttpRequest], Scope]) -> None:
    """Set the function that says where a request is. There is one; the last one counts."""
    _registry.scope = function


def register_search(url_name: str) -> None:
    """Set the search page. It is asked by POST, so that names never stand in an address or a log.

    For htmx it answers with the list alone: `core/search_found.html` shows the shape.
    """
    _registry.search_url_name = url_name


def register_slot(slot: str, function: SlotFunction, order: int) -> None:
    """Add a function to a named slot of a lower package's page."""
    functions = _registry.slots.setdefault(slot, [])
    if all(known is not function for _, known in functions):
        functions.append((order, function))
        functions.sort(key=lambda pair: pair[0])


def fill(slot: str, actor: Any, ids: Sequence[int], day: date) -> list[Any]:
    """Return the rows of all functions of a slot, by their order.

    Each function is called once for all ids, never once an id. An empty slot is an empty list.
    """
    return [
        row for _, function in _registry.slots.get(slot, ()) for row in function(actor, ids, day)
    ]


def fill_by_subject(slot: str, actor: Any, ids: Sequence[int], day: date) -> dict[int, list[Any]]:
    """Return the rows of a slot by `row.subject`, the id that each is about."""
    found: dict[int, list[Any]] = {}
    for row in fill(slot, actor, ids, day):
        found.setdefault(row.subject, []).append(row)
    return found


def words() -> list[Word]:
    """Return the words of the first level in their order."""
    return sorted(_registry.words.values(), key=lambda word: (word.order, word.code))


def pages() -> list[Page]:
    """Return every registered page in its order, visible or not."""
    return sorted(_registry.pages.values(), key=lambda page: (page.order, page.url_name))


def registered_url_names() -> set[str]:
    """Return all url names the frame links to; a test reverses each."""
    names = set(_registry.pages) | {url_name for _, url_name in _registry.links}
    return names | ({_registry.search_url_name} if _registry.search_url_name else set())


def stand_at(request: HttpRequest, url_name: str) -> None:
    """Light the entry of `url_name` on this page, whatever its own address."""
    request.frame_page = url_name  # type: ignore[attr-defined]  # read again by the frame only


class PageEntry(NamedTuple):
    """A page as the navigation shows it."""

    label: Label
    url: str
    is_on: bool
    pending: int


class WordEntry(NamedTuple):
    """A word as the navigation shows it; only the word that is open carries its pages."""

    code: str
    label: Label
    url: str
    is_on: bool
    pages: tuple[PageEntry, ...]


class LinkEntry(NamedTuple):
    """A link as the frame shows it."""

    label: Label
    url: str
    method: str


class Frame:
    """What the base template asks for; computed on demand, once a request."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.actor = getattr(request, "actor", None)

    @cached_property
    def scope(self) -> Scope:
        """Where the page is; from the registered function, else from the request itself."""
        if self.actor is None:
            return Scope()
        if _registry.scope is not None:
            return _registry.scope(self._request)
        area = getattr(self._request, "area", None)
        return Scope(
            kwargs={"area": area.pk} if area is not None else {},
            crumbs=tuple(getattr(self.actor, "crumbs", ())),
        )

    def link(self, url_name: str) -> str | None:
        """Return the address of a url name in this scope, without scope, or None."""
        for kwargs in (self.scope.kwargs, {}):
            try:
                return reverse(url_name, kwargs=dict(kwargs))
            except NoReverseMatch:
                continue
        return None

    @cached_property
    def _linked(self) -> list[tuple[Page, str]]:
        if self.actor is None:
            return []
        found = (
            (page, self.link(page.url_name))
            for page in pages()
            if page.visible(self.actor) and (self.scope.is_lowest or not page.only_lowest)
        )
        return [(page, url) for page, url in found if url is not None]

    @cached_property
    def page(self) -> str:
        """The url name of the entry that is lit; empty when none is."""
        match = self._request.resolver_match
        here = getattr(self._request, "frame_page", None) or (match.view_name if match else "")
        names = [page.url_name for page, _ in self._linked]
        if here in names:
            return here
        covering = [
            (len(start), page.url_name)
            for page, _ in self._linked
            for start in page.covers
            if here.startswith(start)
        ]
        path = self._request.path
        above = [
            (len(url), page.url_name)
            for page, url in self._linked
            if url != "/" and path.startswith(url)
        ]
        best = max(covering, default=None) or max(above, default=None)
        return best[1] if best else ""

    @cached_property
    def word(self) -> str:
        """The code of the word that is open; empty when none is."""
        match = self._request.resolver_match
        if match and match.view_name == "core:word":
            return str(match.kwargs["code"])
        return next((page.word for page, _ in self._linked if page.url_name == self.page), "")

    @cached_property
    def words(self) -> list[WordEntry]:
        """The first level, with the second level of the word that is open.

        A word without a page for this person stands only where its registration says so.
        """
        entries = []
        for word in words():
            own = [(page, url) for page, url in self._linked if page.word == word.code]
            is_on = word.code == self.word
            if not own and not is_on and self.actor is not None and not word.stays(self.actor):
                continue
            url = own[0][1] if own else reverse("core:word", kwargs={"code": word.code})
            # A single page that is the word itself needs no second line.
            shown = tuple(self._entry(page, url) for page, url in own) if is_on else ()
            entries.append(
                WordEntry(word.code, word.label, url, is_on, shown if len(shown) > 1 else ())
            )
        return entries

    def _entry(self, page: Page, url: str) -> PageEntry:
        count = page.count(self.actor, self.scope.kwargs) if page.count else 0
        return PageEntry(page.label, url, page.url_name == self.page, count)

    @cached_property
    def badges(self) -> list[Badge]:
        """The badges beside the crumbs."""
        if self.actor is None:
            return []
        ordered = sorted(_registry.badges, key=lambda pair: pair[0])
        return [badge for _, function in ordered for badge in function(self._request)]

    @cached_property
    def person_links(self) -> list[LinkEntry]:
        """The person's links at the left bottom."""
        return self._links("person")

    @property
    def idle_url(self) -> str:
        """Where the page goes when nobody worked on it for the set time; the start without one."""
        links = self._links("idle")
        return links[0].url if links else "/"

    def _links(self, place: str) -> list[LinkEntry]:
        shown = sorted(
            (link for link in _registry.links.values() if link.place == place),
            key=lambda link: link.order,
        )
        found = (
            (link, self.link(link.url_name))
            for link in shown
            if self.actor is not None and link.visible(self.actor)
        )
        return [LinkEntry(link.label, url, link.method) for link, url in found if url is not None]

    @property
    def search_url(self) -> str | None:
        """The address of the search page, or None while there is none."""
        name = _registry.search_url_name
        return self.link(name) if name and self.actor is not None else None

    @property
    def now(self) -> datetime:
        """The present instant by the one clock."""
        return clock.now()

    @property
    def is_clock_moved(self) -> bool:
        """Whether the shown time is not the world's: more than a minute apart."""
        return abs(clock.shift()) > timedelta(minutes=1)

    @property
    def idle_seconds(self) -> int:
        """After how many quiet seconds the person is signed out; 0 for never."""
        return int(getattr(settings, "IDLE_MINUTES", 0)) * 60 if self.actor is not None else 0

    @property
    def is_demo(self) -> bool:
        """Whether this installation is the demo."""
        return bool(getattr(settings, "DEMO", False))


def frame_context(request: HttpRequest) -> dict[str, Any]:
    """Return `frame` for the templates; the only context processor of the frame."""
    return {"frame": Frame(request)}
