"""What two desks said of one tube or person, settled by one choice; devices that fall silent."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.audit.models import AuditEntry
from gridwell.health.models import Sample, Tube
from gridwell.orders.tests.make import NOW, make_district
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY, make_dwelling, make_grid
from gridwell.residents.tests.make import make_household, make_resident
from gridwell.screening.actions.batch import Answer, DeskAct, Tally, take_batch
from gridwell.screening.actions.devices import give_up_device
from gridwell.screening.actions.settling import Decision, settle_case
from gridwell.screening.actions.sheets import SheetRow, take_sheet
from gridwell.screening.models import DeskContact, DeskEntry, Round, RoundMember
from gridwell.screening.queries.cases import cases_of
from gridwell.screening.queries.desk import Sampler, access_desk
from gridwell.screening.queries.members import total
from gridwell.screening.queries.watch import desk_summary, watched_desks
from gridwell.screening.rules.settling import Choice, choices
from gridwell.screening.tests.make import make_round
from gridwell.screening.tests.test_desk import a_team_member, key, opened, put, refused

LATER = NOW + timedelta(minutes=30)
CODE = "TUBE00001"


@pytest.fixture
def people(db: None):
    make_district()
    home = make_household(dwelling=make_dwelling(room="101", grid=make_grid()))
    return [make_resident(household=home, name=f"张{n}", is_head=n == "一") for n in "一二三四五六"]


@pytest.fixture
def row(officer: Actor, people) -> Round:
    return make_round(officer)


@pytest.fixture
def sampler(officer: Actor, row: Round) -> Sampler:
    return access_desk(officer, row.pk)


def send(
    sampler: Sampler, people, *, code: str = CODE, desk: str = "d2", said: Tally | None = None
) -> tuple[UUID, list[Answer]]:
    """A desk sends a tube with these people; returns its ref and the answers."""
    tube = uuid4()
    entries = [
        DeskAct(tube, "open", NOW, {"code": code}),
        *(
            DeskAct(uuid4(), "add", NOW, {"tube": tube.hex, "person": key(person)})
            for person in people
        ),
        DeskAct(uuid4(), "close", NOW, {"tube": tube.hex}),
    ]
    facts = {"sampler": sampler, "desk": desk, "device_now": LATER, "now": LATER, "said": said}
    return tube, take_batch(entries=entries, **facts)


def settle(sampler: Sampler, choice: Choice, at: int = 0, **facts) -> tuple[int, int]:
    case = cases_of(sampler)[at]
    rows = [line.row for line in case.lines]
    decision = Decision(choice, how="核对过", **facts)
    return settle_case(sampler=sampler, rows=rows, decision=decision, now=LATER)


def inside(code: str) -> list[str]:
    rows = Sample.objects.filter(tube__code=code, superseded_at=None).order_by("position")
    return list(rows.values_list("resident__name", flat=True))


def people_door() -> str:
    return Place.objects.exclude(door="").get().door


def test_a_guest_that_was_not_taken_has_a_door(sampler: Sampler, people) -> None:
    place = Place.objects.exclude(door="").get()
    body = {"name": "来客", "door": place.ref.hex, "phone": "1" * 40}
    row = DeskEntry(
        community_id=COMMUNITY, round=sampler.round, ref=uuid4(), act="guest", code="odd",
        body=json.dumps({"body": body, "words": "…"}), at=NOW, recorded_at=LATER,
    )  # fmt: skip
    row.save()
    ((line,),) = [case.lines for case in cases_of(sampler)]
    assert (line.who, line.door) == ("来客", place.door)


class TestOneNumberAtTwoDesks:
    @pytest.fixture
    def twice(self, sampler: Sampler, people) -> Sampler:
        first = opened(sampler, CODE)
        put(sampler, first, people[0])
        put(sampler, first, people[1])
        send(sampler, people[1:4])
        return sampler

    def test_it_is_one_question_that_shows_both_sides(self, twice) -> None:
        (case,) = cases_of(twice)
        assert case.is_tube
        assert [line.who for line in case.people] == ["张二", "张三", "张四"]
        assert [line.door for line in case.people] == [people_door()] * 3
        assert [(name, door) for _, name, door in case.inside] == [
            ("张一", people_door()),
            ("张二", people_door()),
        ]
        assert case.choices == (Choice.SAME_TUBE, Choice.OTHER_TUBE, Choice.VOID)

    def test_one_tube_takes_everybody_once(self, twice, row) -> None:
        assert settle(twice, Choice.SAME_TUBE) == (5, 0)
        assert inside(CODE) == ["张一", "张二", "张三", "张四"]
        assert total(row).sampled == 4
        assert cases_of(twice) == []
        assert not DeskEntry.objects.exclude(body="").exists()
        assert AuditEntry.objects.filter(act="screening.case_settled").count() == 1

    def test_one_tube_with_a_result_takes_nobody_more(self, twice) -> None:
        Tube.objects.update(state="negative")
        done, left = settle(twice, Choice.SAME_TUBE)
        assert (done, left) == (3, 2)  # the tube, who was in it already, its end
        assert {case.first.code for case in cases_of(twice)} == {"screening.tube_has_result"}

    def test_another_tube_gets_its_own_number(self, twice) -> None:
        assert settle(twice, Choice.OTHER_TUBE, code="tube00077") == (4, 1)
        assert inside("TUBE00077") == ["张三", "张四"]
        (case,) = cases_of(twice)  # 张二 stands in both: a question of its own
        assert case.first.code == "screening.in_other_tube"

    def test_another_number_that_is_taken_as_well_waits_on(self, twice) -> None:
        assert settle(twice, Choice.OTHER_TUBE, code=CODE)[0] == 0
        assert len(cases_of(twice)) == 1

    def test_no_sample_leaves_them_due(self, twice, row) -> None:
        assert settle(twice, Choice.VOID) == (5, 0)
        assert total(row).sampled == 2

    def test_two_people_at_once(self, twice) -> None:
        case = cases_of(twice)[0]
        rows = [line.row for line in case.lines]
        settle(twice, Choice.VOID)
        facts = {"sampler": twice, "rows": rows, "now": LATER}
        refused("screening.changed_meanwhile", settle_case, decision=Decision(Choice.VOID), **facts)

    def test_only_what_fits_can_be_chosen(self, twice) -> None:
        refused("screening.choice_odd", settle, twice, Choice.BOTH)


class TestOnePersonInTwoTubes:
    @pytest.fixture
    def twice(self, sampler: Sampler, people) -> Sampler:
        put(sampler, opened(sampler, "FIRST0001"), people[0])
        send(sampler, people[:2], code="SECOND001")
        return sampler

    def test_what_stands_is_right(self, twice) -> None:
        assert settle(twice, Choice.STANDS) == (1, 0)
        assert (inside("FIRST0001"), inside("SECOND001")) == (["张一"], ["张二"])

    def test_in_this_tube_only(self, twice, row) -> None:
        assert settle(twice, Choice.HERE) == (1, 0)
        assert (inside("FIRST0001"), inside("SECOND001")) == ([], ["张二", "张一"])
        assert total(row).sampled == 2

    def test_in_both_tubes_counts_once_and_either_holds(self, twice, row) -> None:
        assert settle(twice, Choice.BOTH) == (1, 0)
        assert (inside("FIRST0001"), inside("SECOND001")) == (["张一"], ["张二", "张一"])
        assert total(row).sampled == 2

    def test_it_was_somebody_else(self, twice, people) -> None:
        refused("screening.not_settled", settle, twice, Choice.WHO)
        assert settle(twice, Choice.WHO, person=key(people[2])) == (1, 0)
        assert inside("SECOND001") == ["张二", "张三"]

    def test_not_out_of_a_tube_with_its_result(self, twice) -> None:
        Tube.objects.filter(code="FIRST0001").update(state="negative")
        refused("screening.not_settled", settle, twice, Choice.HERE)
        assert inside("FIRST0001") == ["张一"]


def test_who_is_in_a_full_tube_is_in_it(officer, people) -> None:
    own = access_desk(officer, make_round(officer, pool="5").pk)
    _, answers = send(own, people)
    assert [a.code for a in answers if a.code] == ["screening.tube_closed"]
    assert settle(own, Choice.ALL_THE_SAME) == (1, 0)
    assert len(inside(CODE)) == 6


def test_every_refusal_can_be_settled() -> None:
    for act in ("open", "add", "undo", "correct", "close", "guest"):
        for code in ("screening.entry_odd", "screening.tube_used", "screening.sampled_already"):
            assert choices(act, code)


class TestDevices:
    said = Tally(uuid4(), made=45, waiting=40, people=36)

    def test_what_is_still_to_come_is_known_and_a_silent_device_is_named(
        self, sampler, people
    ) -> None:
        send(sampler, people[:3], said=self.said)
        (one,) = watched_desks(sampler, LATER)
        assert (one.people, one.tubes, one.expected, one.arrived, one.lacking) == (3, 1, 45, 5, 40)
        assert not one.is_silent
        summary = desk_summary(sampler.round, LATER + timedelta(minutes=11))
        assert (summary.unsent, summary.silent, summary.refused) == (36, 1, 0)
        (one,) = watched_desks(sampler, LATER + timedelta(minutes=11))
        assert one.is_silent
        assert one.contact is not None
        facts = {"sampler": sampler, "contact": one.contact, "now": LATER}
        refused("screening.reason_missing", give_up_device, reason=" ", **facts)
        give_up_device(reason="电池损坏，按纸质表补录", **facts)
        refused("screening.changed_meanwhile", give_up_device, reason="x", **facts)
        assert not watched_desks(sampler, LATER + timedelta(hours=1))[0].is_silent

    def test_it_speaks_again_after_its_tubes_were_typed_in_from_paper(
        self, sampler, people, row, officer
    ) -> None:
        members = {m.resident_id: m.pk for m in RoundMember.objects.filter(round=row)}
        building = people[0].dwelling.building_id
        sheet = [SheetRow(1, tuple(members.values()), ticked=(members[people[0].pk],), tube=CODE)]
        take_sheet(actor=officer, round=row, building=building, rows=sheet, now=NOW)
        give_up = Tally(uuid4(), made=0, waiting=0, people=0)
        _, answers = send(sampler, people[:1], said=give_up)
        assert {a.what for a in answers} == {"taken"}
        assert (inside(CODE), total(row).sampled) == (["张一"], 1)
        # Somebody whom the paper had left out is a question, not a loss.
        tube = Tube.objects.get()
        entries = [DeskAct(uuid4(), "add", NOW, {"tube": tube.ref.hex, "person": key(people[1])})]
        facts = {"sampler": sampler, "desk": "d2", "device_now": LATER, "now": LATER}
        assert take_batch(entries=entries, **facts)[0].code == "screening.tube_closed"
        assert settle(sampler, Choice.ALL_THE_SAME) == (1, 0)
        assert inside(CODE) == ["张一", "张二"]

    def test_a_round_that_is_not_open_takes_nothing_and_refuses_nothing(self, sampler) -> None:
        Round.objects.update(state="planned")
        own = access_desk(sampler.actor, sampler.round.pk)
        refused("screening.not_open_here", send, own, [])
        assert not DeskEntry.objects.exists()


class TestPages:
    @pytest.fixture
    def client(self, row) -> Client:
        client = Client()
        client.force_login(User.objects.get(pk=a_team_member().user_id))
        return client

    def test_one_click_settles(self, client, sampler, people, row) -> None:
        put(sampler, opened(sampler, CODE), people[0])
        send(sampler, people[1:3])
        page = client.get(f"/desk/{row.pk}/entries/").content.decode()
        assert page.count('name="choice"') == 3
        case = cases_of(sampler)[0]
        url = f"/desk/{row.pk}/entries/settle/"
        assert client.post(url, {"entry_id": case.ids, "choice": "?"}).status_code == 409
        answer = client.post(url, {"entry_id": case.ids, "choice": "same_tube"}, follow=True)
        assert "张三" not in answer.content.decode()
        assert inside(CODE) == ["张一", "张二", "张三"]
        assert client.post(url, {"entry_id": case.ids, "choice": "void"}).status_code == 409
        listed = client.get(f"/desk/{row.pk}/entries/?show=all").content.decode()
        assert "TUBE00001" not in listed  # its words are gone with the question

    def test_somebody_else_is_found_as_at_the_desk(self, client, sampler, people, row) -> None:
        put(sampler, opened(sampler, "FIRST0001"), people[0])
        send(sampler, people[:1], code="SECOND001")
        case = cases_of(sampler)[0]
        url = f"/desk/{row.pk}/entries/settle/"
        data = {"entry_id": case.ids, "choice": "who", "entry": "101"}
        assert client.post(url, data).status_code == 409
        client.post(url, data | {"name": "张三"})
        assert inside("SECOND001") == ["张三"]

    def test_the_desks_of_a_round(self, client, sampler, people, row) -> None:
        send(sampler, people[:3], said=TestDevices.said)
        put(sampler, opened(sampler, "SIMPLE001", desk="user7"), people[4])
        shown = client.get(f"/desk/{row.pk}/desks/").content.decode()
        assert "36" in shown
        desk = Client()
        desk.force_login(User.objects.get(username="officer"))
        assert "36" in desk.get(f"/{row.community_id}/rounds/{row.pk}/").content.decode()
        contact = DeskContact.objects.get()
        client.post(f"/desk/{row.pk}/desks/{contact.pk}/", {"reason": "没电了"})
        assert "没电了" in client.get(f"/desk/{row.pk}/desks/").content.decode()


def test_a_second_sample_counts_while_the_first_is_lost(sampler: Sampler, people, row) -> None:
    tube = put(sampler, opened(sampler, "FIRST0001"), people[0]).tube
    send(sampler, people[:2], code="SECOND001")
    settle(sampler, Choice.BOTH)
    Sample.objects.filter(tube=tube).update(superseded_at=LATER, superseded_reason="tube spoilt")
    assert total(row).sampled == 2


def test_who_it_was_in_a_single_tube_may_be_in_a_pool(officer, sampler: Sampler, people) -> None:
    put(sampler, opened(sampler, "POOL00001"), people[2])
    Tube.objects.filter(code="POOL00001").update(state="closed")
    tube = uuid4()
    entries = [
        DeskAct(tube, "open", NOW, {"code": CODE, "purpose": "single"}),
        DeskAct(uuid4(), "add", NOW, {"tube": tube.hex, "person": f"r:{uuid4().hex}"}),
    ]
    take_batch(sampler=sampler, entries=entries, desk="d2", device_now=LATER, now=LATER)
    client = Client()
    client.force_login(User.objects.get(pk=officer.user_id))
    entry = DeskEntry.objects.get(code="screening.nobody_meant")
    said = {"entry_id": entry.pk, "choice": "who", "entry": "101", "name": people[2].name}
    answer = client.post(f"/desk/{sampler.round.pk}/entries/settle/", said | {"how": "核对过"})
    assert (answer.status_code, inside(CODE)) == (302, [people[2].name])


def test_a_grid_worker_settles_nothing_that_others_sent(
    sampler: Sampler, people, grid_worker
) -> None:
    put(sampler, opened(sampler, "FIRST0001"), people[0])
    send(sampler, people[:2], code="SECOND001")
    (entry,) = DeskEntry.objects.filter(code__gt="")
    client = Client()
    client.force_login(User.objects.get(pk=grid_worker.user_id))
    url = f"/desk/{sampler.round.pk}/entries/"
    assert people[0].name not in client.get(url).content.decode()
    assert entry.words_kept not in client.get(url + "?show=all").content.decode()
    said = {"entry_id": entry.pk, "choice": "void", "how": "不知道"}
    assert client.post(url + "settle/", said).status_code == 409
    entry.refresh_from_db()
    assert entry.settled_at is None
    DeskEntry.objects.update(recorded_by=grid_worker.user_id)
    assert people[0].name in client.get(url).content.decode()
