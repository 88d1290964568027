"""What the reader asks of items and counts once the lists are cut (点位计数)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from gridwell.orders.rules.notice import words
from gridwell.orders.rules.notice.acts import Order
from gridwell.orders.rules.notice.beside import is_standstill
from gridwell.orders.rules.notice.cuts import Cut, counts_for
from gridwell.orders.rules.notice.districts import Districts
from gridwell.orders.rules.notice.found import Scan
from gridwell.orders.rules.notice.model import (
    Act,
    Group,
    Item,
    Level,
    Place,
    PlaceKind,
    Precision,
)
from gridwell.orders.rules.notice.sentences import of_all_zones
from gridwell.orders.rules.notice.source import Piece
from gridwell.orders.rules.notice.tail import is_bare


@dataclass(frozen=True, slots=True)
class Key:
    """By what items stand in one group: act, levels, district, time of effect."""

    act: Act
    from_level: Level | None
    to_level: Level | None
    district: str | None
    effective_at: datetime | None
    precision: Precision | None


def grouped(
    items: Mapping[Key, Sequence[Item]],
    declared: Mapping[Key, list[int | None]],
    word: Mapping[Key, str | None],
) -> list[Group]:
    """Return the groups of a notice, in the order in which their first items are printed."""
    return [
        Group(
            key.act, key.from_level, key.to_level, key.district,
            sum_of(declared[key]), key.effective_at, key.precision, tuple(found), word[key],
        )
        for key, found in items.items()
    ]  # fmt: skip


def orders_beside(found: Scan) -> bool:
    """Return whether a text without acts on zones still orders something that is recognised."""
    return bool(found.corrections or found.emergencies) or any(
        is_standstill(p.text) or of_all_zones(p.text) for p in found.unread
    )


def with_totals(groups: list[Group], found: Scan) -> list[Group]:
    """Give a group the notice's or its district's total when it is the only one that it counts."""
    out = list(groups)
    for name, declared, _piece in found.district_totals:
        ours = [i for i, group in enumerate(out) if group.district == name]
        if len(ours) == 1 and out[ours[0]].declared is None:
            out[ours[0]] = replace(out[ours[0]], declared=declared)
    for section in found.sections:
        for name, (declared, _heading) in section.by_district.items():
            ours = [
                i for i, g in enumerate(out)
                if g.district == name and Order(g.act, g.from_level, g.to_level) == replace(section.order, word=None)
            ]  # fmt: skip
            if len(ours) == 1 and out[ours[0]].declared is None:
                out[ours[0]] = replace(out[ours[0]], declared=declared)
    for total in found.totals:
        mine = [
            i for i, g in enumerate(groups)
            if counts_for(Order(g.act, g.from_level, g.to_level), total)
        ]  # fmt: skip
        if len(mine) == 1 and out[mine[0]].declared is None:
            out[mine[0]] = replace(out[mine[0]], declared=total.count)
    return out


#: A date or the words before one: what is left of a sentence read wrongly.
_NO_NAME: Final = re.compile(
    r"^(?:恢复|增设|增加|调整|确定|划定|认定|解除|撤销|取消|下调|上调|降低|提升|升级|[对把由因请按]|将(?!军))|"
    r"^(?:全部|所有|均|[全我本][市区县])[^0-9]{0,4}$|^[^\w“\"《(【■□*]|^新增:|(?<![0-9])所在(?:单元|楼|小区|的)|"
    r"^(?:自|从|于|至)[0-9]|20[0-9]{2}年|[0-9]月[0-9]|[0-9]日[0-9]?|[0-9]时|序号"
)


def is_odd(plain: str, rest: str, boundary: str | None) -> bool:
    """Return whether an item does not look like a place: a sentence, a scrap, a lone number."""
    if len(plain) < 2 or _NO_NAME.search(plain):
        return True
    if boundary is not None:
        return False
    if not words.HEADING_WORDS.sub("", plain):
        return True
    if len(plain) > 60 or "。" in plain or "低风险" in plain:
        return True
    if words.NOT_PLACES.search(words.REST.sub("", plain)):
        return True
    named = words.MASKED.search(rest) or re.search(r"[一-鿿]{2}", rest)
    return is_bare(rest) and not named


def should_say(cut: Cut, districts: Districts) -> bool:
    """Return whether the points of a list name their district one by one."""
    if len(cut.block.lines) < 3:
        return False
    return sum(districts.take(p.text)[0] is not None for p in cut.items) * 2 > len(cut.items)


def any_district(cuts: list[Cut], districts: Districts) -> bool:
    """Return whether any list, chapter or point names a district."""
    return any(
        c.block.district or c.section.district or any(districts.take(p.text)[0] for p in c.items)
        for c in cuts
    )


def bare_text(text: str) -> str:
    """Return a text without blanks and without remarks that something was published before."""
    return re.sub(r"\s|\((?:[^()]*已发布)\)|（[^（）]*已发布）", "", text)


def in_street(place: Place, street: str) -> Place:
    """Return a place with the street or community of its heading, unless it names its own."""
    if place.subdistrict:
        return place
    if street.endswith(("社区", "村")):
        return place if place.community else replace(place, community=street)
    return replace(place, subdistrict=street)


def explained(cuts: list[Cut], declared: int) -> bool:
    """Return whether the lists declare together what the total does; then they are asked about."""
    own = [c.block.declared if c.block.declared is not None else len(c.items) for c in cuts]
    if own and sum(own) == declared:
        return True
    sections = {id(c.section): c.section.declared for c in cuts}
    known = [d for d in sections.values() if d is not None]
    return len(known) == len(sections) > 0 and sum(known) == declared


def declared_for(cut: Cut, lists: int, keys: int) -> int | None:
    """Return how many items a list declares, None when its number is shared with other lists."""
    if cut.block.declared is not None:
        return cut.block.declared if keys == 1 else None
    return cut.section.declared if lists == 1 and keys == 1 else None


def sum_of(counts: list[int | None]) -> int | None:
    """Return the sum, None when one of the counts is unknown or there is nothing to count."""
    known = [c for c in counts if c is not None]
    return sum(known) if len(known) == len(counts) and known else None


def follows(piece: Piece, before: Piece | None) -> bool:
    """Return whether only 、 or 和 stands between an item and the one before it in a list."""
    if before is None or piece.at[0] - before.at[-1] > 8:
        return False
    between = piece.source.folded.text[before.at[-1] + 1 : piece.at[0]]
    return between.strip() in ("、", "和", "及", "以及", "与")


def in_town(item: Item, town: str | None) -> Item:
    """Return an item whose villages are of the town named before them (姚村镇甲村、乙村)."""
    if not town or not town.endswith(("镇", "乡", "苏木")):
        return item
    return replace(item, places=tuple(_of_town(p, town) for p in item.places))


def in_town_of(place: Place, before: Place) -> Place:
    """Return a place as the next item inherits it: a village keeps the town of the one before."""
    town = before.subdistrict
    return _of_town(place, town) if town and town.endswith(("镇", "乡", "苏木")) else place


def _of_town(place: Place, town: str) -> Place:
    village = place.community or place.compound or ""
    if place.subdistrict or place.road or not village.endswith(("村", "庄", "屯", "寨")):
        return place
    return replace(place, subdistrict=town)


_BRACKETS: Final = re.compile(r"\(([^()]*)\)")
#: Brackets that tell of the place and do not narrow it: when, how many, what it was called.
_TELLS: Final = re.compile(
    r"[0-9]{1,2}[月日时]|20[0-9]{2}|^(?:共|约|原|现|计)|[0-9]+(?:户|人|个|处|名|例|平方?米|亩)|发布|划定|公布|电话|^[0-9]{1,3}$"
)
_SAID: Final = re.compile(r"[0-9]+|[一二三四五六七八九十]+(?=单元|号|栋|幢|座|期|区|组|排|层)")


def lost_in_brackets(text: str, found: Iterable[Place]) -> bool:
    """Return whether a bracket names numbers that none of the places has: it may narrow the item."""
    brackets = [b for b in _BRACKETS.findall(text) if not _TELLS.search(b)]
    said = [number for bracket in brackets for number in _SAID.findall(bracket)]
    if not said:
        return False
    known = " ".join(str(value) for place in found for value in place.to_json().values())
    return any(number not in known for number in said)


def stays(kept: list[Place], item: Item, clause: Piece) -> Item:
    """Return the one item of 除以下区域外其他解除: the whole area, without all that is listed so far."""
    kept += item.places
    return Item(clause.printed, *clause.span, (Place(PlaceKind.DISTRICT),), tuple(kept))
