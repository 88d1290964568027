"""Days and times as people type them into a form (日期时间栏): a slip of the hand is named at once."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

#: What is outside is a slip of the hand.
FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)


def in_reach(value: date | datetime) -> None:
    """Refuse days that are a slip of the hand, before anybody reckons with them."""
    if not FIRST.year <= value.year <= LAST.year:
        raise forms.ValidationError(
            _("This is the year %(year)s. Check it."), params={"year": value.year}
        )


class Moment(forms.DateTimeField):
    """A local day and time as a browser takes it."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def __init__(self, **options: Any) -> None:
        super().__init__(validators=[in_reach], **options)
