"""The pages of the notice desk (通告台)."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor, Right
from gridwell.command.actions.approval import changes_of
from gridwell.command.presenters.measures import measure_rows
from gridwell.command.presenters.words import finding_words, question_words, say
from gridwell.command.queries.desk_page import (
    CountChip,
    DeskRow,
    PlaceRow,
    TextQuestion,
    count_chips,
    differences_of,
    rows_of,
    stretches_of,
    text_questions,
)
from gridwell.command.queries.effects import Effect, effect_of, effects_of, withdrawal_of
from gridwell.command.queries.standstills import named_standstills
from gridwell.core.clock import day_of
from gridwell.core.joining import joined
from gridwell.orders import labels
from gridwell.orders.actions.notices import REOPENED_FROM
from gridwell.orders.models import Notice, NoticeItem, NoticePart
from gridwell.orders.queries.desk import names_of
from gridwell.orders.queries.low import low_only
from gridwell.orders.queries.notices import answers_of, items_of, parts_of
from gridwell.orders.rules.desk import MatchState
from gridwell.places.rules.levels import span_of
from gridwell.protocols.queries import protocol_for

_TONES = {
    MatchState.SURE: "ok",
    MatchState.CHOSEN: "ok",
    MatchState.OUTSIDE: "",
    MatchState.ASK: "warn",
    MatchState.NONE: "info",
}


def desk_page(part: NoticePart, now: datetime) -> dict[str, Any]:
    """Return the desk of one community: text, rows, counts, questions, the effect so far."""
    notice = part.notice
    effect = effect_of(part, now)
    answers = answers_of(notice, part.community_id)
    asked = text_questions(notice, answers)
    rows = rows_of(effect, names_of([effect.desk]), answers, asked)
    asks = {row.item.sequence for row in rows if row.asks}
    asks |= {
        row.item.sequence for row in rows if any(q.answer is None for q in row.reader_questions)
    }
    open_text = [q for q in asked if q.answer is None]
    return {
        "notice": notice,
        "part": part,
        "state": say(labels.PART_STATES, part.state),
        "decided": decided_words(part),
        "may_reopen": part.state in REOPENED_FROM,
        "stretches": stretches_of(
            notice, [r.item for r in sorted(rows, key=_by_sequence)], asks, asked
        ),
        "rows": rows,
        "shown": [row_words(row) for row in rows if _is_shown(row)],
        "elsewhere": [row for row in rows if not _is_shown(row)],
        "chips": [chip_words(chip) for chip in count_chips(notice)],
        "questions": [_asked(q) for q in asked],
        "open_count": len(open_text) + effect.asks,
        "effect": effect_words(effect, protocol_for(part.community_id, day_of(now))),
        "differences": differences_of(notice.corrects, notice) if notice.corrects else [],
        "rest_low": notice.reading.get("rest_low", ()),
        "standstills": named_standstills(notice, part.community_id),
        "measures": measure_rows(notice, part.community_id),
        "effective": min((r.item for r in rows if r.item.effective_at), default=None, key=_effect),
    }


def _effect(item: NoticeItem) -> datetime:
    return item.effective_at or item.notice.entered_at


def _is_shown(row: DeskRow) -> bool:
    """Return whether a row stands in the table; what is nobody's here is listed below it."""
    return row.asks or row.entry.is_ours or row.entry.is_outside or bool(row.answers)


def _by_sequence(row: DeskRow) -> int:
    return row.item.sequence


def decided_words(part: NoticePart) -> str:
    """Return who decided a part; empty while it waits."""
    if part.decided_at is None:
        return ""
    return User.objects.filter(pk=part.decided_by or 0).values_list("name", flat=True).first() or ""


def _asked(question: TextQuestion) -> dict[str, Any]:
    answer = question.answer
    return {
        "question": question,
        "words": question_words(question.code, question.facts),
        "answer": say(labels.ANSWERS, answer.answer) if answer is not None else "",
        "remark": answer.remark if answer is not None else "",
    }


def chip_words(chip: CountChip) -> dict[str, Any]:
    """Return a count chip: words and tone."""
    facts = {
        "what": chip.district or say(labels.COUNTED, chip.act),
        "declared": chip.declared if chip.declared is not None else "—",
        "found": chip.found,
    }
    if chip.district:
        if chip.act != "designate":
            facts["what"] = f"{say(labels.COUNTED, chip.act)} {chip.district}"
        text = _("%(what)s %(found)s/%(declared)s") % facts
    else:
        text = _("%(what)s: %(declared)s declared, %(found)s read") % facts
    return {"text": text, "tone": "ok" if chip.fits else "warn", "fits": chip.fits}


