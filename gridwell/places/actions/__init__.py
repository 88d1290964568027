"""Writes of places: areas, the tree, merging, grids. One official act a function."""

from gridwell.places.actions.areas import load_areas, read_areas, recode, register_recode
from gridwell.places.actions.grids import (
    assign_grid,
    create_grid,
    draw_grid,
    end_grid,
    recompute_grids,
    rename_grid,
    set_profile,
)
from gridwell.places.actions.merging import merge_places, undo_merge
from gridwell.places.actions.tree import (
    add_alias,
    create_place,
    end_place,
    ensure_tree,
    move_place,
    rename_place,
    set_dwelling,
)

__all__ = [
    "add_alias",
    "assign_grid",
    "create_grid",
    "create_place",
    "draw_grid",
    "end_grid",
    "end_place",
    "ensure_tree",
    "load_areas",
    "merge_places",
    "move_place",
    "read_areas",
    "recode",
    "recompute_grids",
    "register_recode",
    "rename_grid",
    "rename_place",
    "set_dwelling",
    "set_profile",
    "undo_merge",
]
