"""The sampling desk: tubes, people, undo, corrections, and what is sent after the network is back."""

from datetime import timedelta
from uuid import uuid4

import pytest

from gridwell.accounts.models import Team
from gridwell.accounts.queries import actor_of
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.accounts.tests.make import LONG_AGO, make_post, make_user
from gridwell.audit.models import AuditEntry
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.health.models import Sample, Tube
from gridwell.orders.tests.make import NOW, make_district
from gridwell.places.tests.make import COMMUNITY, make_dwelling, make_grid
from gridwell.residents.models import Stay
from gridwell.residents.tests.make import make_household, make_resident
from gridwell.screening.actions import desk
from gridwell.screening.actions.batch import DeskAct, read_entries, take_batch
from gridwell.screening.models import DeskEntry, Round, RoundMember
from gridwell.screening.queries.desk import (
    Sampler,
    access_desk,
    access_sample,
    desk_rounds,
    find_people,
    open_tube_of,
    samples_in,
)
from gridwell.screening.queries.members import total
from gridwell.screening.rules.desk import card_code, person_code, read_entry
from gridwell.screening.tests.make import make_round

DOCUMENT = "11010519491231002X"
LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def home(db: None):
    make_district()
    return make_household(dwelling=make_dwelling(room="101", grid=make_grid()))


@pytest.fixture
def people(home):
    return [
        make_resident(household=home, name="张一", document=DOCUMENT, is_head=True),
        *(make_resident(household=home, name=f"张{n}") for n in "二三四五六七八九十"),
        make_resident(
            household=make_household(dwelling=make_dwelling(room="202", grid=make_grid())),
            name="李四",
        ),
    ]


@pytest.fixture
def row(officer: Actor, people) -> Round:
    return make_round(officer)


@pytest.fixture
def sampler(officer: Actor, row: Round) -> Sampler:
    return access_desk(officer, row.pk)


def a_team_member(kind: str = "sampling", username: str = "sampler") -> Actor:
    user = make_user(username=username)
    post = make_post(holder=user, role=Role.TEAM_MEMBER)
    post.team = Team.objects.create(area=post.area, kind=kind, name="采样一组", starts_at=LONG_AGO)
    post.save()
    return actor_of(user, NOW)


def key(resident) -> str:
    return f"r:{resident.ref.hex}"


def opened(sampler: Sampler, code: str = "TUBE00001", **facts) -> Tube:
    values = {"ref": uuid4(), "desk": "d1", "now": NOW} | facts
    return desk.open_tube(sampler=sampler, code=code, **values)


def put(sampler: Sampler, tube: Tube, resident, ref=None) -> Sample:
    return desk.add_sample(
        sampler=sampler, tube=tube, key=key(resident), ref=ref or uuid4(), now=NOW
    )


def refused(code: str, act, /, *args, **facts) -> None:
    with pytest.raises(RuleBroken) as broken:
        act(*args, **facts)
    assert broken.value.code == code


class TestAccess:
    def test_a_member_of_a_sampling_group_sits_at_the_desk_and_at_nothing_else(self, row) -> None:
        actor = a_team_member()
        assert access_desk(actor, row.pk).grids is None
        assert list(desk_rounds(actor)) == [row]
        assert not actor.covers(COMMUNITY)

    def test_a_member_of_another_group_does_not(self, row) -> None:
        actor = a_team_member(kind="logistics", username="carrier")
        assert not desk_rounds(actor).exists()
        with pytest.raises(NotVisible):
            access_desk(actor, row.pk)

    def test_next_door_does_not(self, row, other_officer) -> None:
        with pytest.raises(NotVisible):
            access_desk(other_officer, row.pk)

    def test_a_grid_worker_finds_the_own_grid_only(self, row, other_grid_worker) -> None:
        other = access_desk(other_grid_worker, row.pk)
        refused("screening.nobody_meant", find_people, other, read_entry("101"), "pool", NOW)


