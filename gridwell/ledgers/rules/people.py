"""Several residents in one cell (一格多人): 袁玉、张弘（配偶）、袁才谦（女） 3人."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from unicodedata import normalize

from gridwell.ledgers.rules.values import VACANT, are_names_apart, clean_name
from gridwell.residents.rules.identity import read_document
from gridwell.residents.rules.phones import read_phones

_RELATIONS: Final = (
    *("户主", "本人", "配偶", "妻子", "丈夫", "夫", "妻", "爱人", "老伴", "老公", "老婆"),
    *("子", "女", "儿子", "女儿", "长子", "次子", "三子", "长女", "次女", "三女", "独子", "独女"),
    *("大儿子", "二儿子", "大女儿", "二女儿", "小儿子", "小女儿", "养子", "养女", "继子", "继女"),
    *(
        "父",
        "母",
        "父亲",
        "母亲",
        "爸爸",
        "妈妈",
        "岳父",
        "岳母",
        "公公",
        "婆婆",
        "公",
        "婆",
        "继父",
        "继母",
    ),
    *("祖父", "祖母", "爷爷", "奶奶", "外祖父", "外祖母", "姥爷", "姥姥", "外公", "外婆"),
    *("孙子", "孙女", "外孙", "外孙女", "孙", "重孙", "重孙女", "儿媳", "媳妇", "女婿", "孙媳"),
    *("兄", "弟", "姐", "妹", "哥哥", "弟弟", "姐姐", "妹妹", "侄子", "侄女", "外甥", "外甥女"),
    *(
        "保姆",
        "住家保姆",
        "护工",
        "亲戚",
        "亲属",
        "朋友",
        "同事",
        "室友",
        "合租",
        "租客",
        "其他",
        "非亲属",
    ),
)
RELATION_WORDS: Final = frozenset(_RELATIONS)
HEAD_WORDS: Final = frozenset(
    ["户主", "本人", "户主本人", "本人(户主)", "head", "self", "householder"]
)
#: Whoever a relation column calls so rents the dwelling and lives there: a resident, no guest.
TENANT_WORDS: Final = frozenset(
    [
        *("租户", "租客", "承租", "承租人", "承租户", "租住", "租住户", "租住人"),
        *("租房", "租房户", "合租", "合租人", "合租户"),
    ]
)
_COUNT: Final = re.compile(
    r"[\s,，、;；]*(?:[((]?\s*(?:共|计|合计|总计|家庭人口|人数)?[:：]?\s*(\d{1,2}|[一二两三四五六七八九十])\s*[人口]人?\s*[))]?)\s*[。.]?$"
)
_LEADING_COUNT: Final = re.compile(r"^(\d{1,2})\s*[人口]\s*[:：,，、]\s*")
_BARE_COUNT: Final = re.compile(r"\s*\(\s*(\d{1,2})\s*\)\s*$")
_FIGURES: Final = {c: i for i, c in enumerate("零一二三四五六七八九十")} | {"两": 2}
_SPLIT: Final = re.compile(r"[、,，;；/|\n\r]+")
_INSIDE: Final = re.compile(r"\(([^()]*)\)")
_PREFIX: Final = re.compile(
    rf"^({'|'.join(sorted(_RELATIONS, key=len, reverse=True))})\s*[:：\-—]\s*(.+)$"
)
_SUFFIX: Final = re.compile(
    rf"^(.+?)\s*[:：\-—]\s*({'|'.join(sorted(_RELATIONS, key=len, reverse=True))})$"
)
#: Relations of two characters that no name begins with; 孙子涵 is a name.
_WORDED: Final = sorted(
    {w for w in (*_RELATIONS, "户主", "本人") if len(w) >= 2 and not w.startswith("孙")},
    key=len,
    reverse=True,
)
#: 妻子王芳: the relation before the name, without a sign between.
_GLUED: Final = re.compile(
    rf"^({'|'.join(_WORDED)})([\u3400-\u9fff]{{2,4}}(?:·[\u3400-\u9fff]+)?)$"
)
_CLOSED: Final = re.compile(
    rf"(?<=\))(?<!^\))(?=[\u3400-\u9fff]{{2,4}}\((?:{'|'.join(sorted(_RELATIONS, key=len, reverse=True))}|男|女|\d))"
)
_AND_HIS: Final = re.compile(
    rf"(?<=[\u3400-\u9fff]{{2}})[及和与](?:其)?(?=(?:{'|'.join(_WORDED)})[\u3400-\u9fff]{{2}})"
)
#: 王芳 14000000023 吴昊 14000000024: a name behind the number of another.
_NUMBERED_OFF: Final = re.compile(
    rf"(?<=\d{{7}}[\dXx])\s+(?!(?:{'|'.join(_WORDED)})(?:[\s,;、]|$))(?=[\u3400-\u9fff]{{2,4}}(?:[\s(\d]|$))"
)
#: 田丽 妻子: the relation behind the name; a lone 女 tells the sex.
_BEHIND: Final = frozenset(_RELATIONS) - {"女", "孙", "公", "婆"}
_PHONE: Final = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_ID: Final = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|\d{15})(?![\dXx])")
#: 1.张三 2.李四: the figures before the names.
_NUMBERING: Final = re.compile(r"(?:^|(?<=[\s、,;]))\(?\d{1,2}\s*[.．、)](?=\s*[\u3400-\u9fff])")
#: 张三 男 45岁: what stands behind a name and is none.
_ASIDE: Final = re.compile(r"(?<=\S)\s+(?:男|女|\d{1,3}\s*岁?)(?=\s|$)")
#: A piece that says more of the person before it: a number, a relation, an age.
_OF_THE_SAME: Final = re.compile(
    r"\+?[\d\-\s]{7,}[\dXx]|\d{1,3}岁|男|"
    + "|".join(sorted(("户主", "本人", *_RELATIONS), key=len, reverse=True))
)
#: Stand-ins for what is in brackets while a cell is cut; rare characters of names live elsewhere.
_HOLD: Final = 0xF0000
_HELD: Final = re.compile("[\U000f0000-\U000f03e8]")


#: 何七(户主) 吕八(妻): a bracket behind each name.
_EACH_BRACKETED: Final = re.compile(r"(?:[\u3400-\u9fff]{2,4}\s*\([^()]{1,8}\)\s*){2,}")


@dataclass(frozen=True, slots=True)
class Person:
    """One of the people in a cell: name, relation as written, numbers and words beside the name."""

    name: str
    relation: str = ""
    document: str = ""
    phones: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PeopleCell:
    """What a cell with residents says: who, how many it declares (None: it does not), or vacant."""

    people: tuple[Person, ...] = ()
    declared: int | None = None
    is_vacant: bool = False


def is_people_cell(text: str) -> bool:
    """Return whether a name cell really lists several people or states their number."""
    plain = normalize("NFKC", text)
    return (
        bool(_COUNT.search(plain))
        or bool(_EACH_BRACKETED.fullmatch(plain.strip()))
        or are_names_apart(plain)
        or (bool(_SPLIT.search(_INSIDE.sub("", plain).strip())) and len(plain) > 3)
    )


@lru_cache(maxsize=16_384)
def read_people(text: str) -> PeopleCell:
    """Return the residents of a cell; the first without a relation is the head.

    Names are separated by 、 , ; / or lines; a relation stands in brackets, before a colon, or after
    a dash. The number at the end (4人) is what the cell declares.
    """
    plain = _NUMBERING.sub(" ", _brackets(text)).strip()
    if not plain or VACANT.fullmatch(plain):
        return PeopleCell(is_vacant=bool(plain))
    plain, declared = _declared(plain)
    if not plain or VACANT.fullmatch(plain):
        return PeopleCell(declared=declared, is_vacant=True)
    people = [person for piece in _pieces(_apart(plain), declared) if (person := _person(piece))]
    return PeopleCell(tuple(_with_head(people)), declared)


def _brackets(text: str) -> str:
    """Bring brackets and separators to one form; names keep their rare characters."""
    return text.translate(str.maketrans("（）【】［］，；／｜", "()()(),;/|"))


def _apart(plain: str) -> str:
    """Put the separators in that people leave out: 张三(户主)李四(妻), 张三及妻子李四."""
    return _AND_HIS.sub("、", _NUMBERED_OFF.sub("、", _CLOSED.sub("、", plain)))


def _declared(plain: str) -> tuple[str, int | None]:
    for pattern in (_COUNT, _LEADING_COUNT, _BARE_COUNT):
        found = pattern.search(plain)
        if found:
            written = found.group(1)
            count = int(written) if written.isdigit() else _FIGURES[written]
            rest = (plain[: found.start()] + plain[found.end() :]).strip()
            return re.sub(r"(?<=..)(?:等|一家|全家)$", "", rest), count
    return plain, None


def _pieces(plain: str, declared: int | None) -> list[str]:
    """Cut between people, not inside brackets."""
    held: list[str] = []

    def hold(found: re.Match[str]) -> str:
        return hold_word(found.group())

    def hold_word(word: str) -> str:
        held.append(word if word.startswith("(") else f"({word})")
        return chr(_HOLD + len(held) - 1)

    covered = _INSIDE.sub(hold, plain) if plain.count("(") < 1000 else plain
    pieces: list[str] = []
    for piece in filter(None, map(str.strip, _SPLIT.split(covered))):
        if pieces and _OF_THE_SAME.fullmatch(piece):
            pieces[-1] += f" {piece}" if piece[-1] in "0123456789Xx" else hold_word(piece)
        else:
            pieces.append(piece)
    spaced = [part for piece in pieces for part in _cut_at_spaces(piece, declared, len(pieces))]
    return [_HELD.sub(lambda found: _released(found, held), piece) for piece in spaced]


def _released(found: re.Match[str], held: list[str]) -> str:
    index = ord(found.group()) - _HOLD
    return held[index] if index < len(held) else found.group()


def _cut_at_spaces(piece: str, declared: int | None, pieces: int) -> list[str]:
    """Cut 张三 李四 in two, but leave 张 三: a space divides people only between whole names."""
    if " " not in piece and "\u3000" not in piece and "\t" not in piece:
        return [piece]
    parts = [part for part in re.split(r"\s+", piece) if part]
    names = [re.sub(r"\d", "", _HELD.sub("", part)) for part in parts]
    if pieces == 1 and declared is not None and len(parts) != declared and declared == 1:
        return [piece]
    whole = all(len(name) >= 2 and not name.isascii() for name in names)
    if not whole:
        return [piece]
    people: list[str] = []
    for part in parts:  # 张三 户主 李四 妻子 are two people
        if people and part in _BEHIND and " " not in people[-1]:
            people[-1] += f" {part}"
        else:
            people.append(part)
    return people


def _person(piece: str) -> Person | None:
    inside = [words.strip() for words in _INSIDE.findall(piece)]
    bare = _ASIDE.sub("", _INSIDE.sub("", piece)).strip(" ()-:：")
    relation = ""
    documents: list[str] = []
    phones: list[str] = []
    words: list[str] = []
    bare, relation = _beside_name(bare)
    prefix, suffix = _PREFIX.match(bare), _SUFFIX.match(bare)
    if prefix:
        relation, bare = prefix.group(1), prefix.group(2)
    elif suffix:
        bare, relation = suffix.group(1), suffix.group(2)
    elif not relation and (glued := _GLUED.match(re.sub(r"[\s\d]*\d{7,}[\dXx]*", "", bare))):
        relation = glued.group(1)
        bare = bare[len(relation) :]
    tokens = [t for part in inside for t in re.split(r"[,、;\s]+", part) if t]
    if len(tokens) > 1 and any(t in _BEHIND or t in HEAD_WORDS for t in tokens):
        tokens = [t for t in tokens if t != "女"]  # beside 妻 it tells the sex
    for token in tokens + _numbers(bare):
        reading = read_document(token) if _ID.fullmatch(token) else None
        if reading is not None:
            documents.append(token)
        elif _PHONE.fullmatch(token):
            phones += read_phones(token).numbers
        elif not relation and (token in RELATION_WORDS or token in HEAD_WORDS):
            relation = token
        else:
            words.append(token)
    name = clean_name(re.sub(r"[\d\s]*\d{7,}[\dXx]*", "", bare))
    if not name:
        return None
    if (
        not relation
        and len(words) == 1
        and len(words[0]) <= 4
        and not any(map(str.isdigit, words[0]))
    ):
        relation, words = words[0], []
    return Person(name, relation, documents[0] if documents else "", tuple(phones), tuple(words))


def _beside_name(bare: str) -> tuple[str, str]:
    """Return a name and the relation that a space divides from it (田丽 妻子), or "" for none."""
    parts = bare.split()
    found = [part for part in parts if part in _BEHIND or part in HEAD_WORDS]
    rest = [part for part in parts if part not in found[:1]]
    if not found or not any(len(part) >= 2 and not part[0].isdigit() for part in rest):
        return bare, ""
    return " ".join(rest), found[0]


def _numbers(bare: str) -> list[str]:
    return _ID.findall(bare) + _PHONE.findall(bare)


def _with_head(people: list[Person]) -> list[Person]:
    if not people or any(person.relation in HEAD_WORDS for person in people):
        return people
    for index, person in enumerate(people):
        if not person.relation:
            head = Person(person.name, "户主", person.document, person.phones, person.words)
            return [*people[:index], head, *people[index + 1 :]]
    return people
