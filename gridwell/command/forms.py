"""Type and shape of what people enter about notices, zones, stays and events."""

from datetime import datetime, timedelta
from typing import Any, cast

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridwell.command.actions.measures import WORK
from gridwell.command.picking import places_field
from gridwell.core import clock
from gridwell.core.moments import FIRST, LAST, in_reach
from gridwell.health.actions import FARTHEST as FARTHEST_ARRIVAL
from gridwell.health.labels import CASE_KINDS, EXEMPTIONS, OUTCOMES
from gridwell.orders.actions import FARTHEST
from gridwell.orders.labels import DELIVERED, LEVELS
from gridwell.protocols.labels import CLASSES, FAMILIES, STAYS
from gridwell.residents.labels import GUESTS
from gridwell.tasks.labels import KINDS as WORK_KINDS


class TextField(forms.CharField):
    """Text as people paste it: NUL characters, which some programs leave behind, are dropped."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value.replace("\0", "") if isinstance(value, str) else value))


class _Day(forms.DateInput):
    input_type = "date"
    end = "%Y-%m-%d"

    def __init__(self, ahead: int | None = None, format: str = "%Y-%m-%d") -> None:
        # Browsers take ISO 8601 only, whatever the language of the page writes.
        super().__init__(format=format)
        self.ahead = ahead

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Add the first and the last day that can be chosen; the last moves on with the clock."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        shown = context["widget"]["attrs"]
        last = LAST if self.ahead is None else clock.today() + timedelta(days=self.ahead)
        shown["min"], shown["max"] = FIRST.strftime(self.end), last.strftime(self.end)
        return context


class _Instant(_Day):
    input_type = "datetime-local"
    end = "%Y-%m-%dT23:59"

    def __init__(self, ahead: int | None = None) -> None:
        super().__init__(ahead, format="%Y-%m-%dT%H:%M")

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["min"] = FIRST.strftime("%Y-%m-%dT00:00")
        return context


def instant_field(label: Any, ahead: int | None = None, **options: Any) -> forms.DateTimeField:
    """Return a field for a local day and time; `ahead` says how many days ahead may be chosen."""
    return forms.DateTimeField(
        label=label,
        widget=_Instant(ahead),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        validators=[in_reach],
        **options,
    )


def day_field(label: Any, ahead: int | None = None, **options: Any) -> forms.DateField:
    """Return a field for a day; `ahead` says how many days ahead may be chosen."""
    return forms.DateField(label=label, widget=_Day(ahead), validators=[in_reach], **options)


class NoticeForm(forms.Form):
    """A notice: its text, or its file."""

    text = TextField(
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

    reason = TextField(label=_("Reason"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))


class OrderForm(forms.Form):
    """On what an act stands that no notice orders."""

    ordered_by = TextField(label=_("Who ordered it"), max_length=120)
    ordered_how = TextField(
        label=_("How (telephone, meeting, paper no.)"), max_length=120, required=False
    )


class ZoneForm(OrderForm):
    """A zone entered without a notice."""

    place = places_field(
        _("Places"),
        help_text=_(
            "Type a part of the name and choose: buildings, units, doors; several can be chosen. "
            "Without suggestions: one a line, such as 金桂苑1号楼1-6层, or 除金桂苑1号楼2单元外."
        ),
        with_exceptions=True,
        with_floors=True,
    )
    boundary = TextField(label=_("or its boundary in words"), max_length=400, required=False)
    level = forms.ChoiceField(
        label=_("Level"), choices=[(k, v) for k, v in LEVELS.items() if k != "low"]
    )
    effective_at = instant_field(_("In force from"), FARTHEST.days)
    before_records = forms.BooleanField(
        label=_("It was designated before our records; the day is not known"), required=False
    )
    spread_unclear = TextField(
        label=_("Wider than a unit or building: why is the spread unclear?"),
        max_length=200,
        required=False,
    )


class ChangeForm(OrderForm):
    """A change of an open zone without a notice."""

    effective_at = instant_field(_("In force from"), FARTHEST.days)
    reason = TextField(label=_("Reason"), max_length=400)


class RangeForm(ChangeForm):
    """A new range of an open zone."""

    places = places_field(
        _("Places it covers from then on"),
        required=True,
        help_text=_(
            "What it covers now stands here already. Take places off, add some, name floors or what "
            "is left out."
        ),
        with_exceptions=True,
        with_floors=True,
    )


class CorrectForm(forms.Form):
    """What is right instead."""

    effective_at = instant_field(_("In force from"), FARTHEST.days)
    level = forms.ChoiceField(
        label=_("Level"), required=False, choices=[("", "—"), *LEVELS.items()]
    )
    reason = TextField(label=_("Reason"), max_length=400)


class RoundForm(forms.Form):
    """The outcome of a round in a zone."""

    on = day_field(_("Day of sampling"), 0)
    due = forms.IntegerField(label=_("Due"), min_value=0, max_value=100_000)
    sampled = forms.IntegerField(label=_("Sampled"), min_value=0, max_value=100_000)
    negative = forms.IntegerField(label=_("Negative"), min_value=0, max_value=100_000)
    positive = forms.IntegerField(label=_("Positive"), min_value=0, max_value=100_000, initial=0)
    last_result_at = instant_field(_("Last result came at"), 0, required=False)
    source = TextField(label=_("Source"), max_length=120, required=False)


class StandstillForm(OrderForm):
    """A standstill; ordered by a notice, or by who is named."""

    notice = forms.IntegerField(widget=forms.HiddenInput(), required=False)
    place = places_field(
        _("Places"),
        help_text=_(
            "Left empty: the whole community. Several places, floors and exceptions count."
        ),
        with_exceptions=True,
        with_floors=True,
    )
    starts_at = instant_field(_("From"), FARTHEST.days)
    ends_at = instant_field(_("Until"), required=False)
    reason = TextField(label=_("Reason"), max_length=400)

    field_order = ["place", "starts_at", "ends_at", "reason", "ordered_by", "ordered_how"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self["notice"].value():  # the notice is the order
            self.fields["ordered_by"].required = False


class MeasureForm(forms.Form):
    """Work made of what a notice asks in an emergency."""

    kind = forms.ChoiceField(
        label=_("Kind of work"), choices=[(code, WORK_KINDS[code]) for code in WORK]
    )
    place = places_field(_("Places"), with_exceptions=True, with_floors=True)
    is_whole = forms.BooleanField(label=_("the whole community"), required=False)
    is_first = forms.BooleanField(
        label=_("only households with somebody who lives alone, is very old, disabled or ill"),
        required=False,
    )
    due_at = instant_field(_("To be done by"))
    words = TextField(
        label=_("What is to be done"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class EndForm(ReasonForm):
    """When and why something ends."""

    ends_at = instant_field(_("Ends at"))

    field_order = ["ends_at", "reason"]


class StayForm(forms.Form):
    """An isolation or monitoring of a person."""

    resident = forms.IntegerField(widget=forms.HiddenInput())
    kind = forms.ChoiceField(label=_("What"), choices=list(STAYS.items()))
    person_class = forms.ChoiceField(label=_("Because this person"), choices=list(CLASSES.items()))
    from_on = day_field(_("Day of arrival"), FARTHEST_ARRIVAL.days)
    already_spent = forms.IntegerField(
        label=_("Days already spent elsewhere"), min_value=0, max_value=30, initial=0
    )
    place_name = TextField(label=_("Where, when not at home"), max_length=120, required=False)
    ordered_by = TextField(label=_("Who ordered it"), max_length=120, required=False)


class CaseForm(forms.Form):
    """An infection."""

    resident = forms.IntegerField(widget=forms.HiddenInput(), required=False)
    place = places_field(_("Place, when nobody of ours"), is_single=True)
    found_at = instant_field(_("Found at"), 0)
    kind = forms.ChoiceField(label=_("Kind"), choices=list(CASE_KINDS.items()))
    was_isolated = forms.BooleanField(label=_("Found in isolation"), required=False)


class ResultForm(forms.Form):
    """A person's result."""

    resident = forms.IntegerField(widget=forms.HiddenInput())
    sampled_at = instant_field(_("Sampled at"), 0)
    outcome = forms.ChoiceField(label=_("Result"), choices=list(OUTCOMES.items()))
    resulted_at = instant_field(_("Result came at"), 0, required=False)