class TestFinding:
    def test_by_id_number_code_card_and_door(self, sampler, people, home) -> None:
        def names(text: str) -> list[str]:
            found = find_people(sampler, read_entry(text), "pool", NOW)
            return [person.name for person in found]

        assert names(DOCUMENT) == ["张一"]
        assert names(person_code(people[-1].ref).lower()) == ["李四"]
        assert names(card_code(home.ref)) == [person.name for person in people[:-1]]
        assert names("金桂苑1号楼1单元202") == ["李四"]
        assert names("202") == ["李四"]

    def test_somebody_unknown_is_named_as_such(self, sampler) -> None:
        for text in ("11010519491231002X"[:17] + "X", person_code(uuid4()), "9-9-999"):
            if text == DOCUMENT:
                continue
            refused("screening.nobody_meant", find_people, sampler, read_entry(text), "pool", NOW)


class TestTube:
    def test_it_fills_closes_opens_again_and_is_counted(self, sampler, row, people) -> None:
        tube = opened(sampler)
        samples = [put(sampler, tube, person) for person in people[:10]]
        tube.refresh_from_db()
        assert (tube.state, [s.position for s in samples]) == ("closed", list(range(1, 11)))
        refused("screening.tube_closed", put, sampler, tube, people[10])
        desk.undo_sample(sampler=sampler, sample=samples[-1], now=LATER)
        tube.refresh_from_db()
        assert tube.state == "open"
        assert total(row).sampled == 9
        put(sampler, tube, people[10])
        assert total(row).sampled == 10
        assert AuditEntry.objects.filter(act="screening.sample_added").count() == 11

    def test_sent_again_it_is_one(self, sampler, people) -> None:
        ref, sample = uuid4(), uuid4()
        tubes = {opened(sampler, ref=ref).pk for _ in range(5)}
        tube = Tube.objects.get(pk=tubes.pop())
        assert {put(sampler, tube, people[0], sample).pk for _ in range(5)} == {
            Sample.objects.get().pk
        }
        assert AuditEntry.objects.filter(act="screening.tube_opened").count() == 1
        assert AuditEntry.objects.filter(act="screening.sample_added").count() == 1

    def test_a_code_is_used_once(self, sampler) -> None:
        opened(sampler)
        refused("screening.tube_used", opened, sampler, "tube00001")

    def test_nobody_is_in_two_tubes(self, sampler, people) -> None:
        first = opened(sampler)
        put(sampler, first, people[0])
        second = opened(sampler, "TUBE00002", desk="d2")
        refused("screening.in_other_tube", put, sampler, second, people[0])
        refused("screening.already_in_tube", put, sampler, first, people[0])

    def test_the_next_tube_closes_the_one_before(self, sampler, people) -> None:
        first = opened(sampler)
        put(sampler, first, people[0])
        second = opened(sampler, "TUBE00002")
        first.refresh_from_db()
        assert first.state == "closed"
        assert open_tube_of(sampler.round, "d1") == second

    def test_an_empty_tube_is_not_closed(self, sampler) -> None:
        tube = opened(sampler)
        refused("screening.tube_empty", desk.close_tube, sampler=sampler, tube=tube, now=NOW)

    def test_only_the_last_is_undone(self, sampler, people) -> None:
        tube = opened(sampler)
        first, _ = put(sampler, tube, people[0]), put(sampler, tube, people[1])
        refused("screening.not_the_last", desk.undo_sample, sampler=sampler, sample=first, now=NOW)

    def test_a_single_tube_takes_one(self, sampler, people) -> None:
        tube = opened(sampler, purpose="single")
        put(sampler, tube, people[0])
        tube.refresh_from_db()
        assert (tube.pool, tube.state) == ("single", "closed")

    def test_a_household_tube_takes_one_household(self, sampler, people) -> None:
        sampler.round.order.pool = "household"
        tube = opened(sampler)
        put(sampler, tube, people[0])
        refused("screening.other_household", put, sampler, tube, people[-1])
        put(sampler, tube, people[1])


