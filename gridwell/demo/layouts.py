"""The demo's kept forms: what a district asks of every community after a round, and a community's own."""

from collections.abc import Collection
from datetime import datetime

from gridwell.accounts.models import User
from gridwell.accounts.queries import actor_of
from gridwell.core.layouts import Column
from gridwell.screening.actions.report_layouts import add_layout
from gridwell.screening.rules.report_layouts import Form, Rows

XIAODIAN = 140105000000
NAME, TITLE = "区核酸筛查日报", "小店区区域核酸筛查工作日报表"
COLUMNS = (
    Column("序号", "serial"),
    Column("街道", "subdistrict"),
    Column("社区", "community"),
    Column("日期", "day"),
    Column("应检/应检人数", "due"),
    Column("应检/免检人数", "exempt"),
    Column("已采/人数", "sampled"),
    Column("已采/其中上门", "at_door"),
    Column("已采/完成率", "percent"),
    Column("未检/人数", "missing"),
    Column("未检/原因", "missing_why"),
    Column("检测/管数", "tubes"),
    Column("检测/待结果", "waiting"),
    Column("最后采样时间", "last_sample"),
    Column("填报单位", "text", "社区防控专班"),
    Column("审核签字", "blank"),
)


#: What the community itself asks: which building still misses whom, for the heads of buildings.
HAIXI = 140105902901
BY_BUILDING = (
    Column("网格", "grid"),
    Column("楼栋", "building"),
    Column("应检", "due"),
    Column("已采", "sampled"),
    Column("完成率", "percent"),
    Column("未检", "missing"),
    Column("未检原因", "missing_why"),
    Column("楼院长签字", "blank"),
)


def build(communities: Collection[int], now: datetime) -> None:
    """Let the district keep its form, which its communities fill, and a community one of its own."""
    _keep("xiaodian", XIAODIAN, NAME, TITLE, Form(Rows.COMMUNITY, COLUMNS, has_total=True), now)
    if HAIXI in communities:
        form = Form(Rows.BUILDING, BY_BUILDING, has_total=True)
        _keep("haixi", HAIXI, "分楼栋未检通报", "", form, now)


def _keep(username: str, area: int, name: str, title: str, form: Form, now: datetime) -> None:
    actor = actor_of(User.objects.get(username=username), now)
    add_layout(actor=actor, area=area, name=name, title=title, form=form, now=now)
