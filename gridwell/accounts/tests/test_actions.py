"""Acts on users and posts: each refusal, each audit row, nobody beyond their range."""

from datetime import UTC, datetime, timedelta

import pytest

from gridwell.accounts import actions, labels, queries
from gridwell.accounts.actions.absences import TURN
from gridwell.accounts.models import Absence, Post, User
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.accounts.tests.make import make_post, make_user
from gridwell.audit.models import AuditEntry
from gridwell.core import wording
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.places.tests.make import COMMUNITY, OTHER_COMMUNITY, make_area, make_grid

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 11, 23, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def acts() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))


def new_user(actor: Actor, username: str = "new", area: int = COMMUNITY) -> User:
    return actions.create_user(
        actor=actor, username=username, name=f"名{username}", area=make_area(code=area), now=NOW
    )[0]


def refused(code: str):
    return pytest.raises(RuleBroken, match=code.replace(".", r"\."))


def refresh(post: Post) -> Post:
    return Post.objects.get(pk=post.pk)


# ---- users -------------------------------------------------------------------------------------


def test_a_new_account_has_a_one_time_password(officer: Actor) -> None:
    user, once = actions.create_user(
        actor=officer, username="li", name="李", area=make_area(), telephone="1", now=NOW
    )
    user.refresh_from_db()
    assert user.check_password(once)
    assert user.must_change_password
    assert acts() == ["accounts.user_created"]
    actions.change_own_password(user=user, password="something longer", now=LATER)
    user.refresh_from_db()
    assert not user.must_change_password
    assert user.check_password("something longer")


def test_one_time_passwords_are_readable_and_differ() -> None:
    made = {actions.new_password() for _ in range(50)}
    assert len(made) == 50
    assert all(len(once) == 14 and not set(once) & set("0o1il") for once in made)


def test_no_account_outside_the_range(officer: Actor) -> None:
    with pytest.raises(NotVisible):
        new_user(officer, area=OTHER_COMMUNITY)
    with pytest.raises(NotVisible):
        actions.create_user(actor=officer, username="x", name="x", area=None, now=NOW)
    with pytest.raises(NotVisible):
        actions.create_user(
            actor=officer, username="x", name="x", area=make_area(), is_administrator=True, now=NOW
        )
    assert acts() == []


def test_user_names_are_taken_whatever_their_case(officer: Actor) -> None:
    new_user(officer, "wang")
    with refused("accounts.username_taken"):
        new_user(officer, "WANG")


def test_a_grid_worker_makes_no_accounts(grid_worker: Actor) -> None:
    with pytest.raises(NotVisible):
        new_user(grid_worker)


def test_an_administrator_makes_accounts_anywhere() -> None:
    admin = queries.actor_of(make_user(username="admin", is_administrator=True), NOW)
    new_user(admin, area=OTHER_COMMUNITY)
    user, _ = actions.create_user(
        actor=admin, username="second", name="二", area=None, is_administrator=True, now=NOW
    )
    assert user.is_administrator
    assert AuditEntry.objects.filter(community=0).count() == 1


def test_reset_gives_a_new_password_once(officer: Actor) -> None:
    user = new_user(officer)
    once = actions.reset_password(actor=officer, user=user, reason="忘记密码", now=NOW)
    user.refresh_from_db()
    assert user.check_password(once)
    assert user.must_change_password
    with refused("accounts.reason_needed"):
        actions.reset_password(actor=officer, user=user, reason=" ", now=NOW)
    assert acts()[-1] == "accounts.password_reset"


def test_the_account_of_somebody_with_a_post_above_is_out_of_reach(
    officer: Actor, district_officer: Actor
) -> None:
    upper = User.objects.get(pk=district_officer.user_id)
    post = make_post(holder=None)
    actions.set_deputies(actor=district_officer, post=post, deputies=[upper], now=NOW)
    assert upper in queries.users_of(officer)
    for act in (actions.reset_password, actions.lock_user, actions.end_user):
        with refused("accounts.user_above_you"):
            act(actor=officer, user=upper, reason="接管", now=NOW)


def test_an_administrators_account_is_out_of_reach(officer: Actor) -> None:
    admin = make_user(username="admin", is_administrator=True)
    admin.area = make_area()
    admin.save()
    with refused("accounts.user_above_you"):
        actions.reset_password(actor=officer, user=admin, reason="接管", now=NOW)


