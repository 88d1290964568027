"""What laboratories write, and what a tube takes of it."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridwell.screening.rules.results import (
    FaultCode,
    Verdict,
    judge,
    read_instant,
    read_outcome,
    settled_at,
    tube_code,
)
from gridwell.screening.rules.tubes import RESULTS, TubeState

NOW = datetime(2022, 11, 23, 12, tzinfo=UTC)
CHINA = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("阴性", "negative"),
        (" 阴性(-) ", "negative"),
        ("新型冠状病毒核酸检测阴性", "negative"),
        ("未检出", "negative"),
        ("neg", "negative"),
        ("-", "negative"),
        ("阳性", "positive"),
        ("检出", "positive"),
        ("(+)", "positive"),
        ("初筛阳性", "positive"),
        ("弱阳性", "positive"),
        ("可疑", "unclear"),
        ("疑似阳性", "unclear"),
        ("单靶标阳性", "unclear"),
        ("漏液", "spoilt"),
        ("标本不合格", "spoilt"),
        ("", None),
        ("阴性/阳性", None),
        ("非阴性", None),
        ("not detected", None),
        ("完成", None),
        ("12", None),
    ],
)
def test_words_of_a_laboratory(words: str, state: str | None) -> None:
    assert read_outcome(words) == state


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("2022-11-23 18:05", (18, 5)),
        ("2022/11/23 18:05:09", (18, 5)),
        ("2022年11月23日18时05分", (18, 5)),
        ("20221123180509", (18, 5)),
        ("2022-11-23T10:05:00Z", (18, 5)),
        ("2022-11-23T18:05:00+08:00", (18, 5)),
    ],
)
def test_times_are_local_unless_they_say_so(text: str, local: tuple[int, int]) -> None:
    found = read_instant(text, CHINA)
    assert found is not None
    assert (found.astimezone(CHINA).hour, found.minute) == local


@pytest.mark.parametrize("text", ["", "2022-11-23", "昨天", "2022-13-40 99:99", "20221340180509"])
def test_what_is_no_time_is_none(text: str) -> None:
    assert read_instant(text, CHINA) is None


def test_tube_codes_are_read_as_desks_keep_them() -> None:
    assert tube_code(" ａb 1２3 ") == "AB123"


@given(st.sampled_from(list(TubeState)), st.sampled_from([*sorted(RESULTS), TubeState.SPOILT]))
def test_no_result_ever_replaces_another(state: TubeState, told: TubeState) -> None:
    verdict = judge(state, told)
    if state in RESULTS:
        assert verdict == (Verdict.KNOWN if state is told else FaultCode.CONTRADICTION)
    if state is TubeState.OPEN:
        assert verdict is FaultCode.NOT_CLOSED
    if state in {TubeState.CLOSED, TubeState.PACKED, TubeState.SENT, TubeState.RECEIVED}:
        assert verdict is Verdict.TAKE


@given(
    st.integers(-600, 600) | st.none(),
    st.integers(-600, 0) | st.none(),
)
def test_a_result_never_comes_before_its_sample_or_tomorrow(
    said: int | None, sampled: int | None
) -> None:
    at = None if said is None else NOW + timedelta(minutes=said)
    last = None if sampled is None else NOW + timedelta(minutes=sampled)
    when, is_kept = settled_at(at, last, NOW)
    assert when <= NOW
    assert last is None or when >= last
    assert is_kept or when == NOW