class GuestForm(forms.Form):
    """Somebody who is here without being registered."""

    ref = forms.UUIDField(widget=forms.HiddenInput())
    name = TextField(label=_("Name"), max_length=60)
    place = places_field(
        _("Door"),
        required=True,
        help_text=_("Type a door (2-1-1501) or a part of the shop's name, and choose."),
        doors_only=True,
        is_single=True,
    )
    kind = forms.ChoiceField(label=_("What brings this person here"), choices=list(GUESTS.items()))
    starts_at = instant_field(_("Here since"), 7)
    ends_at = instant_field(
        _("Until"), 400, required=False, help_text=_("Left empty: until further notice.")
    )
    phone = TextField(label=_("Telephone"), max_length=40, required=False)
    document = TextField(label=_("Document number"), max_length=40, required=False)


class GuestEntryForm(forms.Form):
    """A guest who is entered into the register: of which household, and what is known of the person."""

    ref = forms.UUIDField(widget=forms.HiddenInput())
    name = TextField(label=_("Name"), max_length=60)
    household = forms.TypedChoiceField(
        label=_("Household"), coerce=int, required=False, widget=forms.RadioSelect
    )
    door = places_field(
        _("Lives behind another door"),
        required=False,
        help_text=_("Left empty: the door of the stay. For a shop or a site it is needed."),
        doors_only=True,
        is_single=True,
    )
    relation = TextField(label=_("Relation to the head"), max_length=20, required=False)
    document = TextField(
        label=_("Document number"),
        max_length=40,
        required=False,
        help_text=_("Left empty: what is on record for the stay."),
    )
    phone = TextField(
        label=_("Telephone"),
        max_length=40,
        required=False,
        help_text=_("Left empty: what is on record for the stay."),
    )

    def __init__(self, *args: Any, households: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [*households, (0, _("a household of its own"))]
        cast("forms.ChoiceField", self.fields["household"]).choices = choices


class GuestEndForm(forms.Form):
    """When a guest left."""

    ends_at = instant_field(_("Left at"), 7, required=False)
    reason = TextField(max_length=400, required=False)


class ExemptionForm(forms.Form):
    """Why somebody is not due to be sampled, and until when."""

    resident = forms.IntegerField(widget=forms.HiddenInput())
    reason = forms.ChoiceField(label=_("Because this person"), choices=list(EXEMPTIONS.items()))
    remark = TextField(
        label=_("In words"),
        max_length=400,
        required=False,
        help_text=_("Needed for another reason."),
    )
    starts_on = day_field(_("From"), 30)
    ends_on = day_field(_("Until (last day)"))


class DeliveryForm(forms.Form):
    """How sheets were delivered."""

    how = forms.ChoiceField(label=_("How"), choices=list(DELIVERED.items()))
    delivered_at = instant_field(_("When"), 0)


class EventForm(forms.Form):
    """An event."""

    name = TextField(label=_("Called"), max_length=80)
    family = forms.ChoiceField(label=_("Protocol"))

    def __init__(self, *args: Any, families: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["family"]).choices = [
            (family, FAMILIES.get(family, family)) for family in families
        ]


def local(now: datetime, zone: Any) -> str:
    """Return an instant as a datetime-local field shows it."""
    return now.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


class NarrowForm(forms.Form):
    """What a list of people is narrowed to: building, day, outcome.

    No names: what is asked for stands in the page's address.
    """

    show = forms.CharField(required=False, widget=forms.HiddenInput)
    building = forms.TypedChoiceField(label=_("Building"), coerce=int, required=False)
    outcome = forms.ChoiceField(label=_("Result"), required=False)
    day = forms.DateField(label=_("Day"), required=False, widget=_Day())

    def __init__(
        self, data: Any, *, buildings: list[tuple[int, str]], keep: tuple[str, ...] = ()
    ) -> None:
        super().__init__(data)
        for name in {"outcome", "day"} - set(keep):
            del self.fields[name]
        every = ("", _("all"))
        cast(forms.ChoiceField, self.fields["building"]).choices = [every, *buildings]
        if "outcome" in keep:
            cast(forms.ChoiceField, self.fields["outcome"]).choices = [every, *OUTCOMES.items()]
        self.is_valid()  # a value that is none narrows nothing

    @property
    def is_asked(self) -> bool:
        """Whether the list is narrowed at all: then its head stays when nothing is found."""
        return any(value for name, value in self.cleaned_data.items() if name != "show")

    def of(self, rows: Any, place: str = "dwelling", at: str = "sampled_at") -> Any:
        """Return the rows that are asked for; `place` and `at` name the fields of the model."""
        asked = self.cleaned_data
        if building := asked.get("building"):
            inside = Q(**{f"{place}__building": building}) | Q(**{place: building})
            rows = rows.filter(inside)
        if outcome := asked.get("outcome"):
            rows = rows.filter(outcome=outcome)
        if day := asked.get("day"):
            span = {f"{at}__gte": clock.start_of(day), f"{at}__lt": clock.end_of(day)}
            rows = rows.filter(**span)
        return rows
