"""Migrations without the waiting: a new table is drawn by itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.migrations.state import ProjectState


@contextmanager
def new_tables_alone() -> Iterator[None]:
    """While inside, a migration that makes a model renders that one only.

    Django renders every model again that can be reached from a new one by relations, which here is
    all of them for each: five sixths of the time of making the tables. A model that was not there
    changes none of the others, so nothing is left stale; models that change are rendered with all
    that is related to them, as ever.
    """
    plain: Any = getattr(ProjectState, "_find_reload_model", None)
    if plain is None:  # private to Django: a release without it makes the same tables, only slower
        yield
        return

    def found(state: Any, app_label: str, model_name: str, delay: bool = False) -> Any:
        if model_name.lower() not in state.apps.all_models.get(app_label, {}):
            return {(app_label, model_name.lower())}
        return plain(state, app_label, model_name, delay)

    setattr(ProjectState, "_find_reload_model", found)  # noqa: B010 - not in the stubs
    try:
        yield
    finally:
        setattr(ProjectState, "_find_reload_model", plain)  # noqa: B010 - not in the stubs
