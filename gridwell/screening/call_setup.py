"""What calling and the work of rounds register at start-up: words, messages, kinds of work, a job."""

from typing import Any


def register() -> None:
    """Register them; called once at start-up."""
    from gridwell.audit import labels as trail
    from gridwell.core import wording
    from gridwell.core.worker import register_job, register_often
    from gridwell.notify.kinds import register as register_message
    from gridwell.screening import call_jobs
    from gridwell.screening.labels import calls
    from gridwell.tasks import wording as task_wording

    wording.register(calls.REFUSALS)
    trail.register_acts(calls.TRAIL_ACTS)
    trail.register_subjects(calls.TRAIL_SUBJECTS)
    trail.register_facts(calls.TRAIL_FACTS)
    trail.register_values("list", calls.LISTS)
    trail.register_values("how", calls.HOW)
    trail.register_values("kind_of_task", calls.KINDS)
    for message in calls.MESSAGES:
        register_message(message)
    _register_kinds()
    task_wording.register_why("round", calls.WHY)
    task_wording.register_why("box", calls.WHY_BOX)
    for reason, words in calls.STEPS.items():
        task_wording.register_step(reason, words)
    register_job("screening.follow_work", call_jobs.follow_work)
    register_often("screening.follow_work", minutes=2)


def _register_kinds() -> None:
    """Register the work of rounds; sampling at the door is known from the plan, here it gets its group."""
    from dataclasses import replace

    from gridwell.screening.actions.calls import house_called
    from gridwell.screening.labels.calls import HINTS, KINDS
    from gridwell.tasks import kinds

    def kind(code: str, subject_kind: str, **more: Any) -> None:
        kinds.register(
            kinds.Kind(
                code=code, name=KINDS[code], hint=HINTS[code], subject_kind=subject_kind,
                by_hand=False, **more,
            )
        )  # fmt: skip

    hours = {"routine": 3 * 60, "alert": 2 * 60, "emergency": 60}
    kind(
        "call_building",
        "building",
        minutes=hours,
        responsible=("building_head", "grid_worker", "community_officer"),
        on_done=house_called,
    )
    kind(
        "visit_missing",
        "place",
        marks=("*",),
        minutes=hours,
        responsible=("grid_worker", "community_officer"),
    )
    kind(
        "transport_box",
        "none",
        minutes={"routine": 60},
        is_urgent=True,
        responsible=("logistics_group", "sampling_group", "community_officer"),
    )
    for code in ("door_sampling", "resample"):
        known = kinds.kind_of(code)
        group = ("sampling_group", "grid_worker", "community_officer")
        kinds.register(replace(known, responsible=group))
