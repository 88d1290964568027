"""What a laboratory's technician reads: answers that name the place and the way out, and the guide."""

import gzip
import json
import re
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client

from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.core.errors import RuleBroken
from gridwell.health.models import Result, Tube
from gridwell.orders.tests.make import NOW, make_building, make_district
from gridwell.places.tests.make import COMMUNITY
from gridwell.screening import result_guide
from gridwell.screening.actions.laboratories import (
    add_laboratory,
    give_key,
    revoke_key,
    revoke_laboratory,
)
from gridwell.screening.models import Laboratory, LaboratoryKey, ResultDelivery, Round
from gridwell.screening.result_files import read_results
from gridwell.screening.rules.results import FaultCode
from gridwell.screening.tests.make import make_round
from gridwell.screening.tests.test_result_views import API, LATER, book, browser, call, upload
from gridwell.screening.tests.test_results import full_tube


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
def laboratory(officer: Actor) -> Laboratory:
    return add_laboratory(actor=officer, area=COMMUNITY, name="金域检验", now=NOW)


@pytest.fixture
def key(officer: Actor, laboratory: Laboratory) -> str:
    return give_key(actor=officer, laboratory=laboratory, now=NOW)


def refused(key: str, body: object, **more: str) -> dict[str, object]:
    """Return the answer in English of a call that is refused, with its status."""
    answer = call(key, body, HTTP_ACCEPT_LANGUAGE="en", **more)
    assert answer.status_code >= 400
    assert not ResultDelivery.objects.exists()
    return {"status": answer.status_code, **answer.json()}


GOOD = {"tube": "T1", "result": "阴性"}


@pytest.mark.parametrize(
    ("row", "field", "words"),
    [
        (5, None, "no object"),
        ({"tube": 12345, "result": "阴性"}, "tube", "leading zeros"),
        ({"tube": "T1", "result": True}, "result", "text in quotation marks"),
        ({"tube": "T1", "result": ["阴性"]}, "result", "text in quotation marks"),
        ({"tube": " ", "document": None, "result": "阴性"}, "tube", "neither a tube"),
        ({"tube": "T1", "result": "阴性", "resulted_at": "昨天"}, "resulted_at", "cannot be read"),
        ({"tube": "T1", "result": "阴性", "resulted_at": "2022-11-23"}, "resulted_at", "18:05"),
    ],
)
def test_an_odd_row_is_named_with_its_field(
    key: str, round: Round, row: object, field: str | None, words: str
) -> None:
    told = refused(key, {"results": [GOOD, row]})
    assert (told["status"], told["error"], told["row"]) == (400, "not_readable", 2)
    assert told.get("field") == field
    assert words in str(told["message"])
    assert str(told["message"]).endswith("Nothing was taken.")
    assert Tube.objects.get().state == "closed"


def test_what_is_no_json_is_named_by_its_place(key: str) -> None:
    told = refused(key, '{"results": [\n  {"tube": "T1" "result"}]}')
    assert str(told["message"]).startswith("Line 2, sign 17: this is no JSON.")
    for body in ("[1]", '{"results": true}', '{"rows": []}', "1" * 5000, "[" * 50_000):
        assert "results" in str(refused(key, body)["message"])


def raw(key: str, body: bytes, **more: str):
    return Client().post(
        API,
        body,
        content_type="application/json",
        HTTP_AUTHORIZATION=f"Bearer {key}",
        HTTP_ACCEPT_LANGUAGE="en",
        **more,
    )


def test_gbk_and_compressed_calls_are_told_what_they_are(key: str) -> None:
    body = json.dumps({"results": [GOOD]}, ensure_ascii=False)
    answer = raw(key, body.encode("gbk"))
    assert answer.status_code == 400
    assert "is no UTF-8" in answer.json()["message"]
    answer = raw(key, gzip.compress(body.encode()), HTTP_CONTENT_ENCODING="gzip")
    assert (answer.status_code, answer.json()["error"]) == (415, "compressed")
    assert not ResultDelivery.objects.exists()


