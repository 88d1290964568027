"""Small makers of trails for tests."""

from dataclasses import dataclass
from datetime import UTC, datetime

from gridwell.audit.actions import record
from gridwell.audit.models import AuditEntry

NOON = datetime(2022, 11, 23, 4, tzinfo=UTC)


@dataclass(frozen=True)
class Someone:
    """The least an actor must be for the trail."""

    user_id: int | None = 7

    def post_code_at(self, area: int) -> str:
        return "140109008001/officer-1"


def make_entries(
    *, count: int, community: int = 1, act: str = "core.tried", user: int = 7
) -> list[AuditEntry]:
    return [
        record(act, actor=Someone(user), community=community, at=NOON, number=number)
        for number in range(count)
    ]
