"""A form of a finished page, filled again with what was sent (表单回填).

The page is read as text and written out with other attributes: boxes ticked, options chosen, texts
put back. So every form keeps what somebody typed, and no template has to know of it.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from urllib.parse import urlsplit

#: Fields whose value stays as the page has it now: tokens, keys, what was seen.
_AS_SHOWN = frozenset({"hidden", "submit", "button", "image", "reset", "file", "password"})
_FIELDS = frozenset({"input", "select", "textarea", "button"})
PAGE = "_page"

Attributes = dict[str, str]
Sent = Mapping[str, Sequence[str]]


@dataclass
class _Form:
    """A form as it stands in the page: where it leads, and what it holds."""

    attributes: Attributes
    number: int
    fields: list[tuple[str, Attributes]] = field(default_factory=list)

    def is_of(self, path: str, page: str) -> bool:
        """Return whether this form, standing on `page`, is sent to `path`."""
        action = self.attributes.get("action", "")
        target = urlsplit(action).path or urlsplit(page).path
        return target == path and _is_post(self.attributes) and "hidden" not in self.attributes

    def likeness(self, sent: Sent) -> int:
        """Return how well what was sent fits: forms of one address differ in hidden fields and buttons."""
        score = 0
        for tag, one in self.fields:
            name, value = one.get("name", ""), one.get("value", "")
            if name not in sent or name == "csrfmiddlewaretoken":
                continue
            fits = value in sent[name]
            if one.get("type") == "hidden" or tag == "button" or one.get("type") == "submit":
                score += 2 if fits else -1
            else:
                score += 1
        return score


def _is_post(attributes: Attributes) -> bool:
    return attributes.get("method", "").lower() == "post"


class _Reader(HTMLParser):
    """Walks over a page and knows the form that each field belongs to."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.form: int | None = None
        self.count = 0
        self.ids: dict[str, int] = {}

    def form_of(self, attributes: Attributes) -> int | None:
        """Return the form of a field: that of its `form` attribute, or the one around it."""
        owner = attributes.get("form")
        return self.form if owner is None else self.ids.get(owner)

    def opened(self, tag: str, attributes: Attributes) -> None:
        if tag == "form":
            self.form, self.count = self.count, self.count + 1

    def closed(self, tag: str) -> None:
        if tag == "form":
            self.form = None


