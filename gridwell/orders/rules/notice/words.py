"""The vocabulary of notices: levels, verbs, measures, page furniture. Data, compiled once."""

import re
from typing import Final

from gridwell.orders.rules.notice.model import Level
from gridwell.places.rules.numerals import parse_int

_AREA: Final = r"(?:区域|地区|区|点位|等级区域|等级)"
LEVEL: Final = (
    rf"(?:疫情)?(?:(?:新冠肺炎)?(?:高|中|低)(?:等)?风险(?:等级)?{_AREA}?"
    r"|(?:封控|管控|防范)(?:管理)?(?:区域|区))"
)
LEVEL_RE: Final = re.compile(LEVEL)
#: "高、中风险区", "高中风险": two levels in one breath, never the target of an act.
BOTH_LEVELS: Final = re.compile(r"[高中低](?:[、和及]?[高中低])+风险(?:等级)?(?:区域|地区|区)?")

NUMBER: Final = r"(?:[0-9]{1,4}|[一二三四五六七八九十]{1,3})"
COUNTER: Final = r"(?:个|处|地|例)"
#: "(6个)", "(共6个)", "6个", "(6)".
COUNT: Final = re.compile(
    rf"\((?:共|共计|合计|计|新增)?(?P<a>{NUMBER})(?:个|处|地|点位|个点位|个区域)*\)"
    rf"|(?:共|共计|合计|计)?(?P<b>{NUMBER})(?:个|处)(?:点位|区域)?"
)
#: A running total of the city is not a count of this notice.
RUNNING: Final = re.compile(r"(?:共有|现有|尚有|还有|累计|总计|目前|截至|截止|当前)")

ORDINALS: Final = (
    ("cn", re.compile(r"(?:第)?([一二三四五六七八九十]{1,3})[、.,](?=.)")),
    ("cnp", re.compile(r"\(?([一二三四五六七八九十]{1,3})\)[、.]?")),
    ("dp", re.compile(r"\(([0-9]{1,3})\)[、.]?")),
    ("dp", re.compile(r"([0-9]{1,3})\)[、.]?")),
    ("d", re.compile(r"([0-9]{1,3})[.、](?![0-9]{1,2}日)")),
)
#: What makes a seeming ordinal a part of an address: 二、三单元; 1.2号楼.
_PART_AFTER: Final = re.compile(
    r"(?:[0-9一二三四五六七八九十]{1,4}[、.,和及-])*[0-9一二三四五六七八九十]{1,4}"
    r"(?:号楼|号院|单元|栋|幢|座|层|期|排|组|号$|号[,、。;)])"
)


def ordinal_of(text: str, expected: int | None = None) -> tuple[str, int, int] | None:
    """Return style, number and length of the ordinal a line begins with, or None.

    二、三单元 begins with no ordinal. Before a figure (1、21中宿舍) the number must be the expected one.
    """
    for style, pattern in ORDINALS:
        found = pattern.match(text)
        if not found:
            continue
        number = parse_int(found.group(1)) or 0
        rest = text[found.end() :]
        if (
            style in ("cn", "d")
            and _PART_AFTER.match(rest)
            and (style == "cn" or number != expected)
        ):
            return None
        if style == "d" and rest[:1].isdigit() and number != expected:
            return None
        return style, number, found.end()
    return None


def level_of(word: str) -> Level | None:
    """Return the level that a printed word names (封控区 -> high), or None for two at once."""
    if BOTH_LEVELS.fullmatch(word):
        return None
    if "高" in word or "封控" in word:
        return Level.HIGH
    if "中" in word.replace("集中", "") or "管控" in word:
        return Level.MID
    if "低" in word or "防范" in word:
        return Level.LOW
    return None


