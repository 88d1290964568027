"""Builds the demo's patrols: an evening's round with findings, one put right and checked, one late."""

from datetime import datetime, timedelta

from gridwell.accounts.models import Post, User
from gridwell.accounts.queries import actor_of
from gridwell.accounts.rules.actor import Role
from gridwell.demo.rounds import at
from gridwell.places.models import Place
from gridwell.tasks import actions
from gridwell.tasks.actions import Proof

#: What was found: kind, place in words, note, by which hour it is to be right.
FOUND = (
    ("blocked_exit", "2单元一层楼道", "旧沙发堵住消防通道，请当日清走。", 16),
    ("gathering", "小区北门核酸点", "排队聚在一起，请加画一米线、增派引导。", 12),
    ("masks", "小区内超市收银台", "一名店员未戴口罩，已当场提醒。", 18),
    ("distance", "南区快递架", "取件人间距不足，请分时段取件。", 22),
)


def walk_the_round(community: int, now: datetime) -> None:
    """Have a patrol walked in the morning of the demo's day; the desk gives each finding to a post."""
    posts = Post.objects.filter(area=community, holder__isnull=False, ends_at=None)
    desk = posts.filter(role=Role.COMMUNITY_OFFICER).order_by("pk").first()
    worker = posts.filter(role=Role.GRID_WORKER).order_by("pk").first()
    if desk is None or worker is None:
        return
    officer, walker = (
        actor_of(User.objects.get(pk=post.holder_id or 0), now) for post in (desk, worker)
    )
    begun = at(now.date(), 9, 30)
    patrol = actions.create(
        actor=officer,
        community=community,
        kind="patrol",
        post=worker,
        title="上午巡查",
        due_at=at(now.date(), 12),
        now=begun,
    )
    house = Place.objects.filter(community=community, kind="building").order_by("pk").first()
    tasks = [
        actions.record_finding(
            actor=walker,
            patrol=patrol,
            finding=finding,
            where=where,
            words=words,
            building=house if finding == "blocked_exit" else None,
            post=desk,
            due_at=at(now.date(), hour),
            now=begun + timedelta(minutes=12 * (number + 1)),
        )
        for number, (finding, where, words, hour) in enumerate(FOUND)
    ]
    actions.do(
        actor=walker, task=patrol, proof=Proof(note="走了一圈。"), now=at(now.date(), 10, 40)
    )
    for task, hour in ((tasks[1], 11), (tasks[2], 15)):
        actions.do(actor=officer, task=task, proof=Proof(note="已整改。"), now=at(now.date(), hour))
    actions.verify(actor=walker, task=tasks[1], now=at(now.date(), 11, 20))
