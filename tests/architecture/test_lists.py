"""Every list that goes on over pages can be taken out as a file and printed."""

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.PACKAGE)
PAGER = re.compile(r"{%\s*pager\b")
OFFER = re.compile(
    r"""core/parts/(list_acts|tools)\.html|residents/list_head\.html|parts/form_acts\.html"""
    r"""|query export=1|_export["']"""
)
#: Steps on the way to something else: choosing a place, looking over a ledger before it is taken in.
NOT_LISTS = {
    "accounts/post_where.html",
    "core/style_guide.html",
    "ledgers/import_faults.html",
}


def test_every_list_of_pages_offers_its_file() -> None:
    lacking = []
    for path in sorted(ROOT.glob("*/templates/**/*.html")):
        name = path.as_posix().split("/templates/", 1)[1]
        text = path.read_text("utf-8")
        if PAGER.search(text) and not OFFER.search(text) and name not in NOT_LISTS:
            lacking.append(name)
    assert not lacking, f"no file and no print for the list of: {', '.join(lacking)}"
