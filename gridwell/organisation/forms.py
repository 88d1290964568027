"""Forms of the organisation: who is named, turns of duty; pick lists are handed in, in scope."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from gridwell.accounts.fields import PostChoice, UserChoice
from gridwell.accounts.labels import TEAMS
from gridwell.accounts.models import Post, User
from gridwell.core import clock
from gridwell.core.choices import FullNameChoice, NumberedChoice, offer, offer_rows
from gridwell.core.moments import Moment
from gridwell.organisation.models import NamedFact, Shift
from gridwell.organisation.queries import named_by
from gridwell.organisation.rules.kinds import HelperRole, Party
from gridwell.organisation.rules.naming import Named
from gridwell.places.models import Grid, Place
from gridwell.residents.rules.phones import read_phones

LOCAL = "%Y-%m-%dT%H:%M"


class Telephone(forms.CharField):
    """A telephone that can be called; spaces, +86 and dashes are taken off."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        reading = read_phones(text)
        if reading.faults or len(reading.numbers) != 1:
            raise forms.ValidationError(_("This is not a telephone number that can be called."))
        return str(reading.numbers[0])


class ReasonForm(forms.Form):
    """A reason in words."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is kept with the act. No names or numbers of residents."),
    )


class PersonForm(forms.Form):
    """Who is named: an account of the community, or a name with a telephone."""

    user = UserChoice(
        label=_("Account"), queryset=User.objects.none(), required=False, empty_label="—"
    )
    name = forms.CharField(
        label=_("or a name"),
        max_length=40,
        required=False,
        help_text=_("For somebody who has no account here."),
    )
    telephone = Telephone(label=_("Telephone"), max_length=40, required=False)

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_rows(self, "user", people)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("user") and data.get("name"):
            self.add_error("name", _("Choose an account or write a name, not both."))
        elif not data.get("user") and not data.get("name") and not data.get("post"):
            self.add_error("user", _("Choose an account or write a name."))
        return data

    @property
    def named(self) -> Named:
        """Return who was named."""
        data = self.cleaned_data
        user, post = data.get("user"), data.get("post")
        return Named(
            post=post.pk if post else None,
            user=user.pk if user else None,
            name=data.get("name", ""),
            telephone="" if user or post else data.get("telephone", ""),
            unit=data.get("unit", ""),
            remark=data.get("remark", ""),
        )


class HeadForm(PersonForm):
    """The head of a building or a unit."""


class MemberForm(PersonForm):
    """Somebody of a group: a post that stands already, an account, or a name."""

    post = PostChoice(
        label=_("Post"),
        queryset=Post.objects.none(),
        required=False,
        empty_label="—",
        help_text=_("Choose a post that stands already, and it leads the group as well."),
    )
    title = forms.CharField(label=_("Called"), max_length=60, required=False)
    is_leader = forms.BooleanField(label=_("leads the group"), required=False)

    field_order = ["is_leader", "user", "name", "telephone", "title", "post"]

    def __init__(self, *args: Any, posts: QuerySet[Post], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_rows(self, "post", posts)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("post") and (data.get("user") or data.get("name")):
            self.add_error("post", _("Choose a post or a person, not both."))
        if data.get("post") and not data.get("is_leader"):
            self.add_error("post", _("A post that stands already can lead the group only."))
        return data


class GroupForm(forms.Form):
    """A new group."""

    kind = forms.ChoiceField(label=_("Kind"), choices=list(TEAMS.items()))
    grid = NumberedChoice(
        label=_("Grid"),
        queryset=Grid.objects.none(),
        required=False,
        empty_label=_("the whole community"),
    )
    name = forms.CharField(
        label=_("Called"),
        max_length=60,
        required=False,
        help_text=_("Left empty, it is called after its grid and kind."),
    )

    def __init__(self, *args: Any, grids: QuerySet[Grid], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_rows(self, "grid", grids)


class NameForm(forms.Form):
    """Another name of a group."""

    name = forms.CharField(label=_("Called"), max_length=60)


class ChargeForm(PersonForm):
    """An area of charge: what, and who answers for it."""

    place = FullNameChoice(
        label=_("Place"), queryset=Place.objects.none(), required=False, empty_label="—"
    )
    grid = NumberedChoice(
        label=_("or a grid"), queryset=Grid.objects.none(), required=False, empty_label="—"
    )
    post = PostChoice(
        label=_("Post"), queryset=Post.objects.none(), required=False, empty_label="—"
    )
    unit = forms.CharField(
        label=_("Sent by"),
        max_length=80,
        required=False,
        help_text=_("The office that sent this person down, where one did."),
    )
    remark = forms.CharField(label=_("Remark"), max_length=200, required=False)
    until = forms.DateField(
        label=_("Until (last day)"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    field_order = ["place", "grid", "post", "user", "name", "telephone", "unit", "remark", "until"]

    def __init__(
        self,
        *args: Any,
        places: QuerySet[Place],
        grids: QuerySet[Grid],
        posts: QuerySet[Post],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["place"].queryset = places
        fields["grid"].queryset = grids
        fields["post"].queryset = posts

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if bool(data.get("place")) == bool(data.get("grid")):
            self.add_error("place", _("Choose a place or a grid, one of the two."))
        if data.get("post") and (data.get("user") or data.get("name")):
            self.add_error("post", _("Choose a post or a person, not both."))
        if data.get("until") and data["until"] < clock.today():
            self.add_error("until", _("This day is over."))
        return data

    @property
    def ends_at(self) -> datetime | None:
        """Return the end of the last day, or None."""
        until: date | None = self.cleaned_data.get("until")
        return clock.end_of(until) if until else None


class FiveForm(forms.Form):
    """The five of a household: for each role an account, or a name and a telephone."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        people: QuerySet[User],
        labels: dict[str, Any],
        standing: dict[HelperRole, Any],
        seen: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = seen
        self.standing, self.words = standing, labels
        for role in HelperRole:
            row: NamedFact | None = standing.get(role)
            word = {"role": labels[role.value]}
            self.fields[f"{role.value}_user"] = UserChoice(
                label=_("%(role)s: account") % word,
                queryset=people,
                required=False,
                empty_label="—",
                initial=row.user_id if row else None,
            )
            self.fields[f"{role.value}_name"] = forms.CharField(
                label=_("%(role)s: or a name") % word,
                max_length=40,
                required=False,
                initial=row.name if row else "",
            )
            self.fields[f"{role.value}_telephone"] = Telephone(
                label=_("%(role)s: telephone") % word,
                max_length=40,
                required=False,
                initial=row.telephone if row else "",
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for role in HelperRole:
            if data.get(f"{role.value}_user") and data.get(f"{role.value}_name"):
                self.add_error(
                    f"{role.value}_name", _("Choose an account or write a name, not both.")
                )
            elif data.get(f"{role.value}_telephone") and not (
                data.get(f"{role.value}_user") or data.get(f"{role.value}_name")
            ):
                self.add_error(f"{role.value}_name", _("A telephone needs a name."))
        return data

    @property
    def lines(self) -> list[tuple[Any, list[Any]]]:
        """Return for each role its word and its three bound fields."""
        return [
            (
                self.words[role.value],
                [self[f"{role.value}_{part}"] for part in ("user", "name", "telephone")],
            )
            for role in HelperRole
        ]

    @property
    def five(self) -> dict[HelperRole, Named]:
        """Return who is named for each role; nobody for one left empty.

        Where the account and the name are those that stood, nothing is said anew: a post that was
        named stays named.
        """
        found = {}
        for role in HelperRole:
            user = self.cleaned_data[f"{role.value}_user"]
            name = self.cleaned_data[f"{role.value}_name"]
            row = self.standing.get(role)
            told = Named(
                user=user.pk if user else None,
                name=name,
                telephone="" if user else self.cleaned_data[f"{role.value}_telephone"],
            )
            if row is not None:
                before = named_by(row)
                is_same = (told.user, told.name) == (before.user, before.name)
                if is_same and (before.post or told.telephone == before.telephone or user):
                    told = before
            found[role] = told
        return found


class PartyForm(PersonForm):
    """One of the four parties: the party itself, and who answers for it."""

    party = forms.ChoiceField(label=_("Which party"))
    unit = forms.CharField(
        label=_("Office or firm"),
        max_length=80,
        required=False,
        help_text=_("The community, the bureau, the employer."),
    )

    field_order = ["party", "unit", "user", "name", "telephone"]

    def __init__(self, *args: Any, labels: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "party", [(party.value, labels[party.value]) for party in Party])

    def clean(self) -> dict[str, Any]:
        data = forms.Form.clean(self) or {}
        if data.get("user") and data.get("name"):
            self.add_error("name", _("Choose an account or write a name, not both."))
        if not (data.get("user") or data.get("name") or data.get("unit")):
            self.add_error("unit", _("Name the office or firm, or the person who answers."))
        return data


def _local(instant: datetime) -> str:
    return instant.astimezone(clock.zone()).strftime(LOCAL)


class ShiftForm(forms.Form):
    """A turn of duty of a post: who, from when to when."""

    user = UserChoice(label=_("Who"), queryset=User.objects.none())
    starts_at = Moment(label=_("From"))
    ends_at = Moment(label=_("Until"))
    remark = forms.CharField(label=_("Remark"), max_length=100, required=False)
    override_reason = forms.CharField(
        label=_("Why an overlap is possible"),
        max_length=200,
        required=False,
        help_text=_("Only where this person is on duty elsewhere at the same time."),
    )
    ref = forms.UUIDField(widget=forms.HiddenInput, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        people: QuerySet[User],
        shift: Shift | None = None,
        day: date | None = None,
        **kwargs: Any,
    ) -> None:
        initial: dict[str, Any] = {"ref": uuid4()}
        if shift is not None:
            initial = {
                "user": shift.user_id,
                "starts_at": _local(shift.starts_at),
                "ends_at": _local(shift.ends_at),
                "remark": shift.remark,
                "override_reason": shift.override_reason,
                "seen": shift.sequence,
            }
        elif day is not None:
            start = clock.start_of(day)
            initial["starts_at"] = _local(start + timedelta(hours=8))
            initial["ends_at"] = _local(start + timedelta(hours=20))
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        offer_rows(self, "user", people)


class OrganisationFileForm(forms.Form):
    """A spreadsheet of the organisation."""

    file = forms.FileField(label=_("Spreadsheet"), help_text=_("xlsx, xls, ods or csv"))
