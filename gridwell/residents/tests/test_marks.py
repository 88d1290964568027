"""Labels: schemes, marks by rule that follow their facts, marks by hand and the second person."""

from datetime import UTC, date, datetime, timedelta

import pytest

from gridwell.accounts.rules.actor import Actor
from gridwell.accounts.tests.make import make_actor
from gridwell.audit.models import AuditEntry
from gridwell.core.errors import RuleBroken
from gridwell.core.facts import holds_at, known_at
from gridwell.places.tests.make import COMMUNITY, make_dwelling
from gridwell.residents import wording
from gridwell.residents.actions import circumstances, marks
from gridwell.residents.jobs import refresh_all_marks
from gridwell.residents.models import Household, Label, LabelMark, LabelScheme
from gridwell.residents.rules.labels import is_rule_sound
from gridwell.residents.rules.rule_parts import RuleParts, parts_of, rule_of
from gridwell.residents.tests.make import make_household, make_resident

NOW = datetime(2022, 11, 23, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def colour_of(
    household: Household, at: datetime = LATER, known: datetime | None = None
) -> set[str]:
    """The five-colour labels a household carries, as known now or at an instant."""
    rows = LabelMark.objects.filter(
        known_at(known), holds_at(at), household=household, label__scheme__code="five_colours"
    )
    return {mark.label.code for mark in rows if not mark.is_manual or mark.approved_by is not None}


@pytest.fixture
def home(officer: Actor) -> Household:
    household = make_household()
    make_resident(household=household, birth_on=date(1990, 1, 1))
    make_resident(household=household, name="李梅", birth_on=date(1991, 1, 1))
    marks.apply_default_schemes(actor=officer, community=COMMUNITY, now=NOW)
    marks.refresh_rule_marks(actor=officer, community=COMMUNITY, now=NOW)
    return household


def refused(code: str):
    return pytest.raises(RuleBroken, match=f"^residents.{code}$")


def green() -> Label:
    return Label.objects.get(scheme__code="five_colours", code="green")


def test_schemes_are_given_once(officer: Actor, home: Household) -> None:
    assert LabelScheme.objects.count() == 3
    assert marks.apply_default_schemes(actor=officer, community=COMMUNITY, now=NOW) == 0
    assert LabelScheme.objects.filter(is_board_scheme=True).count() == 1
    assert not LabelScheme.objects.get(code="warm_hearts").is_exclusive


def test_marks_follow_their_facts_and_keep_history(officer: Actor, home: Household) -> None:
    assert colour_of(home) == {"green"}
    person = home.memberships.first().resident
    circumstances.add_trait(
        actor=officer, community=COMMUNITY, resident_ids=[person.pk], code="pregnant", now=LATER
    )
    after = LATER + timedelta(minutes=1)
    before = LATER - timedelta(minutes=1)
    assert colour_of(home, LATER) == {"yellow"}  # in the act itself
    assert colour_of(home, before) == {"green"}
    assert colour_of(home, after, known=before) == {"green"}  # what was known before
    assert marks.refresh_rule_marks(actor=officer, community=COMMUNITY, now=after) == 0


def test_a_birthday_changes_the_colour(officer: Actor, home: Household) -> None:
    person = home.memberships.first().resident
    person.birth_on = date(1962, 11, 24)
    person.save(update_fields=["birth_on"])
    marks.refresh_rule_marks(actor=officer, community=COMMUNITY, now=LATER)
    assert colour_of(home) == {"green"}

    class Job:
        def report(self, done: int, total: int) -> None:
            assert done <= total

    tomorrow = NOW + timedelta(days=1)
    marks.refresh_rule_marks(actor=officer, community=COMMUNITY, now=tomorrow)
    assert colour_of(home, tomorrow) == {"yellow"}
    refresh_all_marks(Job())


def test_a_household_colour_by_hand_needs_a_second_person(
    officer: Actor, home: Household, grid_worker: Actor
) -> None:
    Household.objects.filter(pk=home.pk).update(tenure="rented")
    marks.refresh_rule_marks(actor=officer, community=COMMUNITY, now=NOW)
    give = {"actor": officer, "label": green(), "household": home, "now": LATER}
    end = LATER + timedelta(days=30)
    with refused("no_reason"):
        marks.give_mark(reason=" ", ends_at=end, **give)
    with refused("no_end"):
        marks.give_mark(reason="自住亲属", ends_at=None, **give)
    with refused("no_end"):
        marks.give_mark(reason="自住亲属", ends_at=LATER, **give)
    with refused("wrong_subject"):
        marks.give_mark(
            actor=officer, label=green(), reason="x", ends_at=end, now=LATER, household=None
        )
    mark = marks.give_mark(reason="自住亲属", ends_at=end, **give)
    assert colour_of(home) == {"blue"}
    with refused("same_person"):
        marks.approve_mark(actor=officer, mark=mark, now=LATER)
    with refused("not_allowed"):
        marks.approve_mark(actor=grid_worker, mark=mark, now=LATER)
    second = make_actor(username="second")
    at = LATER + timedelta(minutes=5)
    live = marks.approve_mark(actor=second, mark=mark, now=at)
    assert colour_of(home, at) == {"green"}
    entry = AuditEntry.objects.get(act="residents.mark_approved")
    assert entry.facts["proposed_by"] == officer.user_id
    with refused("changed_meanwhile"):
        marks.approve_mark(actor=second, mark=LabelMark.objects.get(pk=live.pk), now=at)
    # When its end comes the rule rules again.
    after = end + timedelta(hours=1)
    marks.refresh_rule_marks(actor=officer, community=COMMUNITY, now=after)
    assert colour_of(home, after) == {"blue"}


def test_a_mark_by_hand_is_ended_with_a_reason(officer: Actor, home: Household) -> None:
    end = LATER + timedelta(days=30)
    mark = marks.give_mark(
        actor=officer, label=green(), household=home, reason="x", ends_at=end, now=NOW
    )
    with refused("no_reason"):
        marks.end_mark(actor=officer, mark=mark, reason="", now=LATER)
    marks.end_mark(actor=officer, mark=mark, reason="提错了", now=LATER)
    mark.refresh_from_db()
    with refused("changed_meanwhile"):
        marks.end_mark(actor=officer, mark=mark, reason="x", now=LATER)
    person = home.memberships.first().resident
    heart = Label.objects.get(code="fourth")
    mine = marks.give_mark(
        actor=officer, label=heart, resident=person, reason="术后", ends_at=end, now=NOW
    )
    assert LabelMark.objects.filter(pk=mine.pk, superseded_at=None).exists()
    marks.end_mark(actor=officer, mark=mine, reason="已康复", now=LATER)
    assert not LabelMark.objects.filter(holds_at(LATER), label=heart, superseded_at=None).exists()
    away = make_resident(household=make_household(dwelling=make_dwelling(room="102")))
    away.dwelling_id = None
    with refused("lives_nowhere"):
        marks.give_mark(actor=officer, label=heart, resident=away, reason="x", ends_at=end, now=NOW)


def test_editing_a_label_changes_marks_at_once(
    officer: Actor, home: Household, grid_worker: Actor
) -> None:
    yellow = Label.objects.get(scheme__code="five_colours", code="yellow")
    edit = {"label": yellow, "name": "关怀", "rank": 3, "now": LATER}
    rule = {"member": {"age": {"from": 30}}}
    with refused("not_allowed"):
        marks.edit_label(actor=grid_worker, sign="关", colour="yellow", rule=rule, **edit)
    with refused("no_sign"):
        marks.edit_label(actor=officer, sign=" ", colour="yellow", rule=rule, **edit)
    with refused("unknown_colour"):
        marks.edit_label(actor=officer, sign="关", colour="gold", rule=rule, **edit)
    with refused("bad_rule"):
        marks.edit_label(actor=officer, sign="关", colour="yellow", rule={"age": 1}, **edit)
    marks.edit_label(actor=officer, sign="关", colour="yellow", rule=rule, **edit)
    assert colour_of(home) == {"yellow"}


@pytest.mark.parametrize("subject", ["household", "person"])
@pytest.mark.parametrize(
    "parts",
    [
        RuleParts(),
        RuleParts(traits=("disabled", "pregnant")),
        RuleParts(age_from=60),
        RuleParts(age_from=60, age_to=79, traits=("illness",), tenures=("rented",)),
        RuleParts(lives_alone=True, age_from=65),
    ],
)
def test_ticked_conditions_become_a_rule_and_back(subject: str, parts: RuleParts) -> None:
    rule = rule_of(parts, subject)
    assert parts_of(rule, subject) == parts
    assert rule is None or is_rule_sound(rule, subject)
    assert bool(wording.rule_words(rule)) is not parts.is_empty


def test_a_richer_rule_is_not_taken_apart(officer: Actor, home: Household) -> None:
    orange = Label.objects.get(scheme__code="five_colours", code="orange")
    assert parts_of(orange.rule, "household") is None
    assert wording.rule_words(orange.rule)
