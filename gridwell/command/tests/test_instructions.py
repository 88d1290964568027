"""Instructions down: once, to whom they may go, receipts by the table, reminders, withdrawal."""

from datetime import timedelta
from itertools import product
from uuid import uuid4

import pytest

from gridwell.accounts.models import Post
from gridwell.accounts.queries import actor_of
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.accounts.tests.make import make_post, make_user
from gridwell.command.actions.instructions import (
    answer,
    remind,
    send_instruction,
    withdraw_instruction,
)
from gridwell.command.models import Instruction, InstructionReceipt
from gridwell.command.queries.instructions import (
    access_receipt,
    matrix_of,
    open_receipts,
    received_by,
    together,
    with_tallies,
)
from gridwell.command.rules.instructions import MOVES, Receipt, may_move, tally
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.notify.models import Message
from gridwell.orders.tests.make import NOW, make_district
from gridwell.places.tests.make import COMMUNITY, OTHER_COMMUNITY, make_area

DISTRICT = 140109000000


@pytest.fixture(autouse=True)
def areas(db: None) -> None:
    make_district()
    make_area(code=OTHER_COMMUNITY)


def send(actor: Actor, area: int = DISTRICT, **more: object) -> Instruction:
    facts: dict = {
        "actor": actor,
        "area": area,
        "title": "排查外来人员",
        "text": "逐户排查，今日18时前报送。",
        "to_areas": [COMMUNITY, OTHER_COMMUNITY],
        "to_posts": [],
        "client_ref": uuid4(),
        "due_at": NOW + timedelta(hours=6),
        "now": NOW,
    }
    return send_instruction(**facts | more)


@pytest.mark.parametrize(("before", "after"), list(product(Receipt, Receipt)))
def test_the_table_of_receipts(before: Receipt, after: Receipt) -> None:
    assert may_move(before, after) == (after in MOVES[before])
    assert Receipt.UNREAD not in MOVES[before]
    assert not MOVES[Receipt.DONE]


def test_refusing_is_an_answer_and_never_late() -> None:
    found = tally(["unread", "accepted", "refused", "done"], NOW, NOW)
    assert (found.all, found.late, found.refused) == (4, 2, 1)
    assert tally(["unread"], None, NOW).late == 0
    assert tally(["unread"], NOW + timedelta(seconds=1), NOW).late == 0


def test_sent_once_everybody_has_a_receipt_and_is_told(
    district_officer: Actor, officer: Actor, other_officer: Actor
) -> None:
    ref = uuid4()
    row = send(district_officer, client_ref=ref)
    assert send(district_officer, client_ref=ref) == row
    assert InstructionReceipt.objects.count() == 2
    assert Message.objects.filter(kind="command.instruction").count() == 2
    assert open_receipts(officer) == open_receipts(other_officer) == 1
    assert open_receipts(district_officer) == 0
    [sent] = with_tallies([row], NOW)
    assert sent.tally.unread == 2


def test_a_receipt_is_its_receivers_alone(
    district_officer: Actor, officer: Actor, other_officer: Actor, grid_worker: Actor
) -> None:
    send(district_officer, to_areas=[COMMUNITY])
    receipt = InstructionReceipt.objects.get()
    assert access_receipt(officer, receipt.pk) == receipt
    for stranger in (other_officer, grid_worker, district_officer):
        with pytest.raises(NotVisible):
            answer(actor=stranger, receipt_id=receipt.pk, state="done", now=NOW)


def test_a_post_without_a_desk_answers_too(district_officer: Actor, officer: Actor) -> None:
    head = make_user(username="head")
    post = make_post(holder=head, role=Role.TEAM_MEMBER)
    send(officer, COMMUNITY, to_areas=[], to_posts=[post])
    actor = actor_of(head, NOW)
    [receipt] = received_by(actor)
    answer(actor=actor, receipt_id=receipt.pk, state="done", remark="已完成", now=NOW)
    receipt.refresh_from_db()
    assert (receipt.state, receipt.closed_at, receipt.remark) == ("done", NOW, "已完成")


def test_answers_follow_the_table(district_officer: Actor, officer: Actor) -> None:
    send(district_officer, to_areas=[COMMUNITY])
    pk = InstructionReceipt.objects.get().pk

    def say(state: str, remark: str = "") -> InstructionReceipt:
        return answer(actor=officer, receipt_id=pk, state=state, remark=remark, now=NOW)

    assert say("read").read_at == NOW
    with pytest.raises(RuleBroken, match=r"orders\.reason_missing"):
        say("refused")
    assert say("refused", "人手不足").closed_at == NOW
    assert say("read").state == "refused"  # looking again changes nothing
    assert say("accepted").closed_at is None
    assert say("done").state == "done"
    assert say("done").state == "done"
    with pytest.raises(RuleBroken, match=r"command\.receipt_closed"):
        say("accepted")
    with pytest.raises(RuleBroken, match=r"command\.receipt_unknown"):
        say("maybe")


