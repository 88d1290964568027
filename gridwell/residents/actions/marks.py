"""Labels (标识): schemes of a community, marks by rule that follow their facts, marks by hand."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import get_language

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit.actions import record
from gridwell.core import clock
from gridwell.core.bulk import insert_rows
from gridwell.core.components import COLOURS
from gridwell.core.errors import RuleBroken
from gridwell.core.facts import holds_at
from gridwell.residents.actions.facts import (
    chunks,
    end,
    replace,
    require,
    require_reason,
    supersede,
)
from gridwell.residents.models import (
    Household,
    Label,
    LabelMark,
    LabelScheme,
    Membership,
    Resident,
    Trait,
)
from gridwell.residents.queries.files import age_on
from gridwell.residents.rules import traits as trait_rules
from gridwell.residents.rules.labels import (
    Hit,
    HouseholdFacts,
    LabelDef,
    PersonFacts,
    SchemeDef,
    Subject,
    differences,
    evaluate,
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


def facts_of(community: int, now: datetime) -> list[HouseholdFacts]:
    """Return what label rules see of a community: open households with members; three queries."""
    today = clock.day_of(now)
    words: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for resident, code, value in Trait.objects.filter(
        holds_at(now), community=community, superseded_at=None
    ).values_list("resident_id", "code", "value"):
        words[resident].append((code, value))
    members: dict[int, list[PersonFacts]] = defaultdict(list)
    rows = Membership.objects.filter(
        community=community,
        superseded_at=None,
        ends_at=None,
        kind="lives",
        resident__merged_into=None,
    ).values_list("household_id", "resident_id", "resident__birth_on", "resident__sex")
    nothing: frozenset[str] = frozenset()
    for household, resident, birth_on, sex in rows:
        open_traits = words.get(resident)
        members[household].append(
            PersonFacts(
                resident,
                household,
                age_on(birth_on, today),
                sex,
                trait_rules.words(open_traits) if open_traits else nothing,
            )
        )
    homes = Household.objects.filter(community=community, ends_at=None, merged_into=None)
    return [
        HouseholdFacts(pk, tenure, tuple(members.get(pk, ())))
        for pk, tenure in homes.values_list("pk", "tenure")
    ]


def _definition(scheme: LabelScheme, labels: Sequence[Label]) -> SchemeDef:
    """Return a stored scheme as the rules take it; a rule that cannot be read gives nothing."""
    return SchemeDef(
        code=scheme.code,
        subject=scheme.subject,
        is_exclusive=scheme.is_exclusive,
        labels=tuple(
            LabelDef(
                str(label.pk),
                label.colour,
                label.sign,
                label.rank,
                rule=label.rule if not mistakes(label.rule, scheme.subject) else None,
            )
            for label in labels
        ),
    )


@transaction.atomic
def refresh_rule_marks(*, actor: Actor, community: int, now: datetime) -> int:
    """Let the marks by rule follow their facts (自动打标); return how many changed.

    Runs nightly and after acts that change facts. In a scheme of one colour a mark given by hand
    stands in for the rule while it lasts. Six queries and a few bulk writes, whatever the size.
    """
    schemes = list(LabelScheme.objects.filter(community=community).prefetch_related("labels"))
    if not schemes:
        return 0
    facts = facts_of(community, now)
    dwellings = _dwellings(community)
    held = _held(community, now)
    changed = 0
    for scheme in schemes:
        labels = {label.pk for label in scheme.labels.all()}
        own = [mark for mark in held if mark.label in labels]
        changed += _refresh_scheme(actor, scheme, own, facts, dwellings, now)
    if changed:
        record("residents.marks_refreshed", actor=actor, community=community, at=now, count=changed)
    return changed


def _dwellings(community: int) -> dict[tuple[str, int], int]:
    """Return the dwelling of every open household and of everybody who lives in one."""
    homes = Household.objects.filter(community=community, ends_at=None)
    people = Resident.objects.filter(community=community, merged_into=None, dwelling__isnull=False)
    found: dict[tuple[str, int], int] = {}
    for pk, dwelling in homes.values_list("pk", "dwelling_id"):
        found[Subject.HOUSEHOLD, pk] = dwelling
    for pk, home in people.values_list("pk", "dwelling_id"):
        found[Subject.PERSON, pk] = home or 0
    return found


class _Held(NamedTuple):
    """A mark that holds, without the model: thousands are read each night."""

    pk: int
    subject: int
    label: int
    is_manual: bool
    stands_in: bool  # given by hand and in force


def _held(community: int, now: datetime) -> list[_Held]:
    rows = LabelMark.objects.filter(
        holds_at(now), community=community, superseded_at=None
    ).values_list("pk", "household_id", "resident_id", "label_id", "is_manual", "approved_by")
    return [
        _Held(
            pk,
            household or resident or 0,
            label,
            is_manual,
            is_manual and (household is None or approved_by is not None),
        )
        for pk, household, resident, label, is_manual, approved_by in rows
    ]


def _refresh_scheme(
    actor: Actor,
    scheme: LabelScheme,
    held: Sequence[_Held],
    facts: Sequence[HouseholdFacts],
    dwellings: dict[tuple[str, int], int],
    now: datetime,
) -> int:
    hits: Iterable[Hit] = evaluate(_definition(scheme, list(scheme.labels.all())), facts)
    by_hand = {mark.subject for mark in held if mark.stands_in}
    if scheme.is_exclusive and by_hand:
        hits = [hit for hit in hits if hit.subject not in by_hand]
    by_rule = {(mark.subject, str(mark.label)): mark.pk for mark in held if not mark.is_manual}
    give, take = differences(by_rule, hits)
    gone: list[LabelMark] = []
    for part in chunks([by_rule[key] for key in take]):
        gone += LabelMark.objects.filter(pk__in=part)
    end(LabelMark, gone, at=now, now=now, actor=actor)
    is_household = scheme.subject == Subject.HOUSEHOLD
    insert_rows(
        LabelMark,
        (
            *("community", "dwelling", "household", "resident", "label", "is_manual"),
            *("because", "reason", "starts_at", "recorded_at", "source"),
        ),
        (
            (
                scheme.community_id,
                dwellings[scheme.subject, hit.subject],
                hit.subject if is_household else None,
                None if is_household else hit.subject,
                int(hit.label),
                False,
                {"facts": list(hit.because)},
                "",
                now,
                now,
                "rule",
            )
            for hit in give
            if (scheme.subject, hit.subject) in dwellings
        ),
    )
    return len(give) + len(take)


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
    if not is_household:
        refresh_rule_marks(actor=actor, community=community, now=now)
    return mark


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
    refresh_rule_marks(actor=actor, community=community, now=now)
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
    refresh_rule_marks(actor=actor, community=community, now=now)


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
