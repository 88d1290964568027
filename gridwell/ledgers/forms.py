"""Type and shape of what is entered on the pages of ledgers."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from gridwell.core.layout_forms import ColumnRow, column_rows
from gridwell.ledgers import targets
from gridwell.ledgers.labels import FIELDS
from gridwell.ledgers.rules.export import EXPORT_FIELDS
from gridwell.ledgers.rules.fields import Field

#: Columns that only serve the file itself.
_TECHNICAL = {Field.SERIAL, Field.ROW_KEY, Field.REASON, Field.COUNT, Field.AGE}


class UploadForm(forms.Form):
    """One ledger file."""

    file = forms.FileField(
        label=_("Ledger file"),
        help_text=_(
            "Drop the file here or choose it: .xlsx, .xls, .ods or .csv, one line a person or one "
            "line a household. Title lines, merged cells and totals may stay."
        ),
        widget=forms.ClearableFileInput(
            attrs={"accept": ".xlsx,.xlsm,.xls,.ods,.csv,.txt", "class": "drop"}
        ),
        error_messages={
            "empty": _("The file is empty (0 bytes). Save it again and choose it again."),
            "required": _("Choose a file first."),
        },
    )


def column_choices() -> list[tuple[str, Any]]:
    """Return what a column may be said to mean: the register's fields, then other packages'."""
    own = [(field.value, FIELDS[field.value]) for field in Field if field not in _TECHNICAL]
    return [
        ("", _("keep it as a remark")),
        *own,
        *targets.columns(),
    ]


class ColumnForm(forms.Form):
    """What one unknown column means."""

    header = forms.CharField(max_length=120, widget=forms.HiddenInput)
    field = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["field"]).choices = column_choices()


class LayoutForm(forms.Form):
    """A layout: its name, its title line, whom a line is about."""

    name = forms.CharField(label=_("Name of the layout"), max_length=80)
    title = forms.CharField(
        label=_("Title line of the sheet"),
        max_length=120,
        required=False,
        help_text=_("Stands above the header; leave it empty for none."),
    )
    rows = forms.ChoiceField(
        label=_("One line for"),
        choices=[("person", _("each person")), ("household", _("each household"))],
        widget=forms.RadioSelect,
        initial="person",
    )


class LayoutColumnForm(ColumnRow):
    """One column of a layout: a field of the register, or a remark that a ledger came with."""

    def contents(self) -> Iterable[tuple[Any, Any]]:
        """Return the fields that go out, with the remark that stands here already."""
        yield from ((code, FIELDS[code]) for code in EXPORT_FIELDS)
        wanted = str(self.initial.get("field", "") or self.data.get(self.add_prefix("field"), ""))
        if wanted.startswith("remark."):
            yield wanted, _("Remark: %(column)s") % {"column": wanted.removeprefix("remark.")}


LayoutColumns = column_rows(LayoutColumnForm)


class ExportForm(forms.Form):
    """In which kind of file, and why with whole numbers."""

    kind = forms.ChoiceField(
        label=_("File"),
        choices=[("xlsx", _("Workbook (.xlsx)")), ("csv", "CSV")],
        widget=forms.RadioSelect,
        initial="xlsx",
    )
    reason = forms.CharField(
        label=_("Reason for whole numbers"),
        max_length=200,
        required=False,
        help_text=_(
            "Without a reason, ID and telephone numbers are masked. A reason is kept with the list "
            "of everybody in the file."
        ),
    )
