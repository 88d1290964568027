"""Writes of results tube by tube: everybody who stands in a tube that decides, in one statement."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from gridwell.accounts.rules.actor import Actor
from gridwell.audit import actions as audit
from gridwell.core.bulk import new_ref_sql
from gridwell.health.actions import require
from gridwell.health.models import Result, Sample, Tube

PART = 5000  # tubes that one statement names

#: Of the same person and sample something else was on record. `who` is the column of the person.
_SUPERSEDE = """
UPDATE {result} SET superseded_at = %s WHERE superseded_at IS NULL AND id IN (
  SELECT r.id FROM {sample} s JOIN {tube} t ON t.id = s.tube_id AND t.community_id = s.community_id
    JOIN {result} r ON r.community_id = s.community_id AND r.{who} = s.{who}
     AND r.sampled_at = s.sampled_at AND r.superseded_at IS NULL
   WHERE s.community_id = %s AND s.tube_id IN ({marks})
     AND s.superseded_at IS NULL AND s.{who} IS NOT NULL
     AND (r.outcome <> t.state OR r.resulted_at IS NULL OR r.resulted_at <> t.resulted_at))
"""
#: Of two samples that a desk wrote at one instant the positive one is the person's result.
_INSERT = """
INSERT INTO {result} (community_id, dwelling_id, resident_id, guest, ref, sampled_at, outcome,
                      resulted_at, source, recorded_at, recorded_by)
SELECT s.community_id, s.dwelling_id, s.resident_id, s.guest, {ref}, s.sampled_at, t.state,
       t.resulted_at, %s, %s, %s
  FROM {sample} s JOIN {tube} t ON t.id = s.tube_id AND t.community_id = s.community_id
 WHERE s.community_id = %s AND s.tube_id IN ({marks})
   AND s.superseded_at IS NULL AND s.{who} IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM {result} r WHERE r.community_id = s.community_id
         AND r.{who} = s.{who} AND r.sampled_at = s.sampled_at
         AND r.superseded_at IS NULL)
 ORDER BY t.state DESC
    ON CONFLICT DO NOTHING
"""


@transaction.atomic
def record_results_of_tubes(
    *, actor: Actor, community: int, tubes: Sequence[int], source: str, now: datetime
) -> int:
    """Record what tubes decide for everybody in them (按管登记结果); return how many were new.

    The tubes carry their state and time already. The same again changes nothing; what was on record
    of the same sample and differs is superseded. Done inside the database: no person is read.
    """
    require(actor, community)
    made = 0
    for start in range(0, len(tubes), PART):
        part = list(tubes[start : start + PART])
        made += _of_part("resident_id", community, part, source, actor.user_id, now)
        guests = Sample.objects.filter(tube__in=part, guest__isnull=False, superseded_at=None)
        if guests.exists():
            made += _of_part("guest", community, part, source, actor.user_id, now)
    if made:
        audit.record(
            "health.results_recorded",
            actor=actor,
            community=community,
            at=now,
            count=made,
            source=source,
            tubes=audit.digest_ids(tubes),
        )
    return made


def _of_part(
    who: str, community: int, tubes: list[int], source: str, user: int | None, now: datetime
) -> int:
    """Record what these tubes say of their residents or of their guests; return how many are new."""
    prepare = connection.ops.adapt_datetimefield_value
    ref, ref_params = new_ref_sql()
    names = {
        "result": Result._meta.db_table,
        "sample": Sample._meta.db_table,
        "tube": Tube._meta.db_table,
        "marks": ", ".join(["%s"] * len(tubes)),
        "ref": ref,
        "who": who,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SUPERSEDE.format(**names), [prepare(now), community, *tubes])
        cursor.execute(
            _INSERT.format(**names),
            [*ref_params, source[:60], prepare(now), user, community, *tubes],
        )
        return int(cursor.rowcount)
