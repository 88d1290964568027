"""The pages of orders, walked as an officer walks them; and by those who must not."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.core.errors import NotVisible
from gridwell.health.models import Case, Isolation, Result
from gridwell.orders.actions.sheets import record_deliveries
from gridwell.orders.actions.zones import Basis, designate_zone
from gridwell.orders.models import (
    ItemMatch,
    Notice,
    NoticePart,
    SheetDelivery,
    Standstill,
    Zone,
    ZoneChange,
    ZoneRound,
)
from gridwell.orders.rules.lifecycle import ScopeLine
from gridwell.orders.tests.make import (
    NOW,
    make_building,
    make_district,
    make_notice,
    make_zone,
    notice_text,
)
from gridwell.places.models import Place, PlaceAlias
from gridwell.places.tests.make import COMMUNITY, OTHER_COMMUNITY, make_grid
from gridwell.protocols.models import Event, ProtocolVersion
from gridwell.protocols.rules.model import Level
from gridwell.residents.models import Resident

pytestmark = pytest.mark.django_db
DISTRICT = 140109000000


@pytest.fixture(autouse=True)
def _november(monkeypatch: pytest.MonkeyPatch) -> None:
    make_district()
    monkeypatch.setattr(clock, "now", lambda: NOW)


def client_of(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def at(name: str, area: int = COMMUNITY, **kwargs: object) -> str:
    return reverse(name, kwargs={"area": area, **kwargs})


@pytest.fixture
def desk(officer: Actor) -> Client:
    return client_of(officer)


def test_from_paste_to_zone(desk: Client, officer: Actor) -> None:
    make_building()
    make_zone(officer, place=make_building(building="9号楼"))
    assert "通告台" in desk.get(at("notice_list")).text
    sent = desk.post(at("notice_new"), {"text": notice_text()})
    notice = Notice.objects.get()
    assert sent.status_code == 302
    assert sent["Location"] == at("notice_desk", notice=notice.pk)
    page = desk.get(sent["Location"]).text
    assert '<mark data-pair="i1">金桂苑1号楼</mark>' in page
    assert "3户" in page.replace(" ", "")
    effect = desk.get(at("notice_approve", notice=notice.pk))
    version = effect.context["effect"]["effect"].version
    done = desk.post(at("notice_approve", notice=notice.pk), {"version": version})
    assert done["Location"] == at("zone_list")
    zones = desk.get(at("zone_list")).text
    assert "金桂苑1号楼" in zones
    assert Zone.objects.count() == 2
    assert "金桂苑9号楼" in desk.get(at("zone_list") + "?show=past").text
    assert desk.get(at("notice_withdraw", notice=notice.pk)).context["freed"].people == 6
    desk.post(at("notice_withdraw", notice=notice.pk), {"reason": "楼号看错"})
    assert NoticePart.objects.get().state == "withdrawn"


def test_text_is_escaped(desk: Client) -> None:
    make_building()
    text = notice_text(designated=("金桂苑1号楼",)) + "\n<script>alert(1)</script>\n"
    desk.post(at("notice_new"), {"text": text})
    page = desk.get(at("notice_desk", notice=Notice.objects.get().pk)).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"text": ""}, "粘贴"),
        ({"text": "春眠不觉晓，处处闻啼鸟。"}, "没有读出"),
    ],
)
def test_bad_text_is_said_in_place(desk: Client, data: dict, words: str) -> None:
    page = desk.post(at("notice_new"), data)
    assert page.status_code == 200
    assert words in page.text
    assert not Notice.objects.exists()


def test_known_number_with_another_text_can_be_kept_as_correction(desk: Client) -> None:
    make_building()
    desk.post(at("notice_new"), {"text": notice_text()})
    other = notice_text(designated=("金桂苑2号楼",))
    page = desk.post(at("notice_new"), {"text": other})
    assert page.status_code == 409
    sent = desk.post(at("notice_new"), {"text": other, "correction": "yes"})
    corrected = Notice.objects.get(corrects__isnull=False)
    assert sent["Location"] == at("notice_desk", notice=corrected.pk)
    shown = desk.get(sent["Location"]).text
    assert "<del>金桂苑1号楼</del>" in shown
    assert "<ins>金桂苑2号楼</ins>" in shown


def test_choose_and_remember(other_officer: Actor) -> None:
    desk = client_of(other_officer)
    make_building(compound="玉门花园A区", building="8号楼", community=OTHER_COMMUNITY)
    notice = make_notice(
        other_officer, community=OTHER_COMMUNITY, designated=("五门花园A区8号楼",)
    ).notice
    page = desk.get(at("notice_desk", OTHER_COMMUNITY, notice=notice.pk))
    assert "差一个字" in page.text
    where = at("notice_choose", OTHER_COMMUNITY, notice=notice.pk, sequence=1)
    sent = desk.post(where, {"index": "0", "how": "choice", "choice": "1"})
    assert sent["Location"].endswith("#i1")
    assert ItemMatch.objects.get(decided_at__isnull=False).place.full_name == "玉门花园A区8号楼"
    assert PlaceAlias.objects.get().name == "五门花园A区"
    item = desk.get(at("notice_item", OTHER_COMMUNITY, notice=notice.pk, sequence=1) + "?q=玉门")
    assert "玉门花园A区" in item.text
    desk.post(where, {"index": "0", "how": "outside"})
    assert ItemMatch.objects.get(how="outside").place is None


def test_create_the_unknown_place(desk: Client, officer: Actor) -> None:
    notice = make_notice(officer).notice
    assert desk.get(at("notice_item", notice=notice.pk, sequence=1)).status_code == 200
    where = at("notice_choose", notice=notice.pk, sequence=1)
    desk.post(where, {"index": "0", "how": "create", "ground": ""})
    assert Place.objects.get(kind="building").full_name == "金桂苑1号楼"
    page = desk.get(at("notice_desk", notice=notice.pk))
    assert page.context["rows"][0].entry.lines[0].place == Place.objects.get(kind="building").pk


def test_answers_on_the_page(desk: Client, officer: Actor) -> None:
    make_zone(officer, place=make_building())
    make_building(building="9号楼")
    notice = make_notice(officer).notice
    page = desk.get(at("notice_desk", notice=notice.pk))
    assert page.context["open_count"] == 2
    where = at("notice_answer", notice=notice.pk)
    asked = {"code": "already_open", "sequence": "1", "start": "0", "answer": "restart"}
    assert desk.post(where, asked).status_code == 302
    never = {"code": "never_designated", "sequence": "2", "start": "0", "answer": "leave_out"}
    desk.post(where, never)
    assert desk.get(at("notice_desk", notice=notice.pk)).context["open_count"] == 0


def test_not_ours_and_again(desk: Client, officer: Actor) -> None:
    notice = make_notice(officer).notice
    where = at("notice_not_ours", notice=notice.pk)
    assert desk.post(where, {"reason": ""}).status_code == 409
    desk.post(where, {"reason": "都在别的社区"})
    assert NoticePart.objects.get().state == "not_ours"
    assert desk.post(where, {"reason": "再来"}).status_code == 409
    desk.post(at("notice_reopen", notice=notice.pk))
    assert NoticePart.objects.get().state == "waiting"
    assert desk.post(at("notice_rematch", notice=notice.pk)).status_code == 302


def test_district_sees_the_roll_and_approves_below(district_officer: Actor, officer: Actor) -> None:
    make_building()
    make_zone(officer, place=make_building(building="9号楼"))
    notice = make_notice(officer).notice
    desk = client_of(district_officer)
    page = desk.get(at("notice_desk", DISTRICT, notice=notice.pk))
    row = page.context["parts"][0]
    seen = f"{row['part'].community_id}:{row['effect'].version}"
    sent = desk.post(at("notice_approve_below", DISTRICT, notice=notice.pk), {"seen": [seen]})
    assert sent.status_code == 302
    assert NoticePart.objects.get(community_id=COMMUNITY).state == "approved"
    assert desk.get(at("zone_list", DISTRICT)).status_code == 200


def test_zone_by_hand_its_file_and_acts(desk: Client) -> None:
    building = make_building()
    page = desk.post(
        at("zone_new"),
        {
            "place": "金桂苑1号楼",
            "level": "high",
            "effective_at": "2022-11-18T00:00",
            "ordered_by": "区指挥部",
        },
    )
    zone = Zone.objects.get()
    assert page["Location"] == at("zone_file", zone=zone.pk)
    text = desk.get(page["Location"]).text
    assert "第5天" in text
    assert "闭环" in text
    desk.post(
        at("zone_round", zone=zone.pk),
        {"on": "2022-11-23", "due": 6, "sampled": 6, "negative": 6, "positive": 0,
         "last_result_at": "2022-11-23T18:00"},
    )  # fmt: skip
    assert ZoneRound.objects.get().negative == 6
    view = desk.get(at("zone_file", zone=zone.pk)).context["view"]
    assert view.lifting.is_met
    lift = desk.get(at("zone_change", zone=zone.pk, act="lift"))
    assert lift.context["freed"].people == 6
    act = {"effective_at": "2022-11-23T20:00", "ordered_by": "区指挥部", "reason": "满5天"}
    done = desk.post(at("zone_change", zone=zone.pk, act="lift"), act)
    assert done.status_code == 302
    again = desk.post(at("zone_change", zone=zone.pk, act="lift"), act)
    assert again.status_code == 200  # said in place: it is not open any more
    first = zone.changes.get(act="designate")
    assert desk.get(at("zone_withdraw", zone=zone.pk, change=first.pk)).status_code == 200
    correct = at("zone_correct", zone=zone.pk, change=first.pk)
    right = {"effective_at": "2022-11-19T00:00", "level": "", "reason": "日期抄错"}
    preview = desk.post(correct, right).context
    seen, shift = preview["confirmed"], preview["shift"]
    assert (shift.before.day0, shift.after.day0) == (None, None)  # it is lifted both ways
    desk.post(correct, right | {"confirmed": seen})
    assert ZoneChange.objects.filter(act="correct").count() == 1
    assert building.pk


def test_a_correction_shows_how_the_days_move(desk: Client, officer: Actor) -> None:
    zone = make_zone(officer, place=make_building(), since=date(2022, 11, 18))
    first = zone.changes.get()
    correct = at("zone_correct", zone=zone.pk, change=first.pk)
    right = {"effective_at": "2022-11-20T00:00", "level": "", "reason": "日期抄错"}
    page = desk.post(correct, right)
    shift = page.context["shift"]
    assert (shift.before.day0, shift.after.day0) == (date(2022, 11, 18), date(2022, 11, 20))
    assert shift.after.earliest - shift.before.earliest == timedelta(days=2)
    assert "11月20日" in page.text
    same = right | {"effective_at": "2022-11-18T00:00"}
    assert desk.post(correct, same).context["shift"].is_none
    gone = desk.get(at("zone_withdraw", zone=zone.pk, change=first.pk)).context["shift"]
    assert (gone.after.day0, gone.after.earliest) == (None, None)


def test_bad_round_keeps_what_was_typed(desk: Client, officer: Actor) -> None:
    zone = make_zone(officer, place=make_building())
    where = at("zone_round", zone=zone.pk)
    assert desk.post(where, {"on": "x", "due": 6}).status_code == 422
    wrong = {"on": "2022-11-23", "due": 6, "sampled": 7, "negative": 7, "positive": 0}
    refused = desk.post(where, wrong)
    assert refused.status_code == 422
    assert 'value="7"' in refused.text
    assert refused.context["round_form"].non_field_errors()


def test_range_step_spread_attach(desk: Client, officer: Actor) -> None:
    make_building(building="2号楼")
    zone = make_zone(officer, place=make_building())
    act = {"effective_at": "2022-11-23T10:00", "ordered_by": "区指挥部", "reason": "扩大"}
    where = at("zone_change", zone=zone.pk, act="range")
    assert desk.get(where).status_code == 200
    assert "没有的楼" in str(desk.post(where, act | {"places": "没有的楼"}).context["form"].errors)
    drawn = act | {"places": "金桂苑1号楼\n金桂苑2号楼\n除金桂苑2号楼1单元外"}
    seen = desk.post(where, drawn).context["confirmed"]
    desk.post(where, drawn | {"confirmed": seen})
    assert zone.changes.get(act="change_range").lines.count() == 3
    desk.post(at("zone_spread", zone=zone.pk), {"words": "传播链不清"})
    zone.refresh_from_db()
    assert zone.spread_unclear == "传播链不清"
    notice = make_notice(officer).notice
    change = zone.changes.get(act="designate")
    attach = at("zone_attach", zone=zone.pk, change=change.pk)
    assert desk.post(attach, {"notice": notice.pk}).status_code == 302
    assert desk.post(attach, {"notice": notice.pk}).status_code == 409


def test_sheets_and_words(desk: Client, officer: Actor) -> None:
    zone = make_zone(officer, place=make_building())
    entrances = desk.get(at("zone_sheets", zone=zone.pk))
    assert len(entrances.context["sheets"]) == 1
    assert len(desk.get(at("zone_sheets", zone=zone.pk) + "?per=door").context["sheets"]) == 3
    building = Place.objects.get(kind="building")
    sent = {"building": building.pk, "how": "posted"}
    desk.post(at("zone_delivered", zone=zone.pk), sent)
    desk.post(at("zone_delivered", zone=zone.pk), sent)
    assert SheetDelivery.objects.count() == 3
    words = desk.get(at("zone_words", zone=zone.pk)).text
    assert "金桂苑1号楼" in words
    assert "住户" not in words.split("<main")[1]


def test_a_grid_worker_delivers_to_doors_of_the_own_grid_only(
    officer: Actor, grid_worker: Actor
) -> None:
    theirs, ours = make_building(building="2号楼"), make_building()
    zone = designate_zone(
        actor=officer,
        community=COMMUNITY,
        name="两栋楼",
        level=Level.HIGH,
        lines=[ScopeLine(place=theirs.pk), ScopeLine(place=ours.pk)],
        effective_at=NOW,
        effective_on=date(2022, 11, 23),
        basis=Basis(ordered_by="区指挥部"),
        now=NOW,
    )
    Place.objects.filter(building=ours).update(grid=make_grid())
    worker = client_of(grid_worker)
    sheets = worker.get(at("zone_sheets", zone=zone.pk))
    assert [pk for pk, _ in sheets.context["buildings"]] == [ours.pk]
    where = at("zone_delivered", zone=zone.pk)
    assert worker.post(where, {"building": theirs.pk, "how": "posted"}).status_code == 404
    assert not SheetDelivery.objects.exists()
    assert worker.post(where, {"building": ours.pk, "how": "posted"}).status_code == 302
    assert SheetDelivery.objects.count() == 3
    door = Place.objects.filter(building=theirs, kind="dwelling").first()
    with pytest.raises(NotVisible):
        record_deliveries(
            actor=grid_worker, community=COMMUNITY, sheet="zone_notice", basis="zone:1",
            dwellings=[door.pk], how="posted", delivered_at=NOW, now=NOW,
        )  # fmt: skip


def test_isolation_from_beginning_to_sheet(desk: Client) -> None:
    make_building(rooms=("101",))
    person = Resident.objects.order_by("pk").first()
    assert desk.get(at("stay_list")).status_code == 200
    found = desk.post(at("stay_new"), {"q": person.name})
    assert person.name in found.text
    asked = desk.post(at("stay_new"), {"resident": person.pk})
    assert asked.context["person"] == person
    facts = {
        "resident": person.pk,
        "kind": "home",
        "person_class": "zone_outflow",
        "from_on": "2022-11-16",
        "already_spent": 0,
    }
    assert desk.post(at("stay_new"), facts).status_code == 302
    again = desk.post(at("stay_new"), facts)
    assert again.status_code == 200
    stay = Isolation.objects.get()
    assert clock.day_of(stay.ends_at) == date(2022, 11, 24)
    assert person.name in desk.get(at("stay_list")).text
    assert person.name in desk.get(at("stay_print", sheet="isolation")).text
    end = at("stay_end", kind="isolation", stay=stay.pk)
    assert desk.post(end, {"reason": ""}).status_code == 409
    desk.post(end, {"reason": "满7天，核酸阴性"})
    ended = Isolation.objects.get(superseded_at=None)
    assert ended.ended_at == NOW
    assert Isolation.objects.count() == 2
    assert desk.get(at("stay_list") + "?show=ended").status_code == 200
    desk.post(at("stay_delivered", sheet="release"), {"stay": ended.pk, "how": "handed"})
    assert SheetDelivery.objects.get().sheet == "release"


def test_cases_and_results(desk: Client, officer: Actor) -> None:
    zone = make_zone(officer, place=make_building())
    person = Resident.objects.order_by("pk").first()
    case = {"resident": person.pk, "found_at": "2022-11-22T10:00", "kind": "confirmed"}
    assert desk.get(at("case_list")).status_code == 200
    assert desk.post(at("case_list"), case).status_code == 302
    proposals = desk.get(at("zone_file", zone=zone.pk)).context["proposes"]
    assert [code for code, _words in proposals] == ["restart"]
    desk.post(at("case_withdraw", case=Case.objects.get().pk), {"reason": "录错"})
    assert desk.get(at("zone_file", zone=zone.pk)).context["proposes"] == []
    result = {"resident": person.pk, "sampled_at": "2022-11-23T08:00", "outcome": "negative"}
    assert desk.post(at("result_list"), result).status_code == 302
    assert Result.objects.get().outcome == "negative"
    assert "阴性" in desk.get(at("result_list")).text
    assert "本系统录入" in desk.get(at("result_list")).text
    late = result | {"sampled_at": "2022-12-23T08:00"}
    assert desk.post(at("result_list"), late).status_code == 200


def test_standstill_and_event(desk: Client, officer: Actor, district_officer: Actor) -> None:
    make_building()
    order = {
        "starts_at": "2022-11-23T08:00",
        "ordered_by": "区指挥部",
        "reason": "区域静默",
        "place": "金桂苑",
    }
    assert desk.post(at("standstill_list"), order).status_code == 302
    row = Standstill.objects.get()
    assert "没有写明结束" in desk.get(at("standstill_list")).text
    end = at("standstill_end", standstill=row.pk)
    assert desk.get(end).status_code == 200
    desk.post(end, {"ends_at": "2022-11-23T20:00", "reason": "研判后解除"})
    assert desk.post(end, {"ends_at": "2022-11-23T20:00", "reason": "再来"}).status_code == 200
    top = client_of(district_officer)
    opened = top.post(at("event_list", DISTRICT), {"name": "11月疫情", "family": "covid19"})
    assert opened.status_code == 302
    event = Event.objects.get()
    zone = make_zone(officer, place=Place.objects.get(kind="building"))
    Zone.objects.filter(pk=zone.pk).update(event=event)
    closing = at("event_close", DISTRICT, event=event.pk)
    assert len(top.get(closing).context["ending"].zones) == 1
    assert top.post(closing, {"reason": "疫情结束"}).status_code == 302
    zone.refresh_from_db()
    assert zone.closed_at == NOW
    assert desk.get(at("event_list")).status_code == 200


def test_protocols(desk: Client, district_officer: Actor) -> None:
    page = desk.get(at("protocol_list"))
    assert "P20-T4" in page.text
    version = ProtocolVersion.objects.get(code="P20-T4")
    shown = desk.get(at("protocol_version", version=version.pk)).text
    assert "T4-3" in shown
    from django.core.files.uploadedfile import SimpleUploadedFile

    top = client_of(district_officer)
    bad = SimpleUploadedFile("x.toml", b'family = "covid19"\nversion = [\n')
    refused = top.post(at("protocol_list", DISTRICT), {"file": bad})
    assert refused.status_code == 200
    assert refused.context["faults"]


@pytest.mark.parametrize(
    "name", ["notice_list", "notice_new", "zone_list", "event_list", "protocol_list"]
)
def test_strangers_see_nothing(other_officer: Actor, name: str) -> None:
    assert client_of(other_officer).get(at(name)).status_code == 404


def test_stranger_cannot_open_a_zone(other_officer: Actor, officer: Actor) -> None:
    zone = make_zone(officer, place=make_building())
    stranger = client_of(other_officer)
    for name in ("zone_file", "zone_sheets", "zone_words"):
        assert stranger.get(at(name, zone=zone.pk)).status_code == 404
        assert stranger.get(at(name, OTHER_COMMUNITY, zone=zone.pk)).status_code == 404


def test_grid_worker_looks_but_does_not_decide(grid_worker: Actor, officer: Actor) -> None:
    make_building()
    notice = make_notice(officer).notice
    worker = client_of(grid_worker)
    page = worker.get(at("notice_desk", notice=notice.pk))
    assert page.status_code == 200
    assert at("notice_approve", notice=notice.pk) not in page.text
    approve = worker.post(at("notice_approve", notice=notice.pk), {"version": "x"})
    assert approve.status_code == 404
    assert at("notice_new") not in worker.get(at("notice_list")).text
