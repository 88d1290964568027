"""Who gets what: the demo's own pages, which an installation with real people does not have."""

from tests.access.samples import EVERYBODY

ROWS = [
    EVERYBODY("demo_guide", to=404),
    EVERYBODY("demo_next_day", to=404, data={}),
    EVERYBODY("demo_ledger", to=404),
]
