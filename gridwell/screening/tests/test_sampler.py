"""Somebody who samples and has no desk of the register: led to the sampling desk, to the one of the own post."""

from datetime import timedelta

from django.test import Client

from gridwell.accounts.models import Post, User
from gridwell.orders.tests.make import NOW
from gridwell.places.tests.make import COMMUNITY
from gridwell.screening.actions.rounds import close_round
from gridwell.screening.models import Desk, Round, Site
from gridwell.screening.tests.test_desk import a_team_member, home, people, row

__all__ = ["home", "people", "row"]


def a_desk(row: Round, number: int, post: Post | None = None) -> Desk:
    site, _ = Site.objects.get_or_create(
        community_id=COMMUNITY, name="东门采样点", defaults={"starts_at": NOW}
    )
    return Desk.objects.create(
        community_id=COMMUNITY,
        round=row,
        site=site,
        number=number,
        post=post,
        opens_at=NOW,
        closes_at=NOW + timedelta(hours=5),
    )


def signed_in() -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=a_team_member().user_id))
    return client


def test_a_sampler_is_led_to_the_desk_while_a_round_is_open(row: Round, officer) -> None:
    client = signed_in()
    assert client.get("/").headers["Location"] == "/desk/"
    close_round(actor=officer, round=row, now=NOW + timedelta(hours=1), reason="演练结束")
    assert client.get("/").headers["Location"] == "/work/mine/"


def test_a_sampler_sits_at_the_desk_of_the_own_post_until_another_is_chosen(row: Round) -> None:
    client = signed_in()
    a_desk(row, 1)
    mine = a_desk(row, 2, Post.objects.get(team__kind="sampling"))
    page = f"/desk/{row.pk}/"
    chosen = f'<option value="{mine.ref.hex}" selected>'
    assert chosen in client.get(page).content.decode()
    assert chosen not in client.get(page, {"desk": ""}).content.decode()
    assert chosen not in client.get(page).content.decode()  # remembered


def test_only_who_has_a_desk_is_shown_the_way_to_it(row: Round) -> None:
    """A member of another group has nothing at the desk, until sent to one."""
    member = User.objects.get(pk=a_team_member("logistics", "carrier").user_id)
    client = Client()
    client.force_login(member)
    assert 'href="/desk/"' not in client.get("/work/mine/").content.decode()
    desk = a_desk(row, 1, Post.objects.get(team__kind="logistics"))
    assert 'href="/desk/"' in client.get("/work/mine/").content.decode()
    Round.objects.filter(pk=desk.round_id).update(state="closed")
    assert 'href="/desk/"' not in client.get("/work/mine/").content.decode()
    assert 'href="/desk/"' in signed_in().get("/work/mine/").content.decode()
