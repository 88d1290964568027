"""What two desks said of one tube or one person, settled by somebody who looked (采样台冲突处理)."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import DataError, transaction

from gridwell.accounts.rules.actor import Actor
from gridwell.audit import actions as audit
from gridwell.core.errors import GridwellError, RuleBroken
from gridwell.core.wording import say
from gridwell.health.models import Sample, Tube
from gridwell.screening.actions import require_reason
from gridwell.screening.actions.batch import act_of, do_act
from gridwell.screening.actions.desk import Moment, hold, locked_tube, put_person, put_right
from gridwell.screening.actions.rounds import refresh_outcome
from gridwell.screening.models import DeskEntry
from gridwell.screening.queries.cases import body_of
from gridwell.screening.queries.desk import Person, Sampler, person_by_key, tubes_of
from gridwell.screening.rules.settling import Choice, choices
from gridwell.screening.rules.tubes import AGAIN


@dataclass(frozen=True)
class Decision:
    """What was chosen, with what it needs: another tube's number, who it was, in a few words why."""

    choice: Choice
    how: str = ""
    code: str = ""
    person: str = ""  # key of the person it was instead


@transaction.atomic
def settle_case(
    *, sampler: Sampler, rows: Sequence[DeskEntry], decision: Decision, now: datetime
) -> tuple[int, int]:
    """Settle entries that hang together (处理冲突) and return how many are done and how many still wait.

    What cannot be taken even so keeps its new words and waits on as a question of its own. Two people
    at once: the second finds it settled.
    """
    hold(sampler)
    locked = list(
        DeskEntry.objects.select_for_update()
        .filter(community_id=sampler.community, round=sampler.round, settled_at=None)
        .filter(pk__in=[row.pk for row in rows])
        .exclude(code="")
        .order_by("at", "pk")
    )
    if not locked or len(locked) != len(rows):
        raise RuleBroken("screening.changed_meanwhile")
    first = next((row for row in locked if row.act == "open"), locked[0])
    if decision.choice not in choices(first.act, first.code):
        raise RuleBroken("screening.choice_odd")
    how = require_reason(decision.how or decision.choice.value)
    done = 0
    known = _known_tube(sampler, locked) if decision.choice is Choice.SAME_TUBE else None
    for row in locked:
        refusal = _settle(sampler, row, decision, known, now)
        if refusal is None:
            row.settled_at, row.settled_by = now, sampler.actor.user_id
            row.settled_how, row.body = how, ""
            done += 1
        else:
            row.code = refusal.code
            row.body = json.dumps({"body": body_of(row), "words": say(refusal)}, ensure_ascii=False)
        row.save(update_fields=["code", "body", "settled_at", "settled_by", "settled_how"])
    if not done and decision.choice not in {Choice.SAME_TUBE, Choice.OTHER_TUBE}:
        raise RuleBroken("screening.not_settled", words=locked[0].words_kept)
    audit.record(
        "screening.case_settled",
        actor=sampler.actor,
        community=sampler.community,
        subject=first,
        reason=how,
        at=now,
        count=done,
        refused=len(locked) - done,
        choice=decision.choice.value,
    )
    refresh_outcome(actor=Actor.system(sampler.community), round=sampler.round, now=now)
    return done, len(locked) - done


def _settle(
    sampler: Sampler, row: DeskEntry, decision: Decision, known: Tube | None, now: datetime
) -> RuleBroken | None:
    """Do what was decided for one entry; return why it cannot be done, or None."""
    try:
        with transaction.atomic():
            _HOW[decision.choice](sampler, row, decision, known, Moment(now, min(row.at, now)))
    except RuleBroken as refusal:
        return refusal
    except (GridwellError, KeyError, TypeError, ValueError, AttributeError, DataError):
        return RuleBroken("screening.entry_odd")
    return None


def _known_tube(sampler: Sampler, rows: Sequence[DeskEntry]) -> Tube:
    """Return the tube that stands under the code these entries opened theirs with, locked."""
    opened = next(row for row in rows if row.act == "open")
    code = str(body_of(opened).get("code") or "").strip().upper()
    tube = tubes_of(sampler.round).select_for_update().filter(code=code).first()
    if tube is None:
        raise RuleBroken("screening.tube_elsewhere", tube=code)
    return tube


def _nothing(*_facts: Any) -> None:
    """Leave everything as it stands."""