#: Words of headings; a line that is nothing but these, levels, counts and times is a heading.
HEADING_WORDS: Final = re.compile(
    r"重新(?:开始)?计算|重新起算|管控时间|管理时间|封控时间|管理期限|"
    r"新增|新划定|新划为|新列为|新定为|增加|划定|划分|划为|划入|列入|列为|定为|确定|认定|判定|设定|设为|纳入|调整|调为|调出|调至|"
    r"降为|降至|降级|降低|下调|上调|升级|升为|提升|转为|解除|解封|恢复|退出|撤销|取消|变更|改为|继续|保留|"
    r"以下|下列|上述|部分|相关|有关|如下|下述|今[天日]|本次|当日|此次|区域|地区|地方|地点|点位|场所|小区|楼栋|范围|名单|清单|明细|"
    r"一览表|列表|具体|分别|情况|辖区内?|全市|全区|全县|本市|本区|本县|我市|我区|我县|我镇|"
    r"疫情|新冠肺炎|风险|等级|封控|管控|防范|管理|措施|执行|开始|进行|予以|实施|"
    r"[为至到由从自将把的起等共个处有和及与、,:;。现决对降升内中区其已原市县旗是\"“”‘’()《》<>【】\[\]\-—]"
)

#: Sentences about what people must do, not about where.
MEASURE: Final = re.compile(
    r"足不出户|服务上门|上门服务|人不出区|足不出区|错峰取物|个人防护|避免聚集|严禁聚集|核酸检测|核酸筛查|"
    r"连续[0-9一二三四五六七八九十]+[天日]|管理措施|封控措施|管控措施|防控措施|防控要求|管控要求|非必要不|不聚集|"
    r"不扎堆|做好.{0,8}防护|健康监测|跨市流动|发热|就诊|戴口罩|测温|阴性证明|第九版|第八版|综发|"
    r"广大(?:市民|居民|群众|村民)|如实(?:告知|报告)|法律责任|动态调整|适时调整|根据疫情|疫情形势|"
    r"风险等级(?:保持)?不变|特此(?:通告|公告|通知)|请(?:各|广大|相关|市民|居民)|严格(?:落实|执行|按照)|"
    r"联系电话|咨询电话|举报|由.{1,12}负责|本通告自|追究"
)
#: Page furniture; a whole line of it is nobody's order.
JUNK: Final = re.compile(
    r"责任编辑|责编|编辑[::]|^编辑|审核|校对|监制|来源[::]|^来源|记者|版权|Copyright|copyright|©|上一篇|下一篇|热门|"
    r"推荐|阅读|返回|查看更多|点击|扫码|关注|公众号|微信|微博|客户端|转载|声明|邮箱|@|http|www\.|\.com|\.cn|"
    r"首页|当前位置|浏览|字体|打印|分享|收藏|评论|点赞|登录|注册|搜索|下载|原标题|为您|相关新闻|更多|入口|网友|小编|"
    r"报料|热线|图片|视频|广告|友情链接|备案|ICP|>>>|^[-=_*~#·•.]+$|^\(?完\)?$|^[0-9]{1,3}$|[?？]|新闻网|日报|晚报|发布厅"
)
#: Case histories name addresses without ordering anything there.
CASE_TALK: Final = re.compile(
    r"病例|感染者|确诊|轨迹|乘坐|途经|到达|前往|居住地|密接|密切接触|同行|[0-9]{1,2}:[0-9]{2}"
)
#: Words that no place list holds.
NOT_PLACES: Final = re.compile(
    r"[0-9一二三四五六七八九十]天[0-9一二三四五六七八九十]检|今[天日晚早夜]|明[早晚]|明[天日](?!花|[一-鿿]{0,3}[苑园])|昨[天日]|连续[0-9一二三四五六七八九十]|无新增|未发现|阴性|筛查|人员|检测|研判|期间|疫情|风险|防控|根据|按照|通告|通知|"
    r"规定|要求|方案|决定|工作|措施|市民|居民(?!楼|点|区|小区|委|组)|实行|实施|采取|落实|严格|调整|指挥部|领导小组|"
    r"流动|公布|有关|如有|请|应当|必须|不得|符合|条件|尚未|解除|解封|感染|病例|阳性"
)
TITLE: Final = re.compile(
    r"关于.*(?:通告|公告|通知|通报|决定|公示)|(?:通告|公告|通知|通报)(?:\(.*\))?$"
)

