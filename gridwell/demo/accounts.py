"""The demo's accounts as they are shown: on the terminal and on the guide's page."""

from dataclasses import dataclass

from gridwell.accounts.labels import ROLES
from gridwell.accounts.models import Post, User
from gridwell.demo import city
from gridwell.demo.labels import SAMPLER
from gridwell.demo.register import DUTIES

#: Whoever tries the demo begins as the officer of the community where a zone is open.
BEGIN_AS = "jinxiangdu"


@dataclass(frozen=True)
class Account:
    """An account of the demo; `role` is empty for the administrator, SAMPLER in a sampling group."""

    username: str
    role: str
    name: str
    place: str


def shown_accounts() -> list[Account]:
    """Return an account of each role, of the communities that the demo tells about; three queries."""
    told = {name for community in city.COMMUNITIES for name in community.accounts}
    wanted = {"city", "wanbailin", "qianfeng", *told, "jinxiangdu-1", "dingxin-1"}
    wanted |= {f"{name}-{ending}" for name in ("jinxiangdu", "haixi") for ending in DUTIES}
    posts = Post.objects.filter(holder__username__in=wanted).select_related(
        "holder", "area", "team"
    )
    by_name: dict[str, Account] = {}  # whoever holds several posts is shown with the first
    for post in posts.order_by("pk"):
        if post.holder is not None and post.holder.username not in by_name:
            is_sampler = post.team is not None and post.team.kind == "sampling"
            role = SAMPLER if is_sampler else post.role
            by_name[post.holder.username] = Account(
                post.holder.username, role, post.holder.name, post.area.name
            )
    found = list(by_name.values())
    order = [*ROLES, SAMPLER]
    found.sort(key=lambda account: order.index(account.role))
    admin = User.objects.filter(username="admin").values_list("username", "name").first()
    return [*found, *([Account(admin[0], "", admin[1], "")] if admin else [])]
