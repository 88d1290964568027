"""Which protocol holds in an area on a day: the national version with local overlays laid over."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from gridwell.protocols.rules.files import ProtocolFile
from gridwell.protocols.rules.model import Level, LevelRule, Protocol, Wider


def resolve(
    versions: Iterable[ProtocolFile], area: int | None, day: date, *, family: str = "covid19"
) -> Protocol | None:
    """Return what holds on `day` in `area` (a 12-digit code), or None when nothing is in force.

    Overlays of wider areas come first, so the nearest has the last word; of two versions for one
    area the one that began later holds. `area` None gives the national version bare, which is what
    the excess check compares with.
    """
    files = [f for f in versions if f.family == family and f.holds_on(day)]
    national = _latest([f for f in files if not f.is_overlay])
    if national is None:
        return None
    overlays = _overlays(files, national, area)
    merged: dict[str, dict[str, Any]] = {k: dict(v) for k, v in national.levels.items()}
    classes = dict(national.classes)
    clauses = dict(national.clauses)
    documents = dict(national.documents)
    scalars = dict(national.scalars)
    for overlay in overlays:
        for name, parts in overlay.levels.items():
            if name in merged:  # an overlay cannot bring back a level that was abolished
                merged[name].update(parts)
        classes.update(overlay.classes)
        clauses.update(overlay.clauses)
        documents.update(overlay.documents)
        scalars.update(overlay.scalars)
    ends = [f.in_force_until for f in (national, *overlays) if f.in_force_until is not None]
    return Protocol(
        family=family,
        version=national.version,
        overlays=tuple(o.version for o in overlays),
        day=day,
        in_force_until=min(ends) if ends else None,
        levels={name: _level(name, parts) for name, parts in merged.items()},
        classes=classes,
        clauses=clauses,
        documents=documents,
        overlay_clauses=frozenset(c for o in overlays for c in o.clauses),
        **scalars,
    )


def _latest(files: Sequence[ProtocolFile]) -> ProtocolFile | None:
    return max(files, key=lambda f: (f.in_force_from, f.version)) if files else None


def _overlays(
    files: Sequence[ProtocolFile], national: ProtocolFile, area: int | None
) -> list[ProtocolFile]:
    if area is None:
        return []
    by_area: dict[int, list[ProtocolFile]] = {}
    for file in files:
        if file.is_overlay and national.version in file.over and _is_inside(area, file.area):
            by_area.setdefault(file.area, []).append(file)
    chosen = [_latest(found) for found in by_area.values()]
    return sorted((f for f in chosen if f is not None), key=lambda f: -_span(f.area))


def _is_inside(area: int, of: int) -> bool:
    """Return whether a 12-digit code lies in an area (2+2+2+3+3 digits)."""
    span = _span(of)
    return of <= area < of + span


def _span(code: int) -> int:
    for span in (10**10, 10**8, 10**6, 10**3):
        if code % span == 0:
            return span
    return 1


def _level(name: str, parts: dict[str, Any]) -> LevelRule:
    return LevelRule(
        level=Level(name),
        unit=parts.get("unit"),
        wider=parts.get("wider", Wider.NEVER),
        unit_clause=parts.get("unit_clause", ""),
        measures=parts.get("measures", ()),
        measures_clause=parts.get("measures_clause", ""),
        lift=parts.get("lift"),
        after_step=parts.get("after_step"),
        rounds=parts.get("rounds"),
        exit=parts.get("exit"),
    )
