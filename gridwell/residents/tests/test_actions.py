"""Acts on people and households: each refusal once, what is written, and the history."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from gridwell.accounts.rules.actor import Actor
from gridwell.audit.models import AuditEntry
from gridwell.core import clock, ids
from gridwell.core.errors import RuleBroken
from gridwell.core.facts import holds_at, known_at
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY, make_dwelling, make_grid
from gridwell.residents import queries
from gridwell.residents.actions import circumstances, households, many, merging, objections, people
from gridwell.residents.actions.people import Person
from gridwell.residents.models import Household, Membership, Phone, Presence, Resident, Trait
from gridwell.residents.rules.identity import check_digit
from gridwell.residents.tests.make import SINCE, make_household, make_resident

NOW = datetime(2022, 11, 23, 12, tzinfo=UTC)
ID = "14010019800101813"
ID += check_digit(ID)
GOOD = Person(name="张小华", document=ID, phones=("13912348876",))


def known(model, holding: datetime, *, at: datetime | None = None):
    """What holds at an instant, as known now or at another instant."""
    return model.objects.filter(known_at(at), holds_at(holding))


def refused(code: str):
    return pytest.raises(RuleBroken, match=f"^residents.{code}$")


def test_register_writes_person_phone_membership_and_keys(officer: Actor) -> None:
    home = make_household()
    person = people.register_resident(
        actor=officer, household=home, person=GOOD, relation="户主", is_head=True, now=NOW
    )
    assert (person.pinyin, person.initials) == ("zhangxiaohua", "zxh")
    assert (person.sex, person.birth_on) == ("male", date(1980, 1, 1))
    assert Phone.objects.get(resident=person).number == "13912348876"
    row = Membership.objects.get(resident=person)
    assert (row.is_head, row.starts_at, row.dwelling_id) == (True, NOW, home.dwelling_id)
    assert AuditEntry.objects.get(act="residents.registered").subject == person.pk


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "  "}, "no_name"),
        ({"document": "", "birth_on": date(2023, 1, 1)}, "birth_in_future"),
        ({"phones": ("139123",)}, "bad_phone"),
        ({"document": ID[:-2]}, "bad_document"),
        ({"birth_on": date(1981, 1, 1)}, "birth_contradicts"),
        ({"sex": "female"}, "sex_contradicts"),
    ],
)
def test_register_refuses(officer: Actor, change: dict, code: str) -> None:
    home = make_household()
    with refused(code):
        people.register_resident(
            actor=officer, household=home, person=replace(GOOD, **change), now=NOW
        )
    assert not Resident.objects.exists()


def test_register_refuses_a_taken_document_and_a_second_head(
    officer: Actor, other_officer: Actor
) -> None:
    home = make_household()
    people.register_resident(actor=officer, household=home, person=GOOD, is_head=True, now=NOW)
    with refused("document_taken"):
        people.register_resident(
            actor=officer, household=home, person=replace(GOOD, name="李"), now=NOW
        )
    with refused("has_head"):
        people.register_resident(
            actor=officer, household=home, person=Person(name="李四"), is_head=True, now=NOW
        )
    with refused("unknown_kind"):
        people.register_resident(
            actor=officer, household=home, person=Person(name="李四"), kind="guest", now=NOW
        )
    with refused("not_allowed"):
        people.register_resident(
            actor=other_officer, household=home, person=Person(name="李四"), now=NOW
        )


def test_correct_needs_a_reason_for_numbers_and_sees_what_changed_meanwhile(
    officer: Actor,
) -> None:
    person = make_resident(name="王小明")
    seen = person.changed_at
    correct = {"actor": officer, "resident": person, "now": NOW}
    fresh = Person(name="王晓明", sex="male", birth_on=person.birth_on)
    assert people.correct_resident(person=fresh, seen_at=seen, **correct) == ("name",)
    assert person.initials == "wxm"
    with refused("changed_meanwhile"):
        people.correct_resident(person=replace(fresh, name="王明"), seen_at=seen, **correct)
    phoned = replace(fresh, phones=("13912348876",))
    with refused("no_reason"):
        people.correct_resident(person=phoned, seen_at=person.changed_at, **correct)
    fields = people.correct_resident(
        person=phoned, seen_at=person.changed_at, reason="本人来电更正", **correct
    )
    assert fields == ("phones",)
    entry = AuditEntry.objects.filter(act="residents.corrected").last()
    assert entry.facts == {"fields": ["phones"]}
    assert entry.reason == "本人来电更正"
    assert people.correct_resident(person=phoned, seen_at=person.changed_at, **correct) == ()


def test_move_out_keeps_history_and_ends_an_empty_household(officer: Actor) -> None:
    home = make_household()
    head = make_resident(household=home, is_head=True)
    other = make_resident(household=home, name="王小红")
    with refused("needs_head"):
        households.move_out(actor=officer, residents=[head], at=NOW, now=NOW)
    households.move_out(actor=officer, residents=[head], at=NOW, now=NOW, new_head=other)
    assert known(Membership, NOW).get(household=home, is_head=True).resident == other
    # The row that said "lives here, open" stays as it was known before.
    before = known(Membership, NOW, at=NOW - timedelta(days=1)).filter(resident=head)
    assert [row.ends_at for row in before] == [None]
    households.move_out(actor=officer, residents=[other], at=NOW, now=NOW + timedelta(hours=1))
    home.refresh_from_db()
    assert home.ends_at is not None
    assert Place.objects.get(pk=home.dwelling_id).is_vacant
    assert Resident.objects.get(pk=head.pk).dwelling_id is None
    with refused("lives_nowhere"):
        households.move_out(actor=officer, residents=[other], at=NOW, now=NOW)
    with refused("nobody"):
        households.move_out(actor=officer, residents=[], at=NOW, now=NOW)
    with refused("in_future"):
        households.move_out(actor=officer, residents=[other], at=NOW + timedelta(days=1), now=NOW)


def test_move_in_from_one_household_to_another(officer: Actor) -> None:
    old = make_household(dwelling=make_dwelling(room="101"))
    new = make_household(dwelling=make_dwelling(room="102"))
    person = make_resident(household=old, is_head=True, phone="13912348876")
    households.move_in(actor=officer, resident=person, household=new, at=NOW, now=NOW)
    person.refresh_from_db()
    old.refresh_from_db()
    assert person.dwelling_id == new.dwelling_id
    assert Phone.objects.get(resident=person).dwelling_id == new.dwelling_id
    assert old.ends_at == NOW
    again = {"actor": officer, "resident": person, "at": NOW, "now": NOW}
    with refused("lives_here_already"):
        households.move_in(household=new, **again)
    with refused("household_ended"):
        households.move_in(household=old, **again)
    with refused("in_future"):
        households.move_in(
            actor=officer, resident=person, household=new, at=NOW + timedelta(1), now=NOW
        )


def test_somebody_may_be_registered_in_one_household_and_live_in_another(officer: Actor) -> None:
    lives = make_household(dwelling=make_dwelling(room="101"))
    registered = make_household(dwelling=make_dwelling(room="102"))
    person = make_resident(household=lives)
    households.move_in(
        actor=officer,
        resident=person,
        household=registered,
        kind="registered_only",
        at=NOW,
        now=NOW,
    )
    person.refresh_from_db()
    assert person.dwelling_id == lives.dwelling_id
    assert queries.household_of_resident(person) == lives


def test_split_and_merge_back(officer: Actor) -> None:
    home = make_household()
    head = make_resident(household=home, is_head=True)
    son = make_resident(household=home, name="王小刚", relation="子")
    split = {"actor": officer, "household": home, "at": NOW, "now": NOW}
    with refused("nobody"):
        households.split_household(residents=[], head=None, **split)
    with refused("nobody_left"):
        households.split_household(residents=[head, son], head=son, **split)
    with refused("needs_head"):
        households.split_household(residents=[son], head=None, **split)
    own = households.split_household(residents=[son], head=son, **split)
    assert [m.resident_id for m in queries.members_of([own.pk], COMMUNITY)[own.pk]] == [son.pk]
    later = NOW + timedelta(days=1)
    merge = {"actor": officer, "at": later, "now": later}
    with refused("no_reason"):
        households.merge_households(gone=own, kept=home, reason="", **merge)
    with refused("merge_itself"):
        households.merge_households(gone=own, kept=own, reason="x", **merge)
    households.merge_households(gone=own, kept=home, reason="又住回一起", **merge)
    assert len(queries.members_of([home.pk], COMMUNITY)[home.pk]) == 2
    assert queries.access_household(officer, COMMUNITY, own.pk) == home
    own.refresh_from_db()
    with refused("household_ended"):
        households.merge_households(gone=own, kept=home, reason="x", **merge)
    households.undo_household_merge(actor=officer, gone=own, now=later + timedelta(hours=1))
    assert [m.resident_id for m in queries.members_of([own.pk], COMMUNITY)[own.pk]] == [son.pk]
    assert Membership.objects.get(household=own, ends_at=None, superseded_at=None).is_head
    with refused("changed_meanwhile"):
        households.undo_household_merge(actor=officer, gone=own, now=later)


def test_death_ends_what_was_open_and_needs_a_new_head(officer: Actor) -> None:
    home = make_household()
    head = make_resident(household=home, is_head=True)
    wife = make_resident(household=home, name="李梅")
    circumstances.add_trait(
        actor=officer, community=COMMUNITY, resident_ids=[head.pk], code="disabled", now=SINCE
    )
    died = {"actor": officer, "resident": head, "now": NOW}
    with refused("death_in_future"):
        people.record_death(died_on=date(2022, 12, 1), **died)
    with refused("needs_head"):
        people.record_death(died_on=date(2022, 11, 22), **died)
    people.record_death(died_on=date(2022, 11, 22), new_head=wife, **died)
    assert not Trait.objects.filter(ends_at=None, superseded_at=None).exists()
    assert known(Membership, NOW).get(resident=wife).is_head
    with refused("changed_meanwhile"):
        people.record_death(died_on=date(2022, 11, 22), **died)
    head.refresh_from_db()
    with refused("has_died"):
        households.move_in(actor=officer, resident=head, household=home, at=NOW, now=NOW)


def test_change_head_is_dated(officer: Actor) -> None:
    home = make_household()
    old = make_resident(household=home, is_head=True)
    new = make_resident(household=home, name="李梅")
    stranger = make_resident(household=make_household(dwelling=make_dwelling(room="102")))
    change = {"actor": officer, "household": home, "at": NOW, "now": NOW}
    with refused("not_a_member"):
        households.change_head(resident=stranger, **change)
    with refused("in_future"):
        households.change_head(
            actor=officer, household=home, resident=new, at=NOW + timedelta(1), now=NOW
        )
    households.change_head(resident=new, **change)
    was = known(Membership, NOW - timedelta(days=1)).get(is_head=True)
    now = known(Membership, NOW).get(household=home, is_head=True)
    assert (was.resident, now.resident) == (old, new)
    households.change_head(resident=new, **change)
    assert AuditEntry.objects.filter(act="residents.head_changed").count() == 1


def test_traits_are_added_once_and_ended_with_history(officer: Actor) -> None:
    person = make_resident()
    many_of = {"actor": officer, "community": COMMUNITY, "resident_ids": [person.pk]}
    add = circumstances.add_trait
    assert add(code="illness", value="stable", now=SINCE, **many_of) == 1
    assert add(code="illness", value="stable", now=NOW, **many_of) == 0
    assert add(code="illness", value="unstable", now=NOW, **many_of) == 1
    assert known(Trait, NOW).get().value == "unstable"
    assert known(Trait, SINCE).get().value == "stable"
    with refused("unknown_trait"):
        add(code="rich", now=NOW, **many_of)
    with refused("unknown_value"):
        add(code="illness", value="sometimes", now=NOW, **many_of)
    later = NOW + timedelta(days=1)
    assert circumstances.end_trait(code="illness", now=later, **many_of) == 1
    assert not known(Trait, later).exists()
    assert known(Trait, later, at=NOW).exists()  # as known before the end


def test_presence(officer: Actor) -> None:
    person = make_resident()
    many_of = {"actor": officer, "community": COMMUNITY, "resident_ids": [person.pk], "now": NOW}
    with refused("ends_before_it_starts"):
        circumstances.set_away(ends_at=NOW, **many_of)
    assert circumstances.set_away(whereabouts="临汾", **many_of) == 1
    assert Presence.objects.filter(superseded_at=None).get().whereabouts == "临汾"
    back = {**many_of, "now": NOW + timedelta(days=2)}
    assert circumstances.set_back(**back) == 1
    assert circumstances.set_back(**back) == 0
    assert Presence.objects.filter(superseded_at=None).get().ends_at == NOW + timedelta(days=2)


@pytest.mark.parametrize("kind", many.KINDS)
def test_bulk_edit(officer: Actor, kind: str) -> None:
    home = make_household()
    ids = [make_resident(household=home, name=f"王{n}").pk for n in "一二三"]
    grid = make_grid()
    code = {"trait_on": "disabled", "trait_off": "disabled", "tenure": "rented", "grid": grid.pk}
    change = many.Change(kind, code=str(code.get(kind, "")))
    if kind == "trait_off":
        circumstances.add_trait(
            actor=officer, community=COMMUNITY, resident_ids=ids, code="disabled", now=SINCE
        )
    if kind == "back":
        circumstances.set_away(actor=officer, community=COMMUNITY, resident_ids=ids, now=SINCE)
    effect = many.preview_change(COMMUNITY, ids, change)
    assert (effect.people, effect.households, effect.dwellings) == (3, 1, 1)
    acts = AuditEntry.objects.count()
    assert (
        many.change_many(actor=officer, community=COMMUNITY, residents=ids, change=change, now=NOW)
        >= 1
    )
    assert AuditEntry.objects.count() == acts + 1


def test_bulk_edit_refusals(officer: Actor) -> None:
    person = make_resident()
    for residents, change, code in (
        ([], many.Change("back"), "nobody"),
        ([person.pk], many.Change("paint"), "unknown_change"),
        ([person.pk], many.Change("grid", code="99"), "no_such_grid"),
        ([person.pk], many.Change("tenure", code="stolen"), "unknown_tenure"),
    ):
        with refused(code):
            many.change_many(
                actor=officer, community=COMMUNITY, residents=residents, change=change, now=NOW
            )
    with refused("unknown_change"):
        many.preview_change(COMMUNITY, [person.pk], many.Change("paint"))


def test_merge_residents_and_undo(officer: Actor) -> None:
    home = make_household()
    kept = make_resident(household=home, document=ID)
    gone = make_resident(household=home, phone="13912348876")
    circumstances.add_trait(
        actor=officer, community=COMMUNITY, resident_ids=[gone.pk], code="disabled", now=SINCE
    )
    preview = merging.preview_merge(gone, kept)
    assert set(preview.differing) == {"document", "document_kind"}
    assert (preview.traits, preview.phones) == (1, 1)
    with refused("no_reason"):
        merging.merge_residents(actor=officer, gone=gone, kept=kept, reason=" ", now=NOW)
    merging.merge_residents(actor=officer, gone=gone, kept=kept, reason="重复登记", now=NOW)
    assert queries.access_resident(officer, COMMUNITY, gone.pk) == kept
    file = queries.household_file(home, NOW)
    assert len(file.members) == 1
    assert file.members[0].phones == ["13912348876"]
    assert [t.code for t in file.members[0].traits] == ["disabled"]
    assert queries.survivors_of(COMMUNITY) == {gone.pk: kept.pk}
    with refused("changed_meanwhile"):
        merging.merge_residents(actor=officer, gone=gone, kept=kept, reason="x", now=NOW)
    later = NOW + timedelta(hours=1)
    merging.undo_merge(actor=officer, gone=gone, now=later)
    assert len(queries.household_file(home, later).members) == 2
    with refused("changed_meanwhile"):
        merging.undo_merge(actor=officer, gone=gone, now=later)


def test_merge_refuses_what_is_two_people(officer: Actor) -> None:
    home = make_household()
    one = make_resident(household=home, document=ID)
    other = make_resident(household=home, document="14010019900101813X")
    with refused("two_documents"):
        merging.preview_merge(one, other)
    with refused("merge_itself"):
        merging.preview_merge(one, one)
    alone = make_resident(household=make_household(dwelling=make_dwelling(room="103")))
    households.move_out(actor=officer, residents=[alone], at=NOW, now=NOW)
    with refused("keep_who_lives_here"):
        merging.preview_merge(one, alone)


def test_open_household_refusals(officer: Actor) -> None:
    dwelling = make_dwelling()
    with refused("no_dwelling"):
        households.open_household(actor=officer, dwelling=dwelling.building, now=NOW)
    with refused("unknown_tenure"):
        households.open_household(actor=officer, dwelling=dwelling, tenure="x", now=NOW)
    home = households.open_household(actor=officer, dwelling=dwelling, tenure="rented", now=NOW)
    assert Household.objects.get().pk == home.pk


def test_objections_are_due_and_answered_once(officer: Actor, grid_worker: Actor) -> None:
    home = make_household()
    enter = {"actor": officer, "household": home, "now": NOW}
    with refused("no_words"):
        objections.enter_objection(words=" ", about="label", **enter)
    with refused("unknown_subject"):
        objections.enter_objection(words="不对", about="weather", **enter)
    objection = objections.enter_objection(words="我家不是出租户", about="label", **enter)
    assert objection.due_at == NOW + timedelta(days=3)
    answer = {"objection": objection, "now": NOW}
    with refused("not_allowed"):
        objections.answer_objection(actor=grid_worker, outcome="rejected", answer="x", **answer)
    with refused("unknown_outcome"):
        objections.answer_objection(actor=officer, outcome="maybe", answer="x", **answer)
    with refused("no_words"):
        objections.answer_objection(actor=officer, outcome="upheld", answer="", **answer)
    objections.answer_objection(actor=officer, outcome="upheld", answer="已核实更正", **answer)
    with refused("changed_meanwhile"):
        objections.answer_objection(actor=officer, outcome="upheld", answer="x", **answer)


def test_nothing_is_dated_before_it_began(officer: Actor) -> None:
    """Who lived somewhere stays in the history; a day before that is a slip, and refused."""
    home = make_household()
    head = make_resident(household=home, is_head=True)
    son = make_resident(household=home, name="王小刚")
    early = SINCE - timedelta(days=1)
    when = {"actor": officer, "at": early, "now": NOW}
    with refused("before_membership"):
        households.move_out(residents=[head], new_head=son, **when)
    with refused("before_membership"):
        households.move_out(residents=[son], **when)
    with refused("before_membership"):
        households.split_household(household=home, residents=[son], head=son, **when)
    with refused("before_membership"):
        households.change_head(household=home, resident=son, **when)
    other = make_household()
    with refused("before_membership"):
        households.move_in(resident=son, household=other, **when)
    guest = make_resident(household=other, name="李梅")
    with refused("before_membership"):
        households.merge_households(gone=other, kept=home, reason="住在一起", **when)
    many_of = {"actor": officer, "community": COMMUNITY, "resident_ids": [son.pk]}
    circumstances.add_trait(code="disabled", now=NOW, starts_at=SINCE, **many_of)
    with refused("before_trait"):
        circumstances.end_trait(code="disabled", at=early, now=NOW, **many_of)
    assert Membership.objects.filter(superseded_at=None, ends_at=None).count() == 3
    assert Trait.objects.get().ends_at is None
    assert guest.dwelling_id == other.dwelling_id


def test_a_death_before_a_known_move_is_refused_and_before_an_entry_is_kept(
    officer: Actor,
) -> None:
    moved = make_resident(name="王小刚")
    entered = make_resident(name="李梅")
    day = clock.start_of(date(2022, 11, 20))
    Membership.objects.filter(resident=moved).update(starts_at=day)
    Membership.objects.filter(resident=entered).update(starts_at=day + timedelta(hours=9))
    died = {"actor": officer, "died_on": date(2022, 11, 10), "now": NOW}
    with refused("before_membership"):
        people.record_death(resident=moved, **died)
    people.record_death(resident=entered, **died)
    row = Membership.objects.get(resident=entered, superseded_at=None)
    assert (row.ends_at, row.end_reason) == (NOW, "died")
    assert entered.died_on == date(2022, 11, 10)


def test_a_form_sent_twice_enters_one_person_and_two_alike_are_asked_about(officer: Actor) -> None:
    home = make_household()
    ref = ids.new_ref()
    new = {"actor": officer, "household": home, "now": NOW}
    person = Person(name="张小华", birth_on=date(2001, 2, 3))
    first = people.register_resident(person=person, ref=ref, **new)
    assert people.register_resident(person=person, ref=ref, **new) == first
    assert AuditEntry.objects.filter(act="residents.registered").count() == 1
    with refused("same_name_here"):
        people.register_resident(person=person, ref=ids.new_ref(), **new)
    twin = people.register_resident(person=person, ref=ids.new_ref(), is_another=True, **new)
    assert twin != first
    people.register_resident(person=replace(person, birth_on=date(2001, 2, 4)), **new)
    assert Resident.objects.filter(name="张小华").count() == 3


def test_register_refuses_a_start_that_lies_ahead(officer: Actor) -> None:
    with refused("in_future"):
        people.register_resident(
            actor=officer,
            household=make_household(),
            person=GOOD,
            starts_at=NOW + timedelta(days=1),
            now=NOW,
        )
    assert not Resident.objects.exists()
