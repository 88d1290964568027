"""What a laboratory's own system calls (检测机构接口): results in, with a key of its own."""

import json
from datetime import datetime
from functools import wraps
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.core.errors import RuleBroken
from gridwell.core.numbers import whole_number
from gridwell.core.wording import say
from gridwell.screening.actions.laboratories import PREFIX, hash_of, note_use
from gridwell.screening.actions.results import Sent, line_of, take_results
from gridwell.screening.labels.results import FAULTS
from gridwell.screening.models import Laboratory
from gridwell.screening.queries.results import key_of_hash
from gridwell.screening.rules.results import (
    ResultLine,
    document_text,
    plain_text,
    read_instant,
    tube_code,
)

CALLS_A_MINUTE: Final = 60
WRONG_KEYS_A_MINUTE: Final = 20
MOST_ROWS: Final = 20_000
MOST_BYTES: Final = 4 << 20  # below what the installation takes of any one call


def _refused(status: int, code: str, words: str) -> JsonResponse:
    return JsonResponse(
        {"error": code, "message": words}, status=status, json_dumps_params={"ensure_ascii": False}
    )


def _too_many(name: str, most: int) -> bool:
    """Count a call in this minute and return whether there are too many."""
    key = f"lab:{name}:{int(clock.now().timestamp()) // 60}"
    if cache.add(key, 1, 120):
        return False
    try:
        return bool(cache.incr(key) > most)
    except ValueError:  # it ran out between the two
        return False


def _laboratory(request: HttpRequest) -> Laboratory | JsonResponse:
    """Return whose key the call carries, or the answer that refuses it."""
    where = request.META.get("REMOTE_ADDR", "")
    words = request.headers.get("Authorization", "").split()
    key = words[1] if len(words) == 2 and words[0].lower() == "bearer" else ""
    found = None
    if key.startswith(PREFIX):
        found = key_of_hash(hash_of(key), clock.now())
    if found is None:
        if _too_many(f"wrong:{where}", WRONG_KEYS_A_MINUTE):
            return _refused(429, "too_many_calls", _("Too many calls. Wait a minute."))
        return _refused(401, "no_such_key", _("This key is not valid."))
    if _too_many(f"key:{found.pk}", CALLS_A_MINUTE):
        return _refused(429, "too_many_calls", _("Too many calls. Wait a minute."))
    note_use(found, clock.now())
    return found.laboratory


def in_chinese_or_asked(view: Any) -> Any:
    """Answer in the language of the header, Chinese where none is asked for; no session is read."""

    @wraps(view)
    def worded(request: HttpRequest) -> JsonResponse:
        asked = request.headers.get("Accept-Language", "")
        with override("en" if asked.lower().startswith("en") else "zh-hans"):
            answer: JsonResponse = view(request)
        answer["Cache-Control"] = "no-store"
        return answer

    return worded


@csrf_exempt
@login_not_required
@in_chinese_or_asked
def results(request: HttpRequest) -> JsonResponse:
    """Take results that a laboratory's system sends; the same call again changes nothing."""
    if request.method != "POST":
        answer = _refused(405, "post_only", _("Send results with POST."))
        answer["Allow"] = "POST"
        return answer
    found = _laboratory(request)
    if isinstance(found, JsonResponse):
        return found
    length = whole_number(request.headers.get("Content-Length"))
    if length is None:  # sent in pieces: how much will come is not known
        return _refused(411, "length_missing", _("Send the length of the call with it."))
    if length > MOST_BYTES:
        return _refused(413, "too_large", _("Send fewer rows at once."))
    try:
        lines = _lines(json.loads(request.body))
    except RequestDataTooBig:
        return _refused(413, "too_large", _("Send fewer rows at once."))
    except _OddRow as odd:
        words = _("Row %(row)s is not as the guide says; nothing was taken.") % {"row": odd.row}
        return _refused(400, "not_readable", words)
    except (ValueError, RecursionError):
        return _refused(400, "not_readable", _("The call is not as the guide says."))
    if len(lines) > MOST_ROWS:
        return _refused(413, "too_large", _("Send fewer rows at once."))
    try:
        sent = Sent(area=found.area_id, lines=lines, how="api", laboratory=found)
        delivery, faults = take_results(
            actor=Actor.system(found.area_id), sent=sent, now=clock.now()
        )
    except RuleBroken as refusal:
        return _refused(422, refusal.code.rpartition(".")[2], say(refusal))
    return JsonResponse(
        {
            "delivery": str(delivery.ref),
            "rows": delivery.rows,
            "taken": delivery.taken,
            "known": delivery.known,
            "faults": [
                {
                    "row": fault.row,
                    "tube": line_of(fault).tube,
                    "code": fault.code,
                    "message": str(FAULTS.get(fault.code, fault.code)),
                }
                for fault in faults
            ],
        },
        json_dumps_params={"ensure_ascii": False},
    )


class _OddRow(Exception):
    """A row of a call is not as documented."""

    def __init__(self, row: int) -> None:
        self.row = row
        super().__init__(row)


def _lines(body: Any) -> list[ResultLine]:
    """Return the rows of a call; ValueError where its shape is not the documented one."""
    rows = body.get("results") if isinstance(body, dict) else None
    if not isinstance(rows, list):
        raise ValueError("results")
    lines = []
    for number, row in enumerate(rows, start=1):
        try:
            lines.append(_line(number, row))
        except ValueError as odd:
            raise _OddRow(number) from odd
    return lines


def _line(number: int, row: Any) -> ResultLine:
    if not isinstance(row, dict):
        raise ValueError("row")
    texts = {name: row.get(name) or "" for name in ("tube", "document", "result", "resulted_at")}
    if not all(isinstance(text, str) for text in texts.values()):
        raise ValueError("text")
    tube, document = tube_code(texts["tube"]), document_text(texts["document"])
    if not (tube or document):
        raise ValueError("tube")
    at: datetime | None = read_instant(texts["resulted_at"], clock.zone())
    if texts["resulted_at"] and at is None:
        raise ValueError("resulted_at")
    return ResultLine(
        row=number, tube=tube, document=document, said=plain_text(texts["result"]), at=at
    )


@require_GET
@login_not_required
def openapi(request: HttpRequest) -> JsonResponse:
    """The description of the interface for machines (OpenAPI 3.1); holds no data."""
    return JsonResponse(DESCRIPTION, json_dumps_params={"ensure_ascii": False, "indent": 2})


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
                    "422": {"description": "No row at all", **_ERROR},
                    "429": {
                        "description": f"More than {CALLS_A_MINUTE} calls in this minute",
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
                "properties": {"error": _TEXT, "message": _TEXT},
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
