"""Reads of instructions (工作指令): sent from an area, received by desks and posts, who is how far."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min, Q, QuerySet

from gridwell.accounts.models import Post
from gridwell.accounts.queries import effective_holders, names_of
from gridwell.accounts.queries.who import serving
from gridwell.accounts.rules.actor import RIGHTS, Actor, Right
from gridwell.command.models import Instruction, InstructionReceipt
from gridwell.command.rules.instructions import OPEN, Tally, tally
from gridwell.core.errors import NotVisible
from gridwell.core.joining import joined
from gridwell.places.models import Area
from gridwell.places.rules.levels import AreaLevel, level_of, span_of

PAGE = 30


@dataclass(frozen=True)
class Sent:
    """An instruction with how far its receivers are."""

    row: Instruction
    tally: Tally


@dataclass(frozen=True)
class MatrixRow:
    """One receiver of an instruction: which desk or post, who holds it now, and how far it is."""

    receipt: InstructionReceipt
    area: str
    holder: str
    is_late: bool


def desks(actor: Actor) -> set[int]:
    """Return the areas whose own desk the actor holds: there the post ends, not above."""
    return {post.low for post in actor.posts if Right.APPROVE_ORDERS in RIGHTS[post.role]}


def _mine(actor: Actor) -> Q:
    posts = [post.id for post in actor.all_posts]
    return Q(receiver__in=posts) | Q(receiver=None, area__in=desks(actor))


def received_by(actor: Actor) -> QuerySet[InstructionReceipt]:
    """Return what the actor's desks and posts have received and is not withdrawn, newest first.

    Somebody with several posts in one area is asked once: the first of their receipts that are
    equally far stands for all of them (`together`).
    """
    mine = InstructionReceipt.objects.filter(_mine(actor), instruction__withdrawn_at=None)
    alike = mine.order_by().values("instruction", "area", "state")
    firsts = alike.annotate(first=Min("pk")).values("first")
    rows = InstructionReceipt.objects.filter(pk__in=firsts)
    return rows.select_related("instruction__area", "area", "receiver").order_by(
        "-instruction__sent_at", "-pk"
    )


def together(actor: Actor, rows: Collection[InstructionReceipt]) -> dict[int, list[str]]:
    """Return for each receipt the titles of the actor's posts that it stands for; one query.

    A receipt of a desk stands for the area itself, by its name.
    """
    found: dict[tuple[int, int, str], list[str]] = {}
    mine = InstructionReceipt.objects.filter(
        _mine(actor), instruction__in={row.instruction_id for row in rows}
    )
    names = mine.order_by("receiver", "pk").values_list(
        "instruction", "area", "state", "receiver__title", "area__name"
    )
    for instruction, area, state, title, area_name in names:
        found.setdefault((instruction, area, state), []).append(title or area_name)
    return {row.pk: found.get((row.instruction_id, row.area_id, row.state), []) for row in rows}


def receipts_alike(actor: Actor, row: InstructionReceipt) -> QuerySet[InstructionReceipt]:
    """Return the actor's receipts of one instruction at one area that are as far as this one."""
    return InstructionReceipt.objects.filter(
        _mine(actor), instruction=row.instruction_id, area=row.area_id, state=row.state
    ).order_by("pk")


def open_receipts(actor: Actor) -> int:
    """Return how many instructions still wait for the actor; one query."""
    return received_by(actor).filter(state__in=[state.value for state in OPEN]).count()


def access_receipt(actor: Actor, receipt_id: int) -> InstructionReceipt:
    """Return a receipt of the actor's own desks and posts, or raise NotVisible."""
    row = (
        InstructionReceipt.objects.filter(_mine(actor), pk=receipt_id)
        .select_related("instruction__area", "area", "receiver")
        .first()
    )
    if row is None:
        raise NotVisible
    return row


def sent_from(actor: Actor, area: int) -> QuerySet[Instruction]:
    """Return the instructions an area has sent, newest first."""
    if not actor.may(Right.APPROVE_ORDERS, area):
        return Instruction.objects.none()
    return Instruction.objects.filter(area_id=area).order_by("-sent_at", "-pk")


def with_tallies(rows: Collection[Instruction], now: datetime) -> list[Sent]:
    """Return instructions with how far their receivers are; one query, whatever their number."""
    states: dict[int, list[str]] = {row.pk: [] for row in rows}
    for pk, state in InstructionReceipt.objects.filter(instruction__in=states).values_list(
        "instruction", "state"
    ):
        states[pk].append(state)
    return [Sent(row, tally(states[row.pk], row.due_at, now)) for row in rows]


def access_instruction(actor: Actor, area: int, instruction_id: int) -> Instruction:
    """Return an instruction that an area of the actor's has sent, or raise NotVisible."""
    row = sent_from(actor, area).select_related("area").filter(pk=instruction_id).first()
    if row is None:
        raise NotVisible
    return row


def matrix_of(instruction: Instruction, now: datetime) -> list[MatrixRow]:
    """Return every receiver of an instruction with who holds it now; six queries at most."""
    receipts = list(
        instruction.receipts.select_related("area", "receiver").order_by(
            "area_id", "receiver", "pk"
        )
    )
    areas = [row.area_id for row in receipts if row.receiver_id is None]
    posts = Post.objects.filter(serving(now), area_id__in=areas, role__in=_deciding())
    by_area: dict[int, list[int]] = {}
    for pk, area in posts.order_by("pk").values_list("pk", "area_id"):
        by_area.setdefault(area, []).append(pk)
    own = [row.receiver_id for row in receipts if row.receiver_id is not None]
    holders = effective_holders([*own, *(pk for some in by_area.values() for pk in some)], now)
    names = names_of(pk for pk in holders.values() if pk is not None)
    found = []
    for row in receipts:
        ids = [row.receiver_id] if row.receiver_id else by_area.get(row.area_id, [])
        who = [names[user] for pk in ids if (user := holders[pk]) is not None and user in names]
        late = instruction.due_at is not None and instruction.due_at <= now
        found.append(MatrixRow(row, row.area.name, joined(who), late and row.state in OPEN))
    return found


def _deciding() -> list[str]:
    return [role.value for role, rights in RIGHTS.items() if Right.APPROVE_ORDERS in rights]


def next_areas(area: int) -> QuerySet[Area]:
    """Return the areas right below an area."""
    return Area.objects.filter(parent=area, replaced_by=None).order_by("code")


def communities_in(area: int) -> QuerySet[Area]:
    """Return the communities inside an area."""
    low, high = span_of(area)
    return Area.objects.filter(
        code__gte=low, code__lt=high, level=AreaLevel.COMMUNITY, replaced_by=None
    ).order_by("code")


def posts_with_roles(area: int, roles: Collection[str], now: datetime) -> QuerySet[Post]:
    """Return the serving posts of some roles inside an area."""
    low, high = span_of(area)
    return Post.objects.filter(
        serving(now), area_id__gte=low, area_id__lt=high, role__in=list(roles)
    ).order_by("area_id", "pk")


def is_lowest(area: int) -> bool:
    """Return whether nothing but posts lies below an area."""
    return level_of(area) is AreaLevel.COMMUNITY
