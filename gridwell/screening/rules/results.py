"""What a laboratory says of a tube, and what may be taken of it (检测结果). Pure.

A result is about a tube. A row that names only a person stands for the tube that the person's
latest sample is in: of a pool it says nothing of one person, whoever wrote it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache
from typing import Final
from unicodedata import normalize

from gridwell.residents.rules.identity import DocumentKind, read_document
from gridwell.screening.rules.tubes import TubeState, move_refusal

#: A closed tube without a result is late after so long. No national figure for it was found: a
#: round in the morning has its results by night.
LATE_AFTER = timedelta(hours=12)
#: So far may the laboratory's clock be ahead of ours before it is named.
AHEAD = timedelta(minutes=5)


class FaultCode(StrEnum):
    """Why somebody has to look at a row (结果待核)."""

    UNKNOWN_TUBE = "unknown_tube"  # nobody of ours opened it, or a desk has not sent yet
    UNKNOWN_PERSON = "unknown_person"
    AMBIGUOUS = "ambiguous"  # two communities have a tube of this number
    TWICE = "twice"  # the same delivery says two different things of one tube
    CONTRADICTION = "contradiction"  # something else was on record before
    NOT_CLOSED = "not_closed"  # the desk has the tube open
    BAD_VALUE = "bad_value"  # neither negative nor positive can be read
    SAMPLED_AHEAD = "sampled_ahead"  # its samples lie in the future: a desk's clock
    EMPTY_TUBE = "empty_tube"  # nobody is in it
    NO_RESULT = "no_result"  # the laboratory names the tube and says nothing of it yet
    LATE = "late"  # taken, but after its round was closed
    LAB_CLOCK = "lab_clock"  # taken, but the time is before the sample or in the future


#: Which rows are looked at first: what may hide somebody positive.
GRAVEST: Final = (
    FaultCode.CONTRADICTION,
    FaultCode.TWICE,
    FaultCode.UNKNOWN_TUBE,
    FaultCode.UNKNOWN_PERSON,
    FaultCode.AMBIGUOUS,
    FaultCode.BAD_VALUE,
)
#: Taken all the same: a person has to know, not to decide.
TAKEN_ALL_THE_SAME: Final = frozenset({FaultCode.LATE, FaultCode.LAB_CLOCK, FaultCode.NO_RESULT})
#: May be put aside many at once: nothing is on record that they contradict. What says positive or
#: doubtful among them is looked at one by one all the same (`may_go_together`).
TOGETHER: Final = frozenset(FaultCode) - {FaultCode.CONTRADICTION, FaultCode.TWICE}
#: May settle by themselves when a desk sends what it still has.
TRIED_AGAIN: Final = frozenset(
    {
        FaultCode.UNKNOWN_TUBE,
        FaultCode.UNKNOWN_PERSON,
        FaultCode.NOT_CLOSED,
        FaultCode.SAMPLED_AHEAD,
        FaultCode.EMPTY_TUBE,
    }
)


@dataclass(frozen=True, slots=True)
class ResultLine:
    """A row as it was sent: texts, read but not judged. `at` None where no time was given."""

    row: int
    tube: str = ""
    document: str = ""
    said: str = ""  # the result in the laboratory's words
    at: datetime | None = None

    @property
    def outcome(self) -> TubeState | None:
        """Return what the words mean, None when they cannot be read."""
        return read_outcome(self.said)

    @property
    def is_pending(self) -> bool:
        """Return whether the row says that there is no result yet."""
        return is_pending(self.said)


#: Other years are no time of ours; their instants cannot even be shown in every zone.
_YEARS: Final = range(2000, 2201)
_SPACE: Final = re.compile(r"[\s\u3000]+")
_EXACT: Final[Mapping[str, TubeState]] = {
    **dict.fromkeys(("-", "(-)", "NEG", "N", "NEGATIVE", "阴", "未见异常"), TubeState.NEGATIVE),
    **dict.fromkeys(("+", "(+)", "POS", "P", "POSITIVE", "阳"), TubeState.POSITIVE),
    **dict.fromkeys(("±", "?", "UNCLEAR", "INCONCLUSIVE", "待复核"), TubeState.UNCLEAR),
    **dict.fromkeys(("SPOILT", "INVALID", "REJECTED", "无效"), TubeState.SPOILT),
}
_SIGNS: Final[tuple[tuple[re.Pattern[str], TubeState], ...]] = (
    (re.compile(r"阴性|未检出|NEGATIVE"), TubeState.NEGATIVE),
    (re.compile(r"阳性|(?<!未)检出|POSITIVE"), TubeState.POSITIVE),
    (re.compile(r"可疑|疑似|灰区|不确定|单靶|单基因"), TubeState.UNCLEAR),
    (re.compile(r"不合格|溢漏|漏液|空管|无样本|样本不足|拒收|管损"), TubeState.SPOILT),
)
_PENDING: Final = re.compile(
    r"[—/]*|检测中|检验中|待检测?|待出|未出(结果)?|未检测|暂无(结果)?|PENDING|NONE|NULL|N/A"
)
_DENIED: Final = re.compile(r"[非不]\s*[阴阳]|NOT|NON")


@lru_cache(maxsize=1024)
def is_pending(words: str) -> bool:
    """Return whether a laboratory's words say that there is no result yet."""
    return bool(_PENDING.fullmatch(_SPACE.sub("", words).upper()))


