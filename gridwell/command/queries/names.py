"""What orders and instructions are called where only their numbers are known (名称)."""

from collections.abc import Collection

from gridwell.command.models import Instruction, InstructionReceipt
from gridwell.orders.models import Notice, Zone, ZoneChange


def zones(ids: Collection[int]) -> dict[int, str]:
    """Return the names of zones; one query."""
    return dict(Zone.objects.filter(pk__in=ids).values_list("pk", "name"))


def zone_changes(ids: Collection[int]) -> dict[int, str]:
    """Return changes of zones by the name of their zone; one query."""
    return dict(ZoneChange.objects.filter(pk__in=ids).values_list("pk", "zone__name"))


def notices(ids: Collection[int]) -> dict[int, str]:
    """Return notices by number or title; one query."""
    rows = Notice.objects.filter(pk__in=ids).only("number", "title", "ref")
    return {notice.pk: str(notice) for notice in rows}


def instructions(ids: Collection[int]) -> dict[int, str]:
    """Return the titles of instructions; one query."""
    rows = Instruction.objects.filter(pk__in=ids).values_list("pk", "title")
    return {pk: f"“{title}”" for pk, title in rows}


def receipts(ids: Collection[int]) -> dict[int, str]:
    """Return receipts by the title of their instruction; one query."""
    rows = InstructionReceipt.objects.filter(pk__in=ids).values_list("pk", "instruction__title")
    return {pk: f"“{title}”" for pk, title in rows}


#: By what the trail calls each of them.
NAMERS = {
    "orders.zone": zones,
    "orders.zonechange": zone_changes,
    "orders.notice": notices,
    "command.instruction": instructions,
    "command.instructionreceipt": receipts,
}
