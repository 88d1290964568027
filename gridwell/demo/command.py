"""Builds the demo's command: an emergency in one district, instructions, reports, a take-over, a look."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from gridwell.accounts.actions import create_post
from gridwell.accounts.models import Post, User
from gridwell.accounts.queries import actor_of
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.command.actions.emergency import look, open_access
from gridwell.command.actions.instructions import answer, send_instruction
from gridwell.command.actions.modes import rehearse_mode, switch_mode
from gridwell.command.actions.reports import send_report
from gridwell.command.actions.takeovers import give_back, take_over
from gridwell.command.models import Instruction
from gridwell.command.queries.modes import mode_effect
from gridwell.demo.city import MODEL
from gridwell.demo.rounds import at
from gridwell.places.models import Area, Grid
from gridwell.protocols.models import Event
from gridwell.residents.models import Household

DISTRICT = 140109000000  # 万柏林区
#: Communities that prepare a post for an emergency: one where it stands up, one where it waits.
PREPARED = {MODEL: "jinxiangdu", 140105901901: "dingxin"}
#: What the district's communities have answered to its instruction: account, state, words.
ANSWERS = (
    ("jinxiangdu", "done", "4号楼单元门厅、电梯轿厢每日早晚各消毒一次，已落实。"),
    ("manxiangdi", "accepted", ""),
    ("xihuayuan", "refused", "消毒药品不足，请街道调配后实施。"),
)


def build(communities: Sequence[int], now: datetime) -> None:
    """Build what was commanded up to the demo's evening, of the communities that are built."""
    here = set(communities)
    _prepare(here)
    chief = _actor("wanbailin", now)
    _emergency(chief)
    _instructions(chief, sorted(code for code in here if code // 10**6 == DISTRICT // 10**6), now)
    _reports(now)
    if 140109901903 in here:
        _takeover(chief)
    if 140105902901 in here:
        _look()


def _actor(username: str, now: datetime) -> Actor:
    return actor_of(User.objects.get(username=username), now)


def _ref(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"gridwell-demo:{name}")


def _prepare(here: set[int]) -> None:
    """Prepare a post for an emergency in some communities, and rehearse one change of mode."""
    day = at(date(2022, 11, 8), 15)
    for code, username in PREPARED.items():
        if code not in here:
            continue
        officer = _actor(username, day)
        create_post(
            actor=officer,
            area=Area.objects.get(pk=code),
            role=Role.GRID_WORKER,
            title="应急流调协查岗",
            holder=User.objects.get(username=f"{username}-1"),
            deputies=[],
            grids=list(Grid.objects.filter(community=code, parent=None).order_by("pk")[:1]),
            activates_in="emergency",
            now=day,
        )
        rehearse_mode(
            actor=officer,
            area=code,
            mode="emergency",
            reason="十一月桌面演练：预警转战时",
            client_ref=_ref(f"rehearsal:{code}"),
            now=day,
        )


def _emergency(chief: Actor) -> None:
    """Take the district into an emergency on the evening of notice 173."""
    evening = at(date(2022, 11, 20), 19, 30)
    switch_mode(
        actor=chief,
        area=DISTRICT,
        mode="emergency",
        reason="辖区新增多个高风险区，启动应急指挥体系",
        seen=mode_effect(DISTRICT, "emergency", evening).version,
        client_ref=_ref("emergency"),
        event=Event.objects.first(),
        now=evening,
    )


def _instructions(chief: Actor, codes: list[int], now: datetime) -> None:
    """Send one instruction down with answers, and one of the model community to its grids."""
    morning = at(date(2022, 11, 21), 8, 30)
    row = send_instruction(
        actor=chief,
        area=DISTRICT,
        title="高风险区楼栋每日两次环境消毒",
        text=(
            "各社区对高风险区所在楼栋的单元门厅、电梯、楼道扶手、垃圾桶，每日早晚各消毒一次，"
            "做好登记。药品、人手不足的，当日说明。"
        ),
        to_areas=codes,
        to_posts=[],
        client_ref=_ref("disinfect"),
        due_at=at(date(2022, 11, 23), 18),
        now=morning,
    )
    for username, state, remark in ANSWERS:
        _answer(row, username, state, remark, at(date(2022, 11, 22), 9))
    posts = list(Post.objects.filter(area_id=MODEL, role=Role.GRID_WORKER, is_standby=False))
    own = send_instruction(
        actor=_actor("jinxiangdu", now),
        area=MODEL,
        title="今晚21时前核对应检未检名单",
        text="各网格逐户核对今日应检未检人员，联系不上的写明原因，21时前完成。",
        to_areas=[],
        to_posts=posts,
        client_ref=_ref("missing"),
        due_at=at(date(2022, 11, 23), 21),
        is_urgent=True,
        now=at(date(2022, 11, 23), 18, 30),
    )
    receipt = own.receipts.filter(receiver__holder__username="jinxiangdu-1").first()
    if receipt is not None:
        answer(
            actor=_actor("jinxiangdu-1", now),
            receipt_id=receipt.pk,
            state="accepted",
            now=at(date(2022, 11, 23), 18, 42),
        )


def _answer(row: Instruction, username: str, state: str, remark: str, when: datetime) -> None:
    """Have the desk that a person holds answer, where it is among the receivers."""
    if not User.objects.filter(username=username).exists():
        return
    actor = _actor(username, when)
    receipt = row.receipts.filter(area_id__in=[post.low for post in actor.posts]).first()
    if receipt is not None:
        answer(actor=actor, receipt_id=receipt.pk, state=state, remark=remark, now=when)


def _reports(now: datetime) -> None:
    """Send the model community's reports of the last day; the one of this evening is still owed."""
    times = (
        at(date(2022, 11, 22), 20, 4),
        at(date(2022, 11, 23), 8, 6),
        at(date(2022, 11, 23), 14, 3),
    )
    for when in times:
        send_report(
            actor=_actor("jinxiangdu", now),
            area=MODEL,
            remark="",
            client_ref=_ref(f"report:{when.isoformat()}"),
            now=when,
        )


def _takeover(chief: Actor) -> None:
    """Let the district take command of one community for two days, and give it back."""
    row = take_over(
        actor=chief,
        area=Area.objects.get(pk=140109901903),
        by_area=DISTRICT,
        reason="两日内连续检出，区工作专班进驻",
        telephone="0351-0000000",
        now=at(date(2022, 11, 21), 9),
    )
    give_back(actor=chief, takeover=row, reason="连续两日无新增", now=at(date(2022, 11, 23), 10))


def _look() -> None:
    """Let an officer of another community look at one household of the model community."""
    morning = at(date(2022, 11, 23), 11, 20)
    actor = _actor("haixi", morning)
    home = (
        Household.objects.filter(community=MODEL, dwelling__building__name="2号楼", ends_at=None)
        .select_related("dwelling")
        .order_by("pk")
        .first()
    )
    if home is None:
        return
    row = open_access(
        actor=actor,
        reason="老人在本社区晕倒，联系家属和用药情况",
        community="金香都社区",
        door=home.dwelling.full_name,
        now=morning,
    )
    look(actor=actor, access=row, now=morning)
