"""Why a duty is so, as one plain sentence (为什么): `rules.explain` in the reader's language."""

from datetime import date, datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gridwell.core import clock
from gridwell.core.templatetags.core_tags import plain_day
from gridwell.orders.labels import LEVELS
from gridwell.plan.labels import WHY
from gridwell.plan.rules.explain import Explanation, Part, PartCode
from gridwell.protocols.labels import CLASSES, STAYS


def sentence(found: Explanation) -> str:
    """Return the answer to "why?" as one plain text: order, rule, day, end, what stays allowed."""
    joint = "" if (get_language() or "").startswith("zh") else " "
    words = [_said(part) for part in found.parts]
    return joint.join(word for word in words if word)


def _said(part: Part) -> str:
    facts = {name: _value(name, value) for name, value in part.facts.items()}
    if part.code is PartCode.RULE:
        if not facts.get("zh"):
            return ""
        is_zh = (get_language() or "").startswith("zh")
        facts["text"] = facts["zh" if is_zh else "en"]
        facts["document"] = facts["document_zh" if is_zh else "document_en"]
    if facts.get("notice") == "":
        facts["notice"] = _("an order without a notice")
    return str(WHY[part.code]) % facts


def _value(name: str, value: object) -> str:
    if isinstance(value, datetime) and name == "until":
        day = plain_day(clock.last_day_of(value), clock.today())
        return f"{day} {clock.end_time_of(value)}"
    if isinstance(value, datetime):
        local = value.astimezone(clock.zone())
        return f"{plain_day(local.date(), clock.today())} {local:%H:%M}"
    if isinstance(value, date):
        return plain_day(value, clock.today())
    words = {"level": LEVELS, "kind": STAYS, "class_code": CLASSES}.get(name)
    return str(words.get(str(value), value)) if words else str(value if value is not None else "")
