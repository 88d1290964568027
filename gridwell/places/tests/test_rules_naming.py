"""Spellings of place names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridwell.places.rules.naming import fold, match_key
from gridwell.places.rules.numerals import parse_int, parse_roman


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("12", 12), ("一", 1), ("十", 10), ("十二", 12), ("二十", 20), ("二十三", 23), ("二三", 23),
        ("二〇", 20), ("一百零五", 105), ("一百一十", 110), ("", None), ("楼", None),
        ("十楼", None), ("1二", None), ("百", None),
    ],
)  # fmt: skip
def test_numbers(written: str, value: int | None) -> None:
    assert parse_int(written) == value


@given(st.integers(1, 199))
def test_every_number_in_words_is_read_back(number: int) -> None:
    figures = "零一二三四五六七八九"
    hundred, rest = divmod(number, 100)
    words = "一百" if hundred else ""
    ten, one = divmod(rest, 10)
    if hundred and not ten and one:
        words += "零"
    if ten:
        words += ("" if ten == 1 and not hundred else figures[ten]) + "十"
    words += figures[one] if one else ""
    assert parse_int(words) == number


def test_roman() -> None:
    assert [parse_roman(t) for t in ("I", "iv", "X", "abc")] == [1, 4, 10, None]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("西华苑３期南区２１号楼", "西华苑三期南区21号楼"),
        ("金香都小区2号楼", "金香都小区 2#"),
        ("2#楼", "2号楼"),
        ("2栋", "2幢"),
        ("2栋", "二号楼"),
        ("十二号楼一单元", "12栋1单元"),
        ("2门", "二单元"),
        ("Ⅱ期", "2期"),
        ("II期", "二期"),
        ("D1座", "d1座"),
        ("漫香堤(小区)", "漫香堤（小区）"),
        ("佳禾鑫·新座", "佳禾鑫新座"),
        ("華苑小區", "华苑小区"),
        ("下元北一条", "下元北1条"),
        ("1—5号楼", "1-5号楼"),
        ("寇庄北街二十一中宿舍", "寇庄北街21中宿舍"),
    ],
)
def test_same_place(one: str, other: str) -> None:
    assert match_key(one) == match_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("B座", "B栋"),
        ("5-6号楼", "5、6号楼"),
        ("3-2-501", "32-501"),
        ("五一路", "五十一路"),
        ("1期", "2期"),
        ("玉门花园A区", "五门花园A区"),
        ("2号楼", "2单元"),
        ("1号楼11单元", "11号楼1单元"),
    ],
)
def test_different_places(one: str, other: str) -> None:
    assert match_key(one) != match_key(other)


@given(st.text())
def test_fold_keeps_the_place_of_every_character(text: str) -> None:
    folded = fold(text)
    assert len(folded.offsets) == len(folded.text) + 1
    assert list(folded.offsets) == sorted(folded.offsets)
    assert folded.offsets[-1] == len(text)


@given(st.text())
def test_key_of_a_key_is_the_key(text: str) -> None:
    assert match_key(text) == match_key(text + " ")
    assert " " not in match_key(text)


def test_fold_points_at_the_original() -> None:
    text = "萬柏林區（１９個）：\r\n飛雲大院"
    folded = fold(text)
    assert folded.text == "万柏林区(19个):\n飞云大院"
    at = folded.text.index("飞")
    assert text[slice(*folded.span(at, at + 4))] == "飛雲大院"


def test_an_old_character_in_a_simplified_text_stays() -> None:
    assert fold("乾元小区3号楼").text == "乾元小区3号楼"
