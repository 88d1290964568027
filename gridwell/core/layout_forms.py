"""The table in which the columns of a layout are entered, one row a column (版式的列)."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from gridwell.core.choices import offer
from gridwell.core.layouts import MOST_COLUMNS, Column

#: Empty rows below those that are filled.
SPARE = 4


class ColumnRow(forms.Form):
    """One column of a layout: its own header and what stands below it."""

    header = forms.CharField(label=_("Header"), max_length=120, required=False)
    field = forms.ChoiceField(label=_("Content"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "field", [("", "—"), *self.contents()])

    def contents(self) -> Iterable[tuple[Any, Any]]:
        """Return what a column may hold: code and words, or a group of them."""
        return ()


class _Columns(forms.BaseFormSet):  # type: ignore[type-arg]  # not generic at run time
    default_error_messages = {
        "missing_management_form": _("The form came in incomplete. Open it again."),
        "too_many_forms": ngettext_lazy(
            "A layout has at most %(num)d column.", "A layout has at most %(num)d columns.", "num"
        ),
    }


def column_rows(form: type[ColumnRow]) -> Any:
    """Return the formset of such rows: each with its place, and some empty ones at the end."""
    return forms.formset_factory(
        form, _Columns, extra=SPARE, max_num=MOST_COLUMNS, validate_max=True, can_order=True
    )


def filled(rows: Any, words: Mapping[str, Any]) -> list[tuple[int, Column]]:
    """Return the filled columns of a valid formset in the order their numbers say, each with its row.

    A column without content is left out; one without header is called what `words` calls its content.
    """
    found = []
    for place, row in enumerate(rows.forms):
        data = row.cleaned_data
        if field := data.get("field"):
            header = data["header"] or str(words.get(field, field))
            column = Column(header, field, data.get("text", ""))
            order = data.get("ORDER")
            found.append((place + 1 if order is None else order, place, column))
    return [(place, column) for _order, place, column in sorted(found, key=lambda one: one[:2])]
