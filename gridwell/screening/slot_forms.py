"""Type and shape of what people enter about sites, desks and slots."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gridwell.core import clock
from gridwell.core.choices import FullNameChoice, offer, offer_rows
from gridwell.places.models import Place
from gridwell.screening.actions.desks import MOST_AT_ONCE, Hours
from gridwell.screening.models import Site
from gridwell.screening.rules.sites import BEST_RATE
from gridwell.screening.rules.slots import LONGEST_SLOT


class TimeInput(forms.TimeInput):
    """A time of the day as browsers take it."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class SiteForm(forms.Form):
    """A site: its name, the place it stands by, where in words."""

    name = forms.CharField(label=_("Name of the site"), max_length=60)
    place = FullNameChoice(
        label=_("Stands by"),
        queryset=Place.objects.none(),
        required=False,
        empty_label="—",
        help_text=_(
            "The compound or building beside it: from there the way of each building is told."
        ),
    )
    where = forms.CharField(
        label=_("Where, in words"),
        max_length=120,
        required=False,
        help_text=_("As people ask the way: left of the east gate, in the car park."),
    )

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_rows(self, "place", places)


class ReasonForm(forms.Form):
    """A few words of reason."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class DeskForm(forms.Form):
    """The hours of a desk on the round's day, and the post that stands there."""

    opens = forms.TimeField(label=_("Opens"), widget=TimeInput(), initial=time(8))
    closes = forms.TimeField(
        label=_("Closes"),
        widget=TimeInput(),
        initial=time(17),
        help_text=_("A time before the opening is on the next day: 19:00 to 01:30."),
    )
    post = forms.TypedChoiceField(
        label=_("Post"), required=False, coerce=int, empty_value=None, choices=()
    )

    def __init__(self, *args: Any, posts: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "post", [("", "—"), *posts])

    def hours(self, day: date) -> Hours:
        """Return the hours on a day; what closes before it opens closes on the next one."""
        opens, closes = _on(day, self.cleaned_data["opens"]), _on(day, self.cleaned_data["closes"])
        return Hours(opens, closes if closes > opens else closes + timedelta(days=1))


class DesksForm(DeskForm):
    """Several desks at a site with the same hours."""

    site = forms.TypedChoiceField(label=pgettext_lazy("sampling", "Site"), coerce=int, choices=())
    count = forms.IntegerField(
        label=_("How many desks"), min_value=1, max_value=MOST_AT_ONCE, initial=1
    )
    field_order = ("site", "count", "opens", "closes", "post")

    def __init__(self, *args: Any, sites: list[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "site", [(site.pk, site.name) for site in sites])


class PaceForm(forms.Form):
    """How long a slot lasts, and how many people an hour a desk is to take."""

    minutes = forms.IntegerField(
        label=_("Minutes a slot"),
        min_value=5,
        max_value=LONGEST_SLOT,
        help_text=_("Nobody is to wait longer than 30 minutes, so no slot is longer."),
    )
    rate = forms.IntegerField(
        label=_("People an hour a desk"),
        min_value=1,
        max_value=BEST_RATE,
        help_text=_("100 at best; 80 leaves room for breaks and changing clothes."),
    )


class MoveForm(forms.Form):
    """Where a slot is to stand instead, and why if a rule asks for it."""

    ref = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)
    spot = forms.ChoiceField(label=_("Move to"), choices=())
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        required=False,
        help_text=_("Only where people would wait longer, or walk farther than they should."),
    )

    def __init__(self, *args: Any, spots: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "spot", spots)

    def target(self) -> tuple[int, int]:
        """Return the site and the minute of the day that were chosen."""
        site, _colon, minute = self.cleaned_data["spot"].partition(":")
        return int(site), int(minute)


def _on(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=clock.zone())
