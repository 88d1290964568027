"""Two lines of one name behind one door: asked about unless something tells them apart."""

from gridwell.ledgers.tests.test_rules_reading import rows_read


def test_of_two_lines_of_one_name_the_one_without_a_number_is_asked_about() -> None:
    header: list[object] = ["楼号", "单元", "房号", "姓名", "身份证号"]
    number = "140100199210018135"
    read = rows_read(header, ["1", "1", "101", "张三", ""], ["1", "1", "101", "张三", number])
    (twin,) = read.duplicates
    assert (twin.code, twin.first.row, twin.row.row) == ("same_name_in_dwelling", 3, 2)


def test_two_of_one_name_and_different_sex_are_two_people() -> None:
    header: list[object] = ["楼号", "单元", "房号", "姓名", "性别"]
    read = rows_read(header, ["1", "1", "101", "张三", "男"], ["1", "1", "101", "张三", "女"])
    assert read.duplicates == ()
