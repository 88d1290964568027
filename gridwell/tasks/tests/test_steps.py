"""The steps people take: each refusal, the event, the audit row, and that sending twice is once."""

import io
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from gridwell.accounts.actions import record_absence
from gridwell.accounts.models import Absence, Post, User
from gridwell.accounts.queries import actor_of
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.accounts.tests.make import make_actor, make_post, make_user
from gridwell.audit.models import AuditEntry
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.wording import say
from gridwell.orders.models import SheetDelivery
from gridwell.orders.queries.sheets import deliveries_of
from gridwell.places.tests.make import OTHER_COMMUNITY, make_dwelling, make_grid
from gridwell.residents.tests.make import make_household
from gridwell.tasks import actions, photos
from gridwell.tasks.actions import Proof
from gridwell.tasks.models import Task, TaskEvent, TaskProof
from gridwell.tasks.queries import access_task, task_file, tasks_of
from gridwell.tasks.tests.make import NOW, make_task

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=5)


def post_of(actor: Actor) -> Post:
    return Post.objects.get(pk=actor.all_posts[0].id)


def picture(size: tuple[int, int] = (640, 480), form: str = "JPEG") -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "WangXiaoming"
    Image.new("RGB", size, "teal").save(out, form, exif=exif)
    return out.getvalue()


def test_taking_shows_by_whom_and_taking_ones_own_again_is_nothing(grid_worker: Actor) -> None:
    task = make_task(post=post_of(grid_worker))
    actions.take(actor=grid_worker, task=task, now=NOW)
    actions.take(actor=grid_worker, task=task, now=LATER)
    task.refresh_from_db()
    assert (task.state, task.taken_by_id, task.taken_at) == ("taken", grid_worker.user_id, NOW)
    assert [e.act for e in TaskEvent.objects.all()] == ["take"]
    assert AuditEntry.objects.filter(act="tasks.take", user=grid_worker.user_id).count() == 1


def test_who_has_dropped_out_since_the_page_was_opened_takes_nothing(grid_worker: Actor) -> None:
    task = make_task(post=post_of(grid_worker))
    user = User.objects.get(pk=grid_worker.user_id)
    record_absence(actor=Actor.system(0), user=user, reason="isolation", starts_at=NOW, now=NOW)
    with pytest.raises(RuleBroken, match="not_yours"):
        actions.take(actor=grid_worker, task=task, now=LATER)
    assert Task.objects.get(pk=task.pk).state == "open"


def test_what_another_took_says_who_and_when(grid_worker: Actor, officer: Actor) -> None:
    task = make_task(post=post_of(grid_worker))
    actions.take(actor=grid_worker, task=task, now=NOW)
    with pytest.raises(RuleBroken) as refusal:
        actions.take(actor=officer, task=task, now=LATER)
    assert refusal.value.code == "tasks.already_taken"
    assert "grid_worker" in say(refusal.value)


def test_the_second_who_closes_a_task_learns_who_was_faster(
    grid_worker: Actor, officer: Actor
) -> None:
    task = make_task(post=post_of(grid_worker))
    stale = Task.objects.get(pk=task.pk)
    actions.do(actor=grid_worker, task=task, now=NOW)
    with pytest.raises(RuleBroken) as refusal:
        actions.do(actor=officer, task=stale, proof=Proof(note="done"), now=LATER)
    assert refusal.value.code == "tasks.already_done"
    assert "grid_worker" in say(refusal.value)
    assert "10:00" in say(refusal.value)


def test_the_same_key_sent_twice_is_one_step(grid_worker: Actor) -> None:
    task = make_task(post=post_of(grid_worker))
    for now in (NOW, LATER):
        actions.do(actor=grid_worker, task=task, proof=Proof(note="x"), now=now, key="phone-1")
    assert TaskEvent.objects.filter(act="do").count() == 1
    task.refresh_from_db()
    assert task.done_at == NOW


def test_strangers_find_nothing(
    grid_worker: Actor, other_grid_worker: Actor, other_officer: Actor
) -> None:
    task = make_task(post=post_of(grid_worker), grid=make_grid(number="1"))
    for actor in (other_grid_worker, other_officer):
        with pytest.raises(NotVisible):
            access_task(actor, task.pk)
        with pytest.raises(NotVisible):
            actions.do(actor=actor, task=task, now=NOW)
    assert not tasks_of(other_grid_worker, task.community_id).exists()
    assert tasks_of(grid_worker, task.community_id).get() == task


def test_an_upper_officer_sees_and_reassigns_and_does_not_do_it(district_officer: Actor) -> None:
    task = make_task()
    assert access_task(district_officer, task.pk) == task
    with pytest.raises(RuleBroken, match=r"tasks\.not_yours"):
        actions.do(actor=district_officer, task=task, now=NOW)


