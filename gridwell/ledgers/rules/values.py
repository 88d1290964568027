"""What single cells of a ledger mean (单元格取值): yes and no, tenure, names, label words."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from unicodedata import normalize

from gridwell.ledgers.rules.rows import MemberKind, Tenure
from gridwell.residents.rules.traits import TraitCode

_YES: Final = frozenset(
    [
        "是",
        "有",
        "√",
        "✓",
        "✔",
        "☑",
        "对",
        "y",
        "yes",
        "true",
        "t",
        "1",
        "1.0",
        "v",
        "●",
        "○",
        "是的",
        "属于",
    ]
)
_NO: Final = frozenset(
    [
        "否",
        "无",
        "没有",
        "没",
        "×",
        "✗",
        "✘",
        "x",
        "n",
        "no",
        "false",
        "f",
        "0",
        "0.0",
        "不是",
        "不",
        "非",
        "-",
        "--",
        "—",
        "/",
        "\\",
        "未",
    ]
)
_NO_DETAIL: Final = frozenset(
    ["健康", "良好", "正常", "无疾病", "无病史", "无基础疾病", "群众", "团员", "共青团员", "一般"]
)
VACANT: Final = re.compile(
    r"[(\[（【]?(?:空[户房置着]?房?(?:屋)?|空置房|无人(?:居住|住|在家居住)?|没人住?|闲置|未入住|未住人|无住户|毛坯(?:房)?|未装修|空关|(?:暂|长期|常年)(?:无人(?:居住|住)?|不在(?:家)?|空置|未住)|待[售租]|未[售交](?:房|付)?"
    r"|vacant|empty)[)\]）】]?",
    re.IGNORECASE,
)
#: 审核:, 本页小计4人, 第2页: what stands at the foot of a printed page is nobody.
NO_NAME: Final = re.compile(
    r"(?:审核|审批|制表|填表|填报|复核|经办|负责|签字|签名|盖章)[人员]?(?:签[字名])?[:：]|(?:本页)?(?:小计|合计|共计|总计)[:：\d]|第\s*\d+\s*页"
)
SURNAMES: Final = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
    "温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴"
    "霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚"
    "岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑"
    "迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉"
)
_WHOLE_NAME: Final = re.compile(r"[\u3400-\u9fff]{2,3}")
_TWO_SIGNS: Final = frozenset(
    ["欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "夏侯", "长孙"]
)
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u202a\u202c"))
_RENTED: Final = re.compile(r"租")
_OWNED: Final = re.compile(
    r"自[有住购]|产权|业主|常住|本地|购房|房主|户在人在|人户一致|人户合一|户籍(?:人口|居民)?$"
)
_DORMITORY: Final = re.compile(r"宿舍|集体")
_REGISTERED_ONLY: Final = re.compile(r"人户分离|空挂|挂户|户在人不在|有户无人")
_CJK_SPACE: Final = re.compile(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])")
_DOTS: Final = re.compile(r"(?<=[^\x00-\x7f])\s*[·•‧・･．.∙⋅●]\s*(?=[^\x00-\x7f])")
_BLANK_NAMES: Final = frozenset(
    [
        "无",
        "-",
        "--",
        "—",
        "/",
        "\\",
        "?",
        "不详",
        "未知",
        "待定",
        "暂无",
        "空",
        "无名",
        "出租",
        "已出租",
        "出租房",
        "出租屋",
        "租户",
        "租客",
        "待租",
        "不在家",
        "敲门无人",
        "none",
        "n/a",
    ]
)
_LABEL_SPLIT: Final = re.compile(r"[、,，;；/|\s]+")
_STABLE: Final = re.compile(r"稳定|控制(?:良好|平稳)|平稳")
_UNSTABLE: Final = re.compile(r"不稳定|未控制|控制不佳|不平稳")
_DOSES: Final = re.compile(r"(?:已?接?种?|第)?\s*(\d|[一二两三四])\s*[针剂]次?")
_DIGIT: Final = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4}

#: Words of a remark that say something the register keeps; a token must be such a word as a whole.
_REMARK_WORDS: Final = (
    (re.compile(r"(?:有|是)?独居(?:老人|者)?(?:\d人)?"), TraitCode.LIVES_ALONE),
    (re.compile(r"(?:有|是)?(?:孕妇|怀孕|孕产妇)"), TraitCode.PREGNANT),
    (
        re.compile(r"(?:有)?(?:行动不便|不能行走|卧床|瘫痪|失能)(?:者|老人|人员)?"),
        TraitCode.CANNOT_WALK,
    ),
    (re.compile(r"(?:有|是)?残疾人?"), TraitCode.DISABLED),
    (re.compile(r"(?:有|是)?低保户?"), TraitCode.LOW_ALLOWANCE),
    (re.compile(r"(?:有|是)?(?:特困|五保)(?:户|人员)?"), TraitCode.DESTITUTE),
)
_REMARK_LABELS: Final = (
    (re.compile(r"(?:有|是)?高龄(?:老人)?"), "高龄老人"),
    (re.compile(r"需?要?上门(?:采样|核酸|服务)"), "需上门"),
)


@dataclass(frozen=True, slots=True)
class Living:
    """What a tenure cell says: tenure, whether only registered here, whether nobody lives here."""

    tenure: Tenure = Tenure.UNKNOWN
    kind: MemberKind | None = None
    is_vacant: bool = False
    is_understood: bool = True


@lru_cache(maxsize=4_096)
def yes_or_no(text: str) -> tuple[bool | None, str]:
    """Return (True, detail), (False, "") or, for a blank cell, (None, "").

    Words other than yes and no mean yes with a detail: 肢体二级 in the column for the disabled.
    """
    plain = normalize("NFKC", text).strip()
    if not plain:
        return None, ""
    if plain.casefold() in _YES:
        return True, ""
    if plain.casefold() in _NO or plain in _NO_DETAIL or plain.startswith(("无", "非", "不属于")):
        return False, ""
    return True, plain


@lru_cache(maxsize=1_024)
def living_of(text: str) -> Living:
    """Return what a cell such as 常住, 租户, 人户分离 or 空户 says.

    常住 beside 租户 means that they live in what is theirs, so it reads as owned.
    """
    plain = normalize("NFKC", text).strip()
    if not plain or plain in _NO:
        return Living()
    if VACANT.fullmatch(plain):
        return Living(is_vacant=True)
    kind = MemberKind.REGISTERED_ONLY if _REGISTERED_ONLY.search(plain) else None
    if _RENTED.search(plain) and not plain.startswith(("非", "不", "未")):
        return Living(Tenure.RENTED, kind)
    if _DORMITORY.search(plain):
        return Living(Tenure.DORMITORY, kind)
    if _OWNED.search(plain):
        return Living(Tenure.OWNED, kind)
    return Living(kind=kind, is_understood=kind is not None)


@lru_cache(maxsize=65_536)
def clean_name(text: str) -> str:
    """Return a name as it is kept: no spaces inside a Chinese name, one kind of dot, rare characters as they are.

    Width is changed for Latin letters only: normalising would replace rare characters of names.
    """
    plain = text.strip().strip("*＊")
    if not plain.isascii():
        plain = plain.translate(_INVISIBLE).strip()
        plain = "".join(
            normalize("NFKC", c) if "！" <= c <= "～" or c == "\u3000" else c for c in plain
        )
        plain = _DOTS.sub("·", _CJK_SPACE.sub("", plain.strip()))
    plain = " ".join(plain.split())
    return "" if plain.casefold() in _BLANK_NAMES or plain.replace(".", "").isdigit() else plain


def are_names_apart(plain: str) -> bool:
    """Return whether a space stands between two whole names: 王五 赵六, and not 张 三 or 欧阳 修."""
    parts = plain.split()
    return (
        len(parts) > 1
        and all(_WHOLE_NAME.fullmatch(p) and p[0] in SURNAMES for p in parts)
        and parts[0] not in _TWO_SIGNS
    )


def name_key(name: str) -> str:
    """Return the key by which two writings of one name compare equal: dots, spaces, case off."""
    return re.sub(r"[\s·.\-]", "", name).casefold()


@lru_cache(maxsize=4_096)
def label_words(text: str) -> tuple[str, ...]:
    """Return the label words of a cell: 玫红、粉 -> (玫红, 粉); 无 and 否 are none."""
    words = [word for word in _LABEL_SPLIT.split(normalize("NFKC", text).strip()) if word]
    return tuple(dict.fromkeys(w for w in words if w.casefold() not in _NO and w not in _YES))


#: The five colours of households by the word for them.
_HOME_COLOURS: Final = {
    "红": "red",
    "橙": "orange",
    "橘": "orange",
    "黄": "yellow",
    "蓝": "blue",
    "绿": "green",
    **{colour: colour for colour in ("red", "orange", "yellow", "blue", "green")},
}


@lru_cache(maxsize=1_024)
def home_colour(text: str) -> str:
    """Return the household colour that a cell names (红, 红色, 红色户, red), else ""."""
    plain = normalize("NFKC", text).strip().casefold()
    return _HOME_COLOURS.get(re.sub(r"(?:色|色?户|色?标|色?家庭)$", "", plain), "")


@lru_cache(maxsize=1_024)
def sample_result(text: str) -> str:
    """Return negative or positive where a cell says so, pending where it says not yet, else ""."""
    plain = normalize("NFKC", text).strip().casefold()
    if re.fullmatch(r"(?:核酸)?(?:阴性?|negative|neg)(?:\(-\))?|未检出", plain):
        return "negative"
    if re.fullmatch(r"(?:核酸)?(?:阳性?|\+|positive|pos)(?:\(\+\))?|检出", plain):
        return "positive"
    return "pending" if re.fullmatch(r"待出?|未出|检测中|暂无|待检测|pending", plain) else ""


@lru_cache(maxsize=4_096)
def illness_state(text: str) -> str:
    """Return "stable" or "unstable" where the words say so, else ""."""
    if _UNSTABLE.search(text):
        return "unstable"
    return "stable" if _STABLE.search(text) else ""


@lru_cache(maxsize=1_024)
def vaccine_state(text: str) -> str:
    """Return none, part or full where that is plain, else the words."""
    plain = normalize("NFKC", text).strip()
    if not plain:
        return ""
    found = _DOSES.search(plain) or (re.fullmatch(r"(\d)(?:\.0)?", plain))
    if found:
        count = _DIGIT.get(found.group(1)) or int(found.group(1))
        return "none" if count == 0 else "part" if count == 1 else "full"
    if re.search(r"未接种|没有?接种|未打|未种", plain) or plain.casefold() in _NO:
        return "none"
    if re.search(r"加强|全程|完成", plain):
        return "full"
    return "" if plain.casefold() in _YES else plain


_GUEST: Final = re.compile(
    r"(?:系|为|是)?(?:访客|来访(?:人员)?|暂住(?:人员)?|借住|临时(?:居住|借住)|寄住)"
)


@lru_cache(maxsize=4_096)
def says_guest(text: str) -> bool:
    """Return whether a remark says as a whole word that somebody is only staying here (暂住)."""
    tokens = _LABEL_SPLIT.split(normalize("NFKC", text).strip(" 。."))
    return any(_GUEST.fullmatch(token) for token in tokens)


@lru_cache(maxsize=4_096)
def said_in_remark(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return (trait codes, label words) that the tokens of a remark say: 独居，孕妇, 有高龄老人.

    A token counts only as a whole word, so that 无残疾 or 邻居独居 say nothing.
    """
    codes: list[str] = []
    labels: list[str] = []
    for token in _LABEL_SPLIT.split(normalize("NFKC", text).strip(" 。.")):
        codes += [code.value for pattern, code in _REMARK_WORDS if pattern.fullmatch(token)]
        labels += [word for pattern, word in _REMARK_LABELS if pattern.fullmatch(token)]
    return tuple(dict.fromkeys(codes)), tuple(dict.fromkeys(labels))
