"""Forms of accounts: type and shape of input; the pick lists are handed in, already in scope."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from gridwell.accounts import labels
from gridwell.accounts.fields import AreaChoice, UserChoice, field_of
from gridwell.accounts.models import Post, Team, User
from gridwell.accounts.rules.actor import Role
from gridwell.core.choices import FullNameChoice, RowChoice
from gridwell.core.moments import Moment
from gridwell.places.models import Area, Grid, Place

DEPUTIES = 3

if TYPE_CHECKING:  # generic for the type checker only
    _Many = forms.ModelMultipleChoiceField[Any]
else:
    _Many = forms.ModelMultipleChoiceField


class TeamChoice(RowChoice):
    """A group to choose, with its grid."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} · {obj.grid.name}" if obj.grid else str(obj.name)


class GridChoice(_Many):
    """Grids and micro-grids to tick."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.number} · {obj.name}"


class ReasonForm(forms.Form):
    """A reason in words."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=400,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is kept with the act. No names or numbers of residents."),
    )


class UserForm(forms.Form):
    """Name and telephone of an account."""

    name = forms.CharField(label=_("Name"), max_length=40)
    telephone = forms.CharField(
        label=_("Work telephone"),
        max_length=40,
        required=False,
        help_text=_("To be reached under. Nobody signs in with it."),
    )