#: 关于将“银川路88号”等区域调整为高风险区的通告: a title names some of them only.
SOME_ONLY: Final = re.compile(r"关于.*等(?:区域|地区|小区|点位)")
#: "除高风险区外的其他区域", "高、中风险区以外的地区".
REST: Final = re.compile(
    r"(?:全域|全境|辖区|所辖区域)?[(,]?(?:除(?:上述|以上|已划定的?|已?划定为?|了)*)?"
    r"(?:(?:高|中)[、和及]?)*(?:高|中)?(?:风险|封控|管控)(?:等级)?(?:区域|地区|区)?"
    r"(?:[、和及](?:封控|管控|高风险|中风险)(?:区域|区))*"
    r"(?:和[^,。]{0,6})?(?:以外|之外|外)的?(?:其他|其它|其余|剩余)?(?:所有)?(?:区域|地区|地方|范围|乡镇|街道|部分)?\)?"
)
REST_PLAIN: Final = re.compile(
    r"(?:其他|其它|其余|剩余)(?:所有)?(?:区域|地区|地方|范围|乡镇|街道|部分)(?:均|全部|都)?"
    r"(?:已?(?:划定|调整|确定|列|定|降|设)?(?:为|属于|是)|均为|实行)"
)

OTHERS: Final = re.compile(r"(?:其他|其它|其余|剩余)(?:所有)?(?:区域|地区|范围|地方)$")
#: 飞虹小区3号楼列为高风险区,其余均为低风险区.
ALL_OTHERS: Final = re.compile(r"(?:其他|其它|其余|剩余)(?:的|均|全部|都)*")
#: Behind …除高风险区外的其他区域: what they are.
LOW_BEHIND: Final = re.compile(
    r"(?:均|全部|都|仍|已|调整|划定|列|定|降|,)*(?:为|属于)?(?:低风险|防范区)"
)
MASKED: Final = re.compile(r"[*□■�?＊▇█〓]|×{1,}|X{2,}|\.{3,}|…")
HEADLESS: Final = re.compile(
    r"^(?:小区|号楼|号院|单元|栋|幢|座|楼|社区|院|路|街|村|巷|号)(?![一-鿿]{0,3}村)"
    r"|^(?:该|此|上述|以上|其(?=中|余|他|它))"
)
#: 华府6: the word behind the number is lost; 2404 may be a room.
TAILLESS: Final = re.compile(r"[一-鿿][0-9]{1,2}$")

#: Endings that names of places have; sites of every trade among them.
PLACE_SIGN: Final = re.compile(
    r"(?:号楼|单元|栋|幢|座|小区|社区|街道|大街|大道|胡同|宿舍|公寓|花园|家园|家属院|大院|新村|新城|新苑|公馆|国际|"
    r"广场|大厦|中心|酒店|宾馆|饭店|餐厅|超市|市场|商场|商铺|商店|药店|诊所|医院|卫生[院室所]|学校|[小中大]学|学院|"
    r"幼儿园|公司|工厂|工地|项目部|支行|银行|厂|店|部|馆|所|站|村|庄|屯|营|堡|寨|镇|乡|组|队|巷|弄|里|坊|路|街|"
    r"苑|园|院|府|城|湾|邸|居|郡|庭|轩|阁|楼|墅|都|汇|港|岸|区|号|层|室|排|户|段|片区|平房|仓库|基地|农场|林场|"
    r"车站|机场|码头|园区|校区|桥|口|坡|沟|河|湖|山|岭|坪|台|世纪|时光|座)"
)
SUFFIX_END: Final = re.compile(
    rf"(?:{PLACE_SIGN.pattern}|区域|范围|一带|周边|沿线|[0-9]{{2,4}}|[0-9]#)(?:\([^()]*\))?$"
)
#: A strong sign of an address.
ADDRESS: Final = re.compile(
    r"[0-9A-Za-z一二三四五六七八九十](?:号楼|栋|幢|座|单元|号院|弄)|[0-9]#(?![0-9A-Za-z])|(?:路|街|巷)[0-9]+号"
)
BOUNDARY: Final = re.compile(
    r"[东南西北]至|以[东南西北](?![一-鿿]{0,2}(?:小区|花园))|合围|围合|[东南西北](?:起|临|接|邻|到)|为界|连线|环线内"
)
#: 8巷、9巷合围区域: one word that tells all sides are meant.
RINGED: Final = re.compile(
    r"(?:合围|围合|围成)(?:而成|形成)?的?(?:区域|范围|地区|部分|地块)?[。;]?$"
)
ONE_SIDE: Final = re.compile(r"以[东南西北](?:的?(?:区域|范围|地区))?[。;]?$")
UNKNOWN_ORDER: Final = re.compile(
    r"(?:临时(?:管控|封控|封闭|静默)|静态(?!活动)(?:管理|管控)?|静默|重点(?:管控|防控|区域)|警戒|缓冲|提级管控|相对静止|"
    r"(?:强化|加强)(?:社会面)?(?:管理|管控)|交通管制|社会面管控)"
)

