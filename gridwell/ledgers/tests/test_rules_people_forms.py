"""People in one cell as grid workers write them: relations glued on, no signs between, vacant in brackets."""

import pytest

from gridwell.ledgers.rules.people import read_people
from gridwell.ledgers.tests.test_rules_reading import rows_read


@pytest.mark.parametrize(
    ("cell", "people"),
    [
        (
            "妻子王芳，儿子吴昊，母亲刘桂英",
            [("王芳", "妻子"), ("吴昊", "儿子"), ("刘桂英", "母亲")],
        ),
        ("郑爽 女儿\n田丽 妻子", [("郑爽", "女儿"), ("田丽", "妻子")]),
        ("张三 户主 李四 妻子", [("张三", "户主"), ("李四", "妻子")]),
        ("张三（户主）李四（妻）张五（子）", [("张三", "户主"), ("李四", "妻"), ("张五", "子")]),
        ("张三及妻子李四", [("张三", "户主"), ("李四", "妻子")]),
        ("张三,男,户主;李四,女,妻", [("张三", "户主"), ("李四", "妻")]),
        ("李四（妻子） 14000000022 李五（儿子）", [("李四", "妻子"), ("李五", "儿子")]),
        ("孙子涵、孙子轩(子)", [("孙子涵", "户主"), ("孙子轩", "子")]),
        ("方和平", [("方和平", "户主")]),
        ("张弘、袁才谦（女）", [("张弘", "户主"), ("袁才谦", "女")]),
    ],
)
def test_who_is_in_a_cell(cell: str, people: list[tuple[str, str]]) -> None:
    assert [(p.name, p.relation) for p in read_people(cell).people] == people


def test_numbers_stay_with_the_name_before_them() -> None:
    cell = read_people("妻子王芳 14000000023 吴昊 14000000024\n郑爽 女儿 140100201005050021")
    assert [(p.name, p.relation, p.phones, p.document) for p in cell.people] == [
        ("王芳", "妻子", ("14000000023",), ""),
        ("吴昊", "户主", ("14000000024",), ""),
        ("郑爽", "女儿", (), "140100201005050021"),
    ]


@pytest.mark.parametrize("word", ["（空置）", "(空户)", "【无人居住】", "空房"])
def test_a_vacant_dwelling_in_brackets_has_nobody(word: str) -> None:
    assert read_people(word).is_vacant
    read = rows_read(
        ["楼号", "单元", "室", "户主", "家庭成员"],
        ["7", "1", "401", "吴江", "王芳"],
        ["7", "1", "402", word, ""],
    )
    assert [r.name for r in read.residents] == ["吴江", "王芳"]
    assert len(read.households) == 2


def test_an_owner_beside_those_who_live_with_him_is_a_resident() -> None:
    read = rows_read(
        ["门牌号", "业主", "同住人", "电话"],
        ["1-101", "甲乙丙", "丁戊", "14000000041"],
        ["1-102", "己庚", "", "14000000042"],
    )
    assert [r.name for r in read.residents] == ["甲乙丙", "丁戊", "己庚"]
    let = rows_read(["门牌号", "业主", "现住人员"], ["1-101", "甲乙丙", "丁戊"])
    assert [r.name for r in let.residents] == ["丁戊"]
