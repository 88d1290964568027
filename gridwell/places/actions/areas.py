"""Areas (区划): loading them from a file, and a code that changed."""

import csv
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.apps import apps
from django.db import models, transaction

from gridwell.audit.actions import record
from gridwell.core.errors import RuleBroken
from gridwell.places.models import Area
from gridwell.places.rules.levels import SPAN, AreaLevel, level_of, parent_of, span_of
from gridwell.places.rules.provinces import province_name
from gridwell.places.rules.scope import Scoped


class AreaRow(NamedTuple):
    """One line of an areas file: code, name, whether the code is invented."""

    code: int
    name: str
    is_invented: bool = False


_recode_hooks: list[Callable[[int, int], None]] = []


def register_recode(function: Callable[[int, int], None]) -> None:
    """Add work of an upper package that follows a change of code: (old, new) of one community."""
    if function not in _recode_hooks:
        _recode_hooks.append(function)


def read_areas(text: str) -> list[AreaRow]:
    """Return the rows of an areas file: CSV lines `code,name[,invented]`; a header is skipped.

    Raises RuleBroken("places.bad_area_line") with the number of the line and what stands there.
    """
    rows = []
    for number, cells in enumerate(csv.reader(text.lstrip("\ufeff").splitlines()), start=1):
        cells = [cell.strip() for cell in cells]
        if not any(cells) or cells[0].startswith("#") or (number == 1 and not cells[0].isdigit()):
            continue
        if len(cells) < 2 or not cells[1] or not _is_code(cells[0]):
            raise RuleBroken("places.bad_area_line", line=number, text=",".join(cells)[:60])
        rows.append(AreaRow(int(cells[0]), cells[1], cells[2:3] == ["invented"]))
    return rows


def _is_code(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) == 12 and text[0] != "0"


@transaction.atomic
def load_areas(*, actor: Scoped, rows: Iterable[AreaRow], now: datetime) -> int:
    """Create or rename areas; parents must be in the file or known. Return how many rows.

    A file may begin at its city: a province has a name of its own by its code. Loading the same
    file twice changes nothing but the names that differ.
    """
    wanted = {row.code: row for row in rows}
    known = set(Area.objects.values_list("code", flat=True))
    for code in list(wanted):
        parent = parent_of(code)
        if parent is None or parent in wanted or parent in known:
            continue
        province = province_name(parent)
        if province is None:
            raise RuleBroken("places.parent_missing", area=code, parent=parent)
        wanted[parent] = AreaRow(parent, province)
    for level in AreaLevel:
        Area.objects.bulk_create(
            [
                Area(
                    code=row.code,
                    name=row.name,
                    level=level.value,
                    parent_id=parent_of(row.code),
                    is_invented=row.is_invented,
                )
                for row in wanted.values()
                if level_of(row.code) == level
            ],
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=["name", "is_invented"],
            batch_size=200,
        )
    record("places.areas_loaded", actor=actor, community=0, at=now, count=len(wanted))
    return len(wanted)


@transaction.atomic
def recode(*, actor: Scoped, old: int, new: int, now: datetime) -> int:
    """Give an area, with all inside it, another code (代码变更); return how many areas changed.

    Every table that points at an area follows; the old rows stay and say what replaced them, so
    that an old code in a paper is still found. The audit chain of the old code ends with this act.
    """
    if not actor.may("recode", old):
        raise RuleBroken("places.not_allowed")
    area = Area.objects.filter(pk=old, replaced_by=None).first()
    if area is None:
        raise RuleBroken("places.no_such_area", area=old)
    if level_of(old) != level_of(new):
        raise RuleBroken("places.other_level", old=old, new=new)
    if Area.objects.filter(pk=new, replaced_by=None).exists():
        raise RuleBroken("places.code_taken", area=new)
    above = parent_of(new)
    if above is not None and not Area.objects.filter(pk=above).exists():
        raise RuleBroken("places.parent_missing", area=new, parent=above)
    low, high = span_of(old)
    inside = list(
        Area.objects.filter(code__gte=low, code__lt=high, replaced_by=None).order_by("code")
    )
    pairs = {a.code: new + (a.code - old) for a in inside}
    for one in inside:
        Area.objects.create(
            code=pairs[one.code],
            name=one.name,
            level=one.level,
            parent_id=parent_of(pairs[one.code]),
            is_invented=one.is_invented,
        )
    for before, after in pairs.items():
        _follow(before, after)
        if level_of(before) == AreaLevel.COMMUNITY:
            for hook in _recode_hooks:
                hook(before, after)
    for before, after in pairs.items():
        Area.objects.filter(pk=before).update(replaced_by=after)
    for community in {0, old, new}:
        record("places.recoded", actor=actor, community=community, at=now, old=old, new=new)
    return len(pairs)


def _follow(before: int, after: int) -> None:
    """Let every row of every package that points at one area point at the other."""
    for model, field in _pointing():
        if field.primary_key:  # such as a community's profile: the key itself is the code
            for row in model._base_manager.filter(**{field.name: before}):
                model._base_manager.filter(pk=before).delete()
                setattr(row, field.attname, after)
                row.save(force_insert=True)
            continue
        model._base_manager.filter(**{field.name: before}).update(**{field.name: after})


def _pointing() -> Iterator[tuple[type[models.Model], models.ForeignKey[Any, Any]]]:
    """Yield every table that points at areas, and by which field.

    Asked of the tables: `Area` itself does not know those that want no way back (`related_name="+"`).
    """
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if isinstance(field, models.ForeignKey) and field.related_model is Area is not model:
                yield model, field


def next_invented(parent: int, taken: Iterable[int]) -> int:
    """Return a free code under an area for a division whose code is not known.

    Invented codes count down from the end of the parent's span (…999), where official ones do not
    reach; the row says `is_invented`.
    """
    step = SPAN[AreaLevel(list(AreaLevel)[list(AreaLevel).index(level_of(parent)) + 1])]
    used = set(taken)
    code = span_of(parent)[1] - step
    while code in used:
        code -= step
    return code
