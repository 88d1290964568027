"""Reads of households and residents. Each starts from an Actor and is narrowed to their grids."""

from gridwell.residents.queries.board import BoardMark, BoardTally, board_facts
from gridwell.residents.queries.counts import (
    Count,
    counts_by_building,
    counts_by_community,
    counts_by_grid,
    grid_sizes,
    totals_of,
)
from gridwell.residents.queries.desk import (
    ledger_stats,
    mark_counts,
    objection_months,
    objections_of,
)
from gridwell.residents.queries.files import HouseholdFile, household_file, members_of
from gridwell.residents.queries.marks import (
    labels_of,
    marks_by_subject,
    marks_in_force,
    schemes_of,
    waiting_of,
)
from gridwell.residents.queries.notes import notes_of
from gridwell.residents.queries.people import (
    access_household,
    access_merged,
    access_resident,
    duplicates_of,
    homes_of,
    household_of_resident,
    households_of,
    living_of,
    merged_into_residents,
    merged_of,
    merges_into_resident,
    phones_of,
    residents_of,
    survivors_of,
    traits_of,
)
from gridwell.residents.queries.search import Hit, search

__all__ = [
    "BoardMark",
    "BoardTally",
    "Count",
    "Hit",
    "HouseholdFile",
    "access_household",
    "access_merged",
    "access_resident",
    "board_facts",
    "counts_by_building",
    "counts_by_community",
    "counts_by_grid",
    "duplicates_of",
    "grid_sizes",
    "homes_of",
    "household_file",
    "household_of_resident",
    "households_of",
    "labels_of",
    "ledger_stats",
    "living_of",
    "mark_counts",
    "marks_by_subject",
    "marks_in_force",
    "members_of",
    "merged_into_residents",
    "merged_of",
    "merges_into_resident",
    "notes_of",
    "objection_months",
    "objections_of",
    "phones_of",
    "residents_of",
    "schemes_of",
    "search",
    "survivors_of",
    "totals_of",
    "traits_of",
    "waiting_of",
]