def _as_it_is(
    sampler: Sampler, row: DeskEntry, decision: Decision, known: Tube | None, when: Moment
) -> None:
    do_act(sampler, act_of(row, body_of(row)), row.desk, when)


def _in_other(
    sampler: Sampler, row: DeskEntry, decision: Decision, known: Tube | None, when: Moment
) -> None:
    """Take it with the number that the tube really has."""
    body = body_of(row)
    if row.act == "open":
        body = body | {"code": decision.code}
    do_act(sampler, act_of(row, body), row.desk, when)


def _in_known(
    sampler: Sampler, row: DeskEntry, decision: Decision, known: Tube | None, when: Moment
) -> None:
    """Put the person into the tube that stands; whoever is in it already needs nothing more."""
    if known is None or row.act in {"open", "close"}:
        return
    body = body_of(row)
    if row.act == "add":
        _put(sampler, row, str(body["person"]), known, when)
    else:
        do_act(sampler, act_of(row, body), row.desk, when)


def _in_full(
    sampler: Sampler, row: DeskEntry, decision: Decision, known: Tube | None, when: Moment
) -> None:
    body = body_of(row)
    _put(sampler, row, str(body["person"]), locked_tube(sampler, UUID(str(body["tube"]))), when)


def _put(sampler: Sampler, row: DeskEntry, key: str, tube: Tube, when: Moment) -> None:
    """Put somebody in who is in the tube, whatever its size says."""
    person = person_by_key(sampler, key, tube.purpose, when.now)
    if _stands(person, tube) is None:
        put_person(sampler, tube=tube, key=key, ref=row.ref, when=when, is_forced=True)


def _stands(person: Person, tube: Tube) -> Sample | None:
    """Return the sample of a person that stands in a tube."""
    return Sample.objects.filter(
        community_id=tube.community_id,
        tube=tube,
        resident=person.resident,
        guest=person.guest,
        superseded_at=None,
    ).first()


def _here(
    sampler: Sampler, row: DeskEntry, decision: Decision, known: Tube | None, when: Moment
) -> None:
    """Move the person: out of the tube that stands, into the one of this entry."""
    body = body_of(row)
    tube = locked_tube(sampler, UUID(str(body["tube"])))
    person = person_by_key(sampler, str(body["person"]), tube.purpose, when.now)
    other = Sample.objects.filter(
        community_id=sampler.community,
        round=sampler.round.ref,
        purpose=tube.purpose,
        resident=person.resident,
        guest=person.guest,
        superseded_at=None,
    ).first()
    if other is not None and other.tube_id != tube.pk:
        wrong = locked_tube(sampler, other.tube.ref)
        reason = require_reason(decision.how or Choice.HERE.value)
        put_right(sampler, tube=wrong, sample=other, key="", ref=row.ref, reason=reason, when=when)
    _put(sampler, row, str(body["person"]), tube, when)


def _both(
    sampler: Sampler, row: DeskEntry, decision: Decision, known: Tube | None, when: Moment
) -> None:
    """Write the second sample of somebody who gave two: counted once, held by either tube."""
    body = body_of(row)
    tube = locked_tube(sampler, UUID(str(body["tube"])))
    put_person(
        sampler,
        tube=tube,
        key=str(body["person"]),
        ref=row.ref,
        when=when,
        is_forced=True,
        purpose=AGAIN,
    )


def _somebody_else(
    sampler: Sampler, row: DeskEntry, decision: Decision, known: Tube | None, when: Moment
) -> None:
    if not decision.person:
        raise RuleBroken("screening.who_instead")
    tube = locked_tube(sampler, UUID(str(body_of(row)["tube"])))
    put_person(sampler, tube=tube, key=decision.person, ref=row.ref, when=when, is_forced=True)


_How = Callable[[Sampler, DeskEntry, Decision, Tube | None, Moment], None]
_HOW: Final[dict[Choice, _How]] = {
    Choice.OTHER_TUBE: _in_other,
    Choice.SAME_TUBE: _in_known,
    Choice.AGAIN: _as_it_is,
    Choice.ALL_THE_SAME: _in_full,
    Choice.STANDS: _nothing,
    Choice.HERE: _here,
    Choice.BOTH: _both,
    Choice.WHO: _somebody_else,
    Choice.VOID: _nothing,
}
