"""The places that the items of a notice name."""

import pytest

from gridwell.orders.rules.notice import Place
from gridwell.orders.tests.test_rules_notice import notice, only


def written(place: Place) -> str:
    """Return a place as its kind and what it names, coarse to fine."""
    named = [str(v) for k, v in place.to_json().items() if k != "kind" and v is not None]
    return " ".join([place.kind.value, *named])


PLACES = """
建设南路6号锦绣大厦2单元 = unit 建设南路6号 锦绣大厦 2单元
建设巷9号院3号楼2单元 = unit 建设巷 9号院 3号楼 2单元
飞虹小区2、3号楼 = building 飞虹小区 2号楼 + building 飞虹小区 3号楼
飞虹小区4栋5栋 = building 飞虹小区 4栋 + building 飞虹小区 5栋
飞虹小区2栋2201-2208号 = dwelling 飞虹小区 2栋 ['2201-2208']
飞虹大厦B座4—30层 = building 飞虹大厦 B座 [4, 30]
飞虹小区1号楼14层-20层 = building 飞虹小区 1号楼 [14, 20]
飞虹小区2404 = dwelling 飞虹小区 ['2404']
飞虹小区1号楼1单元至2单元 = unit 飞虹小区 1号楼 1单元 + unit 飞虹小区 1号楼 2单元
大柳村3排5户 = dwelling 大柳村 ['5'] 3排
大柳村5组001-146号 = dwelling 大柳村 ['001-146'] 5组
西山镇大柳村 = village 西山镇 大柳村
大柳村边坡施工项目部 = site 大柳村 边坡施工项目部
东街道和平社区学府路138号院9栋5单元 = unit 东街道 和平社区 学府路 138号院 9栋 5单元
龙吴路2418弄飞虹家园 = compound 龙吴路2418弄 飞虹家园
龙吴路1526弄 = lane 龙吴路1526弄
建设路329号2楼老张足浴店 = site 建设路 329号 [2, 2] 老张足浴店
建设路182号(小张生鲜) = site 建设路 182号 小张生鲜
飞虹小区3号楼(含底商) = building 飞虹小区 3号楼 + site 飞虹小区 3号楼 底商
建设路6号1栋 = building 建设路6号 1栋
蚌埠道51号 = building 蚌埠道 51号
宾西楼9门 = unit 宾西楼 9门
建设路9号院南楼4单元 = unit 建设路 9号院 南楼 4单元
建设路5号附3号 = building 建设路 5号附3号
飞虹小区3号楼2单元及底商 = unit 飞虹小区 3号楼 2单元 + site 飞虹小区 3号楼 底商
西山街道 = subdistrict 西山街道
飞虹小区(8月11日已发布) = compound 飞虹小区
"""


@pytest.mark.parametrize("line", PLACES.strip().splitlines())
def test_places(line: str) -> None:
    text, wanted = line.split(" = ")
    item = only(notice(f"一、高风险区\n1.{text}")).items[0]
    assert item.text == text
    assert " + ".join(map(written, item.places)) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "飞虹小区(除1号楼外)",
        "飞虹小区(除1号楼)",
        "飞虹小区(1号楼除外)",
        "飞虹小区除1号楼外的其他区域",
        "飞虹小区(不含1号楼)",
    ],
)
def test_exceptions(text: str) -> None:
    item = only(notice(f"一、高风险区\n1.{text}")).items[0]
    assert [p.compound for p in item.places] == ["飞虹小区"]
    assert [(p.compound, p.building) for p in item.exceptions] == [("飞虹小区", "1号楼")]


@pytest.mark.parametrize(
    "text",
    [
        "东至花园路,南至农业路,西至文化路,北至东风路",
        "长华路以东、淀浦河以南、龙吴路以西、徐梅路以北区域",
    ],
)
def test_boundaries_are_one_item(text: str) -> None:
    for body in (
        f"一、高风险区\n望岳区:{text}。",
        f"一、高风险区\n1.{text}",
        f"将{text}划定为高风险区。",
    ):
        item = only(notice(body)).items[0]
        assert item.boundary == text
        assert item.places == ()
