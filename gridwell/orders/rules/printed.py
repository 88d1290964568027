"""What a notice prints about its measures (通告所写的管控与解除条件), pure, for the excess check.

Only what is written is taken: silence is no promise and no breach.
"""

import re
from dataclasses import dataclass

from gridwell.places.rules.naming import fold
from gridwell.places.rules.numerals import parse_int
from gridwell.protocols.rules.model import ExitRule, Measure

_CLEAN = re.compile(
    r"连续([0-9一二三四五六七八九十]+)[天日](?:内)?(?:均)?(?:无|没有|未)(?:出现|发现|再)?新增"
)
_CLOSING = re.compile(
    r"第?[0-9一二三四五六七八九十]+[天日][^。;]{0,30}(?:核酸|一轮)[^。;]{0,30}(?:均|全部|都|全)[^。;]{0,6}阴性"
)
_LIFT = re.compile(r"(?:降为|调整为|转为|解除)[^。;]{0,12}(?:低风险|中风险|管控|封控)?")
_EXIT = re.compile(
    r"(?:跨市|离市|出市|离并|离开[^。,;]{0,6}市)[^。;]{0,20}?前?([0-9一二三四五六七八九十]+)(天|日|小时)(?:内)?"
    r"(?:([0-9一二三四五六七八九十]+)次)?核酸"
)
_MEASURES = (
    (re.compile(r"足不出户|不出户"), Measure.STAY_HOME),
    (re.compile(r"上门服务|服务上门"), Measure.DOOR_SERVICE),
    (re.compile(r"人不出区"), Measure.NOT_LEAVE_ZONE),
    (re.compile(r"错峰取物"), Measure.STAGGERED_PICKUP),
)


@dataclass(frozen=True, slots=True)
class Printed:
    """The rules that a notice itself prints; None or empty where it says nothing."""

    measures: tuple[str, ...]
    clean_days: int | None
    has_lift_rule: bool
    has_closing_round: bool
    exit: ExitRule | None


def printed_rules(text: str) -> Printed:
    """Return the measures and conditions that a notice's text states."""
    flat = re.sub(r"\s+", "", fold(text).text)
    clean = _CLEAN.search(flat)
    asked = _EXIT.search(flat)
    exit_rule = None
    if asked:
        count = parse_int(asked[1]) or 0
        hours = count if asked[2] == "小时" else count * 24
        negatives = (parse_int(asked[3]) if asked[3] else None) or 1
        exit_rule = ExitRule(negatives, hours, "", on_days=1) if hours else None
    return Printed(
        measures=tuple(m.value for pattern, m in _MEASURES if pattern.search(flat)),
        clean_days=parse_int(clean[1]) if clean else None,
        has_lift_rule=clean is not None and _LIFT.search(flat, clean.end()) is not None,
        has_closing_round=_CLOSING.search(flat) is not None,
        exit=exit_rule,
    )
