"""Puts results, holds and laboratories into the house: words, messages, work, pages, marks."""

from typing import Any

from django.utils.translation import gettext_lazy as _


def register() -> None:
    """Register them; called once at start-up."""
    from gridwell.audit import labels as trail
    from gridwell.core import frame, wording
    from gridwell.core.worker import register_job, register_often
    from gridwell.notify.kinds import register as register_message
    from gridwell.screening import jobs
    from gridwell.screening.labels import results
    from gridwell.tasks.kinds import Kind
    from gridwell.tasks.kinds import register as register_kind
    from gridwell.tasks.wording import register_why

    wording.register(results.REFUSALS)
    trail.register_acts(results.TRAIL_ACTS)
    trail.register_subjects(results.TRAIL_SUBJECTS)
    trail.register_facts(results.TRAIL_FACTS)
    trail.register_values("list", results.LISTS)
    trail.register_values("fault", results.FAULTS)
    trail.register_values("former", results.TUBE_RESULTS)
    for message in results.MESSAGES:
        register_message(message)
    register_kind(
        Kind(
            code="resample",
            name=_("sample singly after a positive pool"),
            hint=_("Sample everybody of the pool singly, one tube each, at the door."),
            subject_kind="resident",
            marks=("*",),
            minutes={"routine": 4 * 60, "alert": 3 * 60, "emergency": 2 * 60},
            is_urgent=True,
            by_hand=False,
        )
    )
    register_why("hold", _("the pooled tube was positive"))
    register_job("screening.watch", jobs.watch)
    register_often("screening.watch", minutes=5)
    _show(frame)


def _show(frame: Any) -> None:
    from gridwell.accounts.rules.actor import Right
    from gridwell.screening import result_slots

    def handles(actor: Any) -> bool:
        return bool(actor.may_anywhere(Right.APPROVE_ORDERS))

    def has_desk(actor: Any) -> bool:
        return bool(actor.posts)

    frame.register_page(
        "work", _("Laboratory results"), "lab_results", 17, handles, covers=("lab_",)
    )
    frame.register_page(
        "work", _("Positive pools"), "hold_list", 18, has_desk, covers=("hold_", "case_proposals")
    )
    frame.register_slot("board_marks", result_slots.board_marks, 5)
    frame.register_slot("board_head", result_slots.board_head, 15)
    frame.register_slot("file_people", result_slots.people_states, 15)
    frame.register_slot("side_people", result_slots.people_states, 15)
    frame.register_slot("today_panels", result_slots.today_panel, 2)
    frame.register_slot("area_panels", result_slots.today_panel, 2)
    frame.register_slot("household_timeline", result_slots.household_timeline, 15)
