"""The pages of a round: ordered, opened, watched, typed back from paper, closed, reported."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.accounts.tests.make import make_actor
from gridwell.core import clock
from gridwell.core.errors import RuleBroken
from gridwell.health.models import Sample, Tube
from gridwell.orders.actions.zones import record_round
from gridwell.orders.models import RoundOrder, ZoneRound
from gridwell.orders.tests.make import NOW, TODAY, make_building, make_district, make_zone
from gridwell.places.models import Area, Place
from gridwell.places.tests.make import COMMUNITY, make_area, make_grid
from gridwell.plan.actions import recompute_after
from gridwell.residents.models import Household, Resident, Stay
from gridwell.residents.tests.make import make_resident
from gridwell.screening.actions.rounds import close_round, open_round, plan_round
from gridwell.screening.models import Round, RoundMember
from gridwell.screening.presenters import rollup
from gridwell.screening.queries.members import total
from gridwell.screening.rules.census import Jotted, read_people
from gridwell.screening.tests.make import make_order, make_round, make_sample

DISTRICT = 140109000000


@pytest.fixture(autouse=True)
def _stage(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    make_district()
    monkeypatch.setattr(clock, "now", lambda: NOW)


def browser(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def page(client: Client, name: str, **kwargs: object) -> str:
    answer = client.get(reverse(name, kwargs={"area": COMMUNITY, **kwargs}))
    assert answer.status_code == 200
    return answer.content.decode()


ORDER = {
    "ref": "b2a1f3b4-0000-4000-8000-000000000001",
    "purpose": "city_round",
    "number": "1",
    "on": TODAY.isoformat(),
    "pool": "10",
    "ordered_by": "区指挥部",
    "clause": "T4-8",
}


def test_an_order_beyond_the_rule_is_asked_about_first(officer: Actor) -> None:
    make_building(rooms=("101",), people=1)
    client, url = browser(officer), reverse("round_list", args=[COMMUNITY])
    asked = client.post(url, ORDER)
    assert asked.status_code == 200
    assert 'name="all_the_same"' in asked.content.decode()
    assert not RoundOrder.objects.exists()
    done = client.post(url, ORDER | {"all_the_same": "1"})
    row = Round.objects.get()
    assert done["Location"] == reverse("round_file", args=[COMMUNITY, row.pk])
    client.post(url, ORDER | {"all_the_same": "1"})
    assert RoundOrder.objects.count() == 1
    client.post(reverse("round_open", args=[COMMUNITY, row.pk]))
    assert Round.objects.get().state == "open"
    assert RoundMember.objects.count() == 1


def test_bad_entries_of_an_order_are_shown(officer: Actor) -> None:
    client, url = browser(officer), reverse("round_list", args=[COMMUNITY])
    for wrong in ({"on": "x"}, {"purpose": "zone_day"}, {"clause": ""}, {"ordered_by": ""}):
        answer = client.post(url, ORDER | wrong | {"all_the_same": "1"})
        assert 'role="alert"' in answer.content.decode()
    assert not RoundOrder.objects.exists()


def test_the_missing_list_names_who_is_missing(
    officer: Actor, other_grid_worker: Actor, district_officer: Actor
) -> None:
    make_building(rooms=("101", "201"), people=2)
    row = make_round(officer)
    members = list(RoundMember.objects.filter(round=row).order_by("pk"))
    make_sample(members[0])
    client = browser(officer)
    text = page(client, "round_missing", round=row.pk)
    assert "住户1011" in text
    assert text.count('name="member"') == 3
    assert "住户2010" not in page(browser(other_grid_worker), "round_missing", round=row.pk)
    url = reverse("round_missing", args=[COMMUNITY, row.pk])
    assert browser(district_officer).get(url).status_code == 302
    for show, seen in (("sampled", 1), ("all", 2), ("refused", 0), ("nonsense", 2)):
        answer = client.get(url, {"show": show})
        assert answer.context["page"].paginator.count == seen
    building = members[0].building_id
    assert client.get(url, {"building": building}).context["page"].paginator.count == 2
    assert client.get(url, {"building": "0"}).context["page"].paginator.count == 0
    assert "住户1011" in client.get(url, {"print": "1"}).content.decode()
    book = load_workbook(BytesIO(client.get(url, {"export": "1"}).content))
    cells = {cell for line in book.active.iter_rows(values_only=True) for cell in line}
    assert {"住户1011", "住户2010"} <= cells


def test_what_was_found_is_written_down(officer: Actor, grid_worker: Actor) -> None:
    make_building(rooms=("101",), people=2)
    Place.objects.filter(kind="dwelling").update(grid=make_grid(number="1"))
    row = make_round(officer)
    one, two = RoundMember.objects.filter(round=row).order_by("pk")
    client, url = browser(grid_worker), reverse("round_outcome", args=[COMMUNITY, row.pk])
    found = {"member": [one.pk, "x"], "outcome": "refused", "remark": "明天来", "next": "?show=all"}
    assert client.post(url, found)["Location"].endswith("missing/?show=all")
    assert total(row).refused == 1
    assert client.post(url, found | {"outcome": "?"}).status_code == 409
    person = reverse("round_member", args=[COMMUNITY, row.pk, two.pk])
    assert client.get(person).status_code == 200
    until = (TODAY + timedelta(days=3)).isoformat()
    client.post(person, {"reason": "away", "until": until, "remark": "回老家"})
    assert total(row).exempt == 1
    assert client.post(person, {"reason": "away", "until": "2001-01-01"}).status_code == 409
    client.post(person, {"act": "due", "why": "回来了"})
    assert total(row).exempt == 0
    client.post(person, {"reason": "away", "until": "9999-12-31"})  # no day after it
    assert total(row).exempt == 0
    client.post(person, {"act": "remove", "why": "重复"})
    assert total(row).due == 1
    assert client.get(person).status_code == 404


def test_a_paper_sheet_typed_back_counts_nobody_twice(officer: Actor) -> None:
    building = make_building(rooms=("101", "201", "301"), people=2)
    row = make_round(officer)
    members = list(RoundMember.objects.filter(round=row).order_by("pk"))
    client = browser(officer)
    assert "住户3011" in page(client, "round_sheet", round=row.pk, building=building.pk)
    url = reverse("round_sheet_back", args=[COMMUNITY, row.pk, building.pk])
    first, second, third = members[0::2]

    def row_of(member: RoundMember, **typed: object) -> dict[str, object]:
        mates = [m.pk for m in members if m.dwelling_id == member.dwelling_id]
        facts = {f"all-{member.pk}": mates}
        return facts | {f"{name}-{member.pk}": value for name, value in typed.items()}

    sheet = (
        {"row": [first.pk, second.pk, third.pk]}
        | row_of(first, done="2", tube="T20221123-0001")
        | row_of(second, done="1", who=[second.pk], outcome="away", remark="上班")
        | row_of(third, done="5")
    )
    answer = client.post(url, sheet)
    assert answer.status_code == 409
    assert answer.context["faults"] == 1
    whole = total(row)
    assert (whole.sampled, whole.away, whole.missing) == (3, 1, 3)
    tube = Tube.objects.get()
    assert (tube.code, tube.state) == ("T20221123-0001", "closed")
    client.post(url, sheet)
    assert Sample.objects.count() == 3
    less = {"row": [first.pk]} | row_of(first, done="1")
    assert client.post(url, less).context["faults"] == 1
    none = {"row": [third.pk]} | row_of(third, done="2")
    assert client.post(url, none).context["faults"] == 1  # no tube
    assert client.get(url).status_code == 200


def test_targets_changes_closing_and_report(officer: Actor) -> None:
    make_building(rooms=("101",), people=2)
    row = make_round(officer)
    client, at = browser(officer), [COMMUNITY, row.pk]
    one, _two = RoundMember.objects.filter(round=row).order_by("pk")
    make_sample(one)
    client.post(reverse("round_targets", args=at), {"at": ["10:00", ""], "percent": ["80", ""]})
    assert Round.objects.get().targets == [["10:00", 80]]
    odd = {"at": ["10:00"], "percent": ["-1"]}
    assert client.post(reverse("round_targets", args=at), odd).status_code == 409
    assert client.get(reverse("round_file", args=at)).context["pace"].is_behind
    assert client.post(reverse("round_update", args=at), {"reason": ""}).status_code == 409
    assert client.post(reverse("round_close", args=at)).status_code == 409
    client.post(reverse("round_close", args=at), {"reason": "一人拒采"})
    assert Round.objects.get().state == "closed"
    text = page(client, "round_report", round=row.pk)
    assert "住户1011" in text
    assert "一人拒采" in text
    for layout in ("daily", "results", "full", "odd"):
        url = reverse("round_form", args=at)
        answer = client.get(url, {"export": "1", "layout": layout})
        assert answer.content.startswith(b"PK")
        assert BytesIO(answer.content).read(2) == b"PK"
    assert client.get(reverse("round_report", args=at), {"print": "1"}).status_code == 200
    assert client.get(reverse("round_compare", args=[COMMUNITY])).context["lines"]


def test_upper_levels_see_figures_that_open(officer: Actor, district_officer: Actor) -> None:
    make_building(rooms=("101",), people=2)
    row = make_round(officer)
    make_sample(RoundMember.objects.filter(round=row).first())
    answer = browser(district_officer).get(
        reverse("round_list", args=[DISTRICT]), {"day": TODAY.isoformat()}
    )
    line = next(line for line in answer.context["lines"] if line.rounds)
    assert (line.area.pk, line.part.due, line.part.sampled) == (COMMUNITY, 2, 1)
    odd = browser(district_officer).get(reverse("round_list", args=[DISTRICT]), {"day": "31"})
    assert odd.status_code == 200


def test_an_order_can_be_prepared_or_cancelled(officer: Actor, grid_worker: Actor) -> None:
    order = make_order(officer)
    plan = reverse("round_plan", args=[COMMUNITY, order.pk])
    assert browser(grid_worker).post(plan).status_code == 404
    browser(officer).post(plan)
    assert Round.objects.get().order == order
    end = reverse("round_order_end", args=[COMMUNITY, order.pk])
    assert browser(officer).post(end, {"reason": ""}).status_code == 409
    browser(officer).post(end, {"reason": "天气"})
    assert RoundOrder.objects.get().ended_reason == "天气"


@pytest.mark.parametrize(
    ("line", "person"),
    [
        ("王小明", Jotted("王小明")),
        ("王小明 13812345678 户主", Jotted("王小明", phone="13812345678", relation="户主")),
        (
            "李四，11010119900307765x，妻",
            Jotted("李四", document="11010119900307765X", relation="妻"),
        ),
    ],
)
def test_a_jotted_line_is_read(line: str, person: Jotted) -> None:
    assert read_people(f"\n  {line} \n\n") == [person]


def test_the_census_enters_a_door_once(officer: Actor, other_officer: Actor) -> None:
    building = make_building(rooms=("101",), people=1)
    client = browser(officer)
    assert "1号楼" in page(client, "census")
    url = reverse("census_building", args=[COMMUNITY, building.pk])
    data = {
        "ref": "b2a1f3b4-0000-4000-8000-000000000002",
        "unit": "2单元",
        "room": "102",
        "people": "赵一 13812345678\n赵二 子",
    }
    next_door = client.post(url, data, follow=True)
    assert next_door.status_code == 200
    assert next_door.context["form"]["unit"].value() == "2单元"  # the next door is in the same unit
    client.post(url, data)
    assert Resident.objects.filter(name__startswith="赵").count() == 2
    home = Household.objects.get(memberships__resident__name="赵一")
    assert home.memberships.get(is_head=True).resident.name == "赵一"
    again = data | {"ref": "b2a1f3b4-0000-4000-8000-000000000003", "people": "赵一\n赵三"}
    client.post(url, again)
    assert Resident.objects.filter(name__startswith="赵").count() == 3
    assert Household.objects.filter(dwelling=home.dwelling).count() == 1
    for wrong in ({"people": " \n"}, {"room": ""}, {"people": "钱一 110101199003077000"}):
        told = client.post(url, data | wrong).content.decode()
        assert 'role="alert"' in told
    assert "钱一：" in told  # whose line it is
    assert browser(other_officer).get(url).status_code == 404


def test_an_upper_level_orders_for_all_below(
    officer: Actor, other_officer: Actor, district_officer: Actor
) -> None:
    url = reverse("round_list", args=[DISTRICT])
    client = browser(district_officer)
    assert 'role="alert"' in client.post(url, ORDER | {"clause": ""}).content.decode()
    assert 'role="alert"' in client.post(url, ORDER | {"purpose": "zone_day"}).content.decode()
    client.post(url, ORDER)
    client.post(url, ORDER)
    assert RoundOrder.objects.count() == 2
    assert len(set(RoundOrder.objects.values_list("ref", flat=True))) == 1
    rows = browser(officer).get(reverse("round_list", args=[COMMUNITY])).context["rows"]
    assert [row.round for row in rows] == [None]


def test_a_zone_shows_the_round_run_here_in_place_of_the_hand_form(officer: Actor) -> None:
    building = make_building(rooms=("101",), people=2)
    zone = make_zone(officer, place=building, since=TODAY - timedelta(days=1))
    row = make_round(officer, purpose="zone_day", zone=zone, pool="single")
    client, url = browser(officer), reverse("zone_file", args=[COMMUNITY, zone.pk])
    (held,) = client.get(url).context["held"]
    assert (held.round, held.part.missing) == (row, 2)
    by_hand = {"on": TODAY.isoformat(), "due": 2, "sampled": 2, "negative": 2, "positive": 0}
    target = reverse("zone_round", args=[COMMUNITY, zone.pk])
    refused = client.post(target, by_hand)
    assert (refused.status_code, ZoneRound.objects.count()) == (422, 0)
    earlier = by_hand | {"on": (TODAY - timedelta(days=1)).isoformat()}
    assert client.post(target, earlier).status_code == 302
    close_round(actor=officer, round=row, reason="天黑", now=NOW)
    page = client.get(url)
    assert not page.context["held"]
    here, other = page.context["outcomes"]
    assert (here.round, other.round) == (row, None)
    assert reverse("round_file", args=[COMMUNITY, row.pk]) in page.content.decode()
    with pytest.raises(RuleBroken, match="round_run_here"):
        record_round(
            actor=officer, zone=zone, on=TODAY, due=2, sampled=2, negative=2, positive=0, now=NOW
        )


def test_people_beside_the_register_are_typed_from_the_sheet(officer: Actor) -> None:
    building = make_building(rooms=("101", "201"), people=1)
    make_building(building="2号楼", rooms=("301",), people=1)
    row = make_round(officer)
    client = browser(officer)
    url = reverse("round_sheet_back", args=[COMMUNITY, row.pk, building.pk])
    assert (
        "未登记"
        in client.get(
            reverse("round_sheet", args=[COMMUNITY, row.pk, building.pk])
        ).content.decode()
    )

    def guest(at: int, **typed: str) -> dict[str, str]:
        return {f"guest-{name}-{at}": value for name, value in typed.items()}

    sheet = guest(1, door="101", name="外甥", tube="T20221123-0009") | guest(
        2, door="201", name="租客"
    )
    assert client.post(url, sheet).status_code == 302
    client.post(url, sheet)
    assert Stay.objects.count() == 2
    assert Sample.objects.count() == 1
    whole = total(row)
    assert (whole.due, whole.sampled) == (5, 1)
    for wrong in (
        guest(1, door="301", name="他楼"),
        guest(1, door="", name="无门"),
        guest(1, door="101", name=""),
        guest(1, door="101", name="住户1010"),
        guest(1, door="101", name="坏号", document="110101199003077000"),
    ):
        answer = client.post(url, wrong)
        assert answer.context["faults"] == 1, wrong
    assert Stay.objects.count() == 2
    person = RoundMember.objects.get(guest=Stay.objects.get(name="租客").ref)
    page = client.get(reverse("round_member", args=[COMMUNITY, row.pk, person.pk]))
    assert page.context["added"] == "纸质登记表补录"


def test_a_city_sees_its_districts_and_each_figure_opens(
    officer: Actor, other_officer: Actor
) -> None:
    make_building(rooms=("101",), people=2)
    row = make_round(officer)
    city = make_actor(username="city", role=Role.CITY_OFFICER, area=140100000000, now=NOW)
    for number in range(2, 2 + rollup.FEW):
        make_area(code=140105002000 + number)
    client, url = browser(city), reverse("round_list", args=[140100000000])
    page = client.get(url, {"day": TODAY.isoformat()})
    lines = {line.area.pk: line for line in page.context["lines"]}
    assert (lines[DISTRICT].with_round, lines[DISTRICT].part.missing) == (1, 2)
    assert lines[DISTRICT].url.startswith(reverse("round_list", args=[DISTRICT]))
    (only,) = client.get(url, {"day": TODAY.isoformat(), "show": "missing"}).context["lines"]
    assert only.area.pk == DISTRICT
    below = client.get(lines[DISTRICT].url).context["lines"]
    people = next(line.people for line in below if line.area.pk == COMMUNITY)
    assert people == reverse("round_missing", args=[COMMUNITY, row.pk])
    assert all(figure.url for figure in page.context["figures"])


def test_who_is_asked_and_in_no_round_is_seen_from_above(officer: Actor) -> None:
    make_building(rooms=("101",), people=2)
    row = plan_round(actor=officer, order=make_order(officer), now=NOW)
    recompute_after(communities=[COMMUNITY], day=TODAY, now=NOW)
    chief = make_actor(username="chief", role=Role.DISTRICT_OFFICER, area=DISTRICT, now=NOW)
    client, url = browser(chief), reverse("round_list", args=[DISTRICT])
    asked = {"day": TODAY.isoformat(), "show": "loose"}
    (line,) = client.get(url, asked).context["lines"]
    assert (line.asked, line.loose, line.part.due) == (2, 2, 0)
    open_round(actor=officer, round=row, now=NOW)
    assert not client.get(url, asked).context["lines"]
    make_resident(household=Household.objects.get(), name="后到的")
    recompute_after(communities=[COMMUNITY], day=TODAY, now=NOW)
    (line,) = client.get(url, asked).context["lines"]
    assert (line.asked, line.loose, line.part.due) == (3, 1, 2)


def test_who_was_sampled_elsewhere_is_not_called_loose(officer: Actor) -> None:
    building = make_building(rooms=("101", "201"), people=1)
    zone = make_zone(officer, place=building, since=TODAY - timedelta(days=1))
    recompute_after(communities=[COMMUNITY], day=TODAY, now=NOW)

    def loose() -> int:
        (line,) = rollup.community_lines(
            officer, COMMUNITY, [Area.objects.get(pk=COMMUNITY)], TODAY
        )
        assert line.asked == 2
        return line.loose

    assert loose() == 2
    facts = {"actor": officer, "zone": zone, "on": TODAY, "due": 2, "last_result_at": None}
    for sampled in (1, 2):
        later = NOW + timedelta(minutes=sampled)
        record_round(sampled=sampled, negative=sampled, positive=0, now=later, **facts)
        assert loose() == 2 - sampled


def test_a_round_a_day_is_ordered_in_one_go(officer: Actor, district_officer: Actor) -> None:
    make_building(rooms=("101",), people=2)
    client, url = browser(officer), reverse("round_list", args=[COMMUNITY])
    days = ORDER | {"until": (TODAY + timedelta(days=2)).isoformat(), "all_the_same": "1"}
    for wrong in (-1, 14):
        odd = days | {"until": (TODAY + timedelta(days=wrong)).isoformat()}
        assert client.post(url, odd).context["form"].errors["until"]
    assert not RoundOrder.objects.exists()
    for _sent_twice in range(2):
        assert client.post(url, days).url == url
    orders = list(RoundOrder.objects.order_by("on"))
    assert [(o.number, (o.on - TODAY).days) for o in orders] == [(1, 0), (2, 1), (3, 2)]
    assert Round.objects.filter(state="planned").count() == 3
    far = days | {
        "ref": "b2a1f3b4-0000-4000-8000-000000000009",
        "on": (TODAY + timedelta(days=25)).isoformat(),
        "until": (TODAY + timedelta(days=36)).isoformat(),
    }
    assert client.post(url, far).context["form"].non_field_errors()
    assert RoundOrder.objects.count() == 3  # all or none
    above = browser(district_officer)
    above.post(
        reverse("round_list", args=[DISTRICT]),
        days | {"ref": "b2a1f3b4-0000-4000-8000-000000000007", "number": "11"},
    )
    assert RoundOrder.objects.filter(number__gte=11).count() == 6  # three days, two communities
