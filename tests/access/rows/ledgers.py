"""Who gets what: imports are the officer's, exports also the grid worker's."""

from gridwell.core import clock
from gridwell.core.layouts import Column
from gridwell.ledgers.actions.layouts import save_layout
from gridwell.ledgers.models import Layout
from gridwell.ledgers.tests.make import apply, line, make_import
from tests.access.samples import COMMUNITY, ROW, Cast

PEOPLE = [line(name="访问样")]


def a_checked_import(cast: Cast) -> int:
    return make_import(actor=cast.officer, rows=PEOPLE, now=clock.now()).pk


def a_done_import(cast: Cast) -> int:
    return apply(actor=cast.officer, rows=PEOPLE, now=clock.now()).pk


def an_import_with_faults(cast: Cast) -> int:
    rows = [line(name="有错", document="14010019800115001")]
    return make_import(actor=cast.officer, rows=rows, now=clock.now()).pk


def a_layout(cast: Cast) -> int:
    found = Layout.objects.filter(name="样式").first()
    if found is None:
        columns = [Column("姓名", "name")]
        found = save_layout(
            actor=cast.officer, community=COMMUNITY, name="样式", columns=columns, now=clock.now()
        )
    return found.pk


HERE = {"area": COMMUNITY}
DESK = {"officer": 200, "grid_worker": 404, "district": 404}
ACTS = {"officer": 302, "grid_worker": 404, "district": 404}
LISTS = {"officer": 200, "grid_worker": 200, "district": 404}
CHECKED = {**HERE, "ledger": a_checked_import}
DONE = {**HERE, "ledger": a_done_import}

ROWS = [
    ROW("import_list", HERE, **DESK),
    ROW("import_page", CHECKED, **DESK),
    ROW("import_columns", CHECKED, **ACTS, data={}),
    ROW("import_faults", CHECKED, **DESK),
    ROW("import_mend", {**HERE, "ledger": an_import_with_faults}, **DESK),
    ROW("import_people", {**CHECKED, "what": "new"}, **DESK, case="new"),
    ROW("import_people", {**CHECKED, "what": "changed"}, **DESK, case="changed"),
    ROW("import_people", {**CHECKED, "what": "missing"}, **DESK, case="missing"),
    ROW("import_duplicates", CHECKED, **DESK),
    ROW("import_apply", CHECKED, **ACTS, data={}),
    ROW("import_drop", CHECKED, **ACTS, data={}),
    ROW("import_undo", DONE, **DESK),
    ROW("import_layout", DONE, **ACTS, data={}),
    ROW("export_list", HERE, **LISTS),
    ROW("export_make", {**HERE, "layout": a_layout}, **LISTS, data={"kind": "csv"}),
    ROW("layout_new", HERE, **LISTS),
    ROW("layout_edit", {**HERE, "layout": a_layout}, **LISTS),
    ROW(
        "layout_remove",
        {**HERE, "layout": a_layout},
        officer=302,
        grid_worker=302,
        district=404,
        data={},
    ),
]
