"""Labels by rule (标识规则): a small language of conditions as data, evaluated for a whole community.

A rule is JSON, so that a community can edit it. Conditions on a person:

* `{"trait": "illness"}`, `{"trait": "illness", "value": "unstable"}`
* `{"age": {"from": 60}}`, `{"age": {"from": 60, "to": 79}}`: an unknown age never matches
* `{"sex": "female"}`, `{"household": <condition on the household>}`
* `{"score": {"inputs": [...], "from": 2, "to": 3}}`: see `ELDER_INPUTS` for what inputs look like

Conditions on a household: `{"member": <condition on a person>}` (any member),
`{"every_member": ...}`, `{"size": {"from": 1, "to": 1}}`, `{"tenure": ["rented"]}`,
`{"otherwise": true}` (no higher label of the scheme applies). Both know `{"all": [...]}`,
`{"any": [...]}`, `{"not": ...}`. A household without members gets no label.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

Rule = Mapping[str, Any]
Reason = dict[str, Any]
MAX_DEPTH = 8


class Subject:
    """What a scheme labels."""

    HOUSEHOLD = "household"
    PERSON = "person"


class PersonFacts(NamedTuple):
    """A person as rules see one: `age` None when unknown, `words` from `traits.words`."""

    id: int
    household: int
    age: int | None
    sex: str
    words: frozenset[str]


class HouseholdFacts(NamedTuple):
    """A household as rules see one."""

    id: int
    tenure: str
    members: tuple[PersonFacts, ...]


@dataclass(frozen=True, slots=True)
class LabelDef:
    """One label of a scheme: its colour is never shown without its sign.

    Higher `rank` wins. `rule` None: by hand only. `care` names the work it calls for. `zh` and
    `en` are the default names, "" for a mark that the community has to name.
    """

    code: str
    colour: str
    sign: str
    rank: int
    zh: str = ""
    en: str = ""
    rule: Rule | None = None
    care: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SchemeDef:
    """A set of labels of one community (标识方案).

    `is_exclusive`: only the highest label that applies is given (colours); otherwise all are, and
    the highest is the one to show where there is room for one.
    """

    code: str
    subject: str
    labels: tuple[LabelDef, ...]
    is_exclusive: bool
    zh: str = ""
    en: str = ""
    is_board_scheme: bool = False


class Hit(NamedTuple):
    """That a label applies to a subject, and the facts that gave it (ids and codes only)."""

    subject: int
    label: str
    because: tuple[Reason, ...]


def legend(scheme: SchemeDef) -> tuple[LabelDef, ...]:
    """Return the labels as a legend shows them, the highest first."""
    return tuple(sorted(scheme.labels, key=lambda label: -label.rank))


def evaluate(scheme: SchemeDef, households: Iterable[HouseholdFacts]) -> list[Hit]:
    """Return every label that its rule gives, for all households or persons at once.

    Linear in persons times labels. The rules must have passed `mistakes`.
    """
    labels = [label for label in legend(scheme) if label.rule is not None]
    tests = [(label, _compile(label.rule or {}, scheme.subject)) for label in labels]
    found: list[Hit] = []
    for household in households:
        if scheme.subject == Subject.PERSON:
            for person in household.members:
                found += _hits(person.id, person, household, tests, scheme.is_exclusive)
        elif household.members:
            found += _hits(household.id, None, household, tests, scheme.is_exclusive)
    return found


def top(scheme: SchemeDef, codes: Iterable[str]) -> LabelDef | None:
    """Return the highest of the labels that a subject carries: the one for the dot."""
    carried = set(codes)
    return next((label for label in legend(scheme) if label.code in carried), None)


def differences(
    current: Iterable[tuple[int, str]], hits: Iterable[Hit]
) -> tuple[list[Hit], list[tuple[int, str]]]:
    """Return which labels are to be given and which to be taken, (subject, label) each.

    `current` are the open labels given by rule; labels given by hand are none of this.
    """
    held = set(current)
    wanted = {(hit.subject, hit.label): hit for hit in hits}
    give = [hit for key, hit in wanted.items() if key not in held]
    return give, sorted(held.difference(wanted))


_Test = Callable[[PersonFacts | None, HouseholdFacts, bool], list[Reason] | None]
"""Takes (person, household, nothing higher applies); returns the reasons, None for no."""


def _hits(
    subject: int,
    person: PersonFacts | None,
    household: HouseholdFacts,
    tests: Sequence[tuple[LabelDef, _Test]],
    is_exclusive: bool,
) -> list[Hit]:
    found: list[Hit] = []
    for label, test in tests:  # highest first
        reasons = test(person, household, not found)
        if reasons is not None:
            found.append(Hit(subject, label.code, tuple(reasons)))
            if is_exclusive:
                break
    return found


def _compile(rule: Rule, subject: str) -> _Test:
    ((name, value),) = ((k, v) for k, v in rule.items() if k != "value")
    if name in ("all", "any"):
        return _several(name, [_compile(part, subject) for part in value])
    if name == "not":
        return _negated(_compile(value, subject))
    if subject == Subject.PERSON:
        return _person_test(name, value, rule)
    return _household_test(name, value)


def _several(name: str, parts: Sequence[_Test]) -> _Test:
    def test(
        person: PersonFacts | None, household: HouseholdFacts, is_free: bool
    ) -> list[Reason] | None:
        reasons: list[Reason] = []
        is_any = False
        for part in parts:
            found = part(person, household, is_free)
            if found is None:
                if name == "all":
                    return None
            else:
                is_any = True
                reasons += found
        return reasons if is_any or name == "all" else None

    return test


def _negated(part: _Test) -> _Test:
    def test(
        person: PersonFacts | None, household: HouseholdFacts, is_free: bool
    ) -> list[Reason] | None:
        return [] if part(person, household, is_free) is None else None

    return test


def _person_test(name: str, value: Any, rule: Rule) -> _Test:
    if name == "household":
        return _compile(value, Subject.HOUSEHOLD)
    if name == "score":
        return _score_test(value)
    if name == "trait":
        word = f"{value}:{rule['value']}" if "value" in rule else str(value)
        return _on_person(
            lambda p: {"code": "trait", "trait": word} if word in p.words else None,
        )
    if name == "sex":
        return _on_person(lambda p: {"code": "sex", "sex": p.sex} if p.sex == value else None)
    return _on_person(lambda p: _within("age", p.age, value))


def _on_person(reason: Callable[[PersonFacts], Reason | None]) -> _Test:
    def test(
        person: PersonFacts | None, household: HouseholdFacts, is_free: bool
    ) -> list[Reason] | None:
        found = reason(person) if person is not None else None
        if found is None or person is None:
            return None
        return [{**found, "person": person.id}]

    return test


def _within(name: str, number: int | None, band: Mapping[str, int]) -> Reason | None:
    if number is None or number < band.get("from", number) or number > band.get("to", number):
        return None
    return {"code": name, name: number, **band}


def _household_test(name: str, value: Any) -> _Test:
    if name in ("member", "every_member"):
        return _members_test(_compile(value, Subject.PERSON), is_every=name == "every_member")

    def test(
        person: PersonFacts | None, household: HouseholdFacts, is_free: bool
    ) -> list[Reason] | None:
        if name == "size":
            reason = _within("size", len(household.members), value)
            return None if reason is None else [reason]
        if name == "tenure":
            tenure = household.tenure
            return [{"code": "tenure", "tenure": tenure}] if tenure in value else None
        return [{"code": "otherwise"}] if is_free and value else None

    return test


def _members_test(part: _Test, *, is_every: bool) -> _Test:
    def test(
        person: PersonFacts | None, household: HouseholdFacts, is_free: bool
    ) -> list[Reason] | None:
        reasons: list[Reason] = []
        hits = 0
        for member in household.members:
            found = part(member, household, is_free)
            if found is not None:
                hits += 1
                reasons += found
        is_met = hits == len(household.members) if is_every else hits > 0
        return reasons if is_met else None

    return test


# Scores


def _score_test(value: Mapping[str, Any]) -> _Test:
    """Return whether the points of a person lie in the band.

    An input is `{"name", "steps": [{"when": <condition>, "points": n}…], "known": <condition>?,
    "required": true?}`: the first step that matches counts, none is 0. Where `known` does not hold
    nothing is known: a required input then gives no score at all, another counts 0 and is listed.
    """
    inputs = [
        (
            entry["name"],
            _compile(entry["known"], Subject.PERSON) if "known" in entry else None,
            bool(entry.get("required")),
            [(_compile(s["when"], Subject.PERSON), int(s["points"])) for s in entry["steps"]],
        )
        for entry in value["inputs"]
    ]
    low, high = value.get("from", 0), value.get("to", 10_000)

    def test(
        person: PersonFacts | None, household: HouseholdFacts, is_free: bool
    ) -> list[Reason] | None:
        total = 0
        points: dict[str, int] = {}
        unknown: list[str] = []
        for name, known, is_required, steps in inputs:
            if known is not None and known(person, household, True) is None:
                if is_required:
                    return None
                unknown.append(name)
            got = next((n for when, n in steps if when(person, household, True) is not None), 0)
            points[name] = got
            total += got
        if person is None or not low <= total <= high:
            return None
        return [
            {
                "code": "score",
                "score": total,
                "points": points,
                "unknown": unknown,
                "person": person.id,
            }
        ]

    return test


# Checking rules that a community has edited


class Mistake(NamedTuple):
    """What is wrong with a rule, and where: codes not_a_condition, unknown_condition, wrong_value,
    wrong_subject, too_deep."""

    path: tuple[str | int, ...]
    code: str


_PERSON_ONLY = frozenset({"trait", "age", "sex", "household", "score"})
_HOUSEHOLD_ONLY = frozenset({"member", "every_member", "size", "tenure", "otherwise"})


def mistakes(rule: Any, subject: str, path: tuple[str | int, ...] = ()) -> list[Mistake]:
    """Return what is wrong with a rule for this subject; an empty list means it can be evaluated."""
    if len(path) > MAX_DEPTH * 2:
        return [Mistake(path, "too_deep")]
    names = [k for k in rule if k != "value"] if isinstance(rule, Mapping) else []
    if len(names) != 1:
        return [Mistake(path, "not_a_condition")]
    (name,) = names
    value = rule[name]
    here = (*path, name)
    if "value" in rule and (name != "trait" or not isinstance(rule["value"], str)):
        return [Mistake((*path, "value"), "wrong_value")]
    if name in ("all", "any"):
        if not isinstance(value, Sequence) or isinstance(value, str) or not value:
            return [Mistake(here, "wrong_value")]
        return [m for n, part in enumerate(value) for m in mistakes(part, subject, (*here, n))]
    if name == "not":
        return mistakes(value, subject, here)
    if name not in _PERSON_ONLY | _HOUSEHOLD_ONLY:
        return [Mistake(here, "unknown_condition")]
    if name in (_HOUSEHOLD_ONLY if subject == Subject.PERSON else _PERSON_ONLY):
        return [Mistake(here, "wrong_subject")]
    return _value_mistakes(name, value, here)


def _value_mistakes(name: str, value: Any, here: tuple[str | int, ...]) -> list[Mistake]:
    if name in ("member", "every_member"):
        return mistakes(value, Subject.PERSON, here)
    if name == "household":
        return mistakes(value, Subject.HOUSEHOLD, here)
    if name == "score":
        return _score_mistakes(value, here)
    is_right = {
        "trait": isinstance(value, str) and bool(value),
        "sex": value in ("male", "female"),
        "tenure": isinstance(value, (list, tuple)) and all(isinstance(v, str) for v in value),
        "otherwise": value is True,
        "age": _is_band(value),
        "size": _is_band(value),
    }[name]
    return [] if is_right else [Mistake(here, "wrong_value")]


def _is_band(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and bool(value)
        and set(value) <= {"from", "to"}
        and all(isinstance(v, int) and not isinstance(v, bool) for v in value.values())
    )


def _score_mistakes(value: Any, here: tuple[str | int, ...]) -> list[Mistake]:
    if not isinstance(value, Mapping) or not isinstance(value.get("inputs"), (list, tuple)):
        return [Mistake(here, "wrong_value")]
    found: list[Mistake] = []
    band = {key: number for key, number in value.items() if key != "inputs"}
    if not _is_band(band):
        found.append(Mistake(here, "wrong_value"))
    for n, entry in enumerate(value["inputs"]):
        path = (*here, "inputs", n)
        if not isinstance(entry, Mapping) or not isinstance(entry.get("name"), str):
            found.append(Mistake(path, "wrong_value"))
            continue
        if "known" in entry:
            found += mistakes(entry["known"], Subject.PERSON, (*path, "known"))
        steps = entry.get("steps")
        if not isinstance(steps, (list, tuple)):
            found.append(Mistake((*path, "steps"), "wrong_value"))
            continue
        for m, step in enumerate(steps):
            if not isinstance(step, Mapping) or not isinstance(step.get("points"), int):
                found.append(Mistake((*path, "steps", m), "wrong_value"))
            else:
                found += mistakes(step.get("when"), Subject.PERSON, (*path, "steps", m, "when"))
    return found


def is_rule_sound(rule: Any, subject: str) -> bool:
    """Return whether a rule can be evaluated for this subject."""
    return not mistakes(rule, subject)
