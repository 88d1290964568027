"""The pages of command as people use them: forms sent, refusals in place, what is shown."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.command.actions.takeovers import take_over
from gridwell.command.models import (
    EmergencyAccess,
    Instruction,
    InstructionReceipt,
    ModeRehearsal,
    Report,
    TakeOver,
)
from gridwell.core import clock
from gridwell.orders.actions.modes import change_mode
from gridwell.orders.models import ModeChange, ModeProfile
from gridwell.orders.tests.make import make_district
from gridwell.places.models import Area
from gridwell.places.tests.make import COMMUNITY, OTHER_COMMUNITY, make_area, make_dwelling
from gridwell.residents.tests.make import make_household, make_resident

DISTRICT = 140109000000
NUMBER = "110101199003074610"


@pytest.fixture(autouse=True)
def areas(db: None) -> None:
    make_district()
    make_area(code=OTHER_COMMUNITY)


def browser(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


def test_a_mode_is_changed_from_its_effect_and_back_with_a_report(officer: Actor) -> None:
    client = browser(officer)
    url = reverse("mode_change", args=[COMMUNITY, "emergency"])
    page = client.get(url).content.decode()
    form = {name: hidden(page, name) for name in ("client_ref", "seen", "mode")}
    assert client.post(url, {**form, "reason": ""}).status_code == 200
    assert not ModeChange.objects.exists()
    sent = {**form, "reason": "出现病例"}
    assert client.post(url, sent)["Location"] == reverse("mode_page", args=[COMMUNITY])
    assert client.post(url, sent).status_code == 302  # the button was pressed twice
    assert ModeChange.objects.count() == 1
    url = reverse("mode_change", args=[COMMUNITY, "routine"])
    page = client.get(url).content.decode()
    form = {name: hidden(page, name) for name in ("client_ref", "seen", "mode")}
    answer = client.post(url, {**form, "reason": "平稳", "remark": "演习总结"}, follow=True)
    assert "演习总结" in answer.content.decode()


@pytest.mark.parametrize("mode", ["routine", "alert"])
def test_a_mode_by_a_typed_address_that_changes_nothing_offers_no_form(
    mode: str, officer: Actor
) -> None:
    if mode == "alert":
        change_mode(actor=officer, area=COMMUNITY, mode=mode, reason="出现病例", now=clock.now())
    page = browser(officer).get(reverse("mode_change", args=[COMMUNITY, mode])).content.decode()
    assert "已经是这种状态。" in page
    assert "结束报告" not in page
    assert 'name="reason"' not in page


def test_the_second_officer_keeps_what_was_written(officer: Actor) -> None:
    client = browser(officer)
    url = reverse("mode_change", args=[COMMUNITY, "emergency"])
    page = client.get(url).content.decode()
    form = {name: hidden(page, name) for name in ("client_ref", "seen", "mode")}
    change_mode(actor=officer, area=COMMUNITY, mode="alert", reason="先行", now=clock.now())
    answer = client.post(url, {**form, "reason": "出现病例两例"}).content.decode()
    assert "出现病例两例" in answer
    assert hidden(answer, "seen") != form["seen"]
    again = {name: hidden(answer, name) for name in ("client_ref", "seen", "mode")}
    assert client.post(url, {**again, "reason": "出现病例两例"}).status_code == 302


def test_a_rehearsal_and_the_parameters(officer: Actor) -> None:
    client = browser(officer)
    sent = {"mode": "emergency", "reason": "月度演练", "client_ref": str(uuid4())}
    client.post(reverse("mode_rehearse", args=[COMMUNITY]), sent)
    assert ModeRehearsal.objects.get().reason == "月度演练"
    url = reverse("mode_profile", args=[COMMUNITY, "alert"])
    for wrong in (
        {"reports_at": "25:00"},
        {"reports_at": "早上"},
        {"quiet_from": "22:00"},
        {"time_percent": "5"},
    ):
        assert client.post(url, {"reason": "调整", **wrong}).status_code == 200
    assert not ModeProfile.objects.exists()
    client.post(url, {"reason": "调整", "reports_at": "9:00，18：30", "manual": ["reports"]})
    assert ModeProfile.objects.get().reports_at == ["09:00", "18:30"]


def test_a_place_is_taken_and_given_back_and_says_so(
    officer: Actor, district_officer: Actor
) -> None:
    client = browser(district_officer)
    url = reverse("takeover_list", args=[DISTRICT])
    assert client.post(url, {"place": OTHER_COMMUNITY - 5, "reason": "x"}).status_code == 200
    client.post(url, {"place": COMMUNITY, "reason": "扩散", "telephone": "0351-1"})
    row = TakeOver.objects.get()
    page = browser(officer).get(reverse("mode_page", args=[COMMUNITY])).content.decode()
    assert page.count(row.by_area.name) >= 2  # in the frame and on the page
    refused = browser(officer).get(reverse("standstill_list", args=[COMMUNITY]))
    assert row.by_area.name in refused.content.decode()
    back = reverse("takeover_end", args=[DISTRICT, row.pk])
    client.post(back, {"reason": ""})
    assert TakeOver.objects.get().ends_at is None
    client.post(back, {"reason": "平稳"})
    assert TakeOver.objects.get().end_reason == "平稳"


def test_under_another_command_the_form_says_whom_to_call(
    officer: Actor, district_officer: Actor
) -> None:
    take_over(
        actor=district_officer, area=Area.objects.get(pk=COMMUNITY), by_area=DISTRICT,
        reason="扩散", telephone="0351-7654321", now=clock.now(),
    )  # fmt: skip
    client = browser(officer)
    url = reverse("mode_change", args=[COMMUNITY, "alert"])
    page = client.get(url).content.decode()
    form = {name: hidden(page, name) for name in ("client_ref", "seen", "mode")}
    answer = client.post(url, {**form, "reason": "研判"}).content.decode()
    assert answer.count("0351-7654321") == 2
    assert not ModeChange.objects.exists()


def test_an_instruction_goes_down_and_is_answered(
    officer: Actor, other_officer: Actor, district_officer: Actor
) -> None:
    client = browser(district_officer)
    url = reverse("instruction_new", args=[DISTRICT])
    form = {"title": "排查", "text": "逐户", "client_ref": str(uuid4())}
    assert client.post(url, form).status_code == 200  # to nobody
    wrong = {**form, "is_to_communities": "on", "due_at": "2020-01-01T00:00"}
    assert client.post(url, wrong).status_code == 200
    assert not Instruction.objects.exists()
    client.post(url, {**form, "is_to_communities": "on"})
    row = Instruction.objects.get()
    assert row.receipts.count() == 2
    receipt = InstructionReceipt.objects.get(area_id=COMMUNITY)
    mine = browser(officer)
    assert "排查" in mine.get(reverse("receipt_list")).content.decode()
    page = reverse("receipt_page", args=[receipt.pk])
    mine.get(page)
    receipt.refresh_from_db()
    assert receipt.state == "read"
    assert mine.post(page, {"state": "refused"}).status_code == 200
    assert mine.post(page, {"state": "nonsense"}).status_code == 200
    mine.post(page, {"state": "done", "reason": "已完成"})
    receipt.refresh_from_db()
    assert (receipt.state, receipt.remark) == ("done", "已完成")
    file = reverse("instruction_file", args=[DISTRICT, row.pk])
    assert "已完成" in client.get(file, {"state": "done"}).content.decode()
    client.post(reverse("instruction_withdraw", args=[DISTRICT, row.pk]), {"reason": "重复"})
    assert "排查" not in mine.get(reverse("receipt_list")).content.decode()


def test_a_report_is_sent_once_and_compared(officer: Actor) -> None:
    client = browser(officer)
    url = reverse("report_list", args=[COMMUNITY])
    form = {"client_ref": hidden(client.get(url).content.decode(), "client_ref"), "remark": "晚报"}
    client.post(url, form)
    client.post(url, form)
    row = Report.objects.get()
    page = client.get(reverse("report_file", args=[COMMUNITY, row.pk])).content.decode()
    assert "晚报" in page
    assert client.get(url, {"page": "x"}).status_code == 200


def test_an_emergency_look_from_asking_to_its_end(officer: Actor, other_officer: Actor) -> None:
    person = make_resident(
        household=make_household(dwelling=make_dwelling()), document=NUMBER, phone="13812345678"
    )
    client = browser(other_officer)
    url = reverse("emergency_list")
    assert client.post(url, {"reason": "急救送医"}).status_code == 200
    missed = client.post(url, {"number": NUMBER[:-1] + "9", "reason": "急救送医"})
    assert missed.status_code == 200
    answer = client.post(url, {"number": NUMBER, "reason": "急救送医"}, follow=True)
    page = answer.content.decode()
    assert person.name in page
    assert "13812345678" in page
    assert NUMBER not in page
    assert "no-store" in answer["Cache-Control"]
    row = EmergencyAccess.objects.get()
    log = reverse("emergency_log", args=[COMMUNITY])
    assert "急救送医" in browser(officer).get(log).content.decode()
    browser(officer).post(log, {"ref": str(row.ref)})
    over = client.get(reverse("emergency_file", args=[row.ref]))
    assert over.status_code == 410
    assert person.name not in over.content.decode()


def test_the_chronicle_takes_any_question(officer: Actor) -> None:
    change_mode(actor=officer, area=COMMUNITY, mode="alert", reason="外省输入", now=clock.now())
    client = browser(officer)
    url = reverse("chronicle", args=[COMMUNITY])
    assert "外省输入" in client.get(url).content.decode()
    for odd in (
        *("before=x", "before=2022-11-23~1", "day=2022-13-45", "kind=nothing", "place=x"),
        *("day=9999-12-31", "day=0001-01-01", "before=0001-01-01T00:00:00%2B08:00~1"),
    ):
        assert client.get(f"{url}?{odd}").status_code == 200, odd
    assert "外省输入" not in client.get(f"{url}?kind=zones").content.decode()
    file = b"".join(client.get(reverse("chronicle_export", args=[COMMUNITY])).streaming_content)
    assert "外省输入" in file.decode("utf-8-sig")
