"""Forms of tasks: type and shape of input; posts to choose are handed in, already in scope."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gridwell.accounts.fields import PostChoice
from gridwell.accounts.models import Post
from gridwell.core import clock
from gridwell.core.choices import FullNameChoice, offer_rows
from gridwell.core.errors import RuleBroken
from gridwell.core.moments import Moment
from gridwell.core.wording import say
from gridwell.places.models import Place
from gridwell.tasks import labels, photos
from gridwell.tasks.actions import Proof
from gridwell.tasks.kinds import Kind

MOST_BYTES = photos.MOST_MB * 1024 * 1024


class NoteForm(forms.Form):
    """A few words kept with the task; needed where the step asks for a reason."""

    note = forms.CharField(
        label=_("Note"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, is_reason: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_reason:
            self.fields["note"].label = _("Reason")
            self.fields["note"].required = True


class DoForm(NoteForm):
    """What shows that a task was done; what its kind needs must be there, the rest may."""

    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*"}),
        help_text=_("Place, device and time in the file are taken out before it is kept."),
    )
    count = forms.IntegerField(
        label=_("Number"),
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 0}),
    )
    where = forms.CharField(
        label=_("Place in words"),
        max_length=200,
        required=False,
        help_text=_("For example: staircase 2 up to the roof, lift, rubbish point."),
    )
    happened_at = Moment(
        label=_("Done at"), required=False, help_text=_("Leave it empty when it was just now.")
    )

    def __init__(self, *args: Any, kind: Kind | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        needed = kind.proof if kind else frozenset()
        for name in needed:
            self.fields[name].required = True
        if "count" not in needed:
            del self.fields["count"]
        self.order_fields([*sorted(needed), "note", "photo", "where", "happened_at"])

    def clean_photo(self) -> Any:
        """Refuse a file that is too large before it is read."""
        photo = self.cleaned_data["photo"]
        if photo is not None and photo.size > MOST_BYTES:
            raise forms.ValidationError(
                say(RuleBroken("tasks.photo_too_large", most=photos.MOST_MB))
            )
        return photo

    def proof(self) -> Proof:
        """Return what was handed in."""
        photo = self.cleaned_data["photo"]
        return Proof(
            note=self.cleaned_data["note"],
            photo=photo.read() if photo is not None else None,
            count=self.cleaned_data.get("count"),
            where=self.cleaned_data["where"],
            happened_at=self.cleaned_data["happened_at"],
        )


class CannotForm(NoteForm):
    """Why a task cannot be done."""

    reason = forms.ChoiceField(
        label=_("Why"), choices=list(labels.CANNOT_REASONS.items()), widget=forms.RadioSelect
    )
    field_order = ["reason", "note"]


class PostForm(NoteForm):
    """Another post for a task."""

    post = PostChoice(label=_("To which post"), queryset=Post.objects.none(), empty_label="—")
    field_order = ["post", "note"]

    def __init__(self, *args: Any, posts: QuerySet[Post], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_rows(self, "post", posts)


class FilterForm(forms.Form):
    """What of the tasks a list shows; a value that cannot be is as if it were not there."""

    show = forms.ChoiceField(label=_("Show"), choices=list(labels.SHOWN.items()), required=False)
    kind = forms.ChoiceField(label=_("Kind of work"), required=False)
    post = forms.TypedChoiceField(label=_("Post"), required=False, coerce=int, empty_value=None)
    grid = forms.TypedChoiceField(label=_("Grid"), required=False, coerce=int, empty_value=None)
    order = forms.ChoiceField(
        label=pgettext_lazy("task list", "Order"),
        choices=list(labels.ORDERS.items()),
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        kinds: dict[str, Any],
        posts: list[tuple[int, str]],
        grids: list[tuple[int, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["kind"].choices = [("", _("all")), *kinds.items()]
        fields["post"].choices = [("", _("all")), *posts]
        fields["grid"].choices = [("", _("all")), *grids]


def later_than(now: datetime, hours: int) -> str:
    """Return an instant some hours from now as a field shows it."""
    at = now.astimezone(clock.zone()).timestamp() + hours * 3600
    return f"{datetime.fromtimestamp(at, clock.zone()):%Y-%m-%dT%H:00}"


class NewTaskForm(forms.Form):
    """A task by hand: what, for which building and door, to whom, by when."""

    kind = forms.ChoiceField(label=_("Kind of work"), initial="free")
    title = forms.CharField(
        label=_("Short title"),
        max_length=120,
        required=False,
        help_text=_("Needed for “other task”. No names or numbers of residents."),
    )
    words = forms.CharField(
        label=_("What is to be done"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    building = FullNameChoice(
        label=_("Building"), queryset=Place.objects.none(), required=False, empty_label="—"
    )
    door = forms.CharField(
        label=_("Door"), max_length=30, required=False, help_text=_("As it stands in the register.")
    )
    post = PostChoice(
        label=_("To which post"),
        queryset=Post.objects.none(),
        required=False,
        empty_label=_("whoever is in charge there"),
    )
    due_at = Moment(label=_("To be done by"))
    is_urgent = forms.BooleanField(label=_("urgent"), required=False)
    key = forms.CharField(max_length=60, required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        kinds: dict[str, Any],
        posts: QuerySet[Post],
        buildings: QuerySet[Place],
        has_subject: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["kind"].choices = list(kinds.items())
        fields["post"].queryset = posts
        if has_subject:
            del fields["building"], fields["door"]
        else:
            fields["building"].queryset = buildings


class TemplateForm(forms.Form):
    """Work that comes back by itself."""

    kind = forms.ChoiceField(label=_("Kind of work"))
    title = forms.CharField(label=_("Short title"), max_length=120, required=False)
    rhythm = forms.ChoiceField(label=_("How often"), choices=list(labels.RHYTHMS.items()))
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days of the week"),
        choices=list(labels.WEEKDAYS.items()),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    hour = forms.IntegerField(
        label=_("To be done by (hour)"), min_value=0, max_value=24, initial=18
    )
    modes = forms.MultipleChoiceField(
        label=_("In which modes"),
        choices=list(labels.MODES.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick none for every mode."),
    )
    spread = forms.ChoiceField(label=_("For what"), choices=list(labels.SPREADS.items()))
    post = PostChoice(
        label=_("To which post"),
        queryset=Post.objects.none(),
        required=False,
        empty_label=_("whoever is in charge there"),
    )

    def __init__(
        self, *args: Any, kinds: dict[str, Any], posts: QuerySet[Post], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["kind"].choices = list(kinds.items())
        fields["post"].queryset = posts


class FindingForm(forms.Form):
    """What a patrol found, where, and who puts it right by when."""

    finding = forms.ChoiceField(
        label=_("What was found"), choices=list(labels.FINDINGS.items()), widget=forms.RadioSelect
    )
    building = FullNameChoice(
        label=_("Building"), queryset=Place.objects.none(), required=False, empty_label="—"
    )
    where = forms.CharField(
        label=_("Place in words"),
        max_length=100,
        help_text=_("For example: staircase 2, ground floor, behind the door."),
    )
    words = forms.CharField(
        label=_("Note"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*"}),
        help_text=_("Place, device and time in the file are taken out before it is kept."),
    )
    post = PostChoice(label=_("Who puts it right"), queryset=Post.objects.none(), empty_label="—")
    due_at = Moment(label=_("To be put right by"))
    key = forms.CharField(max_length=60, required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, posts: QuerySet[Post], buildings: QuerySet[Place], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["post"].queryset = posts
        fields["building"].queryset = buildings

    clean_photo = DoForm.clean_photo