def test_lock_and_unlock(officer: Actor) -> None:
    user = new_user(officer)
    with refused("accounts.user_not_locked"):
        actions.unlock_user(actor=officer, user=user, now=NOW)
    actions.lock_user(actor=officer, user=user, reason="手机丢失", now=NOW)
    with refused("accounts.user_locked"):
        actions.lock_user(actor=officer, user=user, reason="再锁", now=NOW)
    actions.unlock_user(actor=officer, user=user, now=LATER)
    assert User.objects.get(pk=user.pk).is_active
    assert acts()[-2:] == ["accounts.user_locked", "accounts.user_unlocked"]


def test_nobody_locks_or_ends_themselves(officer: Actor) -> None:
    me = User.objects.get(pk=officer.user_id)
    for act in (actions.lock_user, actions.end_user):
        with refused("accounts.not_yourself"):
            act(actor=officer, user=me, reason="试试", now=NOW)


def test_ending_an_account_frees_its_posts(officer: Actor) -> None:
    user, other = new_user(officer, "a"), new_user(officer, "b")
    grid = make_grid()
    post = actions.create_post(
        actor=officer, role=Role.GRID_WORKER, area=make_area(), title="一网格", grids=[grid],
        holder=user, deputies=[other], now=NOW,
    )  # fmt: skip
    second = actions.create_post(
        actor=officer, role=Role.COMMUNITY_OFFICER, area=make_area(), title="干事",
        holder=other, deputies=[user], now=NOW,
    )  # fmt: skip
    freed = actions.end_user(actor=officer, user=user, reason="调离", now=LATER)
    assert [p.pk for p in freed] == [post.pk]
    assert refresh(post).holder is None
    assert second.deputies.count() == 0
    assert queries.line_of(refresh(post), LATER).acting == other
    assert not queries.active_users_of(officer).filter(pk=user.pk).exists()
    ends = AuditEntry.objects.filter(act="accounts.holder_changed", subject=post.pk).get()
    assert (ends.facts["before"], ends.facts["after"], ends.reason) == (user.pk, None, "调离")
    with refused("accounts.user_ended"):
        actions.unlock_user(actor=officer, user=user, now=LATER)


def test_change_user_keeps_an_audit_row_only_for_a_change(officer: Actor) -> None:
    user = new_user(officer)
    actions.change_user(actor=officer, user=user, name=user.name, telephone="", now=NOW)
    assert acts() == ["accounts.user_created"]
    actions.change_user(actor=officer, user=user, name="新名", telephone="0351", now=NOW)
    assert AuditEntry.objects.get(act="accounts.user_changed").facts["fields"] == [
        "name",
        "telephone",
    ]


# ---- posts -------------------------------------------------------------------------------------


def make(actor: Actor, **facts) -> Post:
    wanted = {"role": Role.COMMUNITY_OFFICER, "area": make_area(), "title": "干事", "now": NOW}
    return actions.create_post(actor=actor, **{**wanted, **facts})


def test_posts_have_codes_that_can_be_read_aloud(officer: Actor) -> None:
    grid = make_grid(number="3")
    worker = {"role": Role.GRID_WORKER, "grids": [grid]}
    assert make(officer).code == f"{COMMUNITY}/officer-1"
    assert make(officer).code == f"{COMMUNITY}/officer-2"
    assert make(officer, **worker).code == f"{COMMUNITY}/grid-3"
    assert make(officer, **worker).code == f"{COMMUNITY}/grid-3b"
    assert acts() == ["accounts.post_created"] * 4


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"role": Role.GRID_WORKER}, "accounts.grids_needed"),
        ({"role": Role.DISTRICT_OFFICER}, "accounts.role_not_at_level"),
    ],
)
def test_posts_that_cannot_be(officer: Actor, facts, code: str) -> None:
    with refused(code):
        make(officer, **facts)


def test_an_officer_has_no_narrowed_post(officer: Actor) -> None:
    with refused("accounts.grids_not_for_role"):
        make(officer, grids=[make_grid()])


def test_grids_belong_to_the_post_s_community(officer: Actor) -> None:
    elsewhere = make_grid(community=OTHER_COMMUNITY)
    with refused("accounts.grid_elsewhere"):
        make(officer, role=Role.GRID_WORKER, grids=[elsewhere])


