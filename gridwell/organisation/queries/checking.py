"""What a ledger of residents says of heads and of the five that would not be taken (试读). Writes nothing."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from gridwell.accounts.models import Post
from gridwell.accounts.queries import live
from gridwell.ledgers.targets import CheckRow, Flaw
from gridwell.organisation.queries.importing import PLACES_OF, Book, head_place
from gridwell.organisation.rules import importing as rules
from gridwell.organisation.rules.kinds import HelperRole
from gridwell.residents.rules.phones import read_phones


def head_flaws(community: int, rows: Sequence[CheckRow], now: datetime) -> Iterator[Flaw]:
    """Yield the duties that would make nobody a head; five queries, whatever the number of lines.

    Buildings that the ledger itself would make count as being there.
    """
    book = Book(community)
    book.expect(row.steps for row in rows)
    posts = Post.objects.filter(live(now), area_id=community, place__isnull=False)
    standing = {
        post.place_id: post.holder.name
        for post in posts.select_related("holder")
        if post.holder is not None
    }
    named: dict[int, CheckRow] = {}
    for row in rows:
        text = rules.said(row.values.get("duty", ""))
        if not text:
            continue
        own = {kind: book.on_the_way(row.steps, kinds) for kind, kinds in PLACES_OF.items()}
        place, why = head_place(book, text, own)
        if place is None:
            yield Flaw(row, "duty", why)
            continue
        first = named.setdefault(place.pk, row)
        if (first.name, first.household) != (row.name, row.household):
            facts = {"other_row": first.source.row, "other_name": first.name}
            yield Flaw(row, "duty", "second", {**facts, "place": place.name})
        elif standing.get(place.pk, row.name) != row.name:
            yield Flaw(
                row, "duty", "taken", {"place": place.full_name, "holder": standing[place.pk]}
            )


def five_flaws(community: int, rows: Sequence[CheckRow], now: datetime) -> Iterator[Flaw]:
    """Yield the names and telephones of the five that would not be taken; no query."""
    named: dict[tuple[str, str], tuple[str, int]] = {}
    for row in rows:
        for role in HelperRole:
            column, beside = role.value, f"{role.value}_telephone"
            written, number = rules.said(row.values.get(column, "")), row.values.get(beside, "")
            name = rules.helper_name(written)
            reading = read_phones(number)
            if written and not name:
                yield Flaw(row, column, "no_name")
            elif reading.faults:
                yield Flaw(row, beside, "telephone")
            elif reading.numbers and not written:
                yield Flaw(row, beside, "nobody")
            if not name:
                continue
            first, line = named.setdefault((row.household, column), (name, row.source.row))
            if first != name:
                yield Flaw(row, column, "differs", {"other_name": first, "other_row": line})