def test_a_kind_says_what_is_missing_of_the_proof(officer: Actor) -> None:
    task = make_task(kind="delivery", post=post_of(officer))
    with pytest.raises(RuleBroken) as refusal:
        actions.do(actor=officer, task=task, now=NOW)
    assert refusal.value.code == "tasks.proof_needed"
    with pytest.raises(RuleBroken, match=r"tasks\.count_wrong"):
        actions.do(actor=officer, task=task, proof=Proof(count=-1), now=NOW)
    actions.do(actor=officer, task=task, proof=Proof(count=32, where="大厅"), now=NOW)
    proof = TaskProof.objects.get()
    assert (proof.count, proof.where, proof.path) == (32, "大厅", "")


def test_what_lies_ahead_was_not_done_yet(officer: Actor) -> None:
    with pytest.raises(RuleBroken, match=r"tasks\.happened_in_the_future"):
        actions.do(
            actor=officer,
            task=make_task(post=post_of(officer)),
            proof=Proof(happened_at=LATER),
            now=NOW,
        )


def test_what_was_done_long_before_it_was_asked_is_a_slip_of_the_pen(officer: Actor) -> None:
    task = make_task(post=post_of(officer))
    for days in (8, 365, 700_000):
        proof = Proof(happened_at=NOW - timedelta(days=days))
        with pytest.raises(RuleBroken, match="before_it_was_given"):
            actions.do(actor=officer, task=task, proof=proof, now=LATER)
    proof = Proof(happened_at=NOW - timedelta(days=1))
    assert actions.do(actor=officer, task=task, proof=proof, now=LATER).state == "done"


def test_a_photo_is_kept_without_its_metadata_encrypted(officer: Actor) -> None:
    task = make_task(post=post_of(officer))
    data = picture((3000, 1000))
    assert b"WangXiaoming" in data
    actions.do(actor=officer, task=task, proof=Proof(photo=data), now=NOW)
    proof = TaskProof.objects.get()
    plain = photos.read(proof.path, proof.file_key)
    with Image.open(io.BytesIO(plain)) as image:
        assert not image.getexif()
        assert image.size == (proof.width, proof.height) == (photos.LONGEST, 533)
    assert b"WangXiaoming" not in plain
    stored = photos._folder() / proof.path.removeprefix("tasks/")
    assert b"JFIF" not in stored.read_bytes()
    stored.write_bytes(stored.read_bytes()[:-1] + b"\0")
    with pytest.raises(RuleBroken, match=r"tasks\.photo_gone"):
        photos.read(proof.path, proof.file_key)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "tasks.photo_is_no_photo"),
        (b"<svg onload=alert(1)>", "tasks.photo_is_no_photo"),
        (picture()[:300], "tasks.photo_is_no_photo"),
        (picture(form="GIF"), "tasks.photo_is_no_photo"),
        (bytes(photos.MOST_MB * 1024 * 1024 + 1), "tasks.photo_too_large"),
    ],
)
def test_a_photo_that_is_none_is_refused_and_the_task_stays_open(
    officer: Actor, data: bytes, code: str
) -> None:
    task = make_task(post=post_of(officer))
    before = photos.stored()
    with pytest.raises(RuleBroken) as refusal:
        actions.do(actor=officer, task=task, proof=Proof(note="n", photo=data), now=NOW)
    assert refusal.value.code == code
    assert Task.objects.get().state == "open"
    assert not TaskEvent.objects.exists()
    assert photos.stored() == before


def test_a_see_through_picture_gets_a_white_ground() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(out, "PNG")
    plain, _, _ = photos.encode(out.getvalue())
    with Image.open(io.BytesIO(plain)) as image:
        assert image.getpixel((5, 5)) == (255, 255, 255)


def test_putting_up_the_notice_is_a_delivery_at_every_lived_in_door(officer: Actor) -> None:
    home = make_household(dwelling=make_dwelling(room="101"))
    make_dwelling(room="201")
    task = make_task(
        kind="notice_on_door",
        post=post_of(officer),
        subject_kind="building",
        subject=home.dwelling.building_id,
        basis="zone:5:9",
    )
    actions.do(actor=officer, task=task, proof=Proof(photo=picture()), now=NOW)
    sheet = SheetDelivery.objects.get()
    assert (sheet.dwelling, sheet.sheet, sheet.how) == (home.dwelling, "zone_notice", "posted")
    assert (sheet.basis, sheet.recorded_by) == ("zone:5", officer.user_id)


