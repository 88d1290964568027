"""Circumstances of a person (情况) that rules may look at, and the words rules know them by.

A trait is a code with, for some, a value ("illness", "stable"). Rules see `words`: the code and,
where the values are fixed, the code with its value: {"illness", "illness:stable"}.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum


class TraitCode(StrEnum):
    """The circumstances the register knows (情况代码)."""

    PREGNANT = "pregnant"  # 孕妇
    DISABLED = "disabled"  # 残疾
    CANNOT_WALK = "cannot_walk"  # 行动不便、卧床
    LIVES_ALONE = "lives_alone"  # 独居
    LOW_ALLOWANCE = "low_allowance"  # 低保
    DESTITUTE = "destitute"  # 特困
    ILLNESS = "illness"  # 患病 (基础疾病): value stable or unstable
    VACCINE = "vaccine"  # 疫苗: value full, part or none
    RECOVERED = "recovered"  # 曾感染已康复
    PARTY_MEMBER = "party_member"  # 党员
    PUBLIC_SERVANT = "public_servant"  # 在职党员、公职人员 (双报到)
    EMPLOYER = "employer"  # 工作单位: value is its name
    NEEDS_DIALYSIS = "needs_dialysis"  # 透析等定期就医
    RISK_POST = "risk_post"  # 风险岗位从业 (冷链、快递、医务…)


FIXED_VALUES: Mapping[str, tuple[str, ...]] = {
    TraitCode.ILLNESS: ("stable", "unstable"),
    TraitCode.VACCINE: ("full", "part", "none"),
    TraitCode.RISK_POST: (
        "cold_chain",
        "courier",
        "medical",
        "isolation_site",
        "market",
        "transport",
        "port",
    ),
}
"""Values that rules may ask for, by code; other codes hold free words or nothing."""

KNOWN_WORDS = frozenset(TraitCode) | frozenset(
    f"{code}:{value}" for code, values in FIXED_VALUES.items() for value in values
)
"""Every word that a rule or an order may ask for."""


def words(traits: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Return what rules see of a person's open traits, given as (code, value) pairs."""
    seen: set[str] = set()
    for code, value in traits:
        seen.add(code)
        if value and value in FIXED_VALUES.get(code, ()):
            seen.add(f"{code}:{value}")
    return frozenset(seen)
