"""Names of districts and what below them leads an address (区县、街道)."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

# Urban districts of the larger cities, without 区. Others are recognised by how the text uses
# them; this list only settles what a sentence alone cannot (市中区 is a district, A区 is not).
_URBAN: Final = """
东城 西城 朝阳 丰台 石景山 海淀 门头沟 房山 通州 顺义 昌平 大兴 怀柔 平谷 密云 延庆 和平 河东
河西 南开 河北 红桥 东丽 西青 津南 北辰 武清 宝坻 滨海新 宁河 静海 蓟州 黄浦 徐汇 长宁 静安 普陀
虹口 杨浦 闵行 宝山 嘉定 浦东新 金山 松江 青浦 奉贤 崇明 万州 涪陵 渝中 大渡口 江北 沙坪坝
九龙坡 南岸 北碚 綦江 大足 渝北 巴南 黔江 长寿 江津 合川 永川 南川 璧山 铜梁 潼南 荣昌 开州 梁平
武隆 两江新 小店 迎泽 杏花岭 尖草坪 万柏林 晋源 新荣 平城 云冈 云州 盐湖 榆次 太谷 潞州 上党
屯留 潞城 朔城 平鲁 忻府 尧都 离石 新城 回民 玉泉 赛罕 昆都仑 青山 石拐 白云鄂博矿 九原 东河
海勃湾 海南 乌达 红山 元宝山 松山 科尔沁 东胜 康巴什 临河 集宁 海拉尔 扎赉诺尔 长安 桥西 新华
井陉矿 裕华 藁城 鹿泉 栾城 路南 路北 古冶 开平 丰南 丰润 曹妃甸 海港 山海关 北戴河 抚宁 邯山
丛台 复兴 峰峰矿 肥乡 永年 襄都 信都 竞秀 莲池 满城 清苑 徐水 桥东 宣化 双桥 双滦 运河 安次 广阳
桃城 冀州 雄安新 沈河 大东 皇姑 铁西 苏家屯 浑南 沈北新 于洪 辽中 中山 西岗 沙河口 甘井子 旅顺口
金州 普兰店 立山 千山 南关 宽城 二道 绿园 双阳 九台 昌邑 龙潭 船营 丰满 道里 南岗 道外 平房 松北
香坊 呼兰 阿城 双城 龙沙 建华 铁锋 昂昂溪 富拉尔基 碾子山 梅里斯达斡尔族 萨尔图 龙凤 让胡路 红岗
大同 玄武 秦淮 建邺 鼓楼 浦口 栖霞 雨花台 江宁 六合 溧水 高淳 锡山 惠山 滨湖 梁溪 新吴 云龙 贾汪
泉山 铜山 天宁 钟楼 新北 武进 金坛 虎丘 吴中 相城 姑苏 吴江 崇川 通州 海门 连云 海州 赣榆 淮安
淮阴 清江浦 洪泽 亭湖 盐都 大丰 广陵 邗江 江都 京口 润州 丹徒 海陵 高港 姜堰 宿城 宿豫 上城 拱墅
西湖 滨江 萧山 余杭 临平 钱塘 富阳 临安 海曙 江北 北仑 镇海 鄞州 奉化 鹿城 龙湾 瓯海 洞头 南湖
秀洲 吴兴 南浔 越城 柯桥 上虞 婺城 金东 柯城 衢江 定海 椒江 黄岩 路桥 莲都 瑶海 庐阳 蜀山 包河
镜湖 鸠江 弋江 湾沚 繁昌 龙子湖 蚌山 禹会 淮上 大通 田家庵 谢家集 八公山 潘集 花山 雨山 博望
杜集 相山 烈山 铜官 义安 迎江 大观 宜秀 屯溪 琅琊 南谯 颍州 颍东 颍泉 埇桥 金安 裕安 谯城 贵池
宣州 台江 仓山 马尾 晋安 长乐 思明 海沧 湖里 集美 同安 翔安 城厢 涵江 荔城 秀屿 三元 沙县 鲤城
丰泽 洛江 泉港 芗城 龙文 延平 建阳 新罗 永定 蕉城 东湖 青云谱 青山湖 新建 红谷滩 昌江 珠山 安源
湘东 濂溪 浔阳 柴桑 渝水 月湖 余江 贵溪 章贡 南康 赣县 吉州 青原 袁州 临川 信州 广信 广丰 历下
市中 槐荫 天桥 历城 长清 章丘 济阳 莱芜 钢城 市南 市北 黄岛 崂山 李沧 城阳 即墨 淄川 张店 博山
临淄 周村 薛城 峄城 台儿庄 山亭 东营 河口 垦利 芝罘 福山 牟平 莱山 蓬莱 潍城 寒亭 坊子 奎文 任城
兖州 泰山 岱岳 环翠 文登 东港 岚山 兰山 罗庄 德城 陵城 东昌府 茌平 滨城 沾化 牡丹 定陶 中原 二七
管城回族 金水 上街 惠济 郑东新 龙亭 顺河回族 禹王台 祥符 老城 西工 瀍河回族 涧西 偃师 孟津 洛龙
卫东 石龙 湛河 文峰 北关 殷都 龙安 鹤山 山城 淇滨 红旗 卫滨 凤泉 牧野 解放 中站 马村 山阳 华龙
魏都 建安 源汇 郾城 召陵 湖滨 陕州 宛城 卧龙 梁园 睢阳 浉河 平桥 川汇 淮阳 驿城 江岸 江汉 硚口
汉阳 武昌 青山 洪山 东西湖 汉南 蔡甸 江夏 黄陂 新洲 黄石港 西塞山 下陆 铁山 茅箭 张湾 郧阳 西陵
伍家岗 点军 猇亭 夷陵 襄城 樊城 襄州 梁子湖 华容 鄂城 东宝 掇刀 孝南 沙市 荆州 黄州 咸安 曾都
芙蓉 天心 岳麓 开福 雨花 望城 荷塘 芦淞 石峰 天元 渌口 雨湖 岳塘 珠晖 雁峰 石鼓 蒸湘 南岳 双清
大祥 北塔 岳阳楼 云溪 君山 武陵 鼎城 永定 武陵源 资阳 赫山 北湖 苏仙 零陵 冷水滩 鹤城 娄星 荔湾
越秀 海珠 天河 白云 黄埔 番禺 花都 南沙 从化 增城 武江 浈江 曲江 罗湖 福田 南山 宝安 龙岗 盐田
龙华 坪山 光明 香洲 斗门 金湾 龙湖 金平 濠江 潮阳 潮南 澄海 禅城 南海 顺德 三水 高明 蓬江 江海
新会 赤坎 霞山 坡头 麻章 茂南 电白 端州 鼎湖 高要 惠城 惠阳 梅江 梅县 源城 江城 阳东 清城 清新
湘桥 潮安 榕城 揭东 云城 云安 兴宁 青秀 江南 西乡塘 良庆 邕宁 武鸣 城中 鱼峰 柳南 柳北 柳江 秀峰
叠彩 象山 七星 雁山 临桂 万秀 长洲 龙圩 海城 银海 铁山港 港口 防城 钦南 钦北 港北 港南 覃塘 玉州
福绵 右江 田阳 八步 平桂 金城江 宜州 兴宾 江州 秀英 龙华 琼山 美兰 海棠 吉阳 天涯 崖州 锦江 青羊
金牛 武侯 成华 龙泉驿 青白江 新都 温江 双流 郫都 新津 自流井 贡井 大安 沿滩 东区 西区 仁和 江阳
纳溪 龙马潭 旌阳 罗江 涪城 游仙 安州 利州 昭化 朝天 船山 安居 市中 东兴 沙湾 五通桥 金口河 顺庆
高坪 嘉陵 东坡 彭山 翠屏 南溪 叙州 广安 前锋 通川 达川 雨城 名山 巴州 恩阳 雁江 天府新 南明 云岩
花溪 乌当 白云 观山湖 钟山 水城 红花岗 汇川 播州 西秀 平坝 七星关 碧江 万山 五华 盘龙 官渡 西山
东川 呈贡 晋宁 麒麟 沾益 马龙 红塔 江川 隆阳 昭阳 古城 思茅 临翔 城关 堆龙德庆 达孜 桑珠孜 卡若
巴宜 乃东 色尼 新城 碑林 莲湖 灞桥 未央 雁塔 阎良 临潼 长安 高陵 鄠邑 王益 印台 耀州 渭滨 金台
陈仓 凤翔 秦都 杨陵 渭城 临渭 华州 宝塔 安塞 汉台 南郑 榆阳 横山 汉滨 商州 西咸新 七里河 西固
安宁 红古 金川 白银 平川 秦州 麦积 凉州 甘州 崆峒 肃州 西峰 安定 武都 城东 城中 城西 城北 湟中
乐都 平安 海东 兴庆 西夏 金凤 大武口 惠农 利通 红寺堡 原州 沙坡头 天山 沙依巴克 水磨沟 头屯河
达坂城 米东 独山子 克拉玛依 白碱滩 乌尔禾 高昌 伊州 高新技术产业开发 经济技术开发 高新 经开
综改示范 转型综改示范 航空港 临空经济
"""
URBAN: Final = frozenset(f"{name}区" for name in _URBAN.split())

_NOT_DISTRICT: Final = re.compile(
    r"(?:小|社|园|校|片|库|厂|院|宿舍|平房|住宅|别墅|商业|家属|生活|工业|老|风险|封控|管控|防范|疫|灾|辖|全|我|本|各|该|"
    r"当地|景|服务|作业|办公|保税|物流|功能|[A-Z0-9一二三四五六七八九十])区$|自治区$|(?:超|门|夜|菜|城|集|都|商|我|本|全|各)市$|(?<![新南北])市区$"
)
_SUFFIX: Final = r"(?:区|县|旗|市|开发区|示范区|新区)"
_HEAD: Final = re.compile(rf"[一-鿿]{{1,9}}?{_SUFFIX}")
_CITY: Final = re.compile(r"(?:[一-鿿]{2,7}?(?:省|自治区))?(?:[一-鿿]{2,7}?(?:市|自治州|州|盟))?")
SUBDISTRICT: Final = re.compile(
    r"[一-鿿]{1,7}?(?:街道办事处|街道办|街道|办事处|苏木|镇(?![一-鿿]{0,2}街道|小区|家园|花园|苑|宿舍|中学|医院|政府)|乡(?!小区|家园|村医院|镇))"
)


@lru_cache(maxsize=4096)
def could_be_district(name: str) -> bool:
    """Return whether a word has the form of a district's name; A区, 小区, 平房区 have not."""
    if name in URBAN:
        return True
    if len(name) < 3 or len(name) > 12 or _NOT_DISTRICT.search(name):
        return False
    if re.search(r"划定|调整|新增|关于|将|对|为|风险|除|及|和|街道", name[:-1]):
        return False
    if name[-1] == "旗" and re.search(r"[镇乡村]", name):
        return False  # 石门乡占旗河村
    return name[-1] in "区县旗市" and name[:-1] not in ("全", "我")


