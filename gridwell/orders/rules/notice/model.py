"""What a notice says, once read (风险区调整通告): acts, items, places, questions, unread text.

Levels of the 8th edition of the control plan are mapped: 封控区 is high, 管控区 mid, 防范区 low; the
group keeps the printed word in `level_word`.
"""

from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    """Risk level of an area (风险等级)."""

    HIGH = "high"
    MID = "mid"
    LOW = "low"


class Act(StrEnum):
    """What a notice does to the places of a group.

    Lift always ends at low and starts from high or, where not told, from nothing stated; mid to
    low is a step. Shrink keeps the level and changes the range; restart changes only the clock.
    """

    DESIGNATE = "designate"
    LIFT = "lift"
    STEP = "step"
    RESTART = "restart"
    SHRINK = "shrink"


class Precision(StrEnum):
    """How exactly the time of effect is stated; a day counts from its 0:00."""

    MINUTE = "minute"
    DAY = "day"


class PlaceKind(StrEnum):
    """The finest level that a place names; floors narrow a building or a unit."""

    DISTRICT = "district"
    SUBDISTRICT = "subdistrict"
    COMMUNITY = "community"
    VILLAGE = "village"
    ROAD = "road"
    LANE = "lane"
    COMPOUND = "compound"
    BUILDING = "building"
    ROW = "row"
    UNIT = "unit"
    DWELLING = "dwelling"
    SITE = "site"
    AREA = "area"


class QuestionCode(StrEnum):
    """Why a person must look (code -> English wording; facts in %(braces)s).

    no_order: No order was found in this text.
    unread: This part could not be read.
    count_group: %(district)s declares %(declared)s, but %(found)s were found.
    count_total: The notice declares %(declared)s in total, but %(found)s were found.
    count_district: %(district)s declares %(declared)s changes, but %(found)s were found.
    issued_on_missing: The date of issue is not in the text.
    issued_on_damaged: The year of the date of issue is lost.
    number_damaged: The number of the notice is damaged.
    effective_missing: When this takes effect is not stated.
    effective_damaged: The time of effect is stated but cannot be made a date.
    district_missing: Which district this belongs to is not stated.
    lost_separator: Two places seem to have run together here.
    odd_split: The declared count fits only when the parts of one building or estate count singly.
    damaged_text: Characters are masked or lost here.
    incomplete_name: The name of the place seems cut off.
    odd_place: This does not look like a place.
    duplicate_item: This place stands twice in the same list.
    empty_group: %(declared)s places are declared here and none is listed.
    cut_off: The text ends in the middle of a list.
    range_widened: The range becomes wider than before.
    heading_lost: The list begins anew here; a heading may be lost.
    number_gap: The numbering jumps from %(before)s to %(after)s.
    both_ways: The same place is named in two contrary acts.
    level_missing: No level is printed: a community's running zones tell it, or somebody is asked.
    standstill: A standstill or temporary control is ordered or ended here; it is entered by hand.
    emergency: A measure in an emergency is ordered or ended here; work is made of it by hand.
    corrected: An earlier notice is corrected here: %(before)s becomes %(after)s.
    struck_out: An earlier notice is corrected here: %(before)s is wrong or left out.
    """

    NO_ORDER = "no_order"
    UNREAD = "unread"
    COUNT_GROUP = "count_group"
    COUNT_TOTAL = "count_total"
    COUNT_DISTRICT = "count_district"
    ISSUED_ON_MISSING = "issued_on_missing"
    ISSUED_ON_DAMAGED = "issued_on_damaged"
    NUMBER_DAMAGED = "number_damaged"
    EFFECTIVE_MISSING = "effective_missing"
    EFFECTIVE_DAMAGED = "effective_damaged"
    DISTRICT_MISSING = "district_missing"
    LOST_SEPARATOR = "lost_separator"
    ODD_SPLIT = "odd_split"
    DAMAGED_TEXT = "damaged_text"
    INCOMPLETE_NAME = "incomplete_name"
    ODD_PLACE = "odd_place"
    DUPLICATE_ITEM = "duplicate_item"
    EMPTY_GROUP = "empty_group"
    CUT_OFF = "cut_off"
    RANGE_WIDENED = "range_widened"
    HEADING_LOST = "heading_lost"
    NUMBER_GAP = "number_gap"
    BOTH_WAYS = "both_ways"
    LEVEL_MISSING = "level_missing"
    STANDSTILL = "standstill"
    EMERGENCY = "emergency"
    CORRECTED = "corrected"
    STRUCK_OUT = "struck_out"


def _messages() -> dict[str, str]:
    lines = (line.strip() for line in (QuestionCode.__doc__ or "").splitlines())
    pairs = (line.split(": ", 1) for line in lines if ": " in line)
    return {code: text for code, text in pairs if code.isidentifier()}


MESSAGES = _messages()


@dataclass(frozen=True, slots=True)
class Place:
    """One place of an item; whatever the notice does not name is None.

    Names are folded (half-width, simplified), numbers as printed ("3号楼", "B座"). `road` holds the
    door number or lane number when an estate follows (解放南路6号). A village stands in
    `compound`. `rooms` are door numbers, ranges as "2201-2208"; `row` is 排 or 组.
    """

    kind: PlaceKind
    subdistrict: str | None = None
    community: str | None = None
    road: str | None = None
    compound: str | None = None
    building: str | None = None
    unit: str | None = None
    floors: tuple[int, int] | None = None
    rooms: tuple[str, ...] | None = None
    row: str | None = None
    site: str | None = None

    def within(self, other: "Place") -> bool:
        """Return whether this place is the other one or a part of it, as far as both are named."""
        named = [f.name for f in fields(Place) if f.name != "kind"]
        return all(getattr(other, n) in (None, getattr(self, n)) for n in named)

    def to_json(self) -> dict[str, Any]:
        """Return the place as plain data."""
        return {
            "kind": self.kind.value,
            "subdistrict": self.subdistrict,
            "community": self.community,
            "road": self.road,
            "compound": self.compound,
            "building": self.building,
            "unit": self.unit,
            "floors": list(self.floors) if self.floors else None,
            "rooms": list(self.rooms) if self.rooms else None,
            "row": self.row,
            "site": self.site,
        }