def test_no_post_above_or_beside_the_own_range(officer: Actor, district_officer: Actor) -> None:
    for area, role in (
        (OTHER_COMMUNITY, Role.COMMUNITY_OFFICER),
        (140109000000, Role.DISTRICT_OFFICER),
    ):
        with pytest.raises(NotVisible):
            make(officer, area=make_area(code=area), role=role)
    with pytest.raises(NotVisible):
        make(district_officer, area=make_area(code=140100000000), role=Role.CITY_OFFICER)
    make(district_officer, area=make_area(code=OTHER_COMMUNITY))


def test_people_come_from_the_own_pick_list(officer: Actor, other_officer: Actor) -> None:
    stranger = User.objects.get(pk=other_officer.user_id)
    with pytest.raises(NotVisible):
        make(officer, holder=stranger)
    with pytest.raises(NotVisible):
        actions.set_deputies(actor=officer, post=make(officer), deputies=[stranger], now=NOW)


def test_locked_and_ended_people_get_no_post(officer: Actor) -> None:
    locked, ended = new_user(officer, "a"), new_user(officer, "b")
    actions.lock_user(actor=officer, user=locked, reason="停用", now=NOW)
    actions.end_user(actor=officer, user=ended, reason="离职", now=NOW)
    with refused("accounts.user_locked"):
        make(officer, holder=User.objects.get(pk=locked.pk))
    with refused("accounts.user_ended"):
        make(officer, holder=User.objects.get(pk=ended.pk))


def test_handing_over_takes_a_deputy_out_of_the_line(officer: Actor) -> None:
    first, second, third = (new_user(officer, name) for name in "abc")
    post = make(officer, holder=first, deputies=[second, third])
    actions.change_holder(
        actor=officer, post=post, holder=second, seen=first.pk, reason="换岗", now=LATER
    )
    line = queries.line_of(refresh(post), LATER)
    assert (line.holder, line.deputies) == (second, (third,))
    entry = AuditEntry.objects.get(act="accounts.holder_changed")
    assert (entry.facts["before"], entry.facts["after"]) == (first.pk, second.pk)


def test_the_second_of_two_who_hand_over_sees_the_difference(officer: Actor) -> None:
    first, second = new_user(officer, "a"), new_user(officer, "b")
    post = make(officer, holder=first)
    change = {"actor": officer, "post": post, "seen": first.pk, "now": LATER}
    actions.change_holder(holder=second, **change)
    with refused("accounts.changed_meanwhile") as caught:
        actions.change_holder(holder=None, **change)
    assert second.name in wording.say(caught.value)


def test_deputies_are_not_a_and_stand_once(officer: Actor) -> None:
    first, second = new_user(officer, "a"), new_user(officer, "b")
    post = make(officer, holder=first)
    with refused("accounts.deputy_is_holder"):
        actions.set_deputies(actor=officer, post=post, deputies=[second, first], now=NOW)
    with refused("accounts.deputy_twice"):
        actions.set_deputies(actor=officer, post=post, deputies=[second, second], now=NOW)
    actions.set_deputies(actor=officer, post=post, deputies=[second], now=NOW)
    actions.set_deputies(actor=officer, post=post, deputies=[second], now=NOW)
    assert acts().count("accounts.deputies_set") == 1


def test_two_people_may_deputise_for_each_other(officer: Actor) -> None:
    first, second = new_user(officer, "a"), new_user(officer, "b")
    make(officer, holder=first, deputies=[second])
    make(officer, holder=second, deputies=[first])


def test_scope_is_set_and_seen_by_the_next_request(officer: Actor) -> None:
    user, one, two = new_user(officer), make_grid(number="1"), make_grid(number="2")
    micro = make_grid(number="2-1", parent=two)
    post = make(officer, role=Role.GRID_WORKER, grids=[one], holder=user)
    actions.set_scope(actor=officer, post=post, grids=[two], now=LATER)
    assert queries.actor_of(user, LATER).grids_at(COMMUNITY) == {two.pk, micro.pk}
    with refused("accounts.grids_needed"):
        actions.set_scope(actor=officer, post=post, grids=[], now=LATER)
    assert acts()[-1] == "accounts.scope_set"


