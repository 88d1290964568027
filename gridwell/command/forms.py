"""Type and shape of what people enter about notices, zones, stays and events."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gridwell.health.labels import CASE_KINDS, OUTCOMES
from gridwell.orders.labels import DELIVERED, LEVELS
from gridwell.protocols.labels import CLASSES, STAYS


class _Day(forms.DateInput):
    input_type = "date"


class _Instant(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M", **kwargs)


def instant_field(label: Any, **options: Any) -> forms.DateTimeField:
    """Return a field for a local day and time."""
    return forms.DateTimeField(
        label=label,
        widget=_Instant(),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        **options,
    )


class NoticeForm(forms.Form):
    """A notice: its text, or its file."""

    text = forms.CharField(
        label=_("Text of the notice"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false"}),
        help_text=_("Paste all of it, with number and date; line breaks do not matter."),
    )
    file = forms.FileField(
        label=_("or its file"),
        required=False,
        help_text=_(".txt, .docx, or .pdf with text"),
        widget=forms.ClearableFileInput(attrs={"accept": ".txt,.docx,.pdf"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not (data.get("text") or "").strip() and not data.get("file"):
            raise forms.ValidationError(_("Paste the text, or choose the file."))
        return data


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=_("Reason"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )


class OrderForm(forms.Form):
    """On what an act stands that no notice orders."""

    ordered_by = forms.CharField(label=_("Who ordered it"), max_length=120)
    ordered_how = forms.CharField(
        label=_("How (telephone, meeting, paper no.)"), max_length=120, required=False
    )


class ZoneForm(OrderForm):
    """A zone entered without a notice."""

    place = forms.CharField(
        label=_("Place"),
        max_length=200,
        help_text=_("As in the register: compound and building, such as 金桂苑1号楼2单元."),
        required=False,
    )
    boundary = forms.CharField(label=_("or its boundary in words"), max_length=400, required=False)
    level = forms.ChoiceField(
        label=_("Level"), choices=[(k, v) for k, v in LEVELS.items() if k != "low"]
    )
    effective_at = instant_field(_("In force from"))
    before_records = forms.BooleanField(
        label=_("It was designated before our records; the day is not known"), required=False
    )
    spread_unclear = forms.CharField(
        label=_("Wider than a unit or building: why is the spread unclear?"),
        max_length=200,
        required=False,
    )


class ChangeForm(OrderForm):
    """A change of an open zone without a notice."""

    effective_at = instant_field(_("In force from"))
    reason = forms.CharField(label=_("Reason"), max_length=400)


class RangeForm(ChangeForm):
    """A new range of an open zone."""

    places = forms.CharField(
        label=_("Places it covers from then on"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "One place of the register on each line; a line that begins with “除” is taken out."
        ),
    )


class CorrectForm(forms.Form):
    """What is right instead."""

    effective_at = instant_field(_("In force from"))
    level = forms.ChoiceField(
        label=_("Level"), required=False, choices=[("", "—"), *LEVELS.items()]
    )
    reason = forms.CharField(label=_("Reason"), max_length=400)


class RoundForm(forms.Form):
    """The outcome of a round in a zone."""

    on = forms.DateField(label=_("Day of sampling"), widget=_Day())
    due = forms.IntegerField(label=_("Due"), min_value=0, max_value=100_000)
    sampled = forms.IntegerField(label=_("Sampled"), min_value=0, max_value=100_000)
    negative = forms.IntegerField(label=_("Negative"), min_value=0, max_value=100_000)
    positive = forms.IntegerField(label=_("Positive"), min_value=0, max_value=100_000, initial=0)
    last_result_at = instant_field(_("Last result came at"), required=False)
    source = forms.CharField(label=_("Source"), max_length=120, required=False)


class StandstillForm(OrderForm):
    """A standstill."""

    place = forms.CharField(
        label=_("Place"),
        max_length=200,
        required=False,
        help_text=_("Left empty: the whole community."),
    )
    starts_at = instant_field(_("From"))
    ends_at = instant_field(_("Until"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=400)


class EndForm(ReasonForm):
    """When and why something ends."""

    ends_at = instant_field(_("Ends at"))

    field_order = ["ends_at", "reason"]


class StayForm(forms.Form):
    """An isolation or monitoring of a person."""

    resident = forms.IntegerField(widget=forms.HiddenInput())
    kind = forms.ChoiceField(label=_("What"), choices=list(STAYS.items()))
    person_class = forms.ChoiceField(label=_("Because this person"), choices=list(CLASSES.items()))
    from_on = forms.DateField(label=_("Day of arrival"), widget=_Day())
    already_spent = forms.IntegerField(
        label=_("Days already spent elsewhere"), min_value=0, max_value=30, initial=0
    )
    place_name = forms.CharField(label=_("Where, when not at home"), max_length=120, required=False)
    ordered_by = forms.CharField(label=_("Who ordered it"), max_length=120, required=False)


class CaseForm(forms.Form):
    """An infection."""

    resident = forms.IntegerField(widget=forms.HiddenInput(), required=False)
    place = forms.CharField(label=_("Place, when nobody of ours"), max_length=200, required=False)
    found_at = instant_field(_("Found at"))
    kind = forms.ChoiceField(label=_("Kind"), choices=list(CASE_KINDS.items()))
    was_isolated = forms.BooleanField(label=_("Found in isolation"), required=False)


class ResultForm(forms.Form):
    """A person's result."""

    resident = forms.IntegerField(widget=forms.HiddenInput())
    sampled_at = instant_field(_("Sampled at"))
    outcome = forms.ChoiceField(label=_("Result"), choices=list(OUTCOMES.items()))
    resulted_at = instant_field(_("Result came at"), required=False)


class DeliveryForm(forms.Form):
    """How sheets were delivered."""

    how = forms.ChoiceField(label=_("How"), choices=list(DELIVERED.items()))
    delivered_at = instant_field(_("When"))


class EventForm(forms.Form):
    """An event."""

    name = forms.CharField(label=_("Name"), max_length=80)
    family = forms.ChoiceField(label=_("Protocol"))

    def __init__(self, *args: Any, families: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["family"].choices = [(f, f) for f in families]  # type: ignore[attr-defined]


def local(now: datetime, zone: Any) -> str:
    """Return an instant as a datetime-local field shows it."""
    return now.astimezone(zone).strftime("%Y-%m-%dT%H:%M")
