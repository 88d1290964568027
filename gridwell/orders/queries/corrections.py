"""What the notices before a corrected one did in a community (更正前已落实的), as the rules take it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Q

from gridwell.orders.models import Notice, NoticePart, ZoneChange
from gridwell.orders.queries.desk import desks_of
from gridwell.orders.queries.notices import answers_of
from gridwell.orders.rules.changes import Ask, ItemLines
from gridwell.orders.rules.corrections import Made
from gridwell.orders.rules.lifecycle import Act


def withdrawn_of(changes: Iterable[ZoneChange]) -> set[int]:
    """Return the ids of changes that are withdrawn now; a withdrawal can itself be withdrawn."""
    void: set[int] = set()
    for row in sorted(changes, key=lambda r: (r.recorded_at, r.pk), reverse=True):
        if row.act == Act.WITHDRAW and row.pk not in void and row.corrects_id is not None:
            void.add(row.corrects_id)
    return void


def standing_changes(community: int, notices: Iterable[int]) -> list[ZoneChange]:
    """Return the changes that approving these notices made and nobody has withdrawn, newest first.

    Withdrawals and corrections count when they were made to another notice's changes: a corrected
    notice makes such. What a person corrected by hand within one notice does not.
    """
    void = withdrawn_of(ZoneChange.objects.filter(community_id=community, act=Act.WITHDRAW))
    rows = (
        ZoneChange.objects.filter(community_id=community, notice_id__in=list(notices))
        .filter(Q(corrects=None) | ~Q(corrects__notice=F("notice")))
        .select_related("zone", "notice")
        .order_by("-recorded_at", "-pk")
    )
    return [row for row in rows if row.pk not in void]


@dataclass(frozen=True)
class Before:
    """What stands in a community from the notices that one corrects."""

    items: tuple[ItemLines, ...]
    made: tuple[Made, ...]
    answers: dict[tuple[str, int], str]


def before_correction(notice: Notice, community: int) -> Before | None:
    """Return what stands from the notices before a corrected one, None when nothing was approved.

    Corrections of one number all name the first of them: each looks at all that came before it.
    """
    if notice.corrects_id is None:
        return None
    family = Q(pk=notice.corrects_id) | Q(corrects_id=notice.corrects_id, pk__lt=notice.pk)
    approved = list(
        Notice.objects.filter(
            family,
            parts__in=NoticePart.objects.filter(community_id=community, state="approved"),
        ).order_by("pk")
    )
    if not approved:
        return None
    rows = [
        row
        for row in standing_changes(community, [n.pk for n in approved])
        if row.item_id is not None and row.act not in (Act.WITHDRAW, Act.CORRECT)
    ]
    alive = {row.item_id for row in rows}
    items: list[ItemLines] = []
    for earlier in approved:
        desk = desks_of(earlier, [community])[community]
        items += [e.as_lines for e in desk if e.item.pk in alive or earlier.pk == approved[-1].pk]
    unknown = {row.zone_id for row in rows if row.effective_at is None}
    made = tuple(
        Made(
            change=row.pk,
            zone=row.zone_id,
            zone_name=row.zone.name,
            act=Act(row.act),
            item=row.item_id or 0,
            is_before_records=row.zone_id in unknown,
        )
        for row in rows
    )
    return Before(tuple(items), made, _answers(notice, approved[-1], community))


def _answers(notice: Notice, earlier: Notice, community: int) -> dict[tuple[str, int], str]:
    """Return the answers given about the items of the notice before, by this notice's numbers."""
    numbers = {(i.act, i.text): i.sequence for i in notice.items.all()}
    theirs = {i.sequence: numbers.get((i.act, i.text)) for i in earlier.items.all()}
    found = {}
    for (code, sequence, _), row in answers_of(earlier, community).items():
        ours = theirs.get(sequence)
        if ours is not None and code != Ask.SPREAD_UNCLEAR:  # its words belong to one zone
            found[code, ours] = row.answer
    return found


def approved_correction(notice: Notice, community: int) -> Notice | None:
    """Return a later correction of a notice that a community has approved already, or None."""
    first = notice.corrects_id or notice.pk
    later = Notice.objects.filter(corrects_id=first, pk__gt=notice.pk)
    approved = NoticePart.objects.filter(community_id=community, state="approved")
    return later.filter(parts__in=approved).order_by("pk").first()