def test_how_much_came_and_how_much_may_is_said(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from gridwell.screening import api

    monkeypatch.setattr(api, "MOST_ROWS", 2)
    told = refused(key, {"results": [GOOD] * 3})
    assert (told["status"], told["error"]) == (413, "too_large")
    assert "3 rows came; one call takes at most 2 rows and 4 MB" in str(told["message"])
    told = refused(key, " " * (5 << 20))
    assert "5.0 MB came" in str(told["message"])


def test_a_void_key_is_told_from_a_wrong_one(
    officer: Actor, laboratory: Laboratory, key: str, round: Round
) -> None:
    assert refused("", {"results": [GOOD]})["error"] == "no_key"
    assert refused("gwl_wrong", {"results": [GOOD]})["error"] == "no_such_key"
    other = give_key(actor=officer, laboratory=laboratory, old_until=LATER, now=NOW)
    told = refused(key, {"results": [GOOD]})  # at its end a key is valid no longer
    assert (told["status"], told["error"]) == (401, "key_void")
    assert "void since 2022-11-23 23:00" in str(told["message"])
    row = LaboratoryKey.objects.get(tail=other[-4:])
    revoke_key(actor=officer, laboratory=laboratory, key=row.pk, reason="泄露", now=NOW)
    assert "since 2022-11-23 20:00" in str(refused(other, {"results": [GOOD]})["message"])
    third = give_key(actor=officer, laboratory=laboratory, now=NOW)
    revoke_laboratory(actor=officer, laboratory=laboratory, reason="停用", now=NOW)
    assert refused(third, {"results": [GOOD]})["error"] == "key_void"
    assert "金域" not in json.dumps(refused(third, {"results": [GOOD]}), ensure_ascii=False)


def test_who_calls_too_often_is_told_how_long_to_wait(key: str) -> None:
    for _ in range(20):
        answer = call("gwl_x", {})
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    answer = call("gwl_x", {})
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_guide_opens_without_signing_in_and_says_all_there_is(language: str) -> None:
    page = Client().get("/api/results/guide/", HTTP_ACCEPT_LANGUAGE=language)
    assert page.status_code == 200
    text = page.content.decode()
    named = {name for name, _words in result_guide.FIELDS} | {code.value for code in FaultCode}
    statuses = {str(status) for status, *_words in result_guide.STATUSES}
    known = result_guide.DESCRIPTION["paths"]["/api/results/"]["post"]["responses"]
    assert set(known) - {"200"} <= statuses
    for word in named | statuses:
        assert word in text, word


def test_the_page_of_keys_leads_to_the_guide(officer: Actor) -> None:
    text = browser(officer).get(f"/{COMMUNITY}/laboratories/").content.decode()
    assert "http://testserver/api/results/guide/" in text


FORMULAS = (
    ("检测结果",),
    ("管号", "姓名", "检测结果"),
    ("T1", "=A3", '=IF(1=1,"阳性","阴性")'),
    ("T2", "乙", "阴性"),
)


def test_formulas_that_nobody_computed_are_named(officer: Actor, round: Round) -> None:
    answer = upload(browser(officer), book(*FORMULAS))
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "工作簿C3等1个单元格" in text
    assert "用Excel或WPS打开、保存一次" in text
    assert not ResultDelivery.objects.exists()
    assert not Result.objects.exists()


def test_a_formula_in_a_column_that_is_not_read_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(book(*((*row[:2], row[2].replace("=IF", "IF")) for row in FORMULAS[1:])))
    assert [line.tube for line in read_results(path)] == ["T1", "T2"]


def test_a_formula_that_gave_an_empty_text_is_computed(tmp_path: Path) -> None:
    """As Excel and WPS write it: the kind of value is there, the value is empty."""
    path = tmp_path / "x.xlsx"
    with zipfile.ZipFile(BytesIO(book(*FORMULAS))) as made, zipfile.ZipFile(path, "w") as kept:
        for name in made.namelist():
            body = made.read(name)
            if name.endswith("sheet1.xml"):
                body = re.sub(rb'<c r="C3"( s="\d+")?>', rb'<c r="C3" t="str">', body)
                assert b't="str"' in body
            kept.writestr(name, body)
    first, second = read_results(path)
    assert first.is_pending
    assert second.said == "阴性"


def test_the_names_of_cells_are_few(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(book(("管号", "结果"), *((f"T{n}", '=""') for n in range(2000))))
    with pytest.raises(RuleBroken) as refusal:
        read_results(path)
    assert refusal.value.facts == {"cells": "B2, B3, B4", "count": 2000}
