"""What the columns of a community's ledger are called (台账列名): many names, one field each.

A column is known by its own header text, by the texts above it, by a pattern, or by what an officer
decided once (`mapping`). A column nobody knows is kept as a remark under its own name.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from unicodedata import normalize

from gridwell.core.tables.header import Column
from gridwell.ledgers.rules.fields import NAMES, Field

#: Fields that may stand in several columns; of the others the first column counts.
REPEATABLE: Final = frozenset(
    {Field.PHONE, Field.HEAD_PHONE, Field.REMARK, Field.LABELS, Field.DOCUMENT}
)
#: Names of lines that add up, and of lines that explain, as body_rows takes them.
TOTALS: Final = (
    *(
        "合计",
        "总计",
        "小计",
        "共计",
        "累计",
        "共",
        "总",
        "共",
        "总",
        "总数",
        "汇总",
        "合计人数",
        "合计户数",
        "总户数",
        "总人数",
    ),
    *("total", "Total", "TOTAL", "Subtotal", "Sum"),
)
NOTES: Final = (
    *(
        "说明",
        "注:",
        "注：",
        "备注:",
        "备注：",
        "填表",
        "制表",
        "审核",
        "填报",
        "网格员:",
        "网格员：",
    ),
    *(
        "社区负责人",
        "负责人签",
        "签字",
        "签名",
        "盖章",
        "经办人",
        "复核",
        "单位负责人",
        "负责人:",
        "负责人：",
        "联系人:",
        "联系人：",
        "统计",
        "(以下",
        "（以下",
        "以下",
    ),
)

#: Whose data these are, not the residents'; kept as remarks without asking.
_OTHERS: Final = re.compile(
    r"网格(?:员|长)|楼(?:院)?长|单元长|包[保联户]|负责人|监护人|紧急联系|房东|业主|房主|产权|填表|登记人|联系人|民警|志愿者|签[字名]|"
    r"照片|^(?:民族|文化程度|学历|婚姻状况|职业|籍贯|社区|街道|区县|网格|网格号|所属网格|微网格|面积|房屋面积|车牌号?|车位)$|"
    r"户籍(?:地|所在|地址)|户口所在|年龄段"
)
_CODES: Final = frozenset(known.value for known in Field)
#: What still tells a column when none of the exact names fits; first match counts.
_PATTERNS: Final = tuple(
    (re.compile(pattern), known)
    for pattern, known in (
        (r"[楼栋幢].{0,3}单元.{0,3}[房室户号]", Field.ADDRESS),
        (r"身份证|证件号|公民身份", Field.ID_NUMBER),
        (r"护照|通行证", Field.DOCUMENT),
        (r"户主.{0,4}(?:电话|手机|联系)", Field.HEAD_PHONE),
        (r"电话|手机|联系方式", Field.PHONE),
        (r"出生", Field.BIRTH),
        (r"(?:核酸|采样).{0,6}(?:时间|日期)", Field.LAST_SAMPLE),
        (r"隔离.{0,4}(?:至|截止|到期|结束|解除|期满)|解除.{0,4}隔离", Field.ISOLATED_UNTIL),
        (r"疫苗|接种", Field.VACCINE),
        (r"党员|政治面貌", Field.PARTY_MEMBER),
        (r"孕", Field.PREGNANT),
        (r"残疾|残障", Field.DISABLED),
        (r"低保", Field.LOW_ALLOWANCE),
        (r"特困|五保", Field.DESTITUTE),
        (r"独居", Field.LIVES_ALONE),
        (r"高龄", Field.VERY_OLD),
        (r"行动不便|失能|卧床", Field.CANNOT_WALK),
        (r"疾病|慢病|慢性病|基础病|患病|病史", Field.ILLNESS),
        (r"与.{0,6}关系", Field.RELATION),
        (r"人户分离|空挂", Field.REGISTERED_ONLY),
        (r"工作单位", Field.EMPLOYER),
        (r"暖心|标签|标识", Field.LABELS),
        (r"(?:家庭|居住|现住|现居|详细|房屋|具体).{0,4}(?:地址|住址)|住址|门牌", Field.ADDRESS),
        (
            r"家庭成员|居住人员|现住人|同住(?:人|家属|亲属)|共住人|其[他它](?:家庭)?成员",
            Field.PEOPLE,
        ),
        (r"(?:家庭|居住|常住).{0,3}人[口数]", Field.COUNT),
        (r"(?:居民|人员|成员|住户)?姓名$", Field.NAME),
        (r"^楼(?:栋|号)?[、/\-]?[房室户]号?$|房屋坐落", Field.ADDRESS),
        (r"房间?号|房屋号|室号", Field.ROOM),
    )
)
_MEMBER: Final = re.compile(
    r"(?:家庭|共同居住|居住)?(?:成员|人员|同住人员?|家属|租客|租户|member)[(]?"
    r"(?P<no>[一二三四五六七八九十]|\d{1,2})[)]?(?:的|(?:基本)?(?:信息|情况))?(?P<what>.*)"
)
_SPOUSE: Final = re.compile(
    r"(?P<no>配偶|妻子|丈夫|父亲|母亲|长子|次子|长女|次女)(?:基本)?(?:信息|情况)?(?P<what>姓名|身份证号?码?|电话|手机号?|联系电话)"
)
_WANTED: Final = frozenset({Field.NAME, Field.RELATION, Field.ID_NUMBER, Field.PHONE})
_DECORATION: Final = re.compile(r"[*＊:：?？\"'“”、,，。.·]+$|^[*＊\"'“”]+")
_BRACKETED: Final = re.compile(r"[(\[【<].*?[)\]】>]")
_NUMBERED: Final = re.compile(r"(?<=\D)[12一二]$")
_LONGEST: Final = 24
#: Used only when nothing better is there.
_LAST_RESORT: Final = (
    (Field.NAME, re.compile(r"^(?:户主|户主姓名|业主|业主姓名|房主|房主姓名|承租人|承租人姓名)$")),
    (Field.ADDRESS, re.compile(r"户籍(?:地址|所在地|地)|户口所在地")),
)


#: 同住人: those who live with the person of another column, who is not among them.
_WITH_THE_HEAD: Final = re.compile(r"同住|共同居住|共住|其他|家庭成员|家人|家属")


def folded(text: str) -> str:
    """Return a header text as names are compared: half-width, lower case, no spaces or stars."""
    plain = re.sub(r"[\s_]+", "", normalize("NFKC", text)).casefold()
    return _DECORATION.sub("", plain)


_EXACT: Final[dict[str, Field]] = {
    folded(name): known for known, names in NAMES.items() for name in names.split()
}
_EXACT.update({folded(name): known for known in Field for name in (known.value,)})


@lru_cache(maxsize=4_096)
def field_named(text: str) -> tuple[Field | None, float]:
    """Return the field that one header text names and how surely, 0 to 1."""
    plain = folded(text)
    if not plain or len(plain) > _LONGEST + 16:
        return None, 0.0
    for candidate in (plain, _NUMBERED.sub("", plain), folded(_BRACKETED.sub("", plain))):
        if candidate in _EXACT:
            return _EXACT[candidate], 1.0
    if _OTHERS.search(plain):
        return None, 0.6
    if len(plain) <= _LONGEST:
        for pattern, known in _PATTERNS:
            if pattern.search(plain):
                return known, 0.8
    return None, 0.0


def member_of(path: Sequence[str]) -> tuple[str, Field] | None:
    """Return which member a column is about and what of them, or None for any other column."""
    own = folded(path[-1]) if path else ""
    joined = folded("".join(path[-2:]))
    for text in dict.fromkeys((own, joined)):
        found = _MEMBER.fullmatch(text) or _SPOUSE.fullmatch(text)
        if not found:
            continue
        rest = found["what"].lstrip("-_:：/")
        what = Field.NAME if not rest else field_named(rest)[0]
        if what in _WANTED and what is not None:
            return found["no"], what
    return None


def known(path: tuple[str, ...]) -> float:
    """Return how surely a header path names a column of a ledger, for `find_header`."""
    return field_named(path[-1])[1] if path else 0.0


@dataclass(frozen=True, slots=True)
class Taken:
    """What one column was taken for: a field, or None when it is kept as a remark.

    `is_unknown` marks a column that should be asked about; `is_member` one about one of several
    members of the line's household (成员2姓名); `target` is the code that the caller's
    mapping gave when it is none of our fields.
    """

    column: Column
    field: Field | None
    is_unknown: bool = False
    target: str = ""
    is_member: bool = False


def take_columns(
    columns: Sequence[Column], mapping: Mapping[str, str] | None = None
) -> tuple[Taken, ...]:
    """Return what each column is taken for.

    `mapping` is what an officer decided: header address or name -> field code, "remark", or a code
    of the caller's own. It goes before everything else.
    """
    found = [_take(column, mapping or {}) for column in columns]
    seen: dict[Field, int] = {}
    for index, taken in enumerate(found):
        if taken.field is None:
            continue
        if taken.field in seen and taken.field not in REPEATABLE:
            found[index] = Taken(taken.column, None)
        seen.setdefault(taken.field, index)
    return tuple(_settled(found))


def _take(column: Column, mapping: Mapping[str, str]) -> Taken:
    for name in (column.address, column.name):
        if name in mapping:
            code = mapping[name]
            if code in _CODES:
                return Taken(column, Field(code))
            return Taken(column, None, target="" if code in {"", "ignore"} else code)
    if member_of(column.path) is not None:
        return Taken(column, None, is_member=True)
    parents = column.path[:-1]
    if any(_OTHERS.search(folded(parent)) for parent in parents):
        return Taken(column, None)
    own, sure = field_named(column.name)
    if parents:
        joined, joined_sure = field_named(parents[-1] + column.name)
        of_head = folded(parents[-1]) == "户主" and joined is not None
        if of_head or (sure < 0.7 and joined_sure >= 0.8):
            return Taken(column, joined)
        if own is None and sure == 0 and len(column.path) > 1:
            above, above_sure = field_named(parents[-1])
            if above is Field.LABELS and above_sure == 1.0:
                return Taken(column, Field.LABELS)
    return Taken(column, own, is_unknown=own is None and sure == 0)


def _settled(found: list[Taken]) -> list[Taken]:
    """Fall back on second-best columns where the first choice is missing."""
    fields = {taken.field for taken in found}
    one_a_line = {Field.RELATION, Field.SEX, Field.BIRTH} & fields
    if Field.PEOPLE in fields and Field.NAME not in fields and one_a_line:
        # 家庭成员 beside a relation or a sex is one member a line, not all in one cell.
        found = [Taken(t.column, Field.NAME) if t.field is Field.PEOPLE else t for t in found]
        fields = fields - {Field.PEOPLE} | {Field.NAME}
    if Field.NAME not in fields and Field.PEOPLE not in fields and Field.HEAD_NAME in fields:
        found = [Taken(t.column, Field.NAME) if t.field is Field.HEAD_NAME else t for t in found]
        fields.add(Field.NAME)
    beside = any(
        taken.field is Field.PEOPLE and _WITH_THE_HEAD.search(folded(taken.column.name))
        for taken in found
    )
    for wanted, pattern in _LAST_RESORT:
        places = {Field.ADDRESS, Field.ROOM, Field.BUILDING}
        missing = wanted not in fields and (
            Field.PEOPLE not in fields or beside if wanted is Field.NAME else not places & fields
        )
        if missing:
            for index, taken in enumerate(found):
                if taken.field is None and pattern.search(folded(taken.column.name)):
                    found[index] = Taken(taken.column, wanted)
                    break
    return found
