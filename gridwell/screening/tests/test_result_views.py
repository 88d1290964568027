"""Files and calls of laboratories over HTTP; the pages of results, holds and keys."""

import json
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.core.errors import RuleBroken
from gridwell.health.models import Hold, Result, Tube
from gridwell.orders.tests.make import NOW, make_building, make_district
from gridwell.places.tests.make import COMMUNITY
from gridwell.screening.actions.laboratories import add_laboratory, give_key, revoke_laboratory
from gridwell.screening.models import LaboratoryKey, ResultDelivery, ResultFault, Round
from gridwell.screening.result_files import read_results
from gridwell.screening.tests.make import make_round
from gridwell.screening.tests.test_results import full_tube

API = "/api/results/"
PAGE = f"/{COMMUNITY}/results/"
LATER = NOW + timedelta(hours=3)


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    make_district()
    monkeypatch.setattr(clock, "now", lambda: LATER)
    cache.clear()


@pytest.fixture
def round(officer: Actor) -> Round:
    make_building(rooms=("101", "201"))
    row = make_round(officer)
    full_tube(row)
    return row


@pytest.fixture
def key(officer: Actor) -> str:
    row = add_laboratory(actor=officer, area=COMMUNITY, name="金域检验", now=NOW)
    return give_key(actor=officer, laboratory=row, now=NOW)


