"""A list that leaves the house: counted, signed, recorded, and text stays text."""

from io import BytesIO

import pytest
from django.test import RequestFactory
from openpyxl import load_workbook

from gridwell.accounts import listing
from gridwell.accounts.queries import actor_of
from gridwell.accounts.tests.make import make_user
from gridwell.audit.models import AuditEntry
from gridwell.core import clock

pytestmark = pytest.mark.django_db
COMMUNITY = 140109901901


def sent(rows):
    request = RequestFactory().get("/")
    request.actor = actor_of(make_user(name="王秀英"), clock.now())
    return listing.as_workbook(
        request, area=COMMUNITY, code="zones", title="风险区", header=["地方", "户"], rows=rows
    )


def test_the_file_says_what_it_is_how_long_and_by_whom():
    answer = sent([["4号楼", 94], ["=1+1", None]])
    page = load_workbook(BytesIO(answer.content)).active
    cells = [[cell.value for cell in row] for row in page.iter_rows()]
    assert cells[:3] == [["风险区", None], ["地方", "户"], ["4号楼", 94]]
    assert page["A4"].value == "=1+1"
    assert page["A4"].data_type == "s"
    assert any("2" in str(row[0]) and "行" in str(row[0]) for row in cells[4:])
    assert any("王秀英" in str(row[0]) for row in cells[4:])


def test_who_took_it_out_is_on_the_trail():
    sent([["4号楼", 94]])
    entry = AuditEntry.objects.get(act="accounts.list_exported")
    assert (entry.community, entry.facts["list"], entry.facts["count"]) == (COMMUNITY, "zones", 1)
