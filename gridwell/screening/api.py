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
from gridwell.screening.queries.results import key_of_hash, void_since
from gridwell.screening.result_guide import (
    CALLS_A_MINUTE,
    DESCRIPTION,
    FIELDS,
    MOST_BYTES,
    MOST_ROWS,
)
from gridwell.screening.rules.results import (
    ResultLine,
    document_text,
    plain_text,
    read_instant,
    tube_code,
)

WRONG_KEYS_A_MINUTE: Final = 20


def _refused(status: int, code: str, words: str, **where: object) -> JsonResponse:
    answer = JsonResponse(
        {"error": code, "message": words, **where},
        status=status,
        json_dumps_params={"ensure_ascii": False},
    )
    if status == 401:
        answer["WWW-Authenticate"] = "Bearer"
    if status == 429:
        answer["Retry-After"] = str(60 - int(clock.now().timestamp()) % 60)
    return answer


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
    now, key_hash = clock.now(), hash_of(key) if key.startswith(PREFIX) else ""
    found = key_of_hash(key_hash, now)
    if found is not None:
        if _too_many(f"key:{found.pk}", CALLS_A_MINUTE):
            return _too_many_calls()
        note_use(found, now)
        return found.laboratory
    if _too_many(f"wrong:{where}", WRONG_KEYS_A_MINUTE):
        return _too_many_calls()
    if not key:
        said = _(
            "There is no key in the call. Send it in the header “Authorization: Bearer gwl_…”."
        )
        return _refused(401, "no_key", said)
    void = void_since(key_hash)
    if void is None:
        said = _("This key is not known here. Compare it with the one you were given.")
        return _refused(401, "no_such_key", said)
    said = _("This key is void since %(when)s. Ask whoever gave it for a new one.")
    when = void.astimezone(clock.zone())
    return _refused(401, "key_void", said % {"when": f"{when:%Y-%m-%d %H:%M}"})


def _too_many_calls() -> JsonResponse:
    return _refused(429, "too_many_calls", _("Too many calls. Wait a minute."))


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
    try:
        lines = _lines(_body(request))
    except _Refusal as refusal:
        return refusal.answer
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


class _Refusal(Exception):
    """A call that is not as documented, with the answer that says in what."""

    def __init__(self, status: int, code: str, words: str, **where: object) -> None:
        self.answer = _refused(status, code, words, **where)
        super().__init__(code)


def _body(request: HttpRequest) -> object:
    """Return what a call holds; nothing is read of one that is too large or compressed."""
    length = whole_number(request.headers.get("Content-Length"))
    if length is None:  # sent in pieces: how much will come is not known
        raise _Refusal(411, "length_missing", _("Send the length of the call with it."))
    if length > MOST_BYTES:
        raise _too_large(_("%(count)s MB") % {"count": f"{length / (1 << 20):.1f}"})
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        said = _("The call is compressed. Send it as it is, without Content-Encoding.")
        raise _Refusal(415, "compressed", said)
    try:
        return json.loads(request.body)
    except RequestDataTooBig as big:  # an installation may take less of any call
        raise _too_large(_("%(count)s MB") % {"count": f"{length / (1 << 20):.1f}"}) from big
    except UnicodeDecodeError as odd:
        said = _("Byte %(byte)s is no UTF-8. Send JSON in UTF-8, not in GBK. Nothing was taken.")
        raise _Refusal(400, "not_readable", said % {"byte": odd.start + 1}) from odd
    except json.JSONDecodeError as odd:
        said = _("Line %(line)s, sign %(sign)s: this is no JSON. Nothing was taken.")
        where = {"line": odd.lineno, "sign": odd.colno}
        raise _Refusal(400, "not_readable", said % where) from odd
    except (ValueError, RecursionError) as odd:  # a number of thousands of digits, a deep nest
        raise _no_list() from odd


def _no_list() -> _Refusal:
    said = _("The call has to be {“results”: [ … ]}, one object for each row. Nothing was taken.")
    return _Refusal(400, "not_readable", said)


def _too_large(sent: str) -> _Refusal:
    said = _(
        "%(sent)s came; one call takes at most %(rows)s rows and %(megabytes)s MB. Send it in parts: "
        "each is taken by itself. Nothing was taken."
    )
    facts = {"sent": sent, "rows": MOST_ROWS, "megabytes": MOST_BYTES >> 20}
    return _Refusal(413, "too_large", said % facts)


def _lines(body: object) -> list[ResultLine]:
    """Return the rows of a call; a _Refusal names the first row that is not the documented one."""
    rows = body.get("results") if isinstance(body, dict) else None
    if not isinstance(rows, list):
        raise _no_list()
    if len(rows) > MOST_ROWS:
        raise _too_large(_("%(count)s rows") % {"count": len(rows)})
    return [_line(number, row) for number, row in enumerate(rows, start=1)]


def _odd(row: int, words: str, field: str = "") -> _Refusal:
    """Return the refusal of a call for one row; what stands in it is not repeated."""
    where: dict[str, object] = {"row": row} | ({"field": field} if field else {})
    said = words % {"row": row, "field": field}
    return _Refusal(400, "not_readable", _("%(said)s Nothing was taken.") % {"said": said}, **where)


def _line(number: int, row: object) -> ResultLine:
    if not isinstance(row, dict):
        raise _odd(number, _("Row %(row)s is no object like {“tube”: …, “result”: …}."))
    texts = {name: row.get(name) or "" for name, _words in FIELDS}
    for name, text in texts.items():
        if not isinstance(text, str):
            said = _(
                "Row %(row)s: “%(field)s” has to be a text in quotation marks; a number loses its "
                "leading zeros."
            )
            raise _odd(number, said, name)
    tube, document = tube_code(texts["tube"]), document_text(texts["document"])
    if not (tube or document):
        said = _("Row %(row)s names neither a tube (“tube”) nor a person (“document”).")
        raise _odd(number, said, "tube")
    at: datetime | None = read_instant(texts["resulted_at"], clock.zone())
    if texts["resulted_at"] and at is None:
        said = _("Row %(row)s: the time in “%(field)s” cannot be read. Write 2022-11-23 18:05.")
        raise _odd(number, said, "resulted_at")
    return ResultLine(
        row=number, tube=tube, document=document, said=plain_text(texts["result"]), at=at
    )


@require_GET
@login_not_required
def openapi(request: HttpRequest) -> JsonResponse:
    """The description of the interface for machines (OpenAPI 3.1); holds no data."""
    return JsonResponse(DESCRIPTION, json_dumps_params={"ensure_ascii": False, "indent": 2})
