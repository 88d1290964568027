"""The life of a risk zone: `life` says how it stands, `lifting` what it waits for."""

from gridwell.orders.rules.lifecycle.life import (
    Act,
    Change,
    Precision,
    ScopeLine,
    Source,
    Span,
    ZoneState,
    day0_of,
    spans,
    standing,
    state_at,
)
from gridwell.orders.rules.lifecycle.lifting import (
    Lack,
    Lacks,
    Lifting,
    Proposes,
    Round,
    RoundMark,
    ZoneCase,
    lifting_of,
)

__all__ = [
    "Act",
    "Change",
    "Lack",
    "Lacks",
    "Lifting",
    "Precision",
    "Proposes",
    "Round",
    "RoundMark",
    "ScopeLine",
    "Source",
    "Span",
    "ZoneCase",
    "ZoneState",
    "day0_of",
    "lifting_of",
    "spans",
    "standing",
    "state_at",
]