class _Finder(_Reader):
    """First walk: the forms of a page, with their fields and what is closed around them."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[_Form] = []
        self.around: dict[int, list[int]] = {}
        self._folds: list[int] = []
        self._fold = 0
        self._strays: list[tuple[str, str, Attributes]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = _attributes(attrs)
        self.opened(tag, attributes)
        if tag in {"details", "dialog"}:
            self._folds.append(self._fold)
            self._fold += 1
        if tag == "form":
            number = self.count - 1
            self.forms.append(_Form(attributes, number))
            self.around[number] = list(self._folds)
            if "id" in attributes:
                self.ids[attributes["id"]] = number
        elif tag in _FIELDS and "form" in attributes:
            self._strays.append((attributes["form"], tag, attributes))
        elif tag in _FIELDS and self.form is not None:
            self.forms[self.form].fields.append((tag, attributes))

    def handle_endtag(self, tag: str) -> None:
        self.closed(tag)
        if tag in {"details", "dialog"} and self._folds:
            self._folds.pop()

    def settle(self) -> None:
        """Give the fields that stand outside of their forms to them."""
        for owner, tag, attributes in self._strays:
            number = self.ids.get(owner)
            if number is not None:
                self.forms[number].fields.append((tag, attributes))


class _Writer(_Reader):
    """Second walk: the page again, its form filled with what was sent."""

    def __init__(self, found: _Form, folds: list[int], sent: Sent, page: str, said: str) -> None:
        super().__init__()
        self.out: list[str] = []
        self._found, self._folds, self._sent, self._page, self._said = (
            found,
            folds,
            sent,
            page,
            said,
        )
        self._fold = 0
        self._taken: Counter[str] = Counter()
        self._choice: Sequence[str] | None = None  # of the select that is open
        self._is_text_replaced = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = _attributes(attrs)
        raw = self.get_starttag_text() or ""
        self.opened(tag, attributes)
        if tag == "form":
            self.out.append(self._form(attributes, raw))
            return
        if tag in {"details", "dialog"}:
            if self._fold in self._folds and "open" not in attributes:
                raw = _put(raw, "open")
            self._fold += 1
        elif tag == "a" and attributes.get("href", "").startswith("?"):
            raw = _put(_without(raw, "href"), "href", self._path + attributes["href"])
        elif self.form_of(attributes) == self._found.number and "disabled" not in attributes:
            raw = self._filled(tag, attributes, raw)
        if tag == "option" and self._choice is not None and "value" in attributes:
            raw = _without(raw, "selected")
            raw = _put(raw, "selected") if attributes["value"] in self._choice else raw
        self.out.append(raw)
        if self._is_text_replaced:
            self.out.append("\n" + escape(self._next(attributes["name"])))

    handle_startendtag = handle_starttag

    @property
    def _path(self) -> str:
        return urlsplit(self._page).path

    def _form(self, attributes: Attributes, raw: str) -> str:
        if not attributes.get("action"):
            page = self._page if _is_post(attributes) else self._path
            raw = _put(_without(raw, "action"), "action", page)
        if not _is_post(attributes):
            return raw
        raw += f'<input type="hidden" name="{PAGE}" value="{escape(self._page)}">'
        if self.count - 1 != self._found.number:
            return raw
        return raw + self._said + self._added()

    def _added(self) -> str:
        """Return what a script had put into the form: a reason that was asked for in a dialog."""
        known = {one.get("name") for _tag, one in self._found.fields}
        known |= {"csrfmiddlewaretoken", PAGE}
        return "".join(
            f'<input type="hidden" name="{escape(name)}" value="{escape(values[-1])}">'
            for name, values in self._sent.items()
            if name not in known and values
        )

    def _filled(self, tag: str, attributes: Attributes, raw: str) -> str:
        name = attributes.get("name", "")
        sent = self._sent.get(name, ())
        kind = attributes.get("type", "text") if tag == "input" else ""
        if not name or kind in _AS_SHOWN:
            return raw
        if kind in {"checkbox", "radio"}:
            raw = _without(raw, "checked")
            return _put(raw, "checked") if attributes.get("value", "on") in sent else raw
        if name not in self._sent:
            return raw
        if tag == "select":
            self._choice = sent
        elif tag == "textarea":
            self._is_text_replaced = True
        elif tag == "input":
            return _put(_without(raw, "value"), "value", self._next(name))
        return raw

    def _next(self, name: str) -> str:
        """Return the value of the next field of a name: rows of one list share theirs."""
        values, at = self._sent[name], self._taken[name]
        self._taken[name] += 1
        return values[min(at, len(values) - 1)]

    def handle_endtag(self, tag: str) -> None:
        self.closed(tag)
        if tag == "select":
            self._choice = None
        elif tag == "textarea":
            self._is_text_replaced = False
        self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._is_text_replaced:
            self.out.append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        self.out.append(f"<!{decl}>")

    def handle_comment(self, data: str) -> None:
        self.out.append(f"<!--{data}-->")


def _attributes(attrs: Sequence[tuple[str, str | None]]) -> Attributes:
    return {name: value or "" for name, value in attrs}


def _without(raw: str, name: str) -> str:
    return re.sub(rf'\s{name}(="[^"]*")?(?=[\s/>])', "", raw, count=1)


def _put(raw: str, name: str, value: str | None = None) -> str:
    said = f" {name}" if value is None else f' {name}="{escape(value)}"'
    end = 2 if raw.endswith("/>") else 1
    return raw[:-end] + said + raw[-end:]


def refill(html: str, *, path: str, page: str, sent: Sent, said: str) -> str | None:
    """Return `html`, a page at `page`, with the form that leads to `path` filled again; None if it has none.

    `said` is markup that goes in front of the form's fields. What leads on from the page by a relative
    address gets a whole one, for the answer stands at the form's address and not at the page's.
    """
    finder = _Finder()
    finder.feed(html)
    finder.close()
    finder.settle()
    forms = [form for form in finder.forms if form.is_of(path, page)]
    if not forms:
        return None
    found = max(forms, key=lambda form: (form.likeness(sent), -form.number))
    writer = _Writer(found, finder.around[found.number], sent, page, said)
    writer.ids = finder.ids
    writer.feed(html)
    writer.close()
    return "".join(writer.out)
