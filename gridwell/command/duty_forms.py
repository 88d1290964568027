"""Type and shape of what people enter about modes, command, instructions, reports and looks."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gridwell.accounts.labels import ROLES
from gridwell.command.forms import TextField, instant_field
from gridwell.command.labels import CHRONICLE
from gridwell.command.rules.instructions import Receipt
from gridwell.core import ids
from gridwell.core.choices import offer
from gridwell.core.numbers import whole_number
from gridwell.orders.labels import MANUAL, MODES

#: Roles inside a community to whose posts an instruction can go.
POST_ROLES = ("grid_worker", "building_head", "unit_head", "team_member")
#: Years in which there are acts; the calendar's ends cannot be counted across.
_YEARS = range(1970, 2200)
_TIME = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)")


class OnceForm(forms.Form):
    """A form that carries its own key, so that sending it twice is once."""

    client_ref = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"client_ref": ids.new_ref(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)


def _reason(rows: int = 2) -> TextField:
    return TextField(label=_("Reason"), max_length=400, widget=forms.Textarea(attrs={"rows": rows}))


class ModeForm(OnceForm):
    """Into which mode, why, and what was shown before."""

    mode = forms.ChoiceField(widget=forms.HiddenInput, choices=MODES)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=60)
    reason = _reason()
    is_for_all_below = forms.BooleanField(
        label=_("Areas below that set a stricter mode themselves go back too"), required=False
    )
    remark = TextField(
        label=_("Remark in the closing report"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, has_below: bool, is_return: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_below:
            del self.fields["is_for_all_below"]
        if not is_return:
            del self.fields["remark"]


class RehearsalForm(OnceForm):
    """Why a change of mode is played through."""

    mode = forms.ChoiceField(widget=forms.HiddenInput, choices=MODES)
    reason = TextField(label=_("What is rehearsed"), max_length=400)


class ProfileForm(forms.Form):
    """What a mode sets in an area; an empty field keeps the standard."""

    time_percent = forms.IntegerField(
        label=_("Time allowed for work, in percent"), required=False, min_value=10, max_value=300
    )
    quiet_from = forms.TimeField(
        label=_("Quiet from"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    quiet_until = forms.TimeField(
        label=_("Quiet until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    reports_at = forms.CharField(
        label=_("Reports are due at"),
        required=False,
        max_length=120,
        help_text=_("Times of the day, such as 08:00 14:00 20:00"),
    )
    manual = forms.MultipleChoiceField(
        label=_("Needs a person's yes"),
        required=False,
        choices=tuple(MANUAL.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    reason = _reason()

    def clean_reports_at(self) -> tuple[time, ...] | None:
        """Return the times named; a word that is none is a fault of the field."""
        words = str(self.cleaned_data["reports_at"]).replace("，", " ").replace("、", " ")
        times = []
        for word in words.replace(",", " ").split():
            found = _TIME.fullmatch(word)
            if found is None:
                raise forms.ValidationError(
                    _("%(word)s is no time of the day; write 08:00."), params={"word": word[:20]}
                )
            times.append(time(int(found[1]), int(found[2])))
        return tuple(sorted(set(times))) or None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (data.get("quiet_from") is None) != (data.get("quiet_until") is None):
            self.add_error("quiet_until", _("Quiet hours need a beginning and an end."))
        return data


class TakeOverForm(forms.Form):
    """Which place, why, whom to call, until when."""

    place = forms.TypedChoiceField(label=_("Place"), coerce=int)
    reason = _reason()
    telephone = TextField(label=_("Telephone of the command"), max_length=40, required=False)
    ends_at = instant_field(
        _("Until"), 60, required=False, help_text=_("Empty: until it is given back")
    )

    def __init__(self, *args: Any, places: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "place", [("", "—"), *places])


class InstructionForm(OnceForm):
    """What is asked, by when, and of whom."""

    title = TextField(label=_("Title"), max_length=80)
    text = TextField(
        label=_("What is to be done"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6})
    )
    due_at = instant_field(_("To be done by"), 60, required=False)
    is_urgent = forms.BooleanField(label=_("Urgent: told in quiet hours too"), required=False)
    areas = forms.TypedMultipleChoiceField(
        label=_("Desks of these areas"),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    is_to_communities = forms.BooleanField(
        label=_("Desks of all communities below"), required=False
    )
    roles = forms.MultipleChoiceField(
        label=_("All posts of these kinds"),
        required=False,
        choices=[(role, ROLES[role]) for role in POST_ROLES],
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self,
        *args: Any,
        areas: Iterable[tuple[int, str]],
        is_lowest: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if is_lowest:
            del self.fields["areas"], self.fields["is_to_communities"]
        else:
            offer(self, "areas", list(areas))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not any(data.get(name) for name in ("areas", "is_to_communities", "roles")):
            raise forms.ValidationError(_("Choose who receives it."))
        return data


class ReceiptForm(forms.Form):
    """An answer to an instruction."""

    state = forms.ChoiceField(
        choices=[(s.value, s.value) for s in (Receipt.ACCEPTED, Receipt.DONE, Receipt.REFUSED)]
    )
    reason = TextField(max_length=400, required=False)


class ReportForm(OnceForm):
    """A remark on the report that is sent."""

    remark = TextField(
        label=_("Remark"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class EmergencyForm(forms.Form):
    """Whose household, and why: a whole number, or a community and a door."""

    number = TextField(
        label=_("Whole ID number"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    community = TextField(label=_("or: community"), max_length=60, required=False)
    door = TextField(
        label=_("and door"),
        max_length=120,
        required=False,
        help_text=_("In whole: compound, building, unit, room"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reason = _reason()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("number") and not (data.get("community") and data.get("door")):
            raise forms.ValidationError(_("Give the whole number, or the community and the door."))
        return data


class ChronicleForm(forms.Form):
    """What the chronicle is narrowed to."""

    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("all")), *CHRONICLE.items()]
    )
    day = forms.DateField(
        label=_("Day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    place = forms.TypedChoiceField(label=_("Area"), required=False, coerce=int, empty_value=None)
    post = forms.ChoiceField(label=_("Post"), required=False)
    event = forms.TypedChoiceField(label=_("Event"), required=False, coerce=int, empty_value=None)
    before = forms.CharField(required=False, max_length=60)

    def __init__(
        self,
        *args: Any,
        places: Iterable[tuple[int, str]],
        posts: Iterable[tuple[str, str]],
        events: Iterable[tuple[int, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("place", places), ("post", posts), ("event", events)):
            offer(self, name, [("", _("all")), *choices])

    def clean_before(self) -> Any:
        """Return where the page before ended, as (instant, id); None for what is none."""
        instant, _sign, pk = str(self.cleaned_data["before"]).partition("~")
        number = whole_number(pk)
        try:
            at = datetime.fromisoformat(instant)
        except ValueError:
            return None
        is_one = at.tzinfo is not None and number is not None and at.year in _YEARS
        return (at, number) if is_one else None

    def clean_day(self) -> date | None:
        """Return the day; one that no act can be of narrows nothing, as a value that is none."""
        day: date | None = self.cleaned_data["day"]
        return day if day is not None and day.year in _YEARS else None