def test_who_has_what(district_officer: Actor, officer: Actor) -> None:
    row = send(district_officer)
    answer(actor=officer, receipt_id=row.receipts.get(area_id=COMMUNITY).pk, state="done", now=NOW)
    late = NOW + timedelta(hours=7)
    first, second = matrix_of(row, late)
    assert (first.holder, first.is_late) == ("officer", False)
    assert (second.holder, second.is_late) == ("", True)


def test_the_matrix_costs_the_same_for_many(
    district_officer: Actor, django_assert_max_num_queries
) -> None:
    for number in range(3, 40):
        make_area(code=140109008000 + number)
    row = send(district_officer, to_areas=[140109008000 + n for n in range(3, 40)])
    with django_assert_max_num_queries(6):
        assert len(matrix_of(row, NOW)) == 37


def test_reminding_and_withdrawing(district_officer: Actor, officer: Actor) -> None:
    row = send(district_officer)
    assert remind(actor=district_officer, instruction=row, now=NOW) == 1  # one desk is vacant
    with pytest.raises(RuleBroken, match=r"command\.reminded_just_now"):
        remind(actor=district_officer, instruction=row, now=NOW + timedelta(minutes=5))
    with pytest.raises(RuleBroken, match=r"orders\.reason_missing"):
        withdraw_instruction(actor=district_officer, instruction=row, reason="", now=NOW)
    withdraw_instruction(actor=district_officer, instruction=row, reason="重复下达", now=NOW)
    assert not received_by(officer).exists()
    with pytest.raises(RuleBroken, match=r"command\.instruction_withdrawn"):
        remind(actor=district_officer, instruction=row, now=NOW + timedelta(hours=1))
    with pytest.raises(RuleBroken, match=r"command\.instruction_withdrawn"):
        withdraw_instruction(actor=district_officer, instruction=row, reason="x", now=NOW)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"title": " "}, "command.instruction_empty"),
        ({"due_at": NOW}, "command.instruction_due_past"),
        ({"to_areas": []}, "command.instruction_to_nobody"),
        ({"to_areas": [140105001001]}, "command.instruction_outside"),
    ],
)
def test_bad_instructions(district_officer: Actor, more: dict, code: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        send(district_officer, **more)
    assert refused.value.code == code
    assert not Instruction.objects.exists()


def test_who_may_send(grid_worker: Actor, other_officer: Actor) -> None:
    post = Post.objects.get(holder_id=grid_worker.user_id)
    with pytest.raises(RuleBroken, match=r"orders\.not_allowed"):
        send(grid_worker, COMMUNITY, to_areas=[], to_posts=[post])
    with pytest.raises(NotVisible):
        send(other_officer, COMMUNITY, to_areas=[], to_posts=[post])
    with pytest.raises(RuleBroken, match=r"command\.instruction_outside"):
        send(other_officer, OTHER_COMMUNITY, to_areas=[], to_posts=[post])


def test_whoever_has_two_posts_is_asked_once_and_answers_for_both(
    officer: Actor, other_officer: Actor
) -> None:
    head = make_user(username="head")
    posts = [make_post(holder=head, role=Role.TEAM_MEMBER) for _ in range(2)]
    other = make_post(holder=make_user(username="another"), role=Role.TEAM_MEMBER)
    row = send(officer, COMMUNITY, to_areas=[], to_posts=[*posts, other])
    actor = actor_of(head, NOW)
    [receipt] = received_by(actor)
    assert together(actor, [receipt]) == {receipt.pk: [post.title for post in posts]}
    assert open_receipts(actor) == 1
    answer(actor=actor, receipt_id=receipt.pk, state="accepted", now=NOW)
    assert list(row.receipts.order_by("pk").values_list("state", flat=True)) == [
        "accepted", "accepted", "unread",
    ]  # fmt: skip
    # Who steps in for one of the two has that one alone, and what is not as far is shown apart.
    InstructionReceipt.objects.filter(receiver=posts[1]).update(state="unread")
    assert [found.state for found in received_by(actor).order_by("pk")] == ["accepted", "unread"]
    answer(actor=actor, receipt_id=receipt.pk, state="done", now=NOW)
    assert row.receipts.get(receiver=posts[1]).state == "unread"
