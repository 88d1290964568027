"""Reads of households and residents. Each starts from an Actor and is narrowed to their grids."""

from gridwell.residents.queries.board import BoardMark, BoardTally, board_facts
from gridwell.residents.queries.counts import (
    Count,
    counts_by_building,
    counts_by_grid,
    grid_sizes,
    totals_of,
)
from gridwell.residents.queries.files import HouseholdFile, household_file, members_of
from gridwell.residents.queries.marks import (
    labels_of,
    marks_by_subject,
    marks_in_force,
    schemes_of,
    waiting_of,
)
from gridwell.residents.queries.people import (
    access_household,
    access_resident,
    duplicates_of,
    household_of_resident,
    households_of,
    living_of,
    merged_into_residents,
    merges_into_resident,
    phones_of,
    residents_of,
    survivors_of,
)
from gridwell.residents.queries.search import Hit, search

__all__ = [
    "BoardMark",
    "BoardTally",
    "Count",
    "Hit",
    "HouseholdFile",
    "access_household",
    "access_resident",
    "board_facts",
    "counts_by_building",
    "counts_by_grid",
    "duplicates_of",
    "grid_sizes",
    "household_file",
    "household_of_resident",
    "households_of",
    "labels_of",
    "living_of",
    "marks_by_subject",
    "marks_in_force",
    "members_of",
    "merged_into_residents",
    "merges_into_resident",
    "phones_of",
    "residents_of",
    "schemes_of",
    "search",
    "survivors_of",
    "totals_of",
    "waiting_of",
]
