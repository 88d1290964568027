"""Words of screening, a file a part; what the start-up registers is put together here."""

from gridwell.screening.labels import desk, report_layouts, rounds

REFUSALS = {**rounds.REFUSALS, **desk.REFUSALS, **report_layouts.REFUSALS}
TRAIL_ACTS = {**rounds.TRAIL_ACTS, **desk.TRAIL_ACTS, **report_layouts.TRAIL_ACTS}
TRAIL_SUBJECTS = {**rounds.TRAIL_SUBJECTS, **desk.TRAIL_SUBJECTS, **report_layouts.TRAIL_SUBJECTS}