def row_words(row: DeskRow) -> dict[str, Any]:
    """Return a row of the desk, worded."""
    return {
        "row": row,
        "act": say(labels.ACTS, row.item.act),
        "level": say(labels.LEVELS, row.item.level_to) if row.item.level_to else "",
        "places": _grouped([_place_words(place) for place in row.places]),
        "all_places": [_place_words(place) for place in row.places],
        "questions": [
            {
                "question": q,
                "words": say(
                    labels.ASKS, q.ask, {"basis": q.basis or "—", "zone": joined(q.names)}
                ),
                "answers": [
                    (answer, say(labels.ANSWERS, answer)) for answer in labels.ANSWERS_TO[q.ask]
                ],
            }
            for q in row.questions
        ],
        "answers": [
            {"words": say(labels.ANSWERS, a.answer), "remark": a.remark} for a in row.answers
        ],
    }


def _grouped(places: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the places of an item that stand alike as one (2号楼、3号楼: 完全一致)."""
    groups: list[dict[str, Any]] = []
    for place in places:
        key = (place["words"], place["tone"], place["confidence"], place["asks"])
        same = next((g for g in groups if g["key"] == key), None)
        if same is None:
            same = place | {"key": key, "members": []}
            groups.append(same)
        same["members"].append(place)
    return groups


def _place_words(place: PlaceRow) -> dict[str, Any]:
    state = place.place.state
    because = place.because
    if state.state is MatchState.NONE:
        words = _("not in this community")
    elif state.state is MatchState.OUTSIDE:
        words = say(labels.BECAUSE, "outside")
    else:
        words = say(labels.BECAUSE, because)
    first = state.rows[0] if state.rows else None
    return {
        "place": place,
        "words": words,
        "tone": _TONES[state.state],
        "confidence": first.confidence if first is not None and first.confidence < 100 else None,
        "choice": first.choice if first is not None else 0,
        "others": [(n, name, say(labels.BECAUSE, why)) for n, name, why in place.others],
        "asks": place.place.asks,
        "is_boundary": place.place.printed.get("kind") == "boundary",
    }


def effect_words(effect: Effect, protocol: Any) -> dict[str, Any]:
    """Return the effect with its findings in words."""
    return {
        "effect": effect,
        "restarts": effect.count("restart"),
        "lifts": effect.count("lift"),
        "designates": effect.count("designate"),
        "findings": [finding_words(f, protocol) for f in effect.findings],
    }


def approval_page(part: NoticePart, now: datetime) -> dict[str, Any]:
    """Return the page before approving: what changes for whom, and what stands against it."""
    page = desk_page(part, now)
    page["works"] = [
        {
            "effect": w,
            "act": say(labels.ACTS, w.work.act),
            "level": say(labels.LEVELS, w.work.level)
            if w.work.level and w.work.act in ("designate", "step")
            else "",
        }
        for w in page["effect"]["effect"].work
    ]
    return page


def withdraw_page(part: NoticePart, now: datetime) -> dict[str, Any]:
    """Return the page before withdrawing an approval."""
    held, freed = withdrawal_of(part.community_id, changes_of(part), now)
    return {
        "part": part,
        "notice": part.notice,
        "held": held,
        "freed": freed,
        "changes": [(c, say(labels.ACTS, c.act)) for c in changes_of(part)],
    }


def below_page(actor: Actor, notice: Notice, area: int, now: datetime) -> dict[str, Any]:
    """Return the roll of the communities below: how each stands, and what approving would do."""
    low, high = span_of(area)
    parts = [p for p in parts_of(actor, notice) if low <= p.community_id < high]
    waiting = [p.community_id for p in parts if p.state == "waiting"]
    reached = low_only(notice, waiting)
    effects = effects_of(notice, [code for code in waiting if code not in reached], now)
    asked = text_questions(notice, answers_of(notice, notice.area_id))
    items = items_of(notice)
    matched = {
        entry.item.sequence for effect in effects.values() for entry in effect.desk if entry.is_ours
    }
    return {
        "notice": notice,
        "stretches": stretches_of(notice, items, set(), asked),
        "chips": [chip_words(chip) for chip in count_chips(notice)],
        "questions": [_asked(q) for q in asked],
        "parts": [
            {
                "part": p,
                "state": say(labels.PART_STATES, p.state),
                "decided": decided_words(p),
                "effect": effects.get(p.community_id),
                "items": [e.item for e in effects[p.community_id].desk if e.is_ours]
                if p.community_id in effects
                else [],
            }
            for p in parts
            if p.community_id not in reached
        ],
        "low": [p for p in parts if p.community_id in reached],
        "rest_low": notice.reading.get("rest_low", ()),
        "counts": {s: sum(1 for p in parts if p.state == s) for s in labels.PART_STATES},
        "unmatched": [i for i in items if i.sequence not in matched] if waiting else [],
        "may_approve": actor.may(Right.APPROVE_ORDERS_BELOW, area) and bool(waiting),
        "people": sum(e.held.people for e in effects.values()),
        "freed": sum(e.freed.people for e in effects.values()),
    }
