"""Which labels (标识) people and households carry at an instant; set-based."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet

from gridwell.core.facts import holds_at, known_at
from gridwell.residents.models import Label, LabelMark, LabelScheme


def schemes_of(community: int) -> list[LabelScheme]:
    """Return the label schemes of a community with their labels, highest rank first; two queries."""
    return list(
        LabelScheme.objects.filter(community=community)
        .prefetch_related("labels")
        .order_by("-is_board_scheme", "rank", "pk")
    )


def labels_of(community: int, *, board_only: bool = False) -> list[Label]:
    """Return the labels of a community, those of the board's scheme only if asked; one query."""
    found = Label.objects.filter(community=community).select_related("scheme").defer("rule", "care")
    if board_only:
        found = found.filter(scheme__is_board_scheme=True)
    return list(found.order_by("scheme__rank", "rank", "pk"))


def marks_in_force(
    community: int, at: datetime, known: datetime | None = None
) -> QuerySet[LabelMark]:
    """Return the marks that hold: by rule, or by hand and, where a second person is needed, approved."""
    return (
        LabelMark.objects.filter(known_at(known), holds_at(at), community=community)
        .exclude(Q(is_manual=True) & Q(household__isnull=False) & Q(approved_by=None))
        .select_related("label__scheme")
        .defer("because", "label__rule", "label__care")
    )


def is_notable(mark: LabelMark) -> bool:
    """Return whether a mark says something: the lowest of a score, which nearly all have, does not."""
    scheme = mark.label.scheme
    return scheme.subject == "household" or not scheme.is_exclusive or mark.label.rank > 1


def marks_by_subject(
    community: int,
    at: datetime,
    *,
    residents: Collection[int] = (),
    households: Collection[int] = (),
) -> tuple[dict[int, list[LabelMark]], dict[int, list[LabelMark]]]:
    """Return what is notable by resident and by household, the highest first; two queries.

    The labels are read once and shared by their marks: a community has some twenty of them, and
    making three rows of each mark took most of the time.
    """
    by_resident: dict[int, list[LabelMark]] = defaultdict(list)
    by_household: dict[int, list[LabelMark]] = defaultdict(list)
    if not residents and not households:
        return by_resident, by_household
    subject = Q(resident__in=residents) | Q(household__in=households)
    rows = list(marks_in_force(community, at).filter(subject).select_related(None))
    labels = {label.pk: label for label in labels_of(community)}
    for mark in rows:
        mark.label = labels[mark.label_id]
    shown = filter(is_notable, rows)
    for mark in sorted(shown, key=lambda m: (m.label.scheme.rank, -m.label.rank, m.pk)):
        if mark.resident_id is not None:
            by_resident[mark.resident_id].append(mark)
        else:
            by_household[mark.household_id or 0].append(mark)
    return by_resident, by_household


def waiting_of(community: int) -> QuerySet[LabelMark]:
    """Return household colours proposed by hand that wait for a second person."""
    return (
        LabelMark.objects.filter(
            community=community,
            is_manual=True,
            household__isnull=False,
            approved_by=None,
            superseded_at=None,
        )
        .select_related("label__scheme", "household__dwelling")
        .order_by("pk")
    )
