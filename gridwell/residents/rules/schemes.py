"""The label schemes that a community starts with; each may be edited and more may be made.

Colours mean different things in two communities of one city, so a scheme belongs to a community
and every coloured picture shows its legend.
"""

from collections.abc import Mapping
from typing import Any

from gridwell.residents.rules.labels import LabelDef, SchemeDef, Subject
from gridwell.residents.rules.traits import TraitCode

OLD = 60
ELDERLY = 65
VERY_OLD = 80

_CARE = ("door_service", "greeting")


def _trait(code: TraitCode, value: str = "") -> dict[str, Any]:
    return {"trait": code.value, "value": value} if value else {"trait": code.value}


def _aged(at_least: int) -> dict[str, Any]:
    return {"age": {"from": at_least}}


_ALONE = {"size": {"to": 1}}

FIVE_COLOURS = SchemeDef(
    code="five_colours",
    subject=Subject.HOUSEHOLD,
    is_exclusive=True,
    is_board_scheme=True,
    zh="五色网格",
    en="Five-colour grid",
    labels=(
        LabelDef(
            "red",
            "red",
            "困",
            5,
            "困难、患病",
            "In need or ill",
            {
                "member": {
                    "any": [
                        _trait(TraitCode.LOW_ALLOWANCE),
                        _trait(TraitCode.DESTITUTE),
                        _trait(TraitCode.ILLNESS),
                    ]
                }
            },
            _CARE,
        ),
        LabelDef(
            "orange",
            "orange",
            "弱",
            4,
            "老弱病残独",
            "Frail, disabled or alone",
            {
                "any": [
                    {
                        "member": {
                            "any": [
                                _trait(TraitCode.DISABLED),
                                _trait(TraitCode.CANNOT_WALK),
                                _aged(VERY_OLD),
                                {"all": [_aged(ELDERLY), _trait(TraitCode.LIVES_ALONE)]},
                            ]
                        }
                    },
                    {"all": [_ALONE, {"member": _aged(ELDERLY)}]},
                ]
            },
            _CARE,
        ),
        LabelDef(
            "yellow",
            "yellow",
            "关",
            3,
            "重点关怀",
            "To be looked after",
            {"member": {"any": [_aged(OLD), _trait(TraitCode.PREGNANT)]}},
        ),
        LabelDef("blue", "blue", "租", 2, "出租", "Rented", {"tenure": ["rented"]}),
        LabelDef("green", "green", "常", 1, "常住", "Resident", {"otherwise": True}),
    ),
)
"""小店鼎新社区: the words as printed overlap, so these are the default rules; the highest wins."""

WARM_HEARTS = SchemeDef(
    code="warm_hearts",
    subject=Subject.PERSON,
    is_exclusive=False,
    zh="七色暖心标",
    en="Seven warm-heart marks",
    labels=(
        LabelDef(
            "pink",
            "pink",
            "独",
            7,
            "独居老人",
            "Old and lives alone",
            {
                "all": [
                    _aged(ELDERLY),
                    {"any": [_trait(TraitCode.LIVES_ALONE), {"household": _ALONE}]},
                ]
            },
            _CARE,
        ),
        LabelDef(
            "orange", "orange", "残", 6, "残疾人", "Disabled", _trait(TraitCode.DISABLED), _CARE
        ),
        LabelDef("rose", "rose", "龄", 5, "高龄老人", "Very old", _aged(VERY_OLD), _CARE),
        LabelDef("fourth", "red", "四", 4),
        LabelDef("fifth", "yellow", "五", 3),
        LabelDef("sixth", "green", "六", 2),
        LabelDef("seventh", "blue", "七", 1),
    ),
)
"""光华街社区: three are known; the other four ship unnamed and without a rule, to be named there."""

ELDER_INPUTS: list[Mapping[str, Any]] = [
    {
        "name": "age",
        "known": {"age": {"from": 0}},
        "required": True,
        "steps": [
            {"when": {"age": {"from": 81}}, "points": 2},
            {"when": {"age": {"from": 65}}, "points": 1},
        ],
    },
    {
        "name": "illness",
        "steps": [
            {"when": _trait(TraitCode.ILLNESS, "unstable"), "points": 2},
            {"when": _trait(TraitCode.ILLNESS), "points": 1},
        ],
    },
    {
        "name": "vaccine",
        "known": _trait(TraitCode.VACCINE),
        "steps": [
            {"when": _trait(TraitCode.VACCINE, "none"), "points": 2},
            {"when": _trait(TraitCode.VACCINE, "part"), "points": 1},
        ],
    },
]
"""National score sheet of December 2022: under 65 is 0, 65–80 is 1, from 81 is 2; illness none 0,
stable 1, unstable 2; vaccine full 0, part 1, none 2. An illness without a word on how stable counts
as stable; a vaccination that nobody asked about counts 0 and is listed as unknown."""


def _scored(low: int, high: int) -> dict[str, Any]:
    return {"score": {"inputs": ELDER_INPUTS, "from": low, "to": high}}


ELDER_SCORE = SchemeDef(
    code="elder_score",
    subject=Subject.PERSON,
    is_exclusive=True,
    zh="重点人群分级",
    en="Key people by score",
    labels=(
        LabelDef("red", "red", "重", 3, "重点人群", "Key person", _scored(4, 6), _CARE),
        LabelDef("yellow", "yellow", "次", 2, "次重点人群", "Second line", _scored(2, 3)),
        LabelDef("green", "green", "般", 1, "一般人群", "General", _scored(0, 1)),
    ),
)
"""Red, yellow, green by points 4–6, 2–3, 0–1."""

DEFAULT_SCHEMES = (FIVE_COLOURS, WARM_HEARTS, ELDER_SCORE)
