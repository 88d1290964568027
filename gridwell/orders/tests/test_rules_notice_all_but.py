"""All zones but some: what is read of it, and what is something else."""

import pytest

from gridwell.orders.rules.notice import PlaceKind, read_notice
from gridwell.orders.tests.test_rules_notice_places import written

HEAD = "杏花岭区疫情防控指挥部关于优化调整高风险区的通告\n"
TAIL = "\n2022年12月1日"


def stays_of(body: str) -> list[str]:
    """Return what stays, where a notice lifts all the rest."""
    found = [
        item
        for group in read_notice(HEAD + body + TAIL).groups
        for item in group.items
        if [place.kind for place in item.places] == [PlaceKind.DISTRICT] and item.exceptions
    ]
    return [written(place) for item in found for place in item.exceptions]


@pytest.mark.parametrize(
    "body",
    [
        "自2022年12月2日0时起，除以下区域外，其他高风险区全部解除：\n1.东风小区3号楼\n2.上河村",
        "自2022年12月2日0时起，除下列点位外，全区其余高风险区解除管控：东风小区3号楼、上河村。",
        "自2022年12月2日0时起，除东风小区3号楼、上河村外，全区其他高风险区全部降为低风险区。",
        "一、自2022年12月2日0时起，除以下2个区域以外，现有高风险区全部调整为低风险区：\n（一）东风小区3号楼\n（二）上河村",
    ],
)
def test_what_is_listed_stays(body: str) -> None:
    assert stays_of(body) == ["building 东风小区 3号楼", "village 上河村"]
    reading = read_notice(HEAD + body + TAIL)
    assert [(g.act.value, g.district) for g in reading.groups] == [("lift", "杏花岭区")]
    assert not reading.questions
    assert not reading.unread


@pytest.mark.parametrize(
    "body",
    [
        "杏花岭区除高风险区以外的其他区域为低风险区。",
        "自2022年12月2日0时起，解除东风小区（除3号楼外）高风险区。",
        "自2022年12月2日0时起，将东风小区（除3号楼外）划定为高风险区。",
        "除以下区域外，其他高风险区暂不解除：\n1.东风小区3号楼",
    ],
)
def test_what_is_something_else(body: str) -> None:
    assert stays_of(body) == []
