"""Type and shape of what is entered on the pages of report layouts."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gridwell.core.layout_forms import ColumnRow, column_rows
from gridwell.screening.forms import DayInput
from gridwell.screening.labels.report_layouts import FIELDS, GROUPS, ROWS
from gridwell.screening.rules.report_layouts import Rows


class ReportLayoutForm(forms.Form):
    """A layout of the report: its name, its title line, what a line is about."""

    name = forms.CharField(label=_("Name of the layout"), max_length=80)
    title = forms.CharField(
        label=_("Title line of the form"),
        max_length=120,
        required=False,
        help_text=_("Stands above the header; left empty, the name stands there."),
    )
    rows = forms.ChoiceField(
        label=_("One line for"),
        choices=list(ROWS.items()),
        widget=forms.RadioSelect,
        initial=Rows.ROUND.value,
        help_text=_(
            "Each community: its rounds of the chosen days together in one line. By grid or building "
            "there are no figures of tubes and results: a tube may hold people of several buildings."
        ),
    )
    has_total = forms.BooleanField(
        label=_("A total at the end, when there are several lines"), required=False
    )


class ReportColumn(ColumnRow):
    """One column: a figure of the report, the same words in each line, or nothing to be filled in."""

    text = forms.CharField(
        label=_("Words, where they are the same"), max_length=120, required=False
    )

    def contents(self) -> Iterable[tuple[Any, Any]]:
        """Return the contents in groups."""
        for group, fields in GROUPS:
            yield group, [(field, str(FIELDS[field]).replace("/", ": ")) for field in fields]

    def clean(self) -> dict[str, Any]:
        """Ask for the words of a column that is to hold them."""
        data = super().clean() or {}
        if data.get("field") == "text" and not data.get("text") and not self.has_error("text"):
            self.add_error("text", _("Enter the words that stand in each line."))
        return data


ReportColumns = column_rows(ReportColumn)


class DaysForm(forms.Form):
    """The days of which rounds are shown; without any the latest."""

    since = forms.DateField(label=_("From"), required=False, widget=DayInput())
    until = forms.DateField(label=_("Until"), required=False, widget=DayInput())

    def clean(self) -> dict[str, Any]:
        """Refuse days that stand the wrong way round."""
        data = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day is before the first one."))
        return data

    @property
    def days(self) -> tuple[date | None, date | None]:
        """Return the first and the last day that are asked for; None for no limit, or for what is no day."""
        if not self.is_valid():
            return None, None
        return self.cleaned_data["since"], self.cleaned_data["until"]
