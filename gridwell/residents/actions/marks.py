"""Labels (标识): schemes of a community, and marks given by hand."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import get_language

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit.actions import record
from gridwell.core.components import COLOURS
from gridwell.core.errors import RuleBroken
from gridwell.residents.actions.facts import (
    end,
    replace,
    require,
    require_reason,
    supersede,
)
from gridwell.residents.actions.rule_marks import facts_of, refresh_marks_of, refresh_rule_marks
from gridwell.residents.models import (
    Household,
    Label,
    LabelMark,
    LabelScheme,
    Resident,
)
from gridwell.residents.rules.labels import (
    Subject,
    mistakes,
)
from gridwell.residents.rules.schemes import DEFAULT_SCHEMES


@transaction.atomic
def apply_default_schemes(*, actor: Actor, community: int, now: datetime) -> int:
    """Give a community the schemes it starts with; those it has are left alone. Return how many."""
    known = set(LabelScheme.objects.filter(community=community).values_list("code", flat=True))
    is_chinese = (get_language() or "zh").startswith("zh")
    has_board = LabelScheme.objects.filter(community=community, is_board_scheme=True).exists()
    made = 0
    for rank, scheme in enumerate(DEFAULT_SCHEMES, start=1):
        if scheme.code in known:
            continue
        row = LabelScheme.objects.create(
            community_id=community,
            code=scheme.code,
            name=scheme.zh if is_chinese else scheme.en,
            subject=scheme.subject,
            is_exclusive=scheme.is_exclusive,
            is_board_scheme=scheme.is_board_scheme and not has_board,
            rank=rank,
        )
        Label.objects.bulk_create(
            Label(
                community_id=community,
                scheme=row,
                code=label.code,
                colour=label.colour,
                sign=label.sign,
                name=label.zh if is_chinese else label.en,
                rule=label.rule,
                care=list(label.care),
                rank=label.rank,
            )
            for label in scheme.labels
        )
        made += 1
    if made:
        record("residents.schemes_applied", actor=actor, community=community, at=now, count=made)
    return made


@transaction.atomic
def give_mark(
    *,
    actor: Actor,
    label: Label,
    reason: str,
    ends_at: datetime | None,
    now: datetime,
    household: Household | None = None,
    resident: Resident | None = None,
) -> LabelMark:
    """Give a label by hand (人工打标): with a reason and an end.

    A household colour is only proposed until a second person approves it.
    """
    community = label.community_id
    require(actor, community)
    reason = require_reason(reason)[:200]
    if ends_at is None or ends_at <= now:
        raise RuleBroken("residents.no_end")
    is_household = label.scheme.subject == Subject.HOUSEHOLD
    subject = household if is_household else resident
    if subject is None or subject.community_id != community:
        raise RuleBroken("residents.wrong_subject")
    if subject.dwelling_id is None:
        raise RuleBroken("residents.lives_nowhere")
    # One entry at a time.
    type(subject)._default_manager.select_for_update(no_key=True).get(pk=subject.pk)
    if again := _given_already(label, subject, reason, ends_at):
        return again
    mark = LabelMark.objects.create(
        community_id=community,
        dwelling_id=subject.dwelling_id,
        household=household if is_household else None,
        resident=None if is_household else resident,
        label=label,
        is_manual=True,
        reason=reason,
        starts_at=now,
        ends_at=ends_at,
        recorded_at=now,
        recorded_by=actor.user_id,
        source="desk",
    )
    record(
        "residents.mark_proposed" if is_household else "residents.mark_given",
        actor=actor,
        community=community,
        subject=subject,
        reason=reason,
        at=now,
        mark=mark.pk,
        label=label.pk,
    )
    if resident is not None and not is_household:
        refresh_marks_of(actor=actor, community=community, now=now, residents=[resident.pk])
    return mark


def _given_already(
    label: Label, subject: Household | Resident, reason: str, ends_at: datetime
) -> LabelMark | None:
    """Return the same mark, given or proposed before: a form sent twice gives it once."""
    on = {"household" if isinstance(subject, Household) else "resident": subject}
    return LabelMark.objects.filter(
        community=label.community_id,
        label=label,
        is_manual=True,
        reason=reason,
        ends_at=ends_at,
        superseded_at=None,
        **on,
    ).first()


@transaction.atomic
def approve_mark(*, actor: Actor, mark: LabelMark, now: datetime) -> LabelMark:
    """Approve a household colour given by hand (第二人批准); the proposer cannot do it."""
    community = mark.community_id
    require(actor, community, Right.APPROVE_LABELS)
    if actor.user_id is None or mark.recorded_by == actor.user_id:
        raise RuleBroken("residents.same_person")
    if mark.approved_by is not None or (mark.ends_at is not None and mark.ends_at <= now):
        raise RuleBroken("residents.changed_meanwhile")
    proposer = mark.recorded_by
    (fresh,) = replace(
        LabelMark,
        [mark],
        now=now,
        actor=actor,
        starts_at=now,
        approved_by=actor.user_id,
        approved_at=now,
    )
    LabelMark.objects.filter(pk=fresh.pk).update(recorded_by=proposer)
    record(
        "residents.mark_approved",
        actor=actor,
        community=community,
        subject=mark.household,
        at=now,
        mark=fresh.pk,
        label=mark.label_id,
        proposed_by=proposer,
    )
    refresh_marks_of(actor=actor, community=community, now=now, **_subject_of(mark))
    return fresh


@transaction.atomic
def end_mark(*, actor: Actor, mark: LabelMark, reason: str, now: datetime) -> None:
    """End a mark given by hand, or turn down one that waits (取消标识); the rule rules again."""
    community = mark.community_id
    require(actor, community)
    reason = require_reason(reason)
    if not mark.is_manual or mark.superseded_at is not None:
        raise RuleBroken("residents.changed_meanwhile")
    if mark.household_id is not None and mark.approved_by is None:
        supersede(LabelMark, [mark.pk], now)
        act = "residents.mark_refused"
    else:
        end(LabelMark, [mark], at=now, now=now, actor=actor)
        act = "residents.mark_ended"
    record(
        act,
        actor=actor,
        community=community,
        subject=mark.household or mark.resident,
        reason=reason,
        at=now,
        mark=mark.pk,
        label=mark.label_id,
    )
    refresh_marks_of(actor=actor, community=community, now=now, **_subject_of(mark))


def _subject_of(mark: LabelMark) -> dict[str, list[int]]:
    if mark.household_id is not None:
        return {"households": [mark.household_id]}
    return {"residents": [mark.resident_id or 0]}


@transaction.atomic
def edit_label(
    *,
    actor: Actor,
    label: Label,
    name: str,
    sign: str,
    colour: str,
    rank: int,
    rule: Any,
    now: datetime,
) -> None:
    """Change a label of a community: name, sign, colour, order, rule; marks follow at once."""
    require(actor, label.community_id, Right.APPROVE_LABELS)
    if not sign.strip():
        raise RuleBroken("residents.no_sign")
    if colour not in COLOURS:
        raise RuleBroken("residents.unknown_colour", colour=colour)
    if rule is not None and (found := mistakes(rule, label.scheme.subject)):
        path = ".".join(str(part) for part in found[0].path) or "."
        raise RuleBroken("residents.bad_rule", fault=f"{path}: {found[0].code}")
    Label.objects.filter(pk=label.pk).update(
        name=name.strip()[:60], sign=sign.strip()[:4], colour=colour, rank=rank, rule=rule
    )
    label.refresh_from_db()
    record(
        "residents.label_edited", actor=actor, community=label.community_id, subject=label, at=now
    )
    refresh_rule_marks(actor=actor, community=label.community_id, now=now)


__all__ = [
    "apply_default_schemes",
    "approve_mark",
    "edit_label",
    "end_mark",
    "facts_of",
    "give_mark",
    "refresh_marks_of",
    "refresh_rule_marks",
]