def test_a_notice_that_was_not_put_up_after_all_is_no_delivery(officer: Actor) -> None:
    home = make_household(dwelling=make_dwelling(room="101"))
    house = home.dwelling.building_id
    task = make_task(
        kind="notice_on_door",
        post=post_of(officer),
        subject_kind="building",
        subject=house,
        basis="zone:5:9",
    )
    by_hand = SheetDelivery.objects.create(
        community_id=task.community_id,
        dwelling=home.dwelling,
        sheet="zone_notice",
        basis="zone:5",
        how="handed",
        delivered_at=NOW - timedelta(hours=1),
    )
    actions.do(actor=officer, task=task, proof=Proof(photo=picture()), now=NOW)
    actions.reopen(actor=officer, task=task, note="wrong house", now=LATER)
    gone = SheetDelivery.objects.exclude(pk=by_hand.pk).get()
    assert (gone.withdrawn_at, gone.withdrawn_by) == (LATER, officer.user_id)
    assert gone.withdrawn_reason == "wrong house"
    left = deliveries_of(task.community_id, "zone_notice", "zone:5")
    assert left == {home.dwelling_id: by_hand}
    entry = AuditEntry.objects.get(act="orders.sheets_withdrawn")
    assert entry.facts["count"] == 1
    again = Proof(photo=picture(), happened_at=NOW)  # the very minute that was withdrawn
    actions.do(actor=officer, task=task, proof=again, now=LATER)
    assert SheetDelivery.objects.filter(withdrawn_at=None).count() == 2


def test_a_refused_reopening_withdraws_nothing(officer: Actor, other_officer: Actor) -> None:
    home = make_household(dwelling=make_dwelling(room="101"))
    task = make_task(
        kind="notice_on_door",
        post=post_of(officer),
        subject_kind="building",
        subject=home.dwelling.building_id,
        basis="zone:5:9",
    )
    actions.do(actor=officer, task=task, proof=Proof(photo=picture()), now=NOW)
    with pytest.raises(RuleBroken, match="reason_needed"):
        actions.reopen(actor=officer, task=task, note=" ", now=LATER)
    with pytest.raises(NotVisible):
        actions.reopen(actor=other_officer, task=task, note="x", now=LATER)
    assert SheetDelivery.objects.get().withdrawn_at is None


def test_handing_over_moves_it_and_asks_the_other(grid_worker: Actor) -> None:
    task = make_task(post=post_of(grid_worker), state="taken", grid=make_grid())
    desk = make_post(holder=make_user(username="desk"))
    actions.hand_over(actor=grid_worker, task=task, post=desk, note="please", now=LATER)
    task.refresh_from_db()
    assert (task.post, task.state, task.asked_at) == (desk, "open", LATER)
    event = TaskEvent.objects.get()
    assert event.facts == {"from": post_of(grid_worker).pk, "to": desk.pk}


def test_a_post_elsewhere_or_gone_gets_nothing(officer: Actor) -> None:
    task = make_task(post=post_of(officer))
    elsewhere = make_post(holder=None, area=OTHER_COMMUNITY)
    with pytest.raises(RuleBroken, match=r"tasks\.post_elsewhere"):
        actions.hand_over(actor=officer, task=task, post=elsewhere, now=NOW)
    gone = make_post(holder=None)
    gone.ends_at = NOW
    gone.save()
    with pytest.raises(RuleBroken, match=r"tasks\.post_ended"):
        actions.hand_over(actor=officer, task=task, post=gone, now=NOW)


def test_what_cannot_be_done_needs_a_reason_we_know(officer: Actor) -> None:
    task = make_task(post=post_of(officer))
    with pytest.raises(RuleBroken, match=r"tasks\.unknown_reason"):
        actions.cannot(actor=officer, task=task, reason="tired", now=NOW)
    with pytest.raises(RuleBroken, match=r"tasks\.reason_needed"):
        actions.cannot(actor=officer, task=task, reason="other", note=" ", now=NOW)
    actions.cannot(actor=officer, task=task, reason="nobody_home", now=NOW)
    assert Task.objects.get().state == "cannot"
    assert TaskEvent.objects.get().reason == "nobody_home"


def test_nobody_checks_their_own_work(officer: Actor) -> None:
    task = make_task(post=post_of(officer))
    actions.do(actor=officer, task=task, now=NOW)
    with pytest.raises(RuleBroken, match=r"tasks\.verify_own"):
        actions.verify(actor=officer, task=task, now=NOW)
    second = make_actor(username="second")
    actions.verify(actor=second, task=task, now=NOW)
    assert Task.objects.get().state == "verified"