class TestCorrecting:
    def test_a_wrong_person_is_superseded_in_place(self, sampler, people) -> None:
        tube = opened(sampler)
        wrong, _ = put(sampler, tube, people[0]), put(sampler, tube, people[1])
        desk.close_tube(sampler=sampler, tube=tube, now=NOW)
        right = desk.correct_person(
            sampler=sampler,
            sample=wrong,
            key=key(people[2]),
            ref=uuid4(),
            reason="扫错卡",
            now=LATER,
        )
        assert right is not None
        assert [(s.resident_id, s.position) for s in samples_in(tube)] == [
            (people[2].pk, 1),
            (people[1].pk, 2),
        ]
        wrong.refresh_from_db()
        assert (wrong.superseded_at, wrong.superseded_reason) == (LATER, "扫错卡")

    def test_it_needs_a_reason_and_may_take_out(self, sampler, people) -> None:
        tube = opened(sampler)
        wrong = put(sampler, tube, people[0])
        facts = {"sampler": sampler, "sample": wrong, "key": "", "ref": uuid4(), "now": NOW}
        refused("screening.reason_missing", desk.correct_person, reason=" ", **facts)
        assert desk.correct_person(reason="没采", **facts) is None
        assert samples_in(tube) == []

    def test_not_after_the_result(self, sampler, people) -> None:
        tube = opened(sampler)
        wrong = put(sampler, tube, people[0])
        Tube.objects.update(state="negative")
        facts = {"sampler": sampler, "sample": wrong, "key": "", "ref": uuid4(), "now": NOW}
        refused("screening.tube_has_result", desk.correct_person, reason="错", **facts)
        assert Sample.objects.get().superseded_at is None


class TestNotOnTheList:
    def test_who_comes_is_sampled_and_due_from_then_on(self, sampler, row) -> None:
        late = make_resident(household=make_household(dwelling=make_dwelling(room="303")))
        before = total(row).due
        put(sampler, opened(sampler), late)
        member = RoundMember.objects.get(resident=late)
        assert (member.added_at, total(row).due) == (NOW, before + 1)

    def test_somebody_unregistered_is_added_by_a_sampler_without_rights(self, row) -> None:
        own = access_desk(a_team_member(), row.pk)
        place = make_dwelling(room="202")
        ref = uuid4()
        for _ in range(2):
            stay = desk.add_guest(sampler=own, place=place, name="来访者", ref=ref, now=NOW)
        assert (Stay.objects.get(), stay.recorded_by) == (stay, own.actor.user_id)
        tube = opened(own)
        desk.add_sample(sampler=own, tube=tube, key=f"g:{ref.hex}", ref=uuid4(), now=NOW)
        assert RoundMember.objects.get(guest=ref).dwelling == place


