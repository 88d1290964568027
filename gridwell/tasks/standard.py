"""The kinds of work that this package knows by itself (常用任务): those the plan asks for, and a few more.

Packages above register their own kinds, or replace one of these by a kind of the same code.
"""

from collections.abc import Mapping

from gridwell.tasks import kinds
from gridwell.tasks.kinds import Kind
from gridwell.tasks.labels import HINTS, KINDS

_HOUSE = ("building_head", "grid_worker", "community_officer")


def _hours(routine: int, alert: int, emergency: int) -> Mapping[str, int]:
    return {"routine": routine, "alert": alert, "emergency": emergency}


def _minutes(routine: int, alert: int, emergency: int) -> Mapping[str, int]:
    return {"routine": routine * 60, "alert": alert * 60, "emergency": emergency * 60}


def _kind(code: str, subject_kind: str, **more: object) -> Kind:
    return Kind(
        code=code,
        name=KINDS[code],
        hint=HINTS[code],
        subject_kind=subject_kind,
        **more,  # type: ignore[arg-type]  # fields of Kind by name
    )


def register_standard() -> None:
    """Register them; called once at start-up."""
    from gridwell.tasks.actions import effects, patrols

    for kind in (
        _kind("door_service", "household", marks=("*",), by_hour=_hours(20, 18, 18)),
        _kind("door_sampling", "household", marks=("*",), by_hour=_hours(18, 16, 14)),
        _kind("greeting", "household", marks=("*",), by_hour=_hours(20, 18, 18)),
        _kind("delivery", "building", proof=frozenset({"count"}), responsible=_HOUSE),
        _kind(
            "notice_on_door",
            "building",
            proof=frozenset({"photo"}),
            minutes=_minutes(24, 6, 3),
            responsible=_HOUSE,
            on_done=effects.sheets_delivered,
            on_reopened=effects.sheets_withdrawn,
        ),
        _kind(
            "evacuate",
            "household",
            marks=("*",),
            minutes=_minutes(12, 6, 3),
            responsible=_HOUSE,
            is_urgent=True,
        ),
        _kind("care_visit", "household", marks=("*",), minutes=_minutes(24, 12, 6)),
        _kind("disinfection", "building", proof=frozenset({"where"}), responsible=_HOUSE),
        _kind(
            "release_notice",
            "resident",
            minutes=_minutes(24, 24, 12),
            on_done=effects.sheets_delivered,
            on_reopened=effects.sheets_withdrawn,
        ),
        _kind("household_update", "household", minutes=_minutes(7 * 24, 3 * 24, 3 * 24)),
        _kind("patrol", "place", minutes=_minutes(24, 12, 6)),
        _kind(
            "put_right",
            "place",
            minutes=_minutes(24, 12, 6),
            needs_check=True,
            on_done=patrols.ask_check,
        ),
        _kind("free", "none", minutes=_minutes(3 * 24, 24, 12)),
    ):
        kinds.register(kind)