def browser(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def book(*rows: tuple[object, ...]) -> bytes:
    sheet, out = Workbook(), BytesIO()
    for row in rows:
        sheet.active.append(row)
    sheet.save(out)
    return out.getvalue()


def upload(client: Client, body: bytes, name: str = "results.xlsx"):
    return client.post(PAGE, {"file": SimpleUploadedFile(name, body)})


def call(key: str, body: object, **more: str):
    text = body if isinstance(body, str) else json.dumps(body)
    return Client().post(
        API, text, content_type="application/json", HTTP_AUTHORIZATION=f"Bearer {key}", **more
    )


def one(tube: str = "T1", result: str = "阴性", **more: str) -> dict[str, object]:
    return {"results": [{"tube": tube, "result": result, **more}]}


def test_a_workbook_with_titles_and_other_names_is_read(tmp_path: Path) -> None:
    body = book(
        ("某检测机构核酸结果",),
        ("序号", "采样管编号", "姓名", "检测结果", "报告时间"),
        (1, "T1", "", "阴性", "2022-11-23 21:30"),
        (2, " t2", "", "阳性", ""),
        ("", "", "", "", ""),
    )
    path = tmp_path / "x"
    path.write_bytes(body)
    first, second = read_results(path)
    assert (first.tube, first.said, first.row) == ("T1", "阴性", 3)
    assert first.at is not None
    assert first.at.isoformat() == "2022-11-23T21:30:00+08:00"
    assert (second.tube, second.at) == ("T2", None)


def test_a_csv_of_persons_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes("身份证号码,结果\n11010519491231002x,阴性\n".encode("gb18030"))
    (line,) = read_results(path)
    assert (line.document, line.tube) == ("11010519491231002X", "")


def test_a_file_without_such_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(book(("姓名", "电话"), ("张三", "1")))
    with pytest.raises(RuleBroken, match="results_no_columns"):
        read_results(path)


def test_a_file_is_taken_in_and_twice_is_once(officer: Actor, round: Round) -> None:
    client, body = browser(officer), book(("管号", "结果"), ("T1", "阴性"))
    for _ in range(2):
        assert upload(client, body).status_code == 302
    assert (ResultDelivery.objects.count(), Result.objects.count()) == (1, 4)
    assert client.get(PAGE).status_code == 200
    assert upload(client, b"no table").status_code == 200
    assert client.get(PAGE + "?export=1")["Content-Type"].startswith("application/vnd")


def test_a_positive_file_shows_who_is_held_and_the_hold_can_be_extended(
    officer: Actor, grid_worker: Actor, round: Round
) -> None:
    client = browser(officer)
    upload(client, book(("管号", "结果"), ("T1", "阳性")))
    page = client.get(f"/{COMMUNITY}/holds/").content.decode()
    assert page.count("data-primary") == 4
    hold = Hold.objects.order_by("pk")[0]
    url = f"/{COMMUNITY}/holds/{hold.pk}/"
    assert client.get(url).status_code == 200
    wanted = {"until": "2022-11-25T02:00", "reason": "送检延误", "clause": "函3号"}
    assert client.post(url, wanted | {"clause": ""}).status_code == 200
    assert client.post(url, wanted).status_code == 302
    hold.refresh_from_db()
    assert hold.extended_by == officer.user_id
    for show in ("all", "ran_out", "odd"):
        assert client.get(f"/{COMMUNITY}/holds/?show={show}").status_code == 200
    other = browser(grid_worker)
    assert other.get(f"/{COMMUNITY}/holds/").content.decode().count("data-primary") == 0
    assert other.get(url).status_code == 404


def test_an_odd_row_is_settled_on_its_page(officer: Actor, round: Round) -> None:
    client = browser(officer)
    upload(client, book(("管号", "结果"), ("T1", "阳性")))
    answer = upload(client, book(("管号", "结果"), ("T1", "阴性"), ("X9", "阴性")))
    assert answer["Location"].endswith("/faults/")
    assert client.get(answer["Location"]).status_code == 200
    contradiction = ResultFault.objects.get(code="contradiction")
    url = f"{PAGE}faults/{contradiction.pk}/"
    assert client.get(url).status_code == 200
    assert client.post(url, {"act": "take", "reason": ""}).status_code == 200
    assert client.post(url, {"act": "take", "reason": "实验室更正"}).status_code == 302
    assert Tube.objects.get().state == "negative"
    assert client.post(f"{PAGE}again/").status_code == 302
    assert client.get(f"{PAGE}faults/?show=settled&code=contradiction").status_code == 200


def test_a_key_is_shown_once_and_works_until_it_is_revoked(officer: Actor, round: Round) -> None:
    client, url = browser(officer), f"/{COMMUNITY}/laboratories/"
    assert client.post(url, {"name": "金域检验"}).status_code == 302
    row = add_laboratory(actor=officer, area=COMMUNITY, name="金域检验", now=NOW)
    page = client.post(f"{url}{row.pk}/", {"act": "key"})
    key = page.context["key"]
    assert key in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert key not in client.get(url).content.decode()
    assert call(key, one()).json()["taken"] == 1
    revoke_laboratory(actor=officer, laboratory=row, reason="合同到期", now=LATER)
    assert call(key, one()).status_code == 401


def test_two_keys_are_valid_side_by_side_until_the_stated_end(
    officer: Actor, round: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, url = browser(officer), f"/{COMMUNITY}/laboratories/"
    row = add_laboratory(actor=officer, area=COMMUNITY, name="金域检验", now=NOW)
    old = client.post(f"{url}{row.pk}/", {"act": "key", "name": "旧系统"}).context["key"]
    asked = {"act": "key", "name": "新系统", "overlap": "7"}
    new = client.post(f"{url}{row.pk}/", asked).context["key"]
    assert call(old, one()).json()["taken"] == 1
    assert call(new, one()).json()["rows"] == 1
    page = client.get(url).text
    for words in ("旧系统", "新系统", "有效至", old[-4:], new[-4:]):
        assert words in page
    assert old not in page
    monkeypatch.setattr(clock, "now", lambda: LATER + timedelta(days=7))
    assert (call(old, one()).status_code, call(new, one()).status_code) == (401, 200)


def test_one_key_is_made_void_at_once_and_the_other_goes_on(officer: Actor, round: Round) -> None:
    client, url = browser(officer), f"/{COMMUNITY}/laboratories/"
    row = add_laboratory(actor=officer, area=COMMUNITY, name="金域检验", now=NOW)
    old = client.post(f"{url}{row.pk}/", {"act": "key"}).context["key"]
    new = client.post(f"{url}{row.pk}/", {"act": "key", "overlap": "30"}).context["key"]
    leaked = LaboratoryKey.objects.order_by("pk")[0]
    void = {"act": "revoke_key", "key": leaked.pk}
    assert client.post(f"{url}{row.pk}/", void).status_code == 409  # why?
    assert client.post(f"{url}{row.pk}/", void | {"reason": "泄露"}).status_code == 302
    assert client.post(f"{url}{row.pk}/", void | {"reason": "泄露"}).status_code == 409
    assert (call(old, one()).status_code, call(new, one()).status_code) == (401, 200)
    other = add_laboratory(actor=officer, area=COMMUNITY, name="另一家", now=NOW)
    kept = LaboratoryKey.objects.order_by("pk")[1]
    stolen = {"act": "revoke_key", "key": kept.pk, "reason": "x"}
    assert client.post(f"{url}{other.pk}/", stolen).status_code == 404


def test_no_laboratory_collects_keys(officer: Actor) -> None:
    row = add_laboratory(actor=officer, area=COMMUNITY, name="金域检验", now=NOW)

    def another(days: int) -> str:
        until = NOW + timedelta(days=days)
        return give_key(actor=officer, laboratory=row, now=NOW, old_until=until)

    for _ in range(3):
        another(7)
    with pytest.raises(RuleBroken, match="too_many_keys"):
        another(7)
    with pytest.raises(RuleBroken, match="key_overlap"):
        another(31)
    ends = LaboratoryKey.objects.order_by("pk").values_list("ends_at", flat=True)
    assert list(ends) == [NOW + timedelta(days=7)] * 2 + [None]


def test_a_call_is_taken_and_says_what_became_of_each_row(key: str, round: Round) -> None:
    body = {
        "results": [
            {"tube": "T1", "result": "negative", "resulted_at": "2022-11-23 21:30"},
            {"tube": "NOBODY", "result": "阳性"},
        ]
    }
    found = call(key, body).json()
    assert (found["rows"], found["taken"], found["known"]) == (2, 1, 0)
    assert [(f["row"], f["tube"], f["code"]) for f in found["faults"]] == [
        (2, "NOBODY", "unknown_tube")
    ]
    again = call(key, body, HTTP_ACCEPT_LANGUAGE="en").json()
    assert again["delivery"] == found["delivery"]
    assert again["faults"][0]["message"] == "nobody of ours opened this tube"
    assert Result.objects.count() == 4


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ("[]", 400),
        ({"results": {}}, 400),
        ({"results": ["T1"]}, 400),
        ({"results": [{"result": "阴性"}]}, 400),
        ({"results": [{"tube": 1, "result": "阴性"}]}, 400),
        (one(resulted_at="gestern"), 400),
        ({"results": []}, 422),
        ("[" * 100_000, 400),
    ],
)
def test_a_call_that_is_not_as_documented_takes_nothing(
    key: str, round: Round, body: object, status: int
) -> None:
    assert call(key, body).status_code == status
    assert not ResultDelivery.objects.exists()
    assert Tube.objects.get().state == "closed"


