"""What proves that a task was done (凭证), and keeping it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from gridwell.core.errors import RuleBroken
from gridwell.tasks import photos
from gridwell.tasks.kinds import Kind
from gridwell.tasks.models import Task, TaskEvent, TaskProof

MOST = 100_000


@dataclass(frozen=True)
class Proof:
    """What somebody hands in with "done": any of a note, a photo, a number, the place in words.

    `happened_at` is when it was done, if not now: a phone without network sends later.
    """

    note: str = ""
    photo: bytes | None = None
    count: int | None = None
    where: str = ""
    happened_at: datetime | None = None


def missing_proof(kind: Kind | None, proof: Proof) -> list[str]:
    """Return what the kind needs and the proof lacks, in a fixed order."""
    if proof.count is not None and not 0 <= proof.count <= MOST:
        raise RuleBroken("tasks.count_wrong")
    has = {
        "note": bool(proof.note.strip()),
        "photo": proof.photo is not None,
        "count": proof.count is not None,
        "where": bool(proof.where.strip()),
    }
    return [code for code, is_there in has.items() if kind and code in kind.proof and not is_there]


def keep_proof(task: Task, proof: Proof, happened_at: datetime) -> TaskProof | None:
    """Keep what was handed in beside the last step of the task; nothing when there is only a note.

    Raises RuleBroken for a photo that is none; the transaction around leaves nothing behind.
    """
    if proof.photo is None and proof.count is None and not proof.where.strip():
        return None
    kept = photos.keep(proof.photo) if proof.photo is not None else photos.NONE
    event = TaskEvent.objects.filter(community_id=task.community_id, task=task).latest("pk")
    return TaskProof.objects.create(
        community_id=task.community_id,
        task=task,
        event=event,
        path=kept.path,
        file_key=kept.key,
        digest=kept.digest,
        size=kept.size,
        width=kept.width,
        height=kept.height,
        count=proof.count,
        happened_at=happened_at,
        where=proof.where.strip(),
    )


def sweep_photos(*, now: datetime) -> int:
    """Throw away photos of more than a day ago that no row names; return how many.

    They are left where the transaction that would have named them failed.
    """
    old = photos.stored(before=now - timedelta(days=1))
    named = set(TaskProof.objects.exclude(path="").values_list("path", flat=True)) if old else set()
    for path in old - named:
        photos.throw_away(path)
    return len(old - named)
