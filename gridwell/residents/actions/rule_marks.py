"""Marks by rule (自动打标) follow their facts: all of a community, or of the households an act touched."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from gridwell.accounts.rules.actor import Actor
from gridwell.audit.actions import record
from gridwell.core import clock
from gridwell.core.bulk import insert_rows
from gridwell.core.facts import holds_at
from gridwell.residents.actions.facts import chunks, end
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

#: Up to so many households an act brings up to date alone; beyond, the whole community is done.
FEW = 300


class _Scope(NamedTuple):
    """Whom a refresh is about; `homes` None means everybody of the community."""

    community: int
    homes: frozenset[int] | None = None
    people: frozenset[int] = frozenset()

    def of_homes(self, field: str) -> Iterable[Q]:
        """Return the conditions that rows of these households meet, each short enough to ask."""
        if self.homes is None:
            return [Q(community=self.community)]
        return [
            Q(community=self.community, **{f"{field}__in": part})
            for part in chunks(sorted(self.homes))
        ]

    def of_people(self, field: str) -> Iterable[Q]:
        """Return the conditions that rows of these people meet."""
        if self.homes is None:
            return [Q(community=self.community)]
        return [
            Q(community=self.community, **{f"{field}__in": part})
            for part in chunks(sorted(self.people))
        ]


def facts_of(community: int, now: datetime) -> list[HouseholdFacts]:
    """Return what label rules see of a community: open households with members; three queries."""
    return _facts(_Scope(community), now)


def _facts(scope: _Scope, now: datetime) -> list[HouseholdFacts]:
    today = clock.day_of(now)
    words: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for these in scope.of_people("resident"):
        for resident, code, value in Trait.objects.filter(
            holds_at(now), these, superseded_at=None
        ).values_list("resident_id", "code", "value"):
            words[resident].append((code, value))
    members: dict[int, list[PersonFacts]] = defaultdict(list)
    nothing: frozenset[str] = frozenset()
    for these in scope.of_homes("household"):
        rows = Membership.objects.filter(
            these,
            superseded_at=None,
            ends_at=None,
            kind="lives",
            resident__merged_into=None,
        ).values_list("household_id", "resident_id", "resident__birth_on", "resident__sex")
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
    return [
        HouseholdFacts(pk, tenure, tuple(members.get(pk, ())))
        for these in scope.of_homes("pk")
        for pk, tenure in Household.objects.filter(
            these, ends_at=None, merged_into=None
        ).values_list("pk", "tenure")
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
    """Let the marks by rule of a community follow their facts; return how many changed.

    Runs nightly, after an import and where a rule changes. In a scheme of one colour a mark given by
    hand stands in for the rule while it lasts. Six queries and a few bulk writes, whatever the size.
    """
    return _refresh(actor, _Scope(community), now)


@transaction.atomic
def refresh_marks_of(
    *,
    actor: Actor,
    community: int,
    now: datetime,
    residents: Collection[int] = (),
    households: Collection[int] = (),
) -> int:
    """Let the marks by rule of what an act touched follow at once; return how many changed.

    People are seen with all of the household they live in. `households` names those that somebody
    has left as well. Many at once are brought up to date with the whole community.
    """
    homes = set(households)
    for part in chunks(sorted(residents)):
        homes.update(
            Membership.objects.filter(
                community=community,
                resident__in=part,
                superseded_at=None,
                ends_at=None,
                kind="lives",
            ).values_list("household_id", flat=True)
        )
    if len(homes) > FEW or len(residents) > 4 * FEW:
        return refresh_rule_marks(actor=actor, community=community, now=now)
    people = set(residents)
    if homes:
        people.update(
            Membership.objects.filter(
                community=community, household__in=homes, superseded_at=None, ends_at=None
            ).values_list("resident_id", flat=True)
        )
    return _refresh(actor, _Scope(community, frozenset(homes), frozenset(people)), now)


def _refresh(actor: Actor, scope: _Scope, now: datetime) -> int:
    community = scope.community
    schemes = list(LabelScheme.objects.filter(community=community).prefetch_related("labels"))
    if not schemes:
        return 0
    facts = _facts(scope, now)
    dwellings = _dwellings(scope)
    held = _held(scope, now)
    changed = 0
    for scheme in schemes:
        labels = {label.pk for label in scheme.labels.all()}
        own = [mark for mark in held if mark.label in labels]
        changed += _refresh_scheme(actor, scheme, own, facts, dwellings, now)
    if changed:
        record("residents.marks_refreshed", actor=actor, community=community, at=now, count=changed)
    return changed


def _dwellings(scope: _Scope) -> dict[tuple[str, int], int]:
    """Return the dwelling of every open household and of everybody who lives in one."""
    found: dict[tuple[str, int], int] = {}
    for these in scope.of_homes("pk"):
        homes = Household.objects.filter(these, ends_at=None)
        for pk, dwelling in homes.values_list("pk", "dwelling_id"):
            found[Subject.HOUSEHOLD, pk] = dwelling
    for these in scope.of_people("pk"):
        people = Resident.objects.filter(these, merged_into=None, dwelling__isnull=False)
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


def _held(scope: _Scope, now: datetime) -> list[_Held]:
    rows: list[tuple[int, int | None, int | None, int, bool, int | None]] = []
    conditions = [*scope.of_homes("household"), *scope.of_people("resident")]
    for these in conditions if scope.homes is not None else conditions[:1]:
        rows += LabelMark.objects.filter(holds_at(now), these, superseded_at=None).values_list(
            "pk", "household_id", "resident_id", "label_id", "is_manual", "approved_by"
        )
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