def test_a_closed_task_opens_again_with_the_reason_and_gets_time(officer: Actor) -> None:
    task = make_task(post=post_of(officer), due_at=NOW - timedelta(hours=2), level="community")
    actions.do(actor=officer, task=task, now=NOW)
    with pytest.raises(RuleBroken, match=r"tasks\.reason_needed"):
        actions.reopen(actor=officer, task=task, note="", now=NOW)
    actions.reopen(actor=officer, task=task, note="wrong door", now=NOW)
    task.refresh_from_db()
    assert (task.state, task.done_by, task.level) == ("open", None, "")
    assert task.due_at == NOW + timedelta(hours=1)


def test_what_opens_again_after_its_post_ended_lies_with_whoever_is_there(officer: Actor) -> None:
    gone = make_post(holder=make_user(username="gone"), code="x/gone")
    task = make_task(post=gone, state="done", done_by=gone.holder, done_at=NOW)
    Post.objects.filter(pk=gone.pk).update(ends_at=NOW)
    actions.reopen(actor=officer, task=task, note="没做完", now=LATER)
    assert (task.state, task.post_id) == ("open", post_of(officer).pk)
    assert Task.objects.get(pk=task.pk).post_id == post_of(officer).pk


def test_what_ended_with_its_basis_stays_ended(officer: Actor) -> None:
    task = make_task(state="ended", end_reason="basis_ended", ended_at=NOW)
    with pytest.raises(RuleBroken) as refusal:
        actions.reopen(actor=officer, task=task, note="again", now=NOW)
    assert refusal.value.code == "tasks.already_ended"
    with pytest.raises(RuleBroken, match=r"tasks\.already_ended"):
        actions.do(actor=officer, task=task, now=NOW)


def test_the_desk_ends_what_is_not_needed_others_do_not(grid_worker: Actor) -> None:
    task = make_task(post=post_of(grid_worker))
    with pytest.raises(RuleBroken, match=r"tasks\.not_yours"):
        actions.end_task(actor=grid_worker, task=task, note="x", now=NOW)
    desk = make_actor(username="desk")
    with pytest.raises(RuleBroken, match=r"tasks\.reason_needed"):
        actions.end_task(actor=desk, task=task, note="", now=NOW)
    actions.end_task(actor=desk, task=task, note="moved away", now=NOW)
    assert Task.objects.get().end_reason == "not_needed"


def test_a_building_head_works_on_own_tasks_and_sees_no_others() -> None:
    head = make_user(username="head")
    post = make_post(holder=head, role=Role.BUILDING_HEAD)
    own, other = make_task(post=post), make_task()
    actor = actor_of(head, NOW)
    actions.take(actor=actor, task=own, now=NOW)
    actions.do(actor=actor, task=own, proof=Proof(note="ok"), now=NOW)
    assert list(tasks_of(actor, own.community_id)) == [own]
    with pytest.raises(NotVisible):
        access_task(actor, other.pk)


def test_whoever_was_silent_is_back_with_the_first_step() -> None:
    user = make_user(username="quiet")
    post = make_post(holder=user)
    Absence.objects.create(
        user=user, reason="silent", source="task:1", starts_at=NOW, recorded_at=NOW
    )
    actor = actor_of(user, LATER)
    assert not actor.posts
    actions.take(actor=actor, task=make_task(post=post), now=LATER)
    assert Absence.objects.get().ends_at == LATER


def test_whoever_was_silent_and_sees_no_task_takes_the_posts_back_on_the_page() -> None:
    user = make_user(username="quiet")
    post = make_post(holder=user)
    task = make_task(post=post, is_urgent=True)
    Absence.objects.create(
        user=user, reason="silent", source="task:1", starts_at=NOW, recorded_at=NOW
    )
    browser = Client()
    browser.force_login(user)
    way = reverse("my_return")
    assert way in browser.get(reverse("my_tasks")).content.decode()
    answer = browser.post(way, follow=True).content.decode()
    assert way not in answer
    assert reverse("task_file", args=[task.pk]) in answer
    assert Absence.objects.get().ends_at is not None
    browser.post(way)  # pressed twice
    assert AuditEntry.objects.filter(act="accounts.absence_ended").count() == 1


def test_the_file_of_a_task_shows_chain_and_what_may_be_done(officer: Actor) -> None:
    home = make_household()
    values = {"subject_kind": "household", "subject": home.pk, "place": home.dwelling}
    task = make_task(post=post_of(officer), kind="door_service", **values)
    make_task(post=post_of(officer), kind="greeting", **values)
    actions.take(actor=officer, task=task, now=NOW)
    found = task_file(officer, access_task(officer, task.pk), NOW)
    assert [event.act for event in found.events] == ["take"]
    assert found.line.door == home.dwelling.door
    assert [line.task.kind for line in found.beside] == ["greeting"]
    assert "do" in found.acts
    assert "take" not in found.acts