def test_ending_a_post_takes_what_it_gave(officer: Actor) -> None:
    user = new_user(officer)
    post = make(officer, holder=user)
    assert queries.actor_of(user, NOW).covers(COMMUNITY)
    with refused("accounts.reason_needed"):
        actions.end_post(actor=officer, post=post, reason="", now=LATER)
    actions.end_post(actor=officer, post=post, reason="撤岗", now=LATER)
    assert not queries.actor_of(user, LATER).covers(COMMUNITY)
    with refused("accounts.post_ended"):
        actions.end_post(actor=officer, post=post, reason="再撤", now=LATER)


def test_nobody_ends_or_empties_their_own_post(officer: Actor) -> None:
    post = Post.objects.get(pk=officer.posts[0].id)
    with refused("accounts.not_your_own_post"):
        actions.end_post(actor=officer, post=post, reason="撤岗", now=NOW)
    with refused("accounts.not_your_own_post"):
        actions.change_holder(actor=officer, post=post, holder=None, seen=officer.user_id, now=NOW)


def test_posts_of_others_are_out_of_reach(officer: Actor, other_officer: Actor) -> None:
    post = make(officer)
    for act, facts in (
        (actions.change_holder, {"holder": None, "seen": None}),
        (actions.set_deputies, {"deputies": []}),
        (actions.set_scope, {"grids": []}),
        (actions.end_post, {"reason": "不是我的"}),
    ):
        with pytest.raises(NotVisible):
            act(actor=other_officer, post=post, now=NOW, **facts)


# ---- absences ----------------------------------------------------------------------------------


def test_b_acts_while_a_is_away_and_a_again_after(officer: Actor) -> None:
    first, second = new_user(officer, "a"), new_user(officer, "b")
    make(officer, holder=first, deputies=[second])
    absence = actions.record_absence(
        actor=officer, user=first, reason="isolation", starts_at=LATER, now=NOW
    )
    assert queries.actor_of(first, NOW).covers(COMMUNITY)
    assert not queries.actor_of(second, NOW).covers(COMMUNITY)
    assert not queries.actor_of(first, LATER).covers(COMMUNITY)
    acting = queries.actor_of(second, LATER)
    assert acting.covers(COMMUNITY)
    assert acting.posts[0].is_deputy
    back = LATER + timedelta(days=1)
    actions.end_absence(actor=officer, absence=absence, now=back)
    actions.end_absence(actor=officer, absence=absence, now=back)
    assert queries.actor_of(first, back).covers(COMMUNITY)
    assert acts()[-2:] == ["accounts.absence_recorded", "accounts.absence_ended"]


def test_the_same_absence_is_recorded_once(officer: Actor) -> None:
    user = new_user(officer)
    facts = {"user": user, "reason": "isolation", "source": "isolation:7", "starts_at": NOW}
    for _ in range(2):
        actions.record_absence(actor=Actor.system(COMMUNITY), **facts, now=NOW)
    assert Absence.objects.count() == 1
    with refused("accounts.absence_backwards"):
        actions.record_absence(actor=officer, **facts, ends_at=NOW, now=NOW)


def test_absences_are_recorded_by_the_person_or_their_desk(
    officer: Actor, other_officer: Actor
) -> None:
    user = new_user(officer)
    me = queries.actor_of(user, NOW)
    actions.record_absence(actor=me, user=user, reason="leave", starts_at=NOW, now=NOW)
    with pytest.raises(NotVisible):
        actions.record_absence(
            actor=other_officer, user=user, reason="leave", starts_at=NOW, now=NOW
        )


def test_a_locked_a_is_away_too(officer: Actor) -> None:
    first, second = new_user(officer, "a"), new_user(officer, "b")
    make(officer, holder=first, deputies=[second])
    actions.lock_user(actor=officer, user=first, reason="手机丢失", now=NOW)
    assert queries.actor_of(second, LATER).covers(COMMUNITY)


# ---- words -------------------------------------------------------------------------------------


def test_every_act_and_refusal_has_words() -> None:
    import re
    from pathlib import Path

    folder = Path(actions.__file__).parent
    text = "".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    text += (folder.parent / "rules/holders.py").read_text("utf-8")
    text += (folder.parent / "rules/posts.py").read_text("utf-8")
    text += (folder.parent / "reasons.py").read_text("utf-8")
    codes = set(re.findall(r'"(accounts\.[a-z_]+)"', text)) - {TURN}
    assert codes <= set(labels.REFUSALS) | set(labels.ACTS)
    assert set(labels.REFUSALS) <= wording.worded()