def test_an_odd_row_is_named_by_its_number(key: str, round: Round) -> None:
    rows = [*one()["results"], {"tube": "T2", "result": "阴性", "resulted_at": "昨天"}]
    answer = call(key, {"results": rows}, HTTP_ACCEPT_LANGUAGE="en")
    assert answer.status_code == 400
    assert answer.json() == {
        "error": "not_readable",
        "message": "Row 2: the time in “resulted_at” cannot be read. Write 2022-11-23 18:05. "
        "Nothing was taken.",
        "row": 2,
        "field": "resulted_at",
    }
    assert Tube.objects.get().state == "closed"


def test_without_a_key_nothing_is_taken(key: str, round: Round) -> None:
    for wrong in ("", "gwl_", "gwl_wrong", key[:-1], key.upper(), "x"):
        assert call(wrong, one()).status_code == 401
    assert Client().post(API, "{}", content_type="application/json").status_code == 401
    assert Client().get(API).status_code == 405
    assert not ResultDelivery.objects.exists()


def test_calls_are_counted_by_the_minute(key: str, round: Round) -> None:
    answers = [call(key, one("X1")).status_code for _ in range(62)]
    assert answers == [200] * 60 + [429] * 2
    wrong = [call("gwl_x", one()).status_code for _ in range(22)]
    assert wrong == [401] * 20 + [429] * 2


def test_the_description_names_what_is_answered() -> None:
    found = Client().get("/api/results/openapi.json").json()
    assert found["openapi"].startswith("3.")
    assert set(found["paths"]) == {API}


