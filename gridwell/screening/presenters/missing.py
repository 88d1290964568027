"""A line of the missing list (未检名单), written out: a door, who is missing there, who is not.

A page holds fifty doors and two hundred people. Drawn by the template, each with its tags, links and
words, they were two thirds of what the page costs while the desks write; here each word is looked up
once a page and each address reversed once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gridwell.core.templatetags.core_tags import instant_words, tag
from gridwell.screening.models import Round
from gridwell.screening.queries.lines import HomeLine, Person
from gridwell.screening.rules.coverage import Status

#: Stands in an address until the number that belongs there is put in.
_PLACE = 987_654_321


def _html(text: str, *parts: object) -> SafeString:
    """Return `text` with the parts put in, escaped unless they are markup: `format_html`, but quick."""
    return SafeString(
        text.format(*(p if isinstance(p, SafeString) else escape(str(p)) for p in parts))
    )


def _joined(parts: Sequence[SafeString]) -> SafeString:
    return SafeString("".join(parts))


@dataclass(frozen=True)
class Manner:
    """How the list is shown: with boxes to tick, with whole numbers, as the list of doors."""

    may_record: bool
    is_unmasked: bool
    at_door: bool


def shown_lines(row: Round, lines: Sequence[HomeLine], manner: Manner) -> list[SafeString]:
    """Return the rows of the table, in the order given."""
    pen = _Pen(row, manner)
    return [pen.line(line) for line in lines]


class _Pen:
    """Writes rows; holds the words and addresses that all of them share."""

    def __init__(self, row: Round, manner: Manner) -> None:
        self._row = row
        self._manner = manner
        self._tags: dict[tuple[str, str], SafeString] = {}

    @cached_property
    def _heads(self) -> tuple[str, ...]:
        return (
            _("Building"),
            _("Door"),
            pgettext("of a household", "Done"),
            _("Who is missing"),
            _("Others"),
            pgettext("of a door", "Called"),
        )

    @cached_property
    def _exempt(self) -> str:
        return _("Exempt…")

    @cached_property
    def _look(self) -> str:
        return _("Look")

    @cached_property
    def _words_at_door(self) -> str:
        return _("at the door")

    @cached_property
    def _member_url(self) -> tuple[str, str]:
        return self._around("round_member", round=self._row.pk, member=_PLACE)

    @cached_property
    def _household_url(self) -> tuple[str, str]:
        return self._around("household_file", household=_PLACE)

    def _around(self, name: str, **numbers: int) -> tuple[str, str]:
        url = reverse(name, kwargs={"area": self._row.community_id, **numbers})
        before, _number, after = url.partition(str(_PLACE))
        return before, after

    def _tag(self, words: str, tone: str = "") -> SafeString:
        known = self._tags.get((words, tone))
        if known is None:
            known = self._tags[words, tone] = tag(words, tone)
        return known

    def line(self, line: HomeLine) -> SafeString:
        """Return the row of a door."""
        missing = [self._missing(line, person) for person in line.people if person.is_missing]
        others = [self._other(person) for person in line.people if not person.is_missing]
        called: SafeString | str = "—"
        if line.calls:
            called = _html("{} × <small>{}</small>", line.calls, instant_words(line.called_at))
        where, door, done, who, rest, calls = self._heads
        return _html(
            '<tr>\n  <td data-label="{}" class="nowrap">{}</td>\n  <td data-label="{}" class="nowrap">{}</td>'
            '\n  <td data-label="{}" class="num">{}/{}</td>'
            '\n  <td data-label="{}"><ul class="plain">{}</ul></td>\n  <td data-label="{}">{}</td>'
            '\n  <td data-label="{}" class="nowrap">{}</td>\n</tr>',
            *(door, self._door(line), where, line.where, done, line.sampled, line.due),
            *(who, _joined(missing), rest, _joined(others), calls, called),
        )

    def _door(self, line: HomeLine) -> SafeString:
        door = _html("{}", line.door)
        if line.household:
            before, after = self._household_url
            door = _html(
                '<a href="{}{}{}" data-primary>{}</a>', before, line.household, after, line.door
            )
        return _joined([door, *(_html("<small>{}</small>", place.words) for place in line.to)])

    def _missing(self, line: HomeLine, person: Person) -> SafeString:
        before, after = self._member_url
        return _html(
            '<li>{}{} {}{}{} <a class="nowrap" href="{}{}{}">{}</a></li>',
            *(self._name(line, person), self._phone(person)),
            self._tag(person.words, "" if person.status == Status.DUE else "warn"),
            self._at_door(person),
            _html(' <span class="muted">{}</span>', person.remark) if person.remark else "",
            *(before, person.member, after, self._exempt),
        )

    def _name(self, line: HomeLine, person: Person) -> SafeString:
        if not self._manner.may_record:
            return _html("{}", person.name)
        return _html(
            '<label><input type="checkbox" name="member" value="{}" data-tick>'
            ' <span class="vh">{}</span> {}</label>',
            *(person.member, line.door, person.name),
        )

    def _phone(self, person: Person) -> SafeString | str:
        if not person.phone:
            return ""
        if self._manner.is_unmasked:
            return _html(' <a class="nowrap" href="tel:{0}">{0}</a>', person.phone)
        return _html(' <span class="muted">{}</span>', person.phone)

    def _at_door(self, person: Person) -> SafeString | str:
        if not person.at_door:
            return ""
        words = person.door_words if self._manner.at_door else self._words_at_door
        return _html(" {}", self._tag(words, "info"))

    def _other(self, person: Person) -> SafeString:
        told = " · ".join(part for part in (person.exempt_words, person.remark) if part)
        said = _html(" ({})", told) if told else ""
        seen = _html('<span class="muted">{} {}{}</span>', person.name, person.words, said)
        if person.status != Status.EXEMPT:
            return _html("{} ", seen)
        before, after = self._member_url
        return _html('{} <a href="{}{}{}">{}</a> ', seen, before, person.member, after, self._look)
