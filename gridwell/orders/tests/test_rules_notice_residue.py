"""Nothing that a notice names vanishes: each place is in an item, an exception or a question."""

import random

import pytest

from gridwell.orders.rules.notice import Reading, read_notice

STREETS = ("东坊街道", "柳林街道", "清河街道", "将军街道", "西河镇")
PLACES = (
    "飞虹小区3号楼", "锦绣苑", "天和花园5栋2单元", "福路巷22号楼", "建设路12号院", "河西农贸市场",
    "文苑小区", "和平里", "大柳村三组", "临泽纺织厂宿舍2号楼", "将台路8号", "内环街23号",
    "人员密集的农贸市场", "市民公寓3号楼", "新华街东二巷7号院", "阳光小区二期6号楼",
)  # fmt: skip
JOINTS = ("、", "，", "和", "及", "以及", "与", "；")
FORMS = (
    "自2022年11月20日0时起,将{list}划定为高风险区。",
    "自2022年11月20日0时起,{list}调整为低风险区。",
    "经研究,决定自11月20日0时起在{list}划定高风险区。",
    "自2022年11月20日0时起,撤销原高风险区{list}。",
    "自2022年11月20日0时起,解除{list}高风险区管控。",
    "{list}自2022年11月20日0时起列为高风险区,其余为低风险区。",
    "鉴于疫情形势,自11月20日24时起,新增高风险区:{list}。",
    "自２０２２年１１月２０日１２时起，对{list}实行封控管理。",
    "请于7月21日18时前将{list}居民转移至临泽一中。",
    "因抢修,7月20日22时至次日6时{list}停水。",
)


def composed(seed: int) -> tuple[str, list[str]]:
    rng = random.Random(seed)
    named = rng.sample(PLACES, rng.randint(2, 4))
    listed = ""
    for place in named:
        street = (
            rng.choice(STREETS) + rng.choice(("", "", "的", "辖区内")) if rng.random() < 0.6 else ""
        )
        listed += (rng.choice(JOINTS) if listed else "") + street + place
    body = rng.choice(FORMS).format(list=listed)
    return f"临泽区疫情防控指挥部通告\n{body}\n临泽区疫情防控指挥部\n2022年11月19日", named


def names_of(reading: Reading) -> str:
    said = [item.boundary or "" for group in reading.groups for item in group.items]
    places = [
        place
        for group in reading.groups
        for item in group.items
        for place in (*item.places, *item.exceptions)
    ]
    for place in places:
        fine = (place.community, place.road, place.compound, place.building, place.row, place.unit)
        said.append("".join(part or "" for part in (*fine, place.site)))
    return "\n".join(said)


@pytest.mark.parametrize("seed", range(400))
def test_no_place_vanishes(seed: int) -> None:
    text, named = composed(seed)
    reading = read_notice(text)
    held = names_of(reading)
    asked = "\n".join([*(q.text for q in reading.questions), *(u.text for u in reading.unread)])
    lost = [name for name in named if name not in held and name not in asked]
    assert not lost, text