@dataclass(frozen=True, slots=True)
class Item:
    """One declared point (点位). `text` is the original slice [start:end] without line breaks.

    For a shrink, `places` are what remains and `exceptions` what is let go.
    """

    text: str
    start: int
    end: int
    places: tuple[Place, ...] = ()
    exceptions: tuple[Place, ...] = ()
    boundary: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the item as plain data."""
        return {
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "places": [place.to_json() for place in self.places],
            "except": [place.to_json() for place in self.exceptions],
            "boundary": self.boundary,
        }


@dataclass(frozen=True, slots=True)
class Group:
    """Items of one act, level, district and time of effect, in printed order.

    `declared` is the count printed for just these items, None when none is printed or when it
    covers other groups too (then it is checked as a total).
    """

    act: Act
    from_level: Level | None
    to_level: Level | None
    district: str | None
    declared: int | None
    effective_at: datetime | None
    effective_precision: Precision | None
    items: tuple[Item, ...]
    level_word: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the group as plain data."""
        return {
            "act": self.act.value,
            "from": self.from_level.value if self.from_level else None,
            "to": self.to_level.value if self.to_level else None,
            "district": self.district,
            "declared": self.declared,
            "effective_at": self.effective_at.isoformat() if self.effective_at else None,
            "effective_precision": (
                self.effective_precision.value if self.effective_precision else None
            ),
            "items": [item.to_json() for item in self.items],
        }


@dataclass(frozen=True, slots=True)
class Question:
    """Something a person must answer, and where in the text it comes from."""

    code: QuestionCode
    start: int
    end: int
    text: str
    facts: tuple[tuple[str, Any], ...] = ()

    @property
    def message(self) -> str:
        """Return the English wording."""
        return MESSAGES[self.code.value] % dict(self.facts)

    def to_json(self) -> dict[str, Any]:
        """Return the question as plain data."""
        return {
            "code": self.code.value,
            "message": self.message,
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "facts": dict(self.facts),
        }


@dataclass(frozen=True, slots=True)
class Unread:
    """Text inside or beside the orders that could not be read."""

    start: int
    end: int
    text: str

    def to_json(self) -> dict[str, Any]:
        """Return the part as plain data."""
        return {"start": self.start, "end": self.end, "text": self.text}


class EmergencyKind(StrEnum):
    """What is asked (应急措施种类)."""

    TRANSFER = "transfer"  # 转移安置
    SHELTER = "shelter"  # 就地避险
    OUTAGE = "outage"  # 停气、停水、停电、停暖
    WARNING = "warning"  # 预警
    VISIT = "visit"  # 走访看望
    RESPONSE = "response"  # 应急响应


@dataclass(frozen=True, slots=True)
class Emergency:
    """One sentence of it. `until_at` is the deadline of a transfer; `is_end` takes a measure back.

    `hazard` and `grade` are as printed (燃气; 橙色, III级). `whom` are words for groups of people, ()
    for everybody. start/end count code points of the text as read.
    """

    start: int
    end: int
    text: str
    kind: EmergencyKind
    hazard: str
    grade: str
    places: tuple[Place, ...]
    exceptions: tuple[Place, ...]
    is_unclear: bool
    whom: tuple[str, ...]
    shelter: str
    from_at: datetime | None
    until_at: datetime | None
    is_end: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "kind": self.kind.value,
            "hazard": self.hazard or None,
            "grade": self.grade or None,
            "is_end": self.is_end,
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "places": [place.to_json() for place in self.places],
            "except": [place.to_json() for place in self.exceptions],
            "is_unclear": self.is_unclear,
            "whom": list(self.whom),
            "shelter": self.shelter or None,
            "from_at": self.from_at.isoformat() if self.from_at else None,
            "until_at": self.until_at.isoformat() if self.until_at else None,
        }


class SpanKind(StrEnum):
    """What a stretch of the text was taken for."""

    LEAD = "lead"
    HEADING = "heading"
    ITEM = "item"
    KNOWN = "known"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the original text and what it was taken for; the desk shows it beside the items."""

    start: int
    end: int
    kind: SpanKind


@dataclass(frozen=True, slots=True)
class Reading:
    """A notice as read. `spans` cover every character that is not white space."""

    number: str | None
    issuer: str | None
    issued_on: date | None
    groups: tuple[Group, ...]
    rest_low: tuple[str, ...]
    questions: tuple[Question, ...]
    unread: tuple[Unread, ...]
    spans: tuple[Span, ...] = field(default=(), repr=False)
    emergencies: tuple[Emergency, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the reading as plain data, as the command prints it."""
        data: dict[str, Any] = {
            "number": self.number,
            "issuer": self.issuer,
            "issued_on": self.issued_on.isoformat() if self.issued_on else None,
            "groups": [group.to_json() for group in self.groups],
            "rest_low": list(self.rest_low),
            "questions": [question.to_json() for question in self.questions],
            "unread": [part.to_json() for part in self.unread],
        }
        if self.emergencies:  # of a flood, an outage …; notices on zones have none
            data["emergencies"] = [one.to_json() for one in self.emergencies]
        return data