class Districts:
    """The districts that one notice names, learnt from its headings, lead and items."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self.known: set[str] = set(known)
        self.city: str | None = None
        self._seen: dict[str, set[str]] = {}

    def learn(self, text: str) -> None:
        """Take in the districts of a title or lead: 太原市迎泽区, 尖草坪区、晋源区.

        A name that two different addresses begin with is one too.
        """
        if self.city is None and (city := _CITY_NAME.search(text)):
            self.city = city.group(1)
        if short := re.search(r"市(城区|矿区|郊区)", text):
            self.known.add(short.group(1))
        for found in _REPEATED.finditer(text):
            name = found.group(1)
            seen = self._seen.setdefault(name, set())
            seen.add(text[found.end() : found.end() + 3])
            if len(seen) > 1 and could_be_district(name) and name[-2] not in "东西南北中":
                self.known.add(name)
        for found in _LEAD.finditer(text):
            name = found.group(1)
            # 于、对、将 and the like are not part of a name; the shortest known tail wins.
            for start in range(len(name) - 2):
                tail = name[start:]
                if tail in URBAN:
                    self.known.add(tail)
                    break
            else:
                if _SURE.search(text, 0, found.start(1)) and could_be_district(name):
                    self.known.add(name)

    def take(self, text: str) -> tuple[str | None, int]:
        """Return the district that an address begins with and where the rest begins.

        A province or city before it is taken along; without a district nothing is taken.
        """
        city = _CITY.match(text)
        starts = {0} | ({city.end()} if city else set())
        market = re.match(r"[一-鿿]{2,7}?[市州盟]", text)
        if market:
            starts.add(market.end())
        for start in sorted(starts, reverse=True):  # the district behind the city, not the city
            name = self._prefix(text, start)
            if name:
                return name, start + len(name)
        return None, 0

    def _prefix(self, text: str, start: int) -> str | None:
        for length in range(12, 1, -1):
            name = text[start : start + length]
            if len(name) == length and name in self.known and name[-1] in "区县旗市":
                return name
        for length in range(2, 10):
            name = text[start : start + length]
            if len(name) < length:
                break
            if name in URBAN and text[start + length : start + length + 1] not in ("域",):
                return name
        found = _HEAD.match(text, start, start + 14)
        return found.group() if found and self._looks_right(found, text) else None

    def _looks_right(self, found: re.Match[str], text: str) -> bool:
        """Return whether an unknown name is used as a district's: 县 and 旗 mostly are; 区 must be
        short or stand before a street, 市 must not be the issuer's own city."""
        name, follows = found.group(), text[found.end() :]
        if not could_be_district(name):
            return False
        if name[-1] == "旗" and len(name) < 4:
            return bool(SUBDISTRICT.match(follows))
        if name[-1] in "县旗":
            return not follows.startswith(("城", "医院", "政府", "道"))
        if name[-1] == "市":
            return len(name) <= 4 and bool(self.city) and name != self.city and len(follows) > 1
        if SUBDISTRICT.match(follows):
            return True
        return (
            len(name) == 3 and name[1] not in "东西南北中新老旧内外" and bool(_NAME.match(follows))
        )


_NAME: Final = re.compile(r"[一-鿿]{2}")
_CITY_NAME: Final = re.compile(r"(?:^|[省区])([一-鿿]{2,6}?市)")
_REPEATED: Final = re.compile(r"(?:^|[、,;:.)将])([一-鿿]{2,3}区)(?=[一-鿿]{2})")
_SURE: Final = re.compile(r"(?:[市州盟]|关于|关于调整)$")
_LEAD: Final = re.compile(
    r"(?:市|州|盟|关于|[,。、和及对将为:]|^)?([一-鿿]{2,8}?(?:区|县|旗))"
    r"(?=[、和及,:]|调整|疫情|新冠|新型|应对|风险|部分|除|关于|现有|新增|划定|[0-9]|$)"
)
