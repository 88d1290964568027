"""Names as people search for them (拼音、首字母): pinyin without tones, and its first letters. Pure.

Surnames that are read otherwise than the same character elsewhere (单 shan, 解 xie, 仇 qiu) are
listed here; the rest comes from pypinyin, one character at a time and remembered.
"""

import unicodedata
from functools import lru_cache
from typing import Final

#: Readings of characters as surnames, where they differ from the usual one.
SURNAMES: Final[dict[str, tuple[str, ...]]] = {
    "单": ("shan",),
    "解": ("xie",),
    "仇": ("qiu",),
    "曾": ("zeng",),
    "查": ("zha",),
    "区": ("ou",),
    "朴": ("piao",),
    "盖": ("ge",),
    "缪": ("miao",),
    "乐": ("yue",),
    "员": ("yun",),
    "贠": ("yun",),
    "黑": ("he",),
    "秘": ("bi",),
    "繁": ("po",),
    "种": ("chong",),
    "折": ("she",),
    "召": ("shao",),
    "任": ("ren",),
    "翟": ("zhai",),
    "覃": ("qin",),
    "洗": ("xian",),
    "冼": ("xian",),
    "逄": ("pang",),
    "句": ("gou",),
    "郇": ("xun",),
    "隗": ("wei",),
    "牟": ("mu",),
    "撒": ("sa",),
    "粘": ("nian",),
    "尹": ("yin",),
    "重": ("chong",),
    "长": ("chang",),
    "车": ("che",),
    "都": ("du",),
    "过": ("guo",),
    "哈": ("ha",),
    "尉": ("wei",),
    "尉迟": ("yu", "chi"),
    "万俟": ("mo", "qi"),
    "长孙": ("zhang", "sun"),
    "单于": ("chan", "yu"),
    "澹台": ("tan", "tai"),
    "令狐": ("ling", "hu"),
    "亓官": ("qi", "guan"),
    "濮阳": ("pu", "yang"),
}
#: Readings that names use and running text does not.
_IN_NAMES: Final = {"卜": "bu", "阿": "a", "尔": "er", "晟": "sheng", "珂": "ke", "茜": "qian"}
_LONG: Final = frozenset(name for name in SURNAMES if len(name) == 2)


@lru_cache(maxsize=65_536)
def _syllable(character: str) -> str:
    """Return the reading of one character in plain letters; nothing for signs."""
    if character.isascii():
        return character.lower() if character.isalnum() else ""
    if character in _IN_NAMES:
        return _IN_NAMES[character]
    from pypinyin import Style, lazy_pinyin  # its tables take a third of a second to load

    read = "".join(lazy_pinyin(character, style=Style.NORMAL))
    if read == character:  # no Chinese character: é becomes e, other scripts have no letters
        plain = unicodedata.normalize("NFKD", character)
        return "".join(c for c in plain.lower() if c.isascii() and c.isalnum())
    return "".join(c for c in read.replace("ü", "v").lower() if c.isascii() and c.isalnum())


@lru_cache(maxsize=65_536)
def name_keys(name: str) -> tuple[str, str]:
    """Return (pinyin, initials) of a name: 单小华 is ("shanxiaohua", "sxh").

    Never longer than the columns they are stored in; empty for a name without readable signs.
    Latin names keep their letters, and an initial a word: Anna Lee is ("annalee", "al").
    """
    if name.isascii():
        words = ["".join(c for c in word if c.isalnum()).lower() for word in name.split()]
        return "".join(words)[:120], "".join(word[:1] for word in words)[:30]
    name = "".join(name.split())
    first: tuple[str, ...] = ()
    if name[:2] in _LONG:
        first = SURNAMES[name[:2]]
    elif name[:1] in SURNAMES and len(name) > 1:
        first = SURNAMES[name[:1]]
    syllables = [*first, *(_syllable(c) for c in name[len(first) :])]
    return "".join(syllables)[:120], "".join(s[:1] for s in syllables)[:30]
