"""Fields of a household ledger and the many names their columns have (台账列名)."""

from enum import StrEnum
from typing import Final


class Field(StrEnum):
    """What a column of a household ledger can hold."""

    SERIAL = "serial"
    ROW_KEY = "row_key"  # of a workbook that went back to be mended
    REASON = "reason"  # likewise: why the line went back
    HOUSEHOLD_NO = "household_no"
    COMPOUND = "compound"
    VILLAGE = "village"
    LANE = "lane"
    BUILDING = "building"
    ROW = "row"
    UNIT = "unit"
    FLOOR = "floor"
    ROOM = "room"
    ADDRESS = "address"
    NAME = "name"
    HEAD_NAME = "head_name"
    PEOPLE = "people"  # several residents in one cell
    COUNT = "count"
    RELATION = "relation"
    SEX = "sex"
    ID_NUMBER = "id_number"
    DOCUMENT = "document"
    DOCUMENT_KIND = "document_kind"
    BIRTH = "birth"
    AGE = "age"
    PHONE = "phone"
    HEAD_PHONE = "head_phone"
    TENURE = "tenure"
    RENTED = "rented"
    REGISTERED_ONLY = "registered_only"
    PARTY_MEMBER = "party_member"
    PREGNANT = "pregnant"
    DISABLED = "disabled"
    LOW_ALLOWANCE = "low_allowance"
    DESTITUTE = "destitute"
    ILLNESS = "illness"
    ILLNESS_STATE = "illness_state"
    LIVES_ALONE = "lives_alone"
    VERY_OLD = "very_old"
    CANNOT_WALK = "cannot_walk"
    EMPLOYER = "employer"
    VACCINE = "vaccine"
    LABELS = "labels"
    HOME_COLOUR = "home_colour"
    ISOLATED_UNTIL = "isolated_until"
    LAST_SAMPLE = "last_sample"
    SAMPLE_RESULT = "sample_result"
    COMMUNITY = "community"
    LOCAL = "local"  # registered here with the police or not (是否户籍)
    ORIGIN = "origin"  # where a guest comes from, or what brings him
    STAY_FROM = "stay_from"
    STAY_UNTIL = "stay_until"
    REMARK = "remark"


