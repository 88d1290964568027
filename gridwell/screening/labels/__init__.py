"""Words of screening, a file a part; what the start-up registers is put together here."""

from gridwell.screening.labels import desk, rounds

REFUSALS = {**rounds.REFUSALS, **desk.REFUSALS}
TRAIL_ACTS = {**rounds.TRAIL_ACTS, **desk.TRAIL_ACTS}
TRAIL_SUBJECTS = {**rounds.TRAIL_SUBJECTS, **desk.TRAIL_SUBJECTS}
