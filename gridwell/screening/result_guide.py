"""What the interface for laboratories takes and answers (接口说明), for machines and for people.

One source for the OpenAPI description, the public guide and the limits that calls are held to.
"""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from gridwell.screening.labels.results import FAULTS
from gridwell.screening.rules.results import GRAVEST, TAKEN_ALL_THE_SAME, TRIED_AGAIN, FaultCode

CALLS_A_MINUTE: Final = 60
MOST_ROWS: Final = 20_000
MOST_BYTES: Final = 4 << 20  # below what the installation takes of any one call

#: Each field of a row, and how it is written.
FIELDS: Final = (
    ("tube", _("The number as printed on the tube; case, spaces and full-width signs do not matter.")),
    ("document", _("ID number, only where no tube is known: the tube of that person's latest sample.")),
    ("result", _("negative, positive, unclear or spoilt; or 阴性, 阳性, 可疑 (待复核), 不合格.")),
    ("resulted_at", _("When it came, like 2022-11-23 18:05; local time where no zone is named. May be left out.")),
)  # fmt: skip

_AGAIN: Final = _("Nothing to do where the number is right: it is matched when the desk has sent.")
_PERSON: Final = _("Not taken: a person looks at it and will call you.")
_TAKEN: Final = _("Nothing to do.")


def faults() -> list[tuple[str, Any, Any]]:
    """Return each code of a row that is named in an answer: what it means, what the laboratory does."""
    found = []
    for code in (*GRAVEST, *(code for code in FaultCode if code not in GRAVEST)):
        if code is FaultCode.NO_RESULT:
            todo: Any = _("One note for all of them: send them again with their result.")
        elif code is FaultCode.BAD_VALUE:
            todo = _("Not taken: send the row again with one of the words above.")
        elif code in TRIED_AGAIN:
            todo = _AGAIN
        else:
            todo = _TAKEN if code in TAKEN_ALL_THE_SAME else _PERSON
        found.append((code.value, FAULTS[code.value], todo))
    return found


#: Each status other than 200: what it means, what to do.
STATUSES: Final = (
    (400, _("Not readable; no row was taken."), _("Put right the row and field that it names; send all again.")),
    (401, _("No key, a wrong one, or a void one."), _("Ask whoever gave it.")),
    (405, _("Not a POST."), _("Use POST.")),
    (411, _("No Content-Length: sent in pieces."), _("Send it whole, with its length.")),
    (413, _("More rows or bytes than one call may have."), _("Send it in parts.")),
    (415, _("Compressed."), _("Send it as it is.")),
    (422, _("No row at all."), _("Look at what was sent.")),
    (429, _("Too many calls in this minute."), _("Wait as many seconds as Retry-After says.")),
    (500, _("500 and above, or no answer: the fault is ours."), _("Send the same again in a minute; it counts once.")),
)  # fmt: skip


_TEXT: Final = {"type": "string"}
_ERROR: Final = {
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
}
DESCRIPTION: Final[dict[str, Any]] = {
    "openapi": "3.1.0",
    "info": {
        "title": "Gridwell: results of laboratories (网格台检测结果接口)",
        "version": "1",
        "description": "A result is about a tube. Sending the same rows again changes nothing.",
    },
    "paths": {
        "/api/results/": {
            "post": {
                "summary": "Send results (报送检测结果)",
                "security": [{"key": []}],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Results"}}
                    },
                },
                "responses": {
                    "200": {
                        "description": "Taken; rows that wait for a person are listed as faults",
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Taken"}}
                        },
                    },
                    "400": {"description": "Not readable: nothing was taken", **_ERROR},
                    "401": {"description": "No such key", **_ERROR},
                    "405": {"description": "Not a POST", **_ERROR},
                    "411": {"description": "No Content-Length", **_ERROR},
                    "413": {
                        "description": f"More than {MOST_ROWS} rows or {MOST_BYTES} bytes",
                        **_ERROR,
                    },
                    "415": {"description": "Compressed (Content-Encoding)", **_ERROR},
                    "422": {"description": "No row at all", **_ERROR},
                    "429": {
                        "description": f"More than {CALLS_A_MINUTE} calls in this minute: "
                        "wait as many seconds as Retry-After says",
                        **_ERROR,
                    },
                },
            }
        }
    },
    "components": {
        "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        "schemas": {
            "Results": {
                "type": "object",
                "required": ["results"],
                "properties": {
                    "results": {
                        "type": "array",
                        "minItems": 1,
                        "maxItems": MOST_ROWS,
                        "items": {"$ref": "#/components/schemas/Result"},
                    }
                },
            },
            "Result": {
                "type": "object",
                "required": ["result"],
                "anyOf": [{"required": ["tube"]}, {"required": ["document"]}],
                "properties": {
                    "tube": _TEXT | {"description": "Number of the tube as printed (管号)"},
                    "document": _TEXT
                    | {"description": "ID number, where no tube is known (证件号)"},
                    "result": _TEXT
                    | {
                        "description": "negative, positive, unclear, spoilt, or 阴性 阳性 可疑 不合格",
                    },
                    "resulted_at": _TEXT
                    | {"format": "date-time", "description": "Local time where no zone is named"},
                },
            },
            "Error": {
                "type": "object",
                "required": ["error", "message"],
                "properties": {
                    "error": _TEXT,
                    "message": _TEXT,
                    "row": {"type": "integer", "description": "Which row is odd, from 1"},
                    "field": _TEXT | {"description": "Which of its fields, where it is one"},
                },
            },
            "Taken": {
                "type": "object",
                "properties": {
                    "delivery": _TEXT | {"format": "uuid"},
                    "rows": {"type": "integer"},
                    "taken": {"type": "integer", "description": "tubes"},
                    "known": {"type": "integer", "description": "said before"},
                    "faults": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {
                                "row": {"type": "integer"},
                                "tube": _TEXT,
                                "code": _TEXT | {"enum": list(FAULTS)},
                                "message": _TEXT,
                            },
                        },
                    },
                },
            },
        },
    },
}