@pytest.mark.parametrize(
    "odd", ["T\u0000", "\ud800", "\u202e", " " * 40, "'; DROP TABLE", "9" * 5000, "😀" * 50]
)
def test_odd_signs_are_answered_and_never_an_error(key: str, round: Round, odd: str) -> None:
    for body in (
        one(tube=odd),
        {"results": [{"document": odd, "result": "阴性"}]},
        one(result=odd),
    ):
        assert call(key, body).status_code in {200, 400}
    assert Tube.objects.get().state == "closed"


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00"])
def test_times_beyond_all_calendars_are_refused(key: str, round: Round, at: str) -> None:
    assert call(key, one(resulted_at=at)).status_code == 400


def test_a_call_that_is_too_large_is_said_in_words(key: str, round: Round) -> None:
    for size in (5 << 20, 10 << 20):
        answer = call(key, "[" + " " * size + "]")
        assert (answer.status_code, answer.json()["error"]) == (413, "too_large")


def test_a_call_in_pieces_is_told_so(key: str, round: Round) -> None:
    answer = Client().generic(
        "POST", API, b"", HTTP_AUTHORIZATION=f"Bearer {key}", HTTP_TRANSFER_ENCODING="chunked"
    )
    assert (answer.status_code, answer.json()["error"]) == (411, "length_missing")


def test_a_document_is_read_however_it_is_written(key: str, officer: Actor, round: Round) -> None:
    sample = round.members.first()
    assert sample is not None
    sample.resident.document = "11010519491231002X"
    sample.resident.save(update_fields=["document"])
    for n, written in enumerate(
        ("11010519491231002x", "1101 0519 4912 3100 2X", "110105491231002")
    ):
        found = call(key, {"results": [{"document": written, "result": "阴性"}]} | {"n": n}).json()
        assert not found["faults"], written
    assert Tube.objects.get().state == "negative"


def test_merged_cells_and_remarks_in_headers_are_read(tmp_path: Path) -> None:
    sheet = Workbook()
    page = sheet.active
    for row in (
        ("结果报告单",),
        (),
        ("采样管编号（混检）", "姓名", "检测结果(定性)"),
        ("T1", "甲", "阴性"),
        (None, "乙", "阴性"),
        (None, "丙", "阴性"),
    ):
        page.append(row)
    page.merge_cells("A4:A6")
    path = tmp_path / "x"
    sheet.save(path)
    assert [(line.tube, line.said) for line in read_results(path)] == [("T1", "阴性")] * 3


def test_what_letting_a_row_count_does_is_said_first_and_settles_the_other(
    officer: Actor, round: Round
) -> None:
    client = browser(officer)
    upload(client, book(("管号", "结果"), ("T1", "阴性"), ("T1", "阳性")))
    first, second = ResultFault.objects.order_by("row")
    positive = f"{PAGE}faults/{second.pk}/"
    assert "管里4人马上留置、逐人单采" in client.get(positive).content.decode()
    assert client.post(positive, {"act": "take", "reason": "电话核实"}).status_code == 302
    first.refresh_from_db()
    assert first.settled_at is not None
    assert Hold.objects.filter(ended_at=None).count() == 4


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        # A second column of results says something else: neither is taken for the result.
        ((("管号", "初检结果", "结果", "结果"), ("T1", "x", "阴性", "阳性")), [("T1", None)]),
        ((("管号", "结果", "检测结果"), ("T1", "阴性", "阴性")), [("T1", "negative")]),
        ((("管号", "结果", "检测结果"), ("T1", "", "阳性")), [("T1", "positive")]),
        ((("管号", "结果"), ("'0012345", "阴性")), [("0012345", "negative")]),
        ((("管号", "结果"), ("T1", "阴性"), ("管号", "结果"), ("T2", "阳性")),
         [("T1", "negative"), ("T2", "positive")]),
    ],
)  # fmt: skip
def test_odd_tables_hide_no_positive(
    tmp_path: Path, rows: tuple[tuple[str, ...], ...], found: list[tuple[str, str | None]]
) -> None:
    sheet = Workbook()
    for row in rows:
        sheet.active.append(row)
    path = tmp_path / "x"
    sheet.save(path)
    lines = read_results(path)
    assert [(line.tube, line.outcome and line.outcome.value) for line in lines] == found


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("between", [",", "\t", ";"])
def test_text_files_as_laboratories_save_them(tmp_path: Path, encoding: str, between: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes("管号,结果\r\nT1,阴性\r\n".replace(",", between).encode(encoding))
    assert [(line.tube, line.said) for line in read_results(path)] == [("T1", "阴性")]
