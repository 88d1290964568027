"""Writes of kept forms of the report (报告版式): saved, removed, put back. Only the office whose it is."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit import actions as audit
from gridwell.core.errors import RuleBroken
from gridwell.core.layouts import MOST_COLUMNS
from gridwell.places.models import Area
from gridwell.screening.actions import require
from gridwell.screening.models import ReportLayout
from gridwell.screening.rules.report_layouts import Form, fault_of

#: Kept forms of one office; whoever needs more removes old ones first.
MOST = 50
_LONGEST_NAME, _LONGEST_TITLE, _LONGEST_TEXT = 80, 120, 120


@transaction.atomic
def add_layout(
    *, actor: Actor, area: int, name: str, title: str, form: Form, now: datetime
) -> ReportLayout:
    """Keep a new form (保存版式) at an area; sent again as it is, it is the one that is there."""
    require(actor, Right.APPROVE_ORDERS, area)
    audit.hold(area)
    kept = _kept(name, title, form)
    rows = ReportLayout.objects.filter(area_id=area, removed_at=None)
    known = rows.filter(name=kept["name"]).first()
    if known is not None:
        if _is(known, kept):
            return known
        raise RuleBroken("screening.layout_name_taken", name=kept["name"])
    if rows.count() >= MOST:
        raise RuleBroken("screening.too_many_layouts", most=MOST)
    row = _written(
        ReportLayout(area=Area.objects.get(pk=area), changed_at=now, changed_by=actor.user_id),
        kept,
    )
    _record("screening.report_layout_saved", actor, row, now)
    return row


@transaction.atomic
def change_layout(
    *,
    actor: Actor,
    layout: ReportLayout,
    seen: int,
    name: str,
    title: str,
    form: Form,
    now: datetime,
) -> ReportLayout:
    """Change a kept form (修改版式) from the version that was seen; the same again changes nothing.

    RuleBroken "screening.layout_changed" when somebody changed it since: nothing is written over.
    """
    require(actor, Right.APPROVE_ORDERS, layout.area_id)
    audit.hold(layout.area_id)
    kept = _kept(name, title, form)
    row = ReportLayout.objects.select_related("area").get(pk=layout.pk)
    if row.removed_at is not None:
        raise RuleBroken("screening.layout_removed")
    if _is(row, kept):
        return row
    changes = kept | {"version": F("version") + 1, "changed_at": now, "changed_by": actor.user_id}
    rows = ReportLayout.objects.filter(pk=row.pk, version=seen, removed_at=None)
    try:
        with transaction.atomic():
            if not rows.update(**changes):
                raise RuleBroken("screening.layout_changed")
    except IntegrityError as error:
        raise RuleBroken("screening.layout_name_taken", name=kept["name"]) from error
    row.refresh_from_db()
    _record("screening.report_layout_saved", actor, row, now)
    return row


@transaction.atomic
def remove_layout(*, actor: Actor, layout: ReportLayout, now: datetime) -> bool:
    """Remove a kept form (删除版式) here and below; return whether it was still there.

    What was filled with it before stays where it was sent.
    """
    require(actor, Right.APPROVE_ORDERS, layout.area_id)
    audit.hold(layout.area_id)
    rows = ReportLayout.objects.filter(pk=layout.pk, removed_at=None)
    if not rows.update(removed_at=now):
        return False
    _record("screening.report_layout_removed", actor, layout, now)
    return True


@transaction.atomic
def restore_layout(*, actor: Actor, layout: ReportLayout, now: datetime) -> ReportLayout:
    """Put a removed form back as it was (恢复版式); one that is there stays there."""
    require(actor, Right.APPROVE_ORDERS, layout.area_id)
    audit.hold(layout.area_id)
    own = ReportLayout.objects.filter(area_id=layout.area_id, removed_at=None)
    if own.filter(pk=layout.pk).exists():
        return layout
    if own.count() >= MOST:
        raise RuleBroken("screening.too_many_layouts", most=MOST)
    try:
        with transaction.atomic():
            ReportLayout.objects.filter(pk=layout.pk).update(removed_at=None)
    except IntegrityError as error:
        raise RuleBroken("screening.layout_name_taken", name=layout.name) from error
    layout.refresh_from_db()
    _record("screening.report_layout_restored", actor, layout, now)
    return layout


def _kept(name: str, title: str, form: Form) -> dict[str, Any]:
    """Return what is stored of a form, or refuse it."""
    name = _line(name)[:_LONGEST_NAME]
    if not name:
        raise RuleBroken("screening.layout_needs_name")
    if fault := fault_of(form.columns):
        raise RuleBroken(fault, most=MOST_COLUMNS)
    return {
        "name": name,
        "title": _line(title)[:_LONGEST_TITLE],
        "rows": form.rows.value,
        "has_total": form.has_total,
        "columns": [
            {
                "header": _levels(column.header)[:_LONGEST_TEXT],
                "field": column.field,
                "text": _line(column.text)[:_LONGEST_TEXT] if column.field == "text" else "",
            }
            for column in form.columns
        ],
    }


def _line(text: str) -> str:
    """Return a text as one line of letters that can be seen: it becomes the name of a file, too."""
    return " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())


def _levels(header: str) -> str:
    """Return a header without empty levels: a slash alone is no name."""
    return "/".join(level for part in header.split("/") if (level := _line(part)))


def _is(row: ReportLayout, kept: dict[str, Any]) -> bool:
    return all(getattr(row, field) == value for field, value in kept.items())


def _written(row: ReportLayout, kept: dict[str, Any]) -> ReportLayout:
    for field, value in kept.items():
        setattr(row, field, value)
    row.save()
    return row


def _record(act: str, actor: Actor, row: ReportLayout, now: datetime) -> None:
    audit.record(
        act,
        actor=actor,
        community=row.area_id,
        subject=row,
        at=now,
        name=row.name,
        columns=len(row.columns),
    )
