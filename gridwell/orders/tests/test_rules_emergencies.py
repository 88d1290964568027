"""Notices of floods, outages, heat and cold, each with what a person reads in it.

Below a notice, behind ====: a line for each measure (kind, end, hazard, grade; places; exceptions;
for whom; where to; from when and until when; `?` where a place is unclear), then who signs, how many
groups of zones there are, and the codes of the questions.
"""

import re
from datetime import date, datetime
from pathlib import Path

import pytest

from gridwell.orders.rules.notice import Emergency, read_notice
from gridwell.orders.rules.notice.moments import moments_in
from gridwell.orders.tests.test_rules_notice import check_invariants
from gridwell.orders.tests.test_rules_notice_places import written

NOTICES = [
    part.split("\n", 1)
    for path in sorted((Path(__file__).parent / "emergencies").glob("*.txt"))
    for part in re.split(r"(?m)^#### ", path.read_text("utf-8"))[1:]
]


def line_of(one: Emergency) -> str:
    said = [one.kind.value, "end" if one.is_end else "", one.hazard, one.grade]
    facts = [
        " ".join(word for word in said if word),
        " + ".join(map(written, one.places)),
        " + ".join(map(written, one.exceptions)),
        "、".join(one.whom),
        one.shelter,
        f"{_when(one.from_at)}..{_when(one.until_at)}",
        "?" if one.is_unclear else "",
    ]
    return " | ".join(facts).rstrip(" |")


def _when(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%dT%H:%M") if at else ""


@pytest.mark.parametrize(
    ("body", "said"),
    [pytest.param(*rest.split("\n====\n"), id=name) for name, rest in NOTICES],
)
def test_a_measure_is_read_as_a_person_reads_it(body: str, said: str) -> None:
    *lines, last = said.strip().split("\n")
    reading = read_notice(body)
    assert list(map(line_of, reading.emergencies)) == [line for line in lines if line != "none"]
    codes = ",".join(sorted({question.code.value for question in reading.questions}))
    signed = f"by {reading.issuer or '-'}; groups {len(reading.groups)}; ask {codes}"
    assert signed.rstrip() == last
    check_invariants(body)


def test_every_measure_is_a_question_and_plain_data() -> None:
    for _name, rest in NOTICES:
        reading = read_notice(rest.split("\n====\n")[0])
        asked = {question.start for question in reading.questions}
        assert {one.start for one in reading.emergencies} <= asked
        assert len(reading.to_json().get("emergencies", ())) == len(reading.emergencies)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("于7月21日18时前", ("", "2023-07-21T18:00")),
        ("7月20日22时至次日6时", ("2023-07-20T22:00", "2023-07-21T06:00")),
        ("今晚20时前", ("", "2023-07-20T20:00")),
        ("明日8:00至18:00", ("2023-07-21T08:00", "2023-07-21T18:00")),
        ("即日起", ("2023-07-20T00:00", "")),
        ("21日24时前", ("", "2023-07-22T00:00")),
        ("自7月30日20时起,预计停水12小时", ("2023-07-30T20:00", "2023-07-31T08:00")),
        ("7月31日22时至1日6时", ("2023-07-31T22:00", "2023-08-01T06:00")),
        ("12月31日20时至次日8时", ("2023-12-31T20:00", "2024-01-01T08:00")),
        ("今日下午5点半前", ("", "2023-07-20T17:30")),
        ("至7月25日", ("", "2023-07-26T00:00")),
        ("未来24小时", ("", "")),
        ("7月32日前", ("", "")),
    ],
)
def test_from_when_until_when(text: str, expected: tuple[str, str]) -> None:
    since, until = moments_in(text, date(2023, 7, 20))
    assert (_when(since), _when(until)) == expected


def test_without_a_day_of_issue_nothing_is_guessed() -> None:
    assert moments_in("今晚20时前", None) == (None, None)
    assert moments_in("7月21日18时前", None) == (None, None)
    assert moments_in("2023年7月21日18时前", None)[1] is not None
