"""Every list that is offered as a file goes out as one, to whom sees the page and nobody else."""

from io import BytesIO

from django.urls import resolve
from openpyxl import load_workbook

from gridwell.accounts import listing
from gridwell.audit.models import AuditEntry
from gridwell.core.page_tables import tables_of
from tests.access.samples import Cast, Row
from tests.access.test_urls import TABLE, address

#: One row of the table of URL × role for each page that officers open without sending anything.
PAGES = {row.name: row for row in reversed(TABLE) if row.data is None and not row.query}


def offered(row: Row, cast: Cast) -> str:
    """Return the address when its view offers a file, else nothing."""
    url = address(row, cast)
    view = resolve(url).func
    return url if f"{view.__module__}.{view.__name__}" in listing.codes.values() else ""


def test_each_list_goes_out_as_the_screen_shows_it(cast: Cast) -> None:
    seen, filled = set(), 0
    for name, row in PAGES.items():
        if row.answers["officer"] != 200 or not (url := offered(row, cast)):
            continue
        seen.add(name)
        client = cast.client("officer")
        page = client.get(url).content.decode()
        file = client.get(f"{url}?export=1")
        shown = tables_of(page)
        if not shown:
            assert file["Content-Type"].startswith("text/html"), name
            continue
        filled += 1
        assert file["Content-Type"] == listing.XLSX, name
        assert 'export=1"' in page, f"{name} has no button for its file"
        book = load_workbook(BytesIO(file.content))
        heads = [[cell.value for cell in sheet[1]] for sheet in book]
        assert shown[0].header == [text for text in heads[0] if text][-len(shown[0].header) :], name
    assert len(seen) > 25, sorted(seen)
    assert filled > 5
    assert AuditEntry.objects.filter(act="accounts.list_exported").count() == filled


def test_whom_the_page_is_not_for_gets_no_file_of_it(cast: Cast) -> None:
    for name, row in PAGES.items():
        if row.answers["stranger"] == 404 and (url := offered(row, cast)):
            assert cast.client("stranger").get(f"{url}?export=1").status_code == 404, name
    assert not AuditEntry.objects.filter(act="accounts.list_exported").exists()


def test_names_seen_for_a_reason_stay_on_the_screen(cast: Cast) -> None:
    row = PAGES["household_list"]
    assert cast.client("officer").get(f"{address(row, cast)}?export=1").status_code == 200
    assert cast.client("district").get(f"{address(row, cast)}?export=1").status_code == 404
