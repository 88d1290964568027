"""A label's rule as a form sees it: the few conditions that people tick, and back. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gridwell.residents.rules.labels import Subject


@dataclass(frozen=True)
class RuleParts:
    """Any of these makes the label apply; all empty means by hand only."""

    traits: tuple[str, ...] = ()
    age_from: int | None = None
    age_to: int | None = None
    tenures: tuple[str, ...] = ()
    lives_alone: bool = False
    otherwise: bool = False

    @property
    def is_empty(self) -> bool:
        return self == RuleParts()


def rule_of(parts: RuleParts, subject: str) -> dict[str, Any] | None:
    """Return the rule that ticked conditions mean, or None when nothing is ticked."""
    if parts.is_empty:
        return None
    person: list[dict[str, Any]] = [{"trait": code} for code in parts.traits]
    if parts.age_from is not None or parts.age_to is not None:
        band = {"from": parts.age_from, "to": parts.age_to}
        person.append({"age": {key: value for key, value in band.items() if value is not None}})
    home: list[dict[str, Any]] = []
    if parts.tenures:
        home.append({"tenure": list(parts.tenures)})
    if parts.lives_alone:
        home.append({"size": {"to": 1}})
    if subject == Subject.PERSON:
        return {"any": [*person, *({"household": part} for part in home)]}
    if parts.otherwise:
        home.append({"otherwise": True})
    members = [{"member": {"any": person}}] if person else []
    return {"any": [*members, *home]}


def parts_of(rule: Any, subject: str) -> RuleParts | None:
    """Return the parts of a rule that the form can show, or None for one that is richer."""
    if rule is None:
        return RuleParts()
    found: dict[str, Any] = {"traits": []}
    if not isinstance(rule, Mapping) or not _read(rule, subject, found):
        return None
    found["traits"] = tuple(found["traits"])
    return RuleParts(**found)


def _read(rule: Mapping[str, Any], subject: str, found: dict[str, Any]) -> bool:
    """Take one condition apart into `found`; False when the form cannot say it."""
    if len(rule) != 1:
        return False
    ((name, value),) = rule.items()
    if name == "any":
        return all(isinstance(part, Mapping) and _read(part, subject, found) for part in value)
    if name == "member" and subject == Subject.HOUSEHOLD:
        return _read(value, Subject.PERSON, found)
    if name == "household" and subject == Subject.PERSON:
        return _read(value, Subject.HOUSEHOLD, found)
    if name == "trait":
        found["traits"].append(value)
    elif name == "age" and "age_from" not in found and "age_to" not in found:
        found |= {"age_from": value.get("from"), "age_to": value.get("to")}
    elif name == "tenure" and "tenures" not in found:
        found["tenures"] = tuple(value)
    elif name == "size" and value == {"to": 1}:
        found["lives_alone"] = True
    elif name == "otherwise":
        found["otherwise"] = True
    else:
        return False
    return True