class NewUserForm(UserForm):
    """A new account: who, and whose desk keeps it."""

    username = forms.CharField(
        label=_("User name"),
        max_length=40,
        validators=[
            RegexValidator(
                r"^[\w.@-]+$",
                _("Letters, digits, Chinese characters and . _ - @ only, without spaces."),
            )
        ],
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    area = AreaChoice(label=_("Kept by"), queryset=Area.objects.none())

    field_order = ["name", "username", "area", "telephone"]

    def __init__(self, *args: Any, areas: QuerySet[Area], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "area").queryset = areas


class NewPostForm(forms.Form):
    """A new post at one area."""

    role = forms.ChoiceField(label=_("Role"))
    title = forms.CharField(label=_("Title of the post"), max_length=60)
    grids = GridChoice(
        label=_("Grids"),
        queryset=Grid.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("For a grid worker only; what lies below a grid belongs to it."),
    )
    place = FullNameChoice(
        label=_("In charge of"),
        queryset=Place.objects.none(),
        required=False,
        empty_label="—",
        help_text=_("For a building head the building or row, for a unit head the unit."),
    )
    team = TeamChoice(
        label=_("Group"),
        queryset=Team.objects.none(),
        required=False,
        empty_label="—",
        help_text=_("For a member of a group only."),
    )
    activates_in = forms.ChoiceField(
        label=_("Holds"),
        required=False,
        choices=[("", _("always")), *labels.MODES.items()],
        help_text=_("A prepared post is on standby until the mode is changed."),
    )
    holder = UserChoice(
        label=_("Holder (A)"), queryset=User.objects.none(), required=False, empty_label="—"
    )
    deputy = UserChoice(
        label=_("First deputy (B)"), queryset=User.objects.none(), required=False, empty_label="—"
    )

    def __init__(
        self,
        *args: Any,
        roles: tuple[Role, ...],
        people: QuerySet[User],
        grids: QuerySet[Grid],
        places: QuerySet[Place],
        teams: QuerySet[Team],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "role").choices = [(role.value, labels.ROLES[role.value]) for role in roles]
        for name in ("holder", "deputy"):
            field_of(self, name).queryset = people
        for name, rows in (("grids", grids), ("place", places), ("team", teams)):
            if Role.GRID_WORKER in roles:  # a community
                field_of(self, name).queryset = rows
            else:
                del self.fields[name]


class HolderForm(forms.Form):
    """Another A of a post; `seen` is the one on the page when it was opened."""

    holder = UserChoice(
        label=_("New holder (A)"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("nobody"),
    )
    reason = forms.CharField(label=_("Reason"), max_length=400, required=False)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: QuerySet[User], post: Post, **kwargs: Any) -> None:
        kwargs["initial"] = {"seen": post.holder_id, "holder": post.holder_id}
        super().__init__(*args, **kwargs)
        field_of(self, "holder").queryset = people


class DeputiesForm(forms.Form):
    """The deputies of a post in their order."""

    def __init__(
        self, *args: Any, people: QuerySet[User], chosen: tuple[User, ...], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for rank in range(1, max(DEPUTIES, len(chosen) + 1) + 1):
            self.fields[f"deputy_{rank}"] = UserChoice(
                label=_("Deputy %(rank)s (B)") % {"rank": rank},
                queryset=people,
                required=False,
                empty_label="—",
                initial=chosen[rank - 1].pk if rank <= len(chosen) else None,
            )

    @property
    def deputies(self) -> list[User]:
        """Return the people chosen, in their order; a gap closes up."""
        return [user for user in self.cleaned_data.values() if user is not None]


class ScopeForm(forms.Form):
    """The grids of a grid worker's post."""

    grids = GridChoice(
        label=_("Grids"),
        queryset=Grid.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, grids: QuerySet[Grid], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "grids").queryset = grids


class RehearsalForm(forms.Form):
    """When stepping in was rehearsed, who stood in, and how it went."""

    held_on = forms.DateField(
        label=_("Held on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    stood_in = UserChoice(label=_("Who stood in"), queryset=User.objects.none())
    result = forms.ChoiceField(label=_("Result"), choices=list(labels.REHEARSALS.items()))
    remark = forms.CharField(label=_("Remark"), max_length=400, required=False)

    def __init__(self, *args: Any, deputies: tuple[User, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ids = [user.pk for user in deputies]
        field_of(self, "stood_in").queryset = User.objects.filter(pk__in=ids)


class ReserveForm(forms.Form):
    """Somebody for the reserve list: an account, or a name with a telephone."""

    area = AreaChoice(label=_("Area"), queryset=Area.objects.none())
    user = UserChoice(
        label=_("Account"), queryset=User.objects.none(), required=False, empty_label="—"
    )
    name = forms.CharField(
        label=_("Name"), max_length=40, required=False, help_text=_("For somebody without account.")
    )
    telephone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    roles = forms.MultipleChoiceField(
        label=_("Could take at once"),
        choices=list(labels.ROLES.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    skills = forms.CharField(label=_("Skills"), max_length=200, required=False)

    def __init__(
        self, *args: Any, areas: QuerySet[Area], people: QuerySet[User], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "area").queryset = areas
        field_of(self, "user").queryset = people

    def clean_roles(self) -> list[Role]:
        """Return the roles as such."""
        return [Role(code) for code in self.cleaned_data["roles"]]


class HandBackForm(forms.Form):
    """What A says when taking the work back."""

    remark = forms.CharField(label=_("Remark"), max_length=400, required=False)


class AbsenceForm(forms.Form):
    """A time in which a person cannot serve; open until said otherwise."""

    reason = forms.ChoiceField(label=_("Reason"), choices=list(labels.ABSENCES.items()))
    starts_at = Moment(label=_("From"))
    ends_at = Moment(
        label=_("Until"),
        required=False,
        help_text=_("Leave it empty when the end is not known."),
    )


class LookForm(forms.Form):
    """Why somebody wants to see personal data."""

    reason = forms.CharField(
        label=_("Reason"),
        min_length=4,
        max_length=400,
        widget=forms.TextInput(attrs={"list": "reasons", "autocomplete": "off"}),
        help_text=_(
            "It is recorded with your name and shown in the file of everybody you look at."
        ),
    )
    next = forms.CharField(required=False, widget=forms.HiddenInput)


class TrailFilter(forms.Form):
    """Narrows the audit trail by act, person and day."""

    act = forms.ChoiceField(label=_("Act"), required=False)
    user = forms.IntegerField(required=False, widget=forms.HiddenInput)
    day = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    before = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, acts: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = sorted(((act, str(words)) for act, words in acts.items()), key=lambda pair: pair[1])
        field_of(self, "act").choices = [("", _("all acts")), *named]

    def clean_day(self) -> date | None:
        """Return the day; one at an end of the calendar is no day of the trail."""
        day: date | None = self.cleaned_data["day"]
        return day if day is not None and 1970 <= day.year < 2200 else None