class TestBatch:
    def test_an_hour_without_network_is_taken_once(self, sampler, row, people) -> None:
        tube, samples = uuid4(), [uuid4() for _ in range(10)]
        entries = [DeskAct(tube, "open", NOW, {"code": "OFF000001"})]
        entries += [
            DeskAct(ref, "add", NOW, {"tube": tube.hex, "person": key(person)})
            for ref, person in zip(samples, people, strict=False)
        ]
        entries.append(DeskAct(uuid4(), "undo", NOW, {"sample": samples[-1].hex}))
        entries.append(DeskAct(uuid4(), "add", NOW, {"tube": tube.hex, "person": key(people[10])}))
        facts = {"sampler": sampler, "desk": "d1", "device_now": LATER, "now": LATER}
        first = take_batch(entries=entries[:7], **facts)
        whole = take_batch(entries=entries, **facts)
        again = take_batch(entries=entries, **facts)
        assert {answer.what for answer in first} == {"taken"}
        assert [a.what for a in whole] == ["known"] * 7 + ["taken"] * 6
        assert {answer.what for answer in again} == {"known"}
        assert total(row).sampled == 10
        assert Tube.objects.get().state == "closed"
        assert AuditEntry.objects.filter(act="screening.batch_taken").count() == 2

    def test_a_refused_entry_is_kept_and_stops_no_other(self, sampler, people) -> None:
        first = opened(sampler)
        put(sampler, first, people[0])
        tube = uuid4()
        entries = [
            DeskAct(tube, "open", NOW, {"code": "OFF000001"}),
            DeskAct(uuid4(), "add", NOW, {"tube": tube.hex, "person": key(people[0])}),
            DeskAct(uuid4(), "add", NOW, {"tube": "no ref", "person": key(people[1])}),
            DeskAct(uuid4(), "add", NOW, {"tube": tube.hex, "person": key(people[2])}),
        ]
        facts = {"sampler": sampler, "desk": "d2", "device_now": NOW, "now": NOW}
        answers = take_batch(entries=entries, **facts)
        assert [a.code for a in answers] == [
            "",
            "screening.in_other_tube",
            "screening.entry_odd",
            "",
        ]
        assert [a.what for a in take_batch(entries=entries, **facts)] == [
            "known",
            "refused",
            "refused",
            "known",
        ]
        kept = DeskEntry.objects.get(code="screening.in_other_tube")
        assert people[0].ref.hex in kept.body

    def test_a_clock_that_is_off_is_shifted_and_kept(self, sampler, people) -> None:
        tube, off = uuid4(), timedelta(hours=8)
        entries = [
            DeskAct(tube, "open", NOW + off - timedelta(minutes=5), {"code": "OFF000001"}),
            DeskAct(
                uuid4(),
                "add",
                NOW + off - timedelta(minutes=4),
                {"tube": tube.hex, "person": key(people[0])},
            ),
        ]
        take_batch(sampler=sampler, entries=entries, desk="d", device_now=NOW + off, now=NOW)
        sample = Sample.objects.get()
        assert sample.sampled_at == NOW - timedelta(minutes=4)
        assert sample.device_at == NOW + off - timedelta(minutes=4)
        assert DeskEntry.objects.filter(device_ahead=8 * 3600).count() == 2

    def test_what_was_done_before_the_round_closed_is_taken_after(
        self, sampler, row, people
    ) -> None:
        Round.objects.filter(pk=row.pk).update(state="closed", closed_at=NOW)
        own = access_desk(sampler.actor, row.pk)
        entries = [
            DeskAct(uuid4(), "open", NOW, {"code": "OFF000001"}),
            DeskAct(uuid4(), "open", NOW + timedelta(minutes=1), {"code": "OFF000002"}),
        ]
        answers = take_batch(sampler=own, entries=entries, desk="d", device_now=LATER, now=LATER)
        assert [a.code for a in answers] == ["", "screening.round_closed"]

    @pytest.mark.parametrize(
        "body",
        [
            None,
            [],
            {},
            {"now": "2022-11-23T10:00:00", "entries": []},
            {"now": "2022-11-23T10:00:00+08:00", "entries": [1]},
            {"now": "2022-11-23T10:00:00+08:00", "entries": [{"ref": "x"}]},
            {
                "now": "2022-11-23T10:00:00+08:00",
                "entries": [
                    {
                        "ref": str(uuid4()),
                        "act": "drop",
                        "at": "2022-11-23T10:00:00+08:00",
                        "body": {},
                    }
                ],
            },
        ],
    )
    def test_nonsense_is_refused_whole(self, body) -> None:
        refused("screening.batch_odd", read_entries, body)


def test_a_code_that_another_desk_took_a_moment_before_is_refused(
    sampler: Sampler, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(sampler, "TUBE00001")
    monkeypatch.setattr(Tube.objects, "filter", lambda *_, **__: Tube.objects.none())
    entries = [DeskAct(uuid4(), "open", NOW, {"code": "TUBE00001"})]
    (answer,) = take_batch(sampler=sampler, entries=entries, desk="d2", device_now=NOW, now=NOW)
    assert answer.code == "screening.tube_used"


def test_a_grid_worker_undoes_nobody_of_another_grid(
    officer: Actor, other_grid_worker: Actor, grid_worker: Actor, sampler: Sampler, people
) -> None:
    sample = put(sampler, opened(sampler), people[0])
    seen = [access_desk(one, sampler.round.pk) for one in (grid_worker, other_grid_worker)]
    grid = people[0].dwelling.grid_id
    for own in seen:
        if own.grids is not None and grid in own.grids:
            assert access_sample(own, sample.pk) == sample
        else:
            with pytest.raises(NotVisible):
                access_sample(own, sample.pk)
    assert {grid in (own.grids or set()) for own in seen} == {True, False}


def test_a_grid_worker_registers_nobody_behind_doors_of_another_grid(
    officer: Actor, grid_worker: Actor, other_grid_worker: Actor, row: Round, home
) -> None:
    door = home.memberships.first().dwelling
    facts = {"place": door, "name": "王访客", "now": LATER}
    with pytest.raises(NotVisible):
        desk.add_guest(sampler=access_desk(other_grid_worker, row.pk), ref=uuid4(), **facts)
    assert not Stay.objects.exists()
    assert desk.add_guest(sampler=access_desk(grid_worker, row.pk), ref=uuid4(), **facts)