#: 不再列为高风险区, 不再作为封控区, 不再按高风险区管理: the one denial that is an order, to lift.
NO_MORE: Final = re.compile(
    rf"(?:已|均|都)?不再(?:被|继续)?(?:列为|列入|作为|按照?(?=[^,。;]{{2,12}}(?:管理|管控|执行)))(?P<from>{LEVEL}|封控|管控)"
)
#: Stands directly before a verb and takes the order away (暂不解除, 不划为, 尚未解封, 拟划定).
DENIED: Final = re.compile(
    r"(?:尚|仍|暂|并|均|都|也)*(?:不|未|暂缓|没有|无需|是否|能否|无法|拟|严禁|禁止|误|曾经?|被)(?:再|予|得|宜|应|能|可|会|必|拟|曾)?(?:同意|批准|支持|予以|进行|被|对|将|把|由|从|达到|符合|具备|满足)*$"
)
#: The same inside an item or its brackets: 1号楼(暂不解除).
DENIED_ACT: Final = re.compile(
    r"(?:不再?|暂不|不予|尚未|未|暂缓)(?:予以)?(?:划|列|定为|解除|解封|调整|降为|升为|纳入|作为)|(?:[楼元栋幢座区户层]|小区)(?:不再?|暂不|尚未|未)$"
)
#: A note in brackets that narrows a place in a way that no register knows.
NARROWER: Final = re.compile(
    r"\((?!含|包括|包含|除|不)[^()]*(?:[东南西北]{1,2}[侧面部边]|部分|一半|半侧|沿街|仅|只限|以外的|之外的|其余|其他)[^()]*\)"
)
#: 5幢(11月30日0时解除): a time of its own, which the list's does not say.
OWN_TIME: Final = re.compile(
    r"\((?![^()]*(?:划定|公布|发布|列入|列为|新增))[^()]*[0-9](?:日|[时点]|[::][0-9]{2})[^()]*?(?:解除|解封|生效|执行|实施|降为|[起止])\)"
)
#: 5号楼以外的楼栋, 其他楼栋: names by what it is not.
OTHER_THAN: Final = re.compile(r"(?:以|之)外|其他|其它|其余|^除.+外|不含|不包括")
#: What is said of all places above: 以上均不含底商.
OF_ALL: Final = re.compile(r"(?:上述|以上|均|所有|全部)[^,。;]{0,20}(?:不含|不包括|除外)")
#: What stands between the places and the verb and belongs to no name (1号楼新增为…, 3栋定于…解除).
BETWEEN: Final = re.compile(
    r"(?:新增|临时|继续|提前|仍然|仍旧|仍|保留|维持|已经|已|暂时|暂|同时|予以|再次|正式|重新|一并|定于|定|将|也|,|不再|暂不)+$"
)
#: 不含底商, 2单元除外, 除2单元以外: what is let go of the place before it.
LEFT_OUT: Final = re.compile(
    r"(?:但是?|其中)?(?:暂?不含|暂?不包括|不包含|除(?!外))(?!.*(?:其他|其它|其余|风险|封控|管控))[^,。;()]{1,60}"
    r"|(?:但是?|其中)?[^,。;()]{1,40}除外"
)
#: 3号楼周边100米: where this ends only a map can tell.
NEARBY: Final = re.compile(
    r"至(?:顶|最高)[层楼]|层(?:及)?以[上下]|之间|周边|周围|附近|半径|为中心|为圆心|[0-9]米|方圆"
)
#: 单号楼: which buildings these are only the place itself can tell.
BY_NUMBER: Final = re.compile(
    r"[单双奇偶](?:号|数)(?:楼|栋|幢|门|院|单元|的)|\([单双奇偶][号数]?\)|号[单双]号|[单双]号$|[户室]住户(?:所在)?(?:的?楼栋?|的?单元)$"
)
