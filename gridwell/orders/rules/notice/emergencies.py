"""What a notice asks in an emergency that is no epidemic (应急措施): flood, gas, power, heat, cold, typhoon.

A transfer, a stay indoors, an outage, a warning, visits and a response are no acts upon a zone: each
becomes a proposal of work and a question, never an order by itself. Places, times and whom it is
about are taken as far as they are plain; `is_unclear` tells that a place was named and not read.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Final

from gridwell.orders.rules.notice import words
from gridwell.orders.rules.notice.districts import SUBDISTRICT, Districts
from gridwell.orders.rules.notice.found import Scan
from gridwell.orders.rules.notice.grouping import in_street
from gridwell.orders.rules.notice.looks import place_like
from gridwell.orders.rules.notice.model import Emergency, EmergencyKind, Place, PlaceKind
from gridwell.orders.rules.notice.moments import moments_in
from gridwell.orders.rules.notice.place import parse
from gridwell.orders.rules.notice.source import Piece
from gridwell.orders.rules.notice.tail import is_bare
from gridwell.orders.rules.notice.words import ordinal_of

_HAZARD: Final = re.compile(
    r"山洪|泄洪|洪水|洪涝|防汛|汛情|内涝|积水|暴雨|强降雨|台风|泥石流|滑坡|崩塌|地质灾害|地震|余震|天然气|煤气|燃气|供水|自来水|停水|供电|停电|电力|"
    r"供热|供暖|暖气|高温|寒潮|低温|冰冻|道路结冰|暴雪|大风|雷电|沙尘|大雾|危房|火灾|危化品|泄漏|爆炸"
)
_GRADE: Final = re.compile(r"(?P<c>[红橙黄蓝])色|(?P<n>[ⅠⅡⅢⅣ一二三四]|I{1,3}V?|IV)级")
_ROMAN: Final = dict(zip("ⅠⅡⅢⅣ一二三四", ("I", "II", "III", "IV") * 2, strict=True))
_WARNING: Final = re.compile(
    r"(?:暴雨|台风|大风|高温|寒潮|低温|冰冻|道路结冰|暴雪|雷电|沙尘暴?|大雾|山洪(?:灾害)?|地质灾害|洪水|霜冻|干旱|气象灾害|森林火险)[^,。;:]{0,10}?"
    r"(?:[红橙黄蓝]色|[ⅠⅡⅢⅣ一二三四]级)(?:[^,。;:]{0,8})?预警"
)
_RESPONSE: Final = re.compile(
    r"(?:启动|提升|升级|调整|降为|终止|解除|结束)[^,。;:]{0,24}(?:[ⅠⅡⅢⅣ一二三四]级|I{1,3}V?级?|[红橙黄蓝]色)[^,。;:]{0,10}响应|"
    r"[ⅠⅡⅢⅣ一二三四]级[^,。;:]{0,10}应急响应[^,。;:]{0,12}(?:启动|终止|解除|结束|升级|提升)"
)
_TRANSFER: Final = re.compile(
    r"(?:转移安置|避险转移|转移避险|紧急转移|提前转移|全部转移|组织转移|转移至|转移到|转移|撤离|疏散|撤出|搬离)"
)
_TRANSFER_PEOPLE: Final = re.compile(
    r"居民|群众|人员|住户|村民|村组|学生|游客|老人|户|[楼栋幢组队]|小区|社区|村|以下|下列"
)
_SHELTER: Final = re.compile(
    r"就地避险|室内避险|(?:请|应|须|一律|暂)?(?:留在|待在|停留在)(?:室内|家中)|(?:停止|暂停)(?:一切)?户外(?:活动|作业)|不(?:得|要)外出|避免外出|非必要不(?:外出|出门)|减少(?:外出|户外活动)"
)
_OUTAGE: Final = re.compile(
    r"(?:暂停|停止|中断|临时停止|计划停止|关停)(?:天然|管道)*(?:供应?|输送|使用)?(?:管道)?(?:燃气|天然气|煤气|自来水|供水|供电|供气|供热|供暖|用水|用电|用气|电力|暖气)(?:供应)?|"
    r"(?:暂停|停止|中断)[^。;]{0,120}?的(?:管道)?(?:燃气|天然气|煤气|自来水|用?水|电力|暖气|集中供热)(?:的)?(?:供应|供给|输送)|"
    r"停(?:供)?(?:气|水|电|暖|热)(?!的?(?:原因|期间|前|后|时|通知|公告|通告|范围|区域|影响|时间))|(?:实施|进行|计划)停(?:气|水|电|暖)|停(?:气|水|电|暖)(?:范围|区域|影响区域|影响范围)"
)
_VISIT: Final = re.compile(
    r"(?:走访|探访|巡访|看望|入户|上门|敲门|摸排|电话联系|结对|一对一|包保|每[日天].{0,8}联系|帮扶|探视)"
)
_WHOM: Final = re.compile(
    r"独居(?:老年?人|老人)?|空巢老人|高龄老人|老年人|老人|残疾人|重度残疾人|孕(?:产)?妇|婴幼儿|婴儿|儿童|留守儿童|病人|患者|慢性病患者|卧床(?:人员|病人)?|行动不便(?:人员|者)?|"
    r"低保(?:户|对象|家庭)?|特困(?:人员|家庭|户)?|困难(?:群众|家庭|户)|五保户|失能(?:老人|人员)?|弱势群体|户外工作者|特殊群体|重点人群"
)
_ENDS: Final = re.compile(
    r"解除|取消(?!.{0,8}活动)|终止|结束|恢复(?:正常)?(?:供应?|供?[气水电暖热])|(?:可|允许|有序)(?:以)?(?:返回|返家|回家|回迁|回流)|返家|回迁"
)
_NOT_YET: Final = re.compile(
    r"(?:不得|严禁|禁止|不要|未经)[^,。;]{0,8}(?:返回|返家|回流|擅自)|(?:直至|直到|在)[^,。;]{0,12}(?:解除|恢复)前?"
)
_TO: Final = re.compile(
    r"(?:转移安置|转移|撤离|疏散|搬|安置)(?:至|到|往|在)(?!位)(?P<to>[^,。;:()、0-9][^,。;:()、]{2,30})|安置点(?:设在|为|在|:)(?P<at>[^,。;:()]{3,40})"
)
_TO_DO: Final = re.compile(r"(?:进行)?(?:集中|妥善|临时)?(?:安置|避险|暂住)$")
#: What stands between the places of such a sentence and belongs to no name.
_JOINT: Final = re.compile(
    r"要求|组织|决定|涉及到?|影响(?:到)?(?:范围|区域)?(?:为|有|:)?|范围(?:为|是|包括|:)|区域(?:为|是|包括|:)|包括|位于|地处|立即|务必|必须|一律|全部|全体|所有|实施|进行|暂停|停止|中断|"
    r"的?(?:沿河|临河|沿街|受威胁|危险区|低洼)?(?:的)?(?:居民(?!小区|楼|组|委)|群众|住户|用户|人员|村民(?!小组|委)|商户(?!楼)|企业(?!路)|学生|游客)|"
    r"等(?=区域|小区|村|地|处|[,。;:]|$)|(?:就近|紧急|提前)?(?:转移|撤离|疏散)|(?:上门)?(?:走访|看望|探访)|停[气水电暖热]|恢复(?:正常)?|供[气水电暖热](?:供应)?|的?(?:天然气|燃气|自来水)(?:供应)?|"
    r"(?:共|约|计)[0-9]+余?[户人名](?:[0-9]+余?人)?|因[^,、。]{1,16}?(?:检修|抢修|维修|故障|改造|施工|泄漏|爆裂)|"
    r"(?<=[楼元栋幢座区苑园村户院号])因[^,、。]{2,16}$|(?:发生|出现)[^,、]{1,8}|相邻|危房户?|[一-鿿]姓|等?[0-9]{1,3}余?户(?=居民|群众|$)|"
    rf"(?:等|的)?(?:{_WHOM.pattern})(?:逐户|家庭|家中|等)?|"
    r"经[^、,]{2,8}?(?:为|属于?).*|已(?:于|经)?$|做好|开展|尤其|特别是|其中"
)
_AHEAD: Final = re.compile(
    r"^(?:请|现|拟|将(?!军)|对|由|把|因(?!特)|为|受|凡|需|须|应|于(?=[一-鿿]{2,6}(?:小区|街道|社区))|在|自|从|至|前(?=往)|并|且|或|定于|已于|的|和|及|以及|与|、|均|"
    r"(?:我|本|全|各|该)(?:[市区县])?(?:境内|内)?)+"
)
_BEHIND: Final = re.compile(
    r"(?:的|等|及|和|以及|、|内|范围内?|辖区内?|区域|一楼|首层|底层|检修|已|于|均|需|须|应|将|拟|暂|逐户)+$"
)
#: Ranges that only somebody who knows the place can tell.
_VAGUE: Final = re.compile(
    r"以[东南西北]|周边|附近|沿线|一带|低洼|危险区|沿河|临河|河道|地下室|平房|一楼|首层|底层|下游|山脚|切坡|隐患点|受威胁|相邻|等[0-9]{1,3}余?户|[一-鿿]姓等|部分(?:区域|地区|小区|用户)"
)
_LIST_BELOW: Final = re.compile(r"(?:以下|下列|如下|下述)|:$")
#: Sentences of advice, signatures, places to go to and numbers to ring name no range.
_ASIDE: Final = re.compile(
    r"热线|电话|客服|抢修|咨询|联系人|安置点|避难场所|联系方式|敬请|谅解|支持"
)
_SIGN: Final = re.compile(
    r"(?:街道|镇|乡|社区|小区|花园|家园|公寓|大厦|公馆|宿舍|家属院|新村|[苑园里城府湾庭邸](?![一-鿿])|村|组|排|巷|弄|号院|号楼|栋|幢|座|单元|号|[一二三四五六七八九十0-9A-Z][期区]|[东西南北]区|大街|路|街|胡同|市场|广场|学校)$"
)
_TIME: Final = re.compile(
    r"(?:自|从|于|在)?(?:20[0-9]{2}年)?(?:[0-9]{1,2}月)?[0-9]{1,2}[日号](?!楼|院)(?:凌晨|早上?|上午|中午|下午|晚上?)?(?:[0-9零]{1,2}[时点](?:[0-9]{1,2}分|半|整)?|[0-9]{1,2}:[0-9]{2})?"
    r"(?:起|之?前|止|左右)?|(?:今|明|次|当)[日天晚早](?:凌晨|早上?|上午|中午|下午|晚上?)?(?:[0-9零一二三四五六七八九十]{1,3}[时点](?:[0-9]{1,2}分|半|整)?|[0-9]{1,2}:[0-9]{2})?(?:起|之?前|止)?"
    r"|[0-9零]{1,2}[时点](?:[0-9]{1,2}分|半|整)?(?:起|之?前|止)?|即日起|立即"
)


def kind_of(text: str) -> EmergencyKind | None:
    """Return what a folded sentence asks, or None; a sentence on risk zones or cases asks nothing here."""
    if not _HINT.search(text):  # most lines of a notice on zones
        return None
    if words.LEVEL_RE.search(text) or _CASES.search(text) or _PAGE.search(text):
        return None
    if words.TITLE.search(text) and not text.endswith("。"):
        return None
    if _RETURN.search(_NOT_YET.sub("", text)):
        return EmergencyKind.TRANSFER
    if _HELPED.search(text) and _WHOM.search(text):
        return EmergencyKind.VISIT
    if _TRANSFER.search(text) and _TRANSFER_PEOPLE.search(text) and not _PLAN_ONLY.search(text):
        return EmergencyKind.TRANSFER
    if _OUTAGE.search(text):
        return EmergencyKind.OUTAGE
    if re.search(r"恢复(?:正常)?供?[气水电暖热]", text):
        return EmergencyKind.OUTAGE
    if _VISIT.search(text) and _WHOM.search(text):
        return EmergencyKind.VISIT
    if _WARNING.search(text):
        return EmergencyKind.WARNING
    if _RESPONSE.search(text):
        return EmergencyKind.RESPONSE
    if _SURE_SHELTER.search(text) or (_SHELTER.search(text) and _HAZARD.search(text)):
        return EmergencyKind.SHELTER
    return None


#: 对独居老人一对一上门帮助转移: whom to go to, not who goes from where.
_HELPED: Final = re.compile(
    r"(?:上门|入户|一对一|结对|逐户)[^,。;]{0,8}(?:帮助|协助|帮扶)|必要时[^,。;]{0,6}(?:转移|撤离)"
)
#: 做好转移准备, 转移预案: nobody goes yet.
_PLAN_ONLY: Final = re.compile(
    r"(?:做好|随时|准备)[^,。;]{0,10}(?:转移|撤离|疏散)(?:的)?准备|(?:转移|疏散|撤离)(?:预案|方案|路线|演练|责任人)"
)


_HINT: Final = re.compile(
    r"转移|撤离|疏散|搬离|撤出|停|中断|恢复|返|走访|探|巡访|看望|入户|上门|敲门|摸排|联系|包保|帮扶|结对|一对一|预警|响应|避|户外|外出|室内|家中"
)
_PAGE: Final = re.compile(r"责任编辑|责编|^编辑|^来源|http|www\.|版权|©|备案|扫码|公众号")
#: 居民可于26日8时起有序返回.
_RETURN: Final = re.compile(
    r"(?:居民|群众|人员|住户|村民)[^。;]{0,30}(?:可|允许|有序|陆续)[^。;]{0,14}(?:返回|返家|回家|回迁)"
)
_CASES: Final = re.compile(r"病例|感染者|确诊|轨迹|密接|密切接触|核酸|疫情|阳性")
_SURE_SHELTER: Final = re.compile(
    r"就地避险|室内避险|(?:停止|暂停)(?:一切|所有)?户外(?:活动|作业|施工)|停留在室内|留在室内"
)


def is_emergency(text: str) -> bool:
    """Return whether a sentence asks for something in an emergency."""
    return kind_of(text) is not None


def emergencies_in(
    found: Scan, issued_on: date | None, districts: Districts
) -> tuple[Emergency, ...]:
    """Return the measures of a notice in printed order, each with the points listed below it."""
    if not found.emergencies:
        return ()
    hazard = next((said for unit in found.units if (said := hazard_in(unit.text))), "")
    starts = {piece.at[0] for piece in found.emergencies}
    out = []
    for index, unit in enumerate(found.units):
        if unit.piece.at[0] in starts:
            listed = _listed_below(found, index, starts, districts)
            one = emergency_of(unit.piece, listed, issued_on, districts, hazard)
            below = found.units[index + 1].text if index + 1 < len(found.units) else ""
            if one.from_at is one.until_at is None and _TIME_BELOW.match(below):
                since, until = moments_in(below, issued_on)  # 停水时间:10月8日22时至9日6时
                one = replace(one, from_at=since, until_at=until)
            out.append(one)
    return tuple(out)


_TIME_BELOW: Final = re.compile(r"[一-鿿]{0,6}时间(?:为|:)")


def _listed_below(found: Scan, index: int, starts: set[int], districts: Districts) -> list[Piece]:
    if not _LIST_BELOW.search(found.units[index].text.rstrip("。;")):
        return []
    listed: list[Piece] = []
    for unit in found.units[index + 1 :]:
        got = ordinal_of(unit.text)
        body = unit.piece.cut(got[2]) if got else unit.piece
        if unit.piece.at[0] in starts or (got and got[0] == "cn" and listed):
            break
        if not place_like(body.text, districts, strict=True) or _ASIDE.search(body.text):
            break
        listed.append(body)
    return listed


def emergency_of(
    piece: Piece, listed: Iterable[Piece], issued_on: date | None, districts: Districts, hazard: str
) -> Emergency:
    """Return what a sentence asks; `listed` are the points below it, `hazard` what the notice is about."""
    text = piece.text
    kind = kind_of(text) or EmergencyKind.WARNING
    pieces = list(listed)
    shelter = _TO.search(text)
    where = _TO_DO.sub("", shelter["to"] or shelter["at"] or "") if shelter else ""
    found, gone, unclear = _places(text, where, districts)
    for one in pieces:
        more, out, lost = _places(one.text, "", districts)
        found, gone = found + more, gone + out
        unclear = unclear or lost or not more
    if (
        not found
    ):  # a transfer is from somewhere, and a person must say where; a visit to whoever it is
        unclear = kind in (EmergencyKind.TRANSFER, EmergencyKind.OUTAGE)
    since, until = moments_in(text, issued_on)
    said = _HAZARD.search(text)
    grade = next(iter([*_GRADE.finditer(text)][-1:]), None)  # of 升级为红色 the new one
    end = pieces[-1].span[1] if pieces else piece.span[1]
    is_end = bool(_ENDS.search(_NOT_YET.sub("", text)))
    return Emergency(
        piece.span[0], end, piece.printed, kind, said.group() if said else hazard,
        _grade(grade), tuple(dict.fromkeys(found)), tuple(dict.fromkeys(gone)), unclear,
        tuple(dict.fromkeys(m.group() for m in _WHOM.finditer(text))), where, since, until, is_end,
    )  # fmt: skip


def hazard_in(text: str) -> str:
    """Return the first hazard that a text names, or nothing."""
    found = _HAZARD.search(text)
    return found.group() if found else ""


def _grade(found: re.Match[str] | None) -> str:
    if found is None:
        return ""
    return f"{found['c']}色" if found["c"] else f"{_ROMAN.get(found['n'], found['n'])}级"


def _places(text: str, shelter: str, districts: Districts) -> tuple[list[Place], list[Place], bool]:
    """Return the places of a sentence, its exceptions, and whether one seems to be named and not read."""
    plain = text.replace(shelter, ",") if shelter else text
    plain = re.sub(r"^(?:\(?[0-9一二三四五六七八九十]{1,3}\)?[.、,:)]+)", "", plain)
    plain = _TIME.sub(",", plain)
    found: list[Place] = []
    gone: list[Place] = []
    unclear = bool(_VAGUE.search(plain))
    street = ""
    plain = _NARROWED.sub(r"\g<1>:\g<2>;", plain)  # 东坊街道(飞虹小区) is no more than the estate
    for clause, sign in re.findall(r"([^,。;:!?]+)([,。;:!?]?)", _bracketed(plain)):
        if _ASIDE.search(clause):
            continue
        if sign == ":" and _LABEL.fullmatch(clause):  # 东坊街道:河沿社区、飞虹小区1号楼
            street = clause
            continue
        for part in _JOINT.split(clause):
            name = _BEHIND.sub("", _AHEAD.sub("", part or ""))
            bare = re.sub(r"\([^()]*\)", "", name)
            sure = bool(words.ADDRESS.search(bare))
            if len(bare) < 2 or (not sure and (_HAZARD.search(bare) or _WHOM.search(bare))):
                continue
            if not (
                _SIGN.search(bare) or words.ADDRESS.search(bare) or SUBDISTRICT.fullmatch(bare)
            ):
                unclear = unclear or bool(_NAMED_INSIDE.search(bare))
                continue
            if words.NOT_PLACES.search(bare) or _EVERY.search(bare):
                unclear = unclear or bool(words.ADDRESS.search(bare))
                continue
            parsed = parse(name, districts, found[-1] if found else None)
            unclear = unclear or is_bare(name)  # 3号楼…,请1单元居民撤离: all of it, or the unit?
            named = [p for p in parsed.places if p.kind is not PlaceKind.AREA]
            found += [in_street(p, street) for p in named] if street else named
            gone += parsed.exceptions
            unclear = unclear or not named or parsed.boundary is not None
            unclear = unclear or any(_DIRTY.search(name_of(p)) for p in named)
    return found, gone, unclear


#: 各街道, 所在社区: any of them.
#: What no name of a place has in it: the sentence was not cut where its names end.
_DIRTY: Final = re.compile(r"因|等|的|将$|已|姓|逐户|居民|请|受|须|停|恢复|转移")
_NARROWED: Final = re.compile(rf"({SUBDISTRICT.pattern})\((?!除|不含|不包括)([^()]*)\)")
_LABEL: Final = re.compile(rf"{SUBDISTRICT.pattern}|[一-鿿]{{2,8}}(?:社区|行政村|(?<![本各该])村)")
_EVERY: Final = re.compile(
    r"^(?:各|该|本|所在|有关|相关|属地|镇|街道|村|社区|小区|辖区|两|几|[0-9一二三四五六七八九十]+)*(?:街道|镇|乡|社区|村|小区|栋|幢|楼|组|市场|学校|单元|号|路|街)+$"
)


def name_of(place: Place) -> str:
    """Return the names of a place in one string."""
    return "".join(n for n in (place.road, place.compound, place.site) if n)


def _bracketed(text: str) -> str:
    """Return a text whose signs inside brackets divide nothing."""
    return re.sub(r"\([^()]*\)", lambda m: m.group().replace(",", "、").replace(";", "、"), text)


_NAMED_INSIDE: Final = re.compile(
    r"[一-鿿]{2}(?:小区|社区(?!工作)|街道(?!办)|花园|家园|公寓|号楼|新村)|[0-9](?:号楼|栋|幢|单元)"
)
