"""Reads of transport boxes (转运箱): what is in each, and what is in none."""

from dataclasses import dataclass

from django.db.models import Count, Q

from gridwell.core.errors import NotVisible
from gridwell.health.models import Tube
from gridwell.screening.models import Box
from gridwell.screening.queries.cases import desk_names
from gridwell.screening.queries.desk import Sampler, tubes_of


@dataclass(frozen=True)
class BoxLine:
    """A box with how many tubes and people are in it by the system."""

    box: Box
    tubes: int
    people: int

    @property
    def state(self) -> str:
        """Return how far it is: filling, packed, sent, received."""
        if self.box.received_at is not None:
            return "received"
        if self.box.sent_at is not None:
            return "sent"
        return "packed" if self.box.packed_at is not None else "filling"


def boxes_of(sampler: Sampler) -> list[BoxLine]:
    """Return the boxes of a round, the latest first: two queries."""
    standing = Count("samples", filter=Q(samples__superseded_at=None))
    tubes: dict[str, tuple[int, int]] = {}
    for code, people in (
        tubes_of(sampler.round).exclude(box="").annotate(n=standing).values_list("box", "n")
    ):
        count, all_people = tubes.get(code, (0, 0))
        tubes[code] = (count + 1, all_people + people)
    boxes = Box.objects.filter(community_id=sampler.community, round=sampler.round)
    return [BoxLine(box, *tubes.get(box.code, (0, 0))) for box in boxes.order_by("-pk")]


def access_box(sampler: Sampler, box_id: int) -> Box:
    """Return a box of the sampler's round, or raise NotVisible."""
    rows = Box.objects.filter(community_id=sampler.community, round=sampler.round)
    box = rows.filter(pk=box_id).first()
    if box is None:
        raise NotVisible
    return box


def tubes_in(sampler: Sampler, box: Box) -> list[Tube]:
    """Return the tubes of a box with how many people each holds (`people`)."""
    standing = Count("samples", filter=Q(samples__superseded_at=None))
    rows = tubes_of(sampler.round).filter(box=box.code)
    return list(rows.annotate(people=standing).order_by("closed_at", "pk"))


def loose_tubes(sampler: Sampler) -> tuple[int, int]:
    """Return how many tubes of the round are closed and in no box, and how many stand open."""
    found = tubes_of(sampler.round).aggregate(
        loose=Count("pk", filter=Q(state="closed", box="")),
        still_open=Count("pk", filter=Q(state="open")),
    )
    return found["loose"], found["still_open"]


@dataclass(frozen=True)
class OpenTube:
    """A tube that stands open: at which desk, with how many people. Its result cannot be taken yet."""

    tube: Tube
    desk: str
    people: int


def open_tubes(sampler: Sampler) -> list[OpenTube]:
    """Return the tubes of a round that stand open, the oldest first: two queries."""
    standing = Count("samples", filter=Q(samples__superseded_at=None))
    rows = list(tubes_of(sampler.round).filter(state="open").annotate(people=standing))
    names = desk_names(sampler, {tube.desk for tube in rows})
    rows.sort(key=lambda tube: (tube.opened_at, tube.pk))
    return [OpenTube(tube, names.get(tube.desk, ""), tube.people) for tube in rows]
