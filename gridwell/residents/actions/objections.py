"""Objections (异议) to a colour, a duty or a datum: entered at the desk, answered in time."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit.actions import record
from gridwell.core import ids
from gridwell.core.errors import RuleBroken
from gridwell.places.queries import profile_of
from gridwell.residents.actions.facts import require
from gridwell.residents.models import Household, Objection, Resident

ABOUT = ("label", "duty", "data")
OUTCOMES = ("upheld", "rejected")


@transaction.atomic
def enter_objection(
    *,
    actor: Actor,
    household: Household,
    words: str,
    about: str,
    now: datetime,
    about_code: str = "",
    resident: Resident | None = None,
    ref: UUID | None = None,
) -> Objection:
    """Enter what a resident objects to; it is to be answered within the community's set time.

    `ref` is the key of the form: sent a second time it returns what was entered the first time.
    """
    community = household.community_id
    require(actor, community)
    if ref is not None:
        Household.objects.select_for_update(no_key=True).get(pk=household.pk)  # one entry at a time
        known = Objection.objects.filter(community=community, ref=ref).first()
        if known is not None:
            return known
    if not words.strip():
        raise RuleBroken("residents.no_words")
    if about not in ABOUT:
        raise RuleBroken("residents.unknown_subject")
    days = profile_of(household.community_id).objection_days
    objection = Objection.objects.create(
        community_id=household.community_id,
        dwelling_id=household.dwelling_id,
        household=household,
        resident=resident,
        ref=ref or ids.new_ref(),
        about=about,
        about_code=about_code[:80],
        words=words.strip(),
        entered_by=actor.user_id,
        entered_at=now,
        due_at=now + timedelta(days=days),
    )
    record(
        "residents.objection_entered",
        actor=actor,
        community=household.community_id,
        subject=objection,
        at=now,
        about=about,
        code=about_code,
    )
    return objection


@transaction.atomic
def answer_objection(
    *, actor: Actor, objection: Objection, outcome: str, answer: str, now: datetime
) -> None:
    """Answer an objection, upheld or rejected, in words (答复); a second answer is refused.

    Needs the right to approve labels: who visits the household enters it, the desk answers.
    """
    require(actor, objection.community_id, Right.APPROVE_LABELS)
    if outcome not in OUTCOMES:
        raise RuleBroken("residents.unknown_outcome")
    if not answer.strip():
        raise RuleBroken("residents.no_words")
    hit = Objection.objects.filter(pk=objection.pk, answered_at=None).update(
        outcome=outcome,
        answer=answer.strip(),
        answered_by=actor.user_id,
        answered_at=now,
    )
    if not hit:
        raise RuleBroken("residents.changed_meanwhile")
    objection.refresh_from_db()
    record(
        "residents.objection_answered",
        actor=actor,
        community=objection.community_id,
        subject=objection,
        at=now,
        outcome=outcome,
        late=objection.due_at < now,
    )
