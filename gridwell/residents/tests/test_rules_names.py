"""Pinyin, initials and masks."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridwell.residents.rules.masking import mask_document, mask_phone
from gridwell.residents.rules.names import name_keys


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("张小华", "zhangxiaohua", "zxh"),
        ("单小华", "shanxiaohua", "sxh"),
        ("解放", "xiefang", "xf"),
        ("仇海", "qiuhai", "qh"),
        ("曾国强", "zengguoqiang", "zgq"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("吕丽", "lvli", "ll"),
        ("阿卜杜拉·买买提", "abudulamaimaiti", "abdlmmt"),
        ("Anna Lee", "annalee", "al"),
        ("", "", ""),
    ],
)
def test_name_keys(name: str, pinyin: str, initials: str) -> None:
    assert name_keys(name) == (pinyin, initials)


@given(st.text(max_size=80))
def test_name_keys_are_plain_letters_that_fit(name: str) -> None:
    pinyin, initials = name_keys(name)
    assert re.fullmatch("[a-z0-9]{0,120}", pinyin)
    assert re.fullmatch("[a-z0-9]{0,30}", initials)


def test_eight_thousand_names_have_keys() -> None:
    names = [
        f"{a}{chr(0x4E00 + n * 7 % 3000)}{chr(0x5000 + n)}"
        for n, a in enumerate("王李张刘陈杨赵黄周吴" * 800)
    ]
    assert all(all(name_keys(name)) for name in names)


@given(st.text(alphabet="0123456789X", max_size=20))
def test_masks_keep_length_and_hide_the_middle(number: str) -> None:
    for mask in (mask_document, mask_phone):
        shown = mask(number)
        assert len(shown) == len(number)
        plain = [c for c in shown if c != "*"]
        assert len(plain) <= 10
        assert all(a in {"*", b} for a, b in zip(shown, number, strict=True))
        if number:
            assert "*" in shown


def test_masks_as_agreed() -> None:
    assert mask_document("140100198001018135") == "140100********8135"
    assert mask_phone("14012348876") == "140****8876"
    assert "19800101" not in mask_document("140100198001018135")
