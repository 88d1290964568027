"""The two notices of the demo, composed from their facts: number, date, districts, addresses.

The wording around the facts is our own; the addresses are as the city published them.
"""

from dataclasses import dataclass
from datetime import date

ISSUER = "太原市新冠肺炎疫情防控工作领导小组办公室"
Items = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class NoticeFacts:
    """What a notice of adjustment says, as data: districts with their items."""

    number: int
    issued_on: date
    high: Items
    low: Items
    rest_low: tuple[str, ...] = ()

    @property
    def high_count(self) -> int:
        """How many items become high risk."""
        return sum(len(items) for _, items in self.high)

    @property
    def low_count(self) -> int:
        """How many items are lifted."""
        return sum(len(items) for _, items in self.low)


NOTICE_173 = NoticeFacts(
    number=173,
    issued_on=date(2022, 11, 20),
    high=(
        (
            "万柏林区",
            (
                "飞云大院小区2号楼", "长风观园2期5号楼", "南上庄西街小区10号楼", "金香都小区4号楼",
                "西华苑3期南区21号楼", "漫香堤小区1号楼", "西部丽景小区5号楼", "美林湾小区25号楼",
                "恒大滨河左岸3期19号楼", "漪苑东小区4号楼", "中心花园二小区5号楼", "涤纶厂小区2号楼",
                "风声河村西北街平房区", "海唐广场2期11号楼", "海唐广场1期1号楼", "西华苑高层小区2号楼",
                "玉门花园A区12号楼", "奥林匹克花园10号楼", "西华苑26号楼",
            ),
        ),
        (
            "晋源区",
            (
                "龙源小区17号楼2单元", "兰亭御湖城28号楼2单元", "万水物贸城", "龙盛苑东区11号楼4单元",
                "北河下村翡翠山庄C区12号楼2单元",
            ),
        ),
        ("清徐县", ("琦峰醋厂小区B楼一单元",)),
        (
            "阳曲县",
            (
                "西龙庄村", "大孟村", "西龙庄村黄寨边坡施工项目部", "大孟光伏施工项目部",
                "阳曲县湘味楼二部", "阳曲县王婆大虾饭店",
            ),
        ),
    ),
    low=(
        (
            "小店区",
            (
                "鼎太风华写字楼B座4—30层", "金泉羊汤大碗面(南中环街罗马花园店)",
                "寇庄北街21中宿舍1号楼4单元", "山西青年职业学院家属院4号楼1单元", "白云小区7号楼3单元",
                "龙城天悦7号楼3单元", "龙城壹号小区3号楼1单元", "臻观苑北区8号楼6单元", "翰林华府6号楼",
                "李家庄村北街一巷1排2户", "小店村凤凰南路盛安东街5号",
            ),
        ),
        ("尖草坪区", ("龙聚装饰城",)),
        ("万柏林区", ("南寒圣都4号楼3单元", "西华苑19号楼1单元", "万科金城华府6号楼1单元")),
        (
            "晋源区",
            (
                "万科金城蓝湾一期6号楼", "万科金城蓝湾一期1号楼3单元、4单元", "万科金城蓝湾一期2号楼2单元",
                "绿地世纪城四期30号楼",
            ),
        ),
    ),
    rest_low=("清徐县", "阳曲县"),
)  # fmt: skip

NOTICE_178 = NoticeFacts(
    number=178,
    issued_on=date(2022, 11, 23),
    high=(
        (
            "迎泽区",
            (
                "解放南路6号中财大厦2单元", "水西门南二巷9号院3号楼2单元", "马庄丽都绿城7号楼2单元",
                "体育西路16号新华汽配厂宿舍3号楼", "兴隆街12号楼1单元", "新建南路怡和优盘2单元",
            ),
        ),
        ("尖草坪区", ("恒山路诚和家园1单元", "恒山路太钢十四宿舍内太北五厂宿舍11号楼3单元")),
        (
            "万柏林区",
            (
                "闫家沟小区10号楼", "西华苑三期北区2号楼", "西华苑四期1号楼", "漫香堤小区1号楼",
                "金香都小区2号楼、3号楼", "西华苑三期南区12号楼", "下元北一条17号楼",
                "五门花园A区8号楼、10号楼", "南寒圣都7号楼", "奥林匹克花园4号楼", "德馨花园D1座",
                "纺织苑A区15号楼", "纺织街南一条2号楼", "漪汾苑北区3号楼", "小米国际F区B座",
                "太原科技大学世纪花园7号楼", "风声河村河南街平房区", "嘉怡国际丽都城小区2号楼",
                "杜儿坪3巷12号楼", "南寨小区南侧平房区",
            ),
        ),
    ),
    low=(
        ("迎泽区", ("并州西街宝佳丽景综合楼3单元",)),
        ("尖草坪区", ("尖草坪区三给小学", "龙康青年城3号楼", "鸿昇大城小院5号楼")),
    ),
)  # fmt: skip


def compose(facts: NoticeFacts) -> str:
    """Return the notice's text, composed from its facts."""
    day = facts.issued_on
    lines = [
        f"{ISSUER}通告",
        f"({day.year}年第{facts.number}号)",
        "关于调整部分区域风险等级的通告",
        f"结合疫情形势,经专家组研判,即日起全市新增高风险区{facts.high_count}个,"
        f"调整为低风险区{facts.low_count}个。具体如下:",
        "一、新增高风险区",
        *_listed(facts.high),
        "高风险区实行足不出户、上门服务,封控后前3天连续开展3次核酸检测,之后的频次按检测结果确定,"
        "连续5天无新增感染者的降为低风险区。",
        "二、调整为低风险区",
        *_listed(facts.low),
        *(f"{name}:除高风险区外的其他区域为低风险区。" for name in facts.rest_low),
        "低风险区做好个人防护,避免聚集;跨市流动须持前3天内3次核酸检测阴性证明。",
        ISSUER,
        f"{day.year}年{day.month}月{day.day}日",
    ]
    return "\n".join(lines) + "\n"


def _listed(groups: Items) -> list[str]:
    return [f"{name}({len(items)}个):{','.join(items)}。" for name, items in groups]
