"""Words of screening, a file a part; what the start-up registers is put together here."""

from gridwell.screening.labels import rounds

REFUSALS = {**rounds.REFUSALS}
TRAIL_ACTS = {**rounds.TRAIL_ACTS}
TRAIL_SUBJECTS = {**rounds.TRAIL_SUBJECTS}
