"""Reading official notices on risk zones (通告解读): text in, acts and places out."""

from gridwell.orders.rules.notice.model import (
    Act,
    Group,
    Item,
    Level,
    Place,
    PlaceKind,
    Precision,
    Question,
    QuestionCode,
    Reading,
    Span,
    SpanKind,
    Unread,
)
from gridwell.orders.rules.notice.reader import read_notice

__all__ = [
    "Act",
    "Group",
    "Item",
    "Level",
    "Place",
    "PlaceKind",
    "Precision",
    "Question",
    "QuestionCode",
    "Reading",
    "Span",
    "SpanKind",
    "Unread",
    "read_notice",
]
