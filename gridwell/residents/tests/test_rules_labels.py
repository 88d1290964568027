"""Labels by rule: the default schemes, the language, explanations and daily differences."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridwell.residents.rules.labels import (
    HouseholdFacts,
    LabelDef,
    PersonFacts,
    SchemeDef,
    Subject,
    differences,
    evaluate,
    is_rule_sound,
    legend,
    mistakes,
    top,
)
from gridwell.residents.rules.schemes import (
    DEFAULT_SCHEMES,
    ELDER_SCORE,
    FIVE_COLOURS,
    WARM_HEARTS,
)
from gridwell.residents.rules.traits import words


def person(age: int | None = 40, *traits: str, id: int = 1, sex: str = "female") -> PersonFacts:
    pairs = [(t.partition(":")[0], t.partition(":")[2]) for t in traits]
    return PersonFacts(id, 1, age, sex, words(pairs))


def home(*members: PersonFacts, tenure: str = "owned") -> HouseholdFacts:
    numbered = tuple(m._replace(id=n) for n, m in enumerate(members, start=1))
    return HouseholdFacts(1, tenure, numbered)


def given_to(scheme: SchemeDef, household: HouseholdFacts) -> list[str]:
    return [hit.label for hit in evaluate(scheme, [household])]


COLOURS = [
    ("nothing special", home(person(), person(30)), "green"),
    ("rented", home(person(), tenure="rented"), "blue"),
    ("over sixty", home(person(59), person(60)), "yellow"),
    ("pregnant", home(person(30, "pregnant"), person(), tenure="rented"), "yellow"),
    ("very old", home(person(80), person()), "orange"),
    ("79 with family", home(person(79), person()), "yellow"),
    ("65 alone", home(person(65)), "orange"),
    ("64 alone", home(person(64)), "yellow"),
    ("30 alone", home(person(30)), "green"),
    ("said to live alone", home(person(70, "lives_alone"), person(5)), "orange"),
    ("disabled", home(person(30, "disabled"), person()), "orange"),
    ("cannot walk", home(person(30, "cannot_walk"), person()), "orange"),
    ("low allowance", home(person(30, "low_allowance"), person(90)), "red"),
    ("destitute", home(person(30, "destitute")), "red"),
    ("ill", home(person(30, "illness:stable"), tenure="rented"), "red"),
    ("age unknown", home(person(None), person(None)), "green"),
    ("party member", home(person(30, "party_member", "employer:厂")), "green"),
]


@pytest.mark.parametrize(("name", "household", "colour"), COLOURS, ids=[c[0] for c in COLOURS])
def test_five_colours_of_a_household(name: str, household: HouseholdFacts, colour: str) -> None:
    assert given_to(FIVE_COLOURS, household) == [colour]


def test_a_dwelling_without_people_has_no_colour() -> None:
    assert given_to(FIVE_COLOURS, home()) == []


MARKS = [
    ("old and alone", home(person(70)), ["pink"]),
    ("very old, alone, disabled", home(person(85, "disabled")), ["pink", "orange", "rose"]),
    ("old with family", home(person(70), person(40)), []),
    ("young and alone", home(person(30)), []),
    ("very old with family", home(person(80), person(40)), ["rose"]),
]


@pytest.mark.parametrize(("name", "household", "wanted"), MARKS, ids=[m[0] for m in MARKS])
def test_seven_marks_and_several_at_once(
    name: str, household: HouseholdFacts, wanted: list[str]
) -> None:
    assert given_to(WARM_HEARTS, household) == wanted


def test_four_of_the_seven_marks_wait_for_their_name() -> None:
    unnamed = [label for label in WARM_HEARTS.labels if not label.zh]
    assert len(WARM_HEARTS.labels) == 7
    assert len(unnamed) == 4
    assert all(label.rule is None for label in unnamed)


SCORES = [
    # age, traits, score, colour
    (64, ("vaccine:full",), 0, "green"),
    (65, ("vaccine:full",), 1, "green"),
    (80, ("vaccine:part",), 2, "yellow"),
    (81, ("vaccine:full",), 2, "yellow"),
    (81, ("vaccine:part",), 3, "yellow"),
    (81, ("vaccine:none",), 4, "red"),
    (70, ("illness:unstable", "vaccine:none"), 5, "red"),
    (81, ("illness:unstable", "vaccine:none"), 6, "red"),
    (40, ("illness:stable", "vaccine:full"), 1, "green"),
    (40, ("illness:unstable", "vaccine:none"), 4, "red"),
]


@pytest.mark.parametrize(("age", "traits", "score", "colour"), SCORES)
def test_elder_score(age: int, traits: tuple[str, ...], score: int, colour: str) -> None:
    (hit,) = evaluate(ELDER_SCORE, [home(person(age, *traits))])
    assert hit.label == colour
    assert hit.because[0]["score"] == score
    assert hit.because[0]["unknown"] == []


def test_an_unknown_vaccination_counts_nothing_and_is_said() -> None:
    (hit,) = evaluate(ELDER_SCORE, [home(person(85))])
    assert hit.label == "yellow"
    assert hit.because[0]["unknown"] == ["vaccine"]
    assert hit.because[0]["points"] == {"age": 2, "illness": 0, "vaccine": 0}


def test_no_score_without_an_age() -> None:
    assert given_to(ELDER_SCORE, home(person(None, "illness:unstable"))) == []


def test_why_a_household_is_orange_names_the_person_and_the_fact() -> None:
    (hit,) = evaluate(FIVE_COLOURS, [home(person(40), person(83, "disabled"))])
    assert hit.because == (
        {"code": "trait", "trait": "disabled", "person": 2},
        {"code": "age", "age": 83, "from": 80, "person": 2},
    )


def test_reasons_hold_no_personal_words() -> None:
    (hit,) = evaluate(FIVE_COLOURS, [home(person(30, "destitute", "employer:某厂"))])
    assert "某厂" not in json.dumps(hit.because, ensure_ascii=False)


def test_every_default_scheme_has_a_legend_with_signs() -> None:
    for scheme in DEFAULT_SCHEMES:
        shown = legend(scheme)
        assert [label.rank for label in shown] == sorted(
            (label.rank for label in shown), reverse=True
        )
        assert len({label.sign for label in shown}) == len(shown)
        assert len({label.code for label in shown}) == len(shown)
        assert all(label.sign and label.colour for label in shown)


def test_default_rules_survive_json_and_are_sound() -> None:
    for scheme in DEFAULT_SCHEMES:
        for label in scheme.labels:
            if label.rule is not None:
                assert json.loads(json.dumps(label.rule)) == label.rule
                assert is_rule_sound(label.rule, scheme.subject)


def test_the_highest_of_several_is_the_one_for_the_dot() -> None:
    label = top(WARM_HEARTS, ["rose", "pink"])
    assert label is not None
    assert label.code == "pink"
    assert top(WARM_HEARTS, []) is None


def test_differences_give_and_take_by_set() -> None:
    hits = evaluate(FIVE_COLOURS, [home(person(85)), HouseholdFacts(2, "owned", (person(30),))])
    give, take = differences([(1, "yellow"), (2, "green")], hits)
    assert [(hit.subject, hit.label) for hit in give] == [(1, "orange")]
    assert take == [(1, "yellow")]
    assert differences([(1, "orange"), (2, "green")], hits) == ([], [])


BAD = [
    ({}, "not_a_condition"),
    ("green", "not_a_condition"),
    ({"trait": "x", "age": {"from": 3}}, "not_a_condition"),
    ({"colour": "red"}, "unknown_condition"),
    ({"age": {"from": "60"}}, "wrong_value"),
    ({"age": {"over": 60}}, "wrong_value"),
    ({"age": {}}, "wrong_value"),
    ({"sex": "女"}, "wrong_value"),
    ({"size": {"to": 1}}, "wrong_subject"),
    ({"any": []}, "wrong_value"),
    ({"trait": ""}, "wrong_value"),
    ({"trait": "illness", "value": 3}, "wrong_value"),
    ({"not": {"any": [{"age": {"from": 1}}, {"tenure": ["rented"]}]}}, "wrong_subject"),
    ({"household": {"age": {"from": 1}}}, "wrong_subject"),
    ({"score": {"inputs": [{"steps": []}], "from": 0}}, "wrong_value"),
    ({"score": {"inputs": [], "of": 0}}, "wrong_value"),
]


@pytest.mark.parametrize(("rule", "code"), BAD, ids=[str(b[0]) for b in BAD])
def test_a_rule_with_a_mistake_is_named(rule: Any, code: str) -> None:
    assert code in {m.code for m in mistakes(rule, Subject.PERSON)}


def test_a_rule_nested_without_end_is_refused() -> None:
    rule: Any = {"age": {"from": 1}}
    for _ in range(50):
        rule = {"not": rule}
    assert [m.code for m in mistakes(rule, Subject.PERSON)] == ["too_deep"]


_person_rules = st.recursive(
    st.one_of(
        st.sampled_from(["pregnant", "disabled", "illness"]).map(lambda t: {"trait": t}),
        st.integers(0, 100).map(lambda n: {"age": {"from": n}}),
        st.sampled_from(["male", "female"]).map(lambda s: {"sex": s}),
        st.just({"household": {"size": {"to": 2}}}),
    ),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=6,
)


def _holds(rule: Any, one: PersonFacts, household: HouseholdFacts) -> bool:
    """Return what the language says, the slow and obvious way."""
    ((name, value),) = rule.items()
    if name == "all":
        return all(_holds(part, one, household) for part in value)
    if name == "any":
        return any(_holds(part, one, household) for part in value)
    if name == "not":
        return not _holds(value, one, household)
    if name == "trait":
        return value in one.words
    if name == "sex":
        return one.sex == value
    if name == "household":
        return len(household.members) <= 2
    return one.age is not None and one.age >= value["from"]


@given(
    _person_rules,
    st.one_of(st.none(), st.integers(0, 110)),
    st.sets(st.sampled_from(["pregnant", "disabled", "illness"])),
    st.sampled_from(["male", "female"]),
    st.integers(0, 3),
)
@settings(deadline=None)
def test_the_language_means_what_it_says(
    rule: Any, age: int | None, traits: set[str], sex: str, others: int
) -> None:
    household = home(person(age, *sorted(traits), sex=sex), *[person() for _ in range(others)])
    assert is_rule_sound(rule, Subject.PERSON)
    scheme = SchemeDef("x", Subject.PERSON, (LabelDef("l", "red", "红", 1, rule=rule),), True)
    hits = {hit.subject for hit in evaluate(scheme, [household])}
    assert (1 in hits) == _holds(rule, household.members[0], household)


def test_a_whole_community_at_once() -> None:
    households = [
        HouseholdFacts(
            h,
            "rented" if h % 5 == 0 else "owned",
            tuple(
                PersonFacts(h * 10 + n, h, (h * 7 + n * 13) % 95, "male", frozenset())
                for n in range(1, 4)
            ),
        )
        for h in range(2912)
    ]
    for scheme in DEFAULT_SCHEMES:
        assert len(evaluate(scheme, households)) > 0
