"""Type and shape of what people enter about results, holds and laboratories."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ResultFileForm(forms.Form):
    """A laboratory's file, and from which laboratory it is."""

    file = forms.FileField(
        label=_("File (xlsx or csv)"),
        help_text=_("With a column of tube numbers or ID numbers, and one of results."),
    )
    laboratory = forms.TypedChoiceField(
        label=_("Laboratory"), required=False, coerce=int, empty_value=None, choices=()
    )


class FaultForm(forms.Form):
    """What is done with a row of a laboratory, and why."""

    act = forms.ChoiceField(
        label=_("What to do"),
        choices=[
            ("keep", _("Put the row aside; what is on record stays")),
            ("take", _("Let this result count instead")),
        ],
        widget=forms.RadioSelect,
        initial="keep",
    )
    reason = forms.CharField(label=_("What you found out"), max_length=200)


class InstantInput(forms.DateTimeInput):
    """A day and time; browsers take ISO 8601 only, whatever the language of the page writes."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class ExtendForm(forms.Form):
    """Until when, why and by which clause somebody is held longer."""

    until = forms.DateTimeField(
        label=_("Held until"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        widget=InstantInput(),
    )
    reason = forms.CharField(label=_("Reason"), max_length=400)
    clause = forms.CharField(label=_("By which clause"), max_length=60)


#: So many days the keys before a new one go on.
OVERLAPS = [
    (7, _("the old key goes on for 7 days")),
    (1, _("the old key goes on for 1 day")),
    (30, _("the old key goes on for 30 days")),
    (0, _("the old key is void at once")),
]


class KeyForm(forms.Form):
    """What a new key is called, and how long the keys before it go on; not said, not at all."""

    name = forms.CharField(max_length=40, required=False)
    overlap = forms.TypedChoiceField(coerce=int, choices=OVERLAPS, required=False, empty_value=None)


class LaboratoryForm(forms.Form):
    """The name of a laboratory."""

    name = forms.CharField(label=_("Name of the laboratory"), max_length=80)