@lru_cache(maxsize=1024)
def read_outcome(words: str) -> TubeState | None:
    """Return negative, positive, unclear or spoilt for a laboratory's words; None when in doubt.

    Words that say two things ("阴性/阳性", "疑似阳性") are never guessed: of these only a doubtful
    positive is read, as unclear.
    """
    plain = _SPACE.sub("", normalize("NFKC", words)).upper()
    if plain in _EXACT:
        return _EXACT[plain]
    if _DENIED.search(plain):
        return None
    found = {state for sign, state in _SIGNS if sign.search(plain)}
    if found == {TubeState.UNCLEAR, TubeState.POSITIVE}:
        return TubeState.UNCLEAR
    return found.pop() if len(found) == 1 else None


def plain_text(text: str, most: int = 60) -> str:
    """Return a text as it can be kept: half-width, without signs that no database or page can hold."""
    folded = normalize("NFKC", text).replace("\t", " ").replace("\n", " ")
    return "".join(sign for sign in folded if sign.isprintable()).strip()[:most]


def tube_code(text: str) -> str:
    """Return a tube's number as desks keep it: no spaces, half-width, capitals.

    Without the apostrophe that makes a number a text in a workbook.
    """
    return _SPACE.sub("", plain_text(text, 400)).lstrip("'’`").upper()[:40]


def document_text(text: str) -> str:
    """Return the number of a person's document as the register keeps it: 18 digits, X a capital.

    A number whose check digit is wrong comes back as it was written: it is nobody's.
    """
    plain = _SPACE.sub("", plain_text(text, 400)).upper()
    return (read_document(plain, DocumentKind.OTHER).number or plain)[:40]


_STAMP: Final = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[T ]*(上午|下午|AM |PM )?"
    r"(?:(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2}))?)?(?:\.\d+|[分秒])? *(AM|PM)?",
    re.IGNORECASE,
)
_PACKED: Final = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?")


def read_instant(text: str, zone: tzinfo) -> datetime | None:
    """Return a local time as laboratories write it; None where there is none, or only a day."""
    plain = normalize("NFKC", text).strip()
    if re.search(r"(Z|[+-]\d\d:?\d\d)$", plain):
        try:
            return _of_our_time(datetime.fromisoformat(plain))
        except ValueError:
            return None
    stamp = _STAMP.fullmatch(plain)
    found = stamp or _PACKED.fullmatch(plain)
    if found is None:
        return None
    (
        year,
        month,
        day,
        *_,
    ) = found.groups()
    half = ((stamp[4] or stamp[8] or "") if stamp else "").strip().upper()
    hour, minute, second = stamp.group(5, 6, 7) if stamp else found.group(4, 5, 6)
    if hour is None:
        return None
    in_half = int(hour) % 12 + 12 * (half in {"PM", "下午"}) if half else int(hour)
    try:
        return _of_our_time(
            datetime(
                int(year), int(month), int(day), in_half, int(minute), int(second or 0), tzinfo=zone
            )
        )
    except ValueError:
        return None


def _of_our_time(at: datetime) -> datetime | None:
    return at if at.year in _YEARS else None


_MAY_BE_POSITIVE: Final = re.compile(r"阳|检出|\+|POS|疑|灰区|单靶|单基因|待复核|不确定|复检")


def may_go_together(code: FaultCode, words: str) -> bool:
    """Return whether a row may be put aside with many others: never one that may be somebody positive.

    What was taken all the same is only a note. Of the others those whose words read as negative or
    spoilt, or cannot be read and have no sign of a positive in them.
    """
    if code in TAKEN_ALL_THE_SAME:
        return True
    outcome = read_outcome(words)
    if outcome is None:
        plain = _SPACE.sub("", normalize("NFKC", words)).upper()
        return code in TOGETHER and not _MAY_BE_POSITIVE.search(plain)
    return code in TOGETHER and outcome in {TubeState.NEGATIVE, TubeState.SPOILT}


class Verdict(StrEnum):
    """What becomes of a row that names a tube of ours."""

    TAKE = "take"
    KNOWN = "known"  # the same is on record


def judge(state: TubeState, told: TubeState) -> Verdict | FaultCode:
    """Return whether a tube takes what is told of it now; never a second, different result."""
    if state is told:
        return Verdict.KNOWN
    refusal = move_refusal(state, told)
    if refusal is None and not (state is TubeState.OPEN and told is TubeState.SPOILT):
        return Verdict.TAKE
    return FaultCode.NOT_CLOSED if state is TubeState.OPEN else FaultCode.CONTRADICTION


def settled_at(
    said: datetime | None, last_sample: datetime | None, now: datetime
) -> tuple[datetime, bool]:
    """Return when a result came, and whether the laboratory's own time could be kept.

    A time before the sample or in the future cannot be right: ours counts.
    """
    if said is None:
        return now, True
    if said > now + AHEAD or (last_sample is not None and said < last_sample):
        return now, False
    return min(said, now), True