#: Names by field, separated by spaces; an underscore stands for a space within an English name.
NAMES: Final[dict[Field, str]] = {
    Field.SERIAL: "序号 编号 序 号 行号 # no no. 顺序号 serial",
    Field.ROW_KEY: "行标识 row_key rowkey",
    Field.REASON: "退回原因 错误原因 问题说明 reason reason_for_return",
    Field.HOUSEHOLD_NO: "户编号 户序号 家庭编号 户序 户籍编号 家庭序号",
    Field.COMPOUND: (
        "小区 小区名称 小区名 院落 院 庭院 楼院 住宅小区 所在小区 居住小区 院落名称 小区/院落 "
        "小区(院) 小区院落 小区/村 小区或村 大院 宿舍区 compound estate"
    ),
    Field.VILLAGE: "村 村名 自然村 村庄 所在村 行政村 村组 村民小组 village",
    Field.LANE: "巷 街巷 弄 胡同 巷名 路名 街道门牌 lane",
    Field.BUILDING: (
        "小区楼栋 楼栋单元 楼单元 楼号单元 楼栋/单元 小区及楼栋 "
        "楼栋 楼号 楼 栋 栋号 幢 幢号 座 楼栋号 楼幢 楼幢号 楼座 楼座号 楼宇 号楼 楼栋名称 "
        "楼牌号 所在楼栋 几号楼 楼宇名称 楼门 栋数 楼栋/排 building block"
    ),
    Field.ROW: "排 排号 第几排 排数",
    Field.UNIT: "单元 单元号 门栋 单元门 单元/门 几单元 单元名称 所在单元 unit entrance",
    Field.FLOOR: "楼层 层 层数 所在楼层 所在层 floor",
    Field.ROOM: (
        "房号 室 房间号 室号 户室号 房间 门号 户 房屋号 房屋编号 住户号 房屋 门户号 房门号 "
        "商铺 商铺名称 商铺号 商铺/房号 店铺名称 门店名称 店铺 店名 门店 商户 商户名称 "
        "工地 工地名称 工程名称 施工项目 项目部 快递点 站点 站点名称 "
        "室/户 房号/室 户号 房间号码 房室号 户室 room room_no room_no. door"
    ),
    Field.ADDRESS: (
        "门牌 门牌号 门牌号码 地址 住址 家庭住址 家庭地址 居住地址 现住址 现住地址 现居住地 "
        "现居住地址 详细地址 居住地 住所 房屋地址 楼栋单元门牌号 楼号单元房号 楼栋单元房号 "
        "楼-单元-房号 楼-单元-室 楼单元号 楼单元室 楼栋房号 户址 常住地址 门牌地址 "
        "居住详细地址 家庭详细地址 详细住址 现居地址 居住住址 楼门牌号 address home_address "
        "暂住地 暂住地址 暂住住址 来访地址 到访地址 被访地址 被访住户 来访住户 到访住户 被访人地址 "
        "所访地址 落脚点 入住地址 返乡住址 返乡地址 返乡后住址 租住地址 来并住址 在并住址"
    ),
    Field.NAME: (
        "姓名 名字 居民姓名 人员姓名 成员姓名 家庭成员姓名 居住人姓名 住户姓名 被采样人 人员 "
        "住户 居民 姓名(必填) 访客姓名 访客 来访人 来访人姓名 来访人员 来访者 店员姓名 店员 员工姓名 工人姓名 "
        "务工人员 暂住人 暂住人姓名 流动人口姓名 租客姓名 返乡人员 返乡人员姓名 从业人员 name full_name"
    ),
    Field.HEAD_NAME: "户主 户主姓名 householder head",
    Field.PEOPLE: (
        "住户(人数) 家庭成员 家庭成员(人数) 居住人员 家庭成员及关系 家庭成员情况 成员 "
        "共同居住人 共同居住人员 家庭人员 同住人员 同住人 家庭成员及人数 居住人员姓名 "
        "家庭成员信息 家庭人员信息 成员信息 家庭成员基本信息 全部成员 人员名单 "
        "家庭成员名单 住户及人数 members residents"
    ),
    Field.COUNT: (
        "人数 家庭人口 家庭人口数 人口数 居住人数 户内人数 家庭人数 人口 现住人数 住几人 "
        "常住人数 居住人口 总人数 count"
    ),
    Field.RELATION: (
        "与户主关系 关系 与户主的关系 家庭关系 成员关系 户主关系 称谓 与户主之关系 同户主关系 "
        "户主或与户主关系 与业主关系 与承租人关系 relation relationship relation_to_head"
    ),
    Field.SEX: "性别 男/女 sex gender",
    Field.ID_NUMBER: (
        "身份证号 身份证号码 身份证 公民身份号码 公民身份证号码 公民身份证号 证件号码 证件号 "
        "居民身份证号 居民身份证号码 身份证件号码 身份证件号 身份号码 id id_number id_no "
        "id_card id_card_number"
    ),
    Field.DOCUMENT: (
        "护照号 护照号码 护照 其他证件 其他证件号 其他证件号码 其它证件 港澳台证件号 通行证号 "
        "passport"
    ),
    Field.DOCUMENT_KIND: "证件类型 证件种类 证件类别 document_type",
    Field.BIRTH: (
        "出生日期 出生年月日 出生年月 生日 出生时间 出生 birth birth_date date_of_birth dob "
        "birthday born"
    ),
    Field.AGE: "年龄 岁数 周岁 实足年龄 年龄(岁) 年龄(周岁) age",
    Field.PHONE: (
        "联系电话 手机号 手机 电话 手机号码 联系方式 电话号码 联系号码 本人电话 移动电话 "
        "固定电话 座机 本人手机 本人联系电话 联系手机 备用电话 常用电话 phone mobile tel "
        "telephone phone_number cell"
    ),
    Field.HEAD_PHONE: (
        "户主电话 户主手机 户主手机号 户主联系电话 户主联系方式 家庭电话 住户电话 家庭联系电话"
    ),
    Field.TENURE: (
        "居住性质 常住/租住 常住/租户 居住类型 住房性质 房屋性质 自住/出租 自有/租住 "
        "自有/出租 自住/租住 租住性质 居住状态 居住类别 住房情况 住户类型 住户性质 户籍性质 "
        "居民类型 居住情况 房屋使用情况 房屋状态 居住方式 常租住 人员类别 人员类型 人员性质 "
        "tenure"
    ),
    Field.RENTED: "租住 是否租住 是否租户 出租 是否出租 租户 出租户 是否出租户 出租房 是否出租房 rented",
    Field.REGISTERED_ONLY: "人户分离 是否人户分离 户在人不在 空挂户 是否空挂户 是否空挂",
    Field.PARTY_MEMBER: "是否党员 党员 政治面貌 中共党员 是否中共党员 party_member",
    Field.PREGNANT: "是否孕妇 孕妇 孕产妇 是否怀孕 是否孕产妇 怀孕 pregnant",
    Field.DISABLED: "残疾 是否残疾 残疾人 是否残疾人 残疾类别 残疾等级 残障 残疾情况 disabled",
    Field.LOW_ALLOWANCE: "低保 是否低保 低保户 是否低保户 低保对象 low_allowance",
    Field.DESTITUTE: "特困 是否特困 特困人员 特困供养 五保 五保户 是否特困人员 是否五保户 特困户 destitute",
    Field.ILLNESS: (
        "基础疾病 慢性病 是否患病 患病情况 疾病 基础病 病史 慢病 既往病史 基础性疾病 "
        "是否有基础疾病 疾病情况 患病 是否有基础病 慢性疾病 健康状况 疾病史 illness disease "
        "chronic_illness"
    ),
    Field.ILLNESS_STATE: "病情 病情是否稳定 是否稳定 病情稳定 病情状况",
    Field.LIVES_ALONE: "独居 是否独居 独居老人 是否独居老人 lives_alone",
    Field.VERY_OLD: "高龄 高龄老人 是否高龄 是否高龄老人 80岁以上 80岁以上老人",
    Field.CANNOT_WALK: "行动不便 是否行动不便 失能 是否失能 卧床 是否卧床 失能半失能 cannot_walk bedridden",
    Field.EMPLOYER: (
        "工作单位 单位 就业单位 工作单位及职务 服务处所 从业单位 所在单位 单位名称 employer "
        "workplace"
    ),
    Field.VACCINE: (
        "疫苗 疫苗接种 疫苗接种情况 新冠疫苗 接种情况 接种针次 疫苗剂次 接种剂次 是否接种疫苗 "
        "疫苗接种针次 新冠疫苗接种情况 疫苗针数 vaccine"
    ),
    Field.LABELS: (
        "暖心标 标签 标识 分类标识 重点标识 人员标签 人群标签 重点人群 "
        "重点人员 重点人群类别 特殊人群 特殊群体 类别标签 七色暖心标 暖心标识 "
        "重点人群类型 labels label"
    ),
    Field.HOME_COLOUR: (
        "五色 五色标识 五色分类 五色管理 五色网格 户色 户颜色 家庭颜色 住户颜色 分色 颜色 颜色标识 "
        "颜色分类 色标 标色 home_colour household_colour color colour"
    ),
    Field.SAMPLE_RESULT: (
        "核酸结果 最近核酸结果 最近一次核酸结果 核酸检测结果 检测结果 末次核酸结果 采样结果 sample_result"
    ),
    Field.ISOLATED_UNTIL: (
        "居家隔离至 隔离至 隔离截止 隔离截止日期 隔离结束日期 隔离到期 解除隔离日期 隔离期满 "
        "解除隔离时间 隔离截止时间 隔离结束时间 隔离到期日 居家隔离截止日期 isolated_until"
    ),
    Field.LAST_SAMPLE: (
        "最近一次核酸时间 最近核酸 最近一次核酸 核酸时间 核酸采样时间 最近采样时间 上次核酸 "
        "末次核酸时间 核酸日期 最近一次采样 最后一次核酸时间 核酸检测时间 最近核酸时间 "
        "最近一次采样时间 最近一次核酸检测时间 采样时间 末次核酸 最近一次核酸日期 last_sample"
    ),
    Field.COMMUNITY: "社区 所属社区 所在社区 社区名称 社区/村 社区(村) 村/社区 居委会 所属居委会 所在居委会 community",
    Field.LOCAL: "是否户籍 是否本地户籍 是否户籍人口 是否本地人 是否本社区户籍 户籍人口 是否本市户籍 是否常住户籍",
    Field.ORIGIN: (
        "来源 来源地 人员来源 来自何地 来自 何地来 从何地来 从何处来 出发地 始发地 来访地 来源省市 "
        "返乡前居住地 来访事由 来访原因 事由 暂住事由 来并事由 居住事由 流入原因 来源类型 来源类别"
    ),
    Field.STAY_FROM: (
        "来访时间 来访日期 到访时间 到访日期 入住时间 入住日期 到达时间 到达日期 抵达时间 抵达日期 "
        "返乡时间 返乡日期 暂住开始时间 暂住日期 暂住时间 来并时间 返并时间 来(返)并时间 进场时间 进场日期 "
        "到岗时间 到岗日期 开始居住时间 来社区时间 来访起始时间 入职时间 起租日期 租住开始时间"
    ),
    Field.STAY_UNTIL: (
        "离开时间 离开日期 拟离开时间 拟离开日期 预计离开时间 预计离开日期 离并时间 拟离并时间 "
        "离店时间 退房时间 返程时间 预计返程时间 返程日期 暂住到期 暂住截止时间 暂住期限 退场时间 "
        "退场日期 居住到期时间 租住到期时间 到期日期 租期至 住至 暂住至"
    ),
    Field.REMARK: (
        "备注 说明 其他 其他情况 其它 其它情况 备考 备注说明 其他情况说明 特殊情况 情况说明 "
        "其他说明 备注信息 remark remarks note notes comment"
    ),
}

#: The fields that say where, from the ground to the door.
PLACE_FIELDS: Final = (
    Field.COMPOUND,
    Field.VILLAGE,
    Field.LANE,
    Field.BUILDING,
    Field.ROW,
    Field.UNIT,
    Field.FLOOR,
    Field.ROOM,
    Field.ADDRESS,
)
