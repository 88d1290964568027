"""Words for files that cannot be read, and for what is written into exported ones."""

from django.utils.translation import gettext_lazy as _

REFUSALS = {
    "tables.missing": _("The file %(file)s is not there or may not be opened."),
    "tables.empty": _("The file %(file)s is empty (0 bytes). Save it again and choose it again."),
    "tables.too_large": _(
        "The file has %(size)s bytes; at most %(limit)s are read. "
        "Remove pictures and unused sheets, or save the data as CSV."
    ),
    "tables.encrypted": _(
        "The file is protected by a password. Open it, remove the password, save it, and choose it again."
    ),
    "tables.wrong_kind": _(
        "The file is not a spreadsheet (it is: %(kind)s). Save it as .xlsx and choose it again."
    ),
    "tables.truncated": _(
        "The file is cut off or was not copied completely. Copy or download it once more."
    ),
    "tables.damaged": _(
        "The file is damaged and cannot be read. Open it in a spreadsheet program and save it as .xlsx."
    ),
    "tables.bomb": _(
        "The file unpacks to far more than a ledger can hold (%(unpacked)s bytes), so it is not opened."
    ),
    "tables.too_wide": _(
        "Sheet “%(sheet)s” has %(columns)s columns; at most %(limit)s are read. Remove the unused ones."
    ),
    "tables.too_many_cells": _(
        "Sheet “%(sheet)s” spreads over %(cells)s cells. Remove the unused rows and columns."
    ),
    "tables.no_cells": _(
        "There is no table in the file, only empty sheets or pictures. "
        "A photographed list has to be typed in first."
    ),
    "tables.encoding": _(
        "The text of the file is neither UTF-8 nor GB18030. Save it as CSV (UTF-8) or as .xlsx."
    ),
}

ROW_COUNT = _("rows: %(count)s")
WATERMARK = _("Exported by %(who)s on %(when)s")
