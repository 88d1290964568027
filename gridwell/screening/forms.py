"""Type and shape of what people enter about rounds."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gridwell.core.choices import offer
from gridwell.orders.labels import POOLS, PURPOSES
from gridwell.orders.rules.rounds import OF_A_ZONE, Purpose
from gridwell.residents.rules.traits import FIXED_VALUES, TraitCode
from gridwell.screening.call_texts import trait_words
from gridwell.screening.labels.rounds import EXEMPT_REASONS

ALL = "city_round"
LAST_YEAR = 2200
#: Days of one order; whoever asks for more decides anew.
MOST_DAYS = 14
#: By what key people are known: risk posts, one each, then what makes somebody frail.
KEY_WORDS = (
    TraitCode.RISK_POST.value,
    *(f"{TraitCode.RISK_POST}:{value}" for value in FIXED_VALUES[TraitCode.RISK_POST]),
    TraitCode.NEEDS_DIALYSIS.value,
    TraitCode.PREGNANT.value,
    TraitCode.ILLNESS.value,
    TraitCode.DISABLED.value,
    TraitCode.LIVES_ALONE.value,
    TraitCode.DESTITUTE.value,
    TraitCode.PUBLIC_SERVANT.value,
)


class DayInput(forms.DateInput):
    """A day; browsers take ISO 8601 only, whatever the language of the page writes."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class RoundOrderForm(forms.Form):
    """That a round is ordered: what for, where, when, how pooled, on what it rests."""

    ref = forms.UUIDField(widget=forms.HiddenInput)
    purpose = forms.ChoiceField(label=_("What for"), choices=list(PURPOSES.items()))
    zone = forms.TypedChoiceField(
        label=_("Zone"), required=False, coerce=int, empty_value=None, choices=()
    )
    number = forms.IntegerField(
        label=_("Round or day number"), min_value=1, max_value=99, initial=1
    )
    on = forms.DateField(label=_("Day"), widget=DayInput())
    until = forms.DateField(
        label=_("A round a day until"),
        widget=DayInput(),
        required=False,
        help_text=_("Empty: that day alone. Else each day has a round of its own, numbered on."),
    )
    pool = forms.ChoiceField(label=_("How many a tube"), choices=list(POOLS.items()), initial="10")
    traits = forms.MultipleChoiceField(
        label=_("Key people: whom"),
        required=False,
        choices=(),
        help_text=_("For a round of key people: whoever has one of these circumstances."),
    )
    by_turn = forms.BooleanField(
        label=_("Only whose turn it is"),
        required=False,
        help_text=_("By how often the protocol asks; who was sampled before that is left out."),
    )
    places = forms.TypedMultipleChoiceField(
        label=_("Only these buildings"),
        required=False,
        coerce=int,
        choices=(),
        help_text=_("None chosen: the whole community."),
    )
    ordered_by = forms.CharField(label=_("Ordered by"), max_length=120)
    ordered_how = forms.CharField(label=_("How"), max_length=120, required=False)
    clause = forms.CharField(
        label=_("Clause"),
        max_length=60,
        required=False,
        help_text=_("As the order cites it; a zone's rounds find it in the protocol."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=400, required=False)

    def __init__(
        self,
        *args: Any,
        zones: list[tuple[int, str]],
        buildings: list[tuple[int, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, Any] = {
            "zone": [("", "—"), *zones],
            "places": buildings,
            "traits": [(word, trait_words(word)) for word in KEY_WORDS],
        }
        if not zones and not buildings:  # for many communities at once
            choices["purpose"] = [(code, word) for code, word in PURPOSES.items() if code == ALL]
        for name, values in choices.items():
            offer(self, name, values)
        if not zones:
            del self.fields["zone"]
        if not buildings:
            del self.fields["places"]
        if not zones and not buildings:
            del self.fields["traits"]
            del self.fields["by_turn"]

    def clean(self) -> dict[str, Any]:
        """Refuse a zone's round without its zone, and let a zone's range be the zone's own."""
        data: dict[str, Any] = super().clean() or {}
        self._check_days(data)
        is_zone = data.get("purpose") in OF_A_ZONE
        if is_zone and not data.get("zone"):
            self.add_error("zone" if "zone" in self.fields else None, _("Choose the zone."))
        if not is_zone:
            data["zone"] = None
        if is_zone or "places" not in self.fields:
            data["places"] = []
        is_key = data.get("purpose") == Purpose.KEY_PEOPLE
        if is_key and not data.get("traits") and "traits" in self.fields:
            self.add_error("traits", _("Choose by which circumstances the key people are known."))
        if not is_key:
            data["traits"] = []
            data["by_turn"] = False
        return data

    def _check_days(self, data: dict[str, Any]) -> None:
        """Refuse days that run backwards or on and on; `days` are those of the order."""
        first, last = data.get("on"), data.get("until")
        if first is None:
            return
        length = (last - first).days + 1 if last is not None else 1
        if not 1 <= length <= MOST_DAYS:
            self.add_error("until", _("At most fourteen days from the first one on."))
            length = 1
        data["days"] = [first + timedelta(days=number) for number in range(length)]


class ExemptForm(forms.Form):
    """Why somebody need not be sampled in this round, and until when."""

    reason = forms.ChoiceField(label=_("Why"), choices=list(EXEMPT_REASONS.items()))
    until = forms.DateField(label=_("Until the end of"), widget=DayInput())
    remark = forms.CharField(label=_("Remark"), max_length=200, required=False)

    def clean_until(self) -> date:
        """Refuse a day of no calendar of ours: the last one there is has no day after it."""
        until: date = self.cleaned_data["until"]
        if until.year > LAST_YEAR:
            raise forms.ValidationError(self.fields["until"].error_messages["invalid"])
        return until


class CensusForm(forms.Form):
    """A door of the census: where it is, and who lives behind it, one a line."""

    ref = forms.UUIDField(widget=forms.HiddenInput)
    unit = forms.CharField(label=_("Unit"), max_length=40, required=False)
    room = forms.CharField(
        label=_("Door"), max_length=40, widget=forms.TextInput(attrs={"autofocus": True})
    )
    people = forms.CharField(
        label=_("Who lives here"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        help_text=_(
            "One person a line: name, then ID number, telephone, relation, as far as known."
        ),
    )
