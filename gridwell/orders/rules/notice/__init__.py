"""Reading official notices on risk zones (通告解读): text in, acts and places out."""

from gridwell.orders.rules.notice.model import (
    Act,
    Emergency,
    EmergencyKind,
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

__all__ = [
    "Act",
    "Emergency",
    "EmergencyKind",
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


def read_notice(text: str) -> Reading:
    """Return what a notice orders (风险区调整通告); never raises. See `reader.read_notice`.

    The reader and its patterns are loaded when the first notice is read: most processes read none,
    and making some three hundred patterns ready is a fifth of their start.
    """
    from gridwell.orders.rules.notice import reader

    return reader.read_notice(text)
