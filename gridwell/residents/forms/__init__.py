"""Type and shape of what the register's pages take in; what may be done is for the actions."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gridwell.core import clock, ids
from gridwell.core.choices import offer
from gridwell.core.components import COLOURS
from gridwell.residents import labels
from gridwell.residents.actions.many import Change
from gridwell.residents.forms.places import (
    AliasForm,
    GridForm,
    MergeForm,
    PlaceEditForm,
    PlaceForm,
    PlaceMergeForm,
    SettingsForm,
)
from gridwell.residents.models import Label, Resident
from gridwell.residents.queries.files import age_on
from gridwell.residents.rules.labels import Subject
from gridwell.residents.rules.masking import mask_document
from gridwell.residents.rules.rule_parts import RuleParts
from gridwell.residents.rules.traits import FIXED_VALUES

_OFF = {"autocomplete": "off"}


def _choices(words: dict[str, Any], empty: Any = None) -> list[tuple[str, Any]]:
    first = [("", empty)] if empty is not None else []
    return [*first, *words.items()]


class PersonForm(forms.Form):
    """Name, sex, birth, document, phones; numbers are checked by the act."""

    name = forms.CharField(label=_("Name"), max_length=60, widget=forms.TextInput(_OFF))
    sex = forms.ChoiceField(label=_("Sex"), choices=lambda: _choices(labels.SEX), required=False)
    birth_on = forms.DateField(
        label=_("Birth date"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    document_kind = forms.ChoiceField(
        label=_("Identity document"),
        choices=lambda: _choices(labels.DOCUMENT_KINDS),
        required=False,
    )
    document = forms.CharField(
        label=_("Document number"), max_length=40, required=False, widget=forms.TextInput(_OFF)
    )
    phones = forms.CharField(
        label=_("Phones"),
        max_length=120,
        required=False,
        help_text=_("Several are separated by a comma."),
        widget=forms.TextInput(_OFF),
    )


class KeyedForm(forms.Form):
    """A form that makes something: its key comes with it, so that sent twice it makes one."""

    client_ref = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=ids.new_ref)


class MemberForm(PersonForm, KeyedForm):
    """A person who is entered as a member of a household."""

    relation = forms.CharField(label=_("Relation to the head"), max_length=20, required=False)
    is_head = forms.BooleanField(label=_("Is the head of the household"), required=False)
    kind = forms.ChoiceField(
        label=_("Here as"), choices=lambda: _choices(labels.MEMBERSHIP_KINDS), initial="lives"
    )
    starts_on = forms.DateField(
        label=_("Since"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    is_another = forms.BooleanField(
        label=_("Another person of the same name and birth date"),
        required=False,
        widget=forms.HiddenInput,
    )

    def ask_whether_another(self) -> None:
        """Show the box that says that two people are alike."""
        self.fields["is_another"].widget = forms.CheckboxInput()


class CorrectForm(PersonForm):
    """A correction: the values, the reason, and the state that the editor saw."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=400,
        required=False,
        help_text=_("Needed when the document or a phone changes."),
    )
    seen_at = forms.CharField(widget=forms.HiddenInput)

    def clean_seen_at(self) -> datetime:
        try:
            return datetime.fromisoformat(self.cleaned_data["seen_at"])
        except ValueError as error:
            raise forms.ValidationError(_("Open the page again.")) from error


class WhenForm(forms.Form):
    """A day on which something happened; today at the latest."""

    on = forms.DateField(
        label=_("Day"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"), initial=clock.today
    )

    def at(self, now: datetime) -> datetime:
        """Return the instant of the act: now for today, else the start of the day."""
        on: date = self.cleaned_data["on"]
        return now if on == clock.day_of(now) else clock.start_of(on)


def told_apart(person: Resident) -> str:
    """Return a person of a list with age and the end of the ID: two may have one name."""
    age = age_on(person.birth_on, clock.today())
    tail = mask_document(person.document).rpartition("*")[2]
    words = [person.name]
    if age is not None:
        words.append(_("%(age)s years") % {"age": age})
    if tail:
        words.append(_("ID …%(tail)s") % {"tail": tail})
    return " · ".join(str(word) for word in words)


class PeopleForm(WhenForm):
    """Some members of one household, and who follows as head."""

    people = forms.TypedMultipleChoiceField(
        label=_("Who"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    new_head = forms.TypedChoiceField(
        label=_("Head of those who stay"), coerce=int, empty_value=None, required=False
    )

    def __init__(self, *args: Any, members: Iterable[Resident], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(person.pk, told_apart(person)) for person in members]
        offer(self, "people", choices)
        offer(self, "new_head", [("", "—"), *choices])


class SplitForm(PeopleForm):
    """Members who form an own household: its head, its tenure, and its door when it moves."""

    head = forms.TypedChoiceField(label=_("Head of the new household"), coerce=int)
    door = forms.CharField(
        label=_("Door"),
        required=False,
        max_length=60,
        help_text=_("As 2-1-501; empty = the same dwelling."),
    )
    tenure = forms.ChoiceField(label=_("Tenure"), choices=lambda: _choices(labels.TENURE))

    def __init__(self, *args: Any, members: Iterable[Resident], **kwargs: Any) -> None:
        members = list(members)
        super().__init__(*args, members=members, **kwargs)
        offer(self, "head", [(p.pk, told_apart(p)) for p in members])


class HeadForm(WhenForm):
    """Who becomes head."""

    head = forms.TypedChoiceField(label=_("New head"), coerce=int, widget=forms.RadioSelect)

    def __init__(self, *args: Any, members: Iterable[Resident], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "head", [(p.pk, told_apart(p)) for p in members])


class DeathForm(WhenForm):
    """Who died, when, and who follows as head."""

    person = forms.TypedChoiceField(label=_("Who"), coerce=int)
    new_head = forms.TypedChoiceField(
        label=_("Head of those who stay"), coerce=int, empty_value=None, required=False
    )

    def __init__(self, *args: Any, members: Iterable[Resident], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(p.pk, told_apart(p)) for p in members]
        offer(self, "person", choices)
        offer(self, "new_head", [("", "—"), *choices])


class MoveInForm(WhenForm):
    """A person already in the register who moves in; found by number or name."""

    who = forms.CharField(
        label=_("Who"),
        max_length=40,
        help_text=_("ID or phone number, or the full name when it is unique here."),
    )
    relation = forms.CharField(label=_("Relation to the head"), max_length=20, required=False)
    is_head = forms.BooleanField(label=_("Is the head of the household"), required=False)
    kind = forms.ChoiceField(
        label=_("Here as"), choices=lambda: _choices(labels.MEMBERSHIP_KINDS), initial="lives"
    )


class HouseholdMergeForm(WhenForm, MergeForm):
    """Another household of the same dwelling joins this one."""

    other = forms.TypedChoiceField(label=_("Household that joins"), coerce=int)

    def __init__(self, *args: Any, others: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "other", list(others))


class TenureForm(forms.Form):
    """Owned or rented."""

    tenure = forms.ChoiceField(label=_("Tenure"), choices=lambda: _choices(labels.TENURE))


class NewHouseholdForm(TenureForm, KeyedForm):
    """A household that is opened."""


class TraitForm(forms.Form):
    """A circumstance of one person, with its value where it has one."""

    code = forms.ChoiceField(label=_("Circumstance"), choices=lambda: _choices(labels.TRAITS))
    value = forms.CharField(
        label=_("Value"),
        required=False,
        max_length=60,
        help_text=_("For illness and vaccination choose one; for the employer its name."),
        widget=forms.TextInput({"list": "trait-values", **_OFF}),
    )
    since = forms.DateField(
        label=_("Since"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        fixed = FIXED_VALUES.get(values.get("code", ""), ())
        words = {str(labels.TRAIT_VALUES[code]): code for code in fixed}
        written = values.get("value", "").strip()
        values["value"] = words.get(written, written)
        return values


class AwayForm(forms.Form):
    """Somebody is away: where, since when, until when."""

    whereabouts = forms.CharField(label=_("Where"), required=False, max_length=60)
    since = forms.DateField(
        label=_("Since"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("Back on"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )


class ObjectionForm(KeyedForm):
    """What a household objects to."""

    about = forms.ChoiceField(label=_("About"), choices=lambda: _choices(labels.OBJECTION_ABOUT))
    words = forms.CharField(
        label=_("What was said"), max_length=2000, widget=forms.Textarea({"rows": 4})
    )


class AnswerForm(forms.Form):
    """The answer to an objection."""

    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=lambda: _choices(labels.OUTCOMES), widget=forms.RadioSelect
    )
    answer = forms.CharField(label=_("Answer"), max_length=2000, widget=forms.Textarea({"rows": 4}))


class ListForm(forms.Form):
    """What the lists of households and people are narrowed to."""

    building = forms.TypedChoiceField(label=_("Building"), coerce=int, required=False)
    grid = forms.TypedChoiceField(label=_("Grid"), coerce=int, required=False)
    label = forms.TypedChoiceField(label=_("Label"), coerce=int, required=False)
    tenure = forms.ChoiceField(
        label=_("Tenure"), choices=lambda: _choices(labels.TENURE, _("all")), required=False
    )
    trait = forms.ChoiceField(
        label=_("Circumstance"), choices=lambda: _choices(labels.TRAITS, _("all")), required=False
    )

    def __init__(
        self,
        *args: Any,
        buildings: Iterable[tuple[int, str]],
        grids: Iterable[tuple[int, str]],
        marks: Iterable[tuple[int, Any]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (("building", buildings), ("grid", grids), ("label", marks)):
            offer(self, name, [("", _("all")), *rows])
        for field in self.fields.values():
            field.widget.attrs["data-autosubmit"] = ""


class ChangeForm(forms.Form):
    """One change for all ticked people."""

    kind = forms.ChoiceField(label=_("Change"), choices=lambda: _choices(labels.CHANGES))
    trait = forms.ChoiceField(
        label=_("Circumstance"), choices=lambda: _choices(labels.TRAITS, "—"), required=False
    )
    value = forms.CharField(
        label=_("Value or place"),
        required=False,
        max_length=60,
        help_text=_("For illness and vaccination choose one; for people away where they are."),
        widget=forms.TextInput(_OFF),
    )
    tenure = forms.ChoiceField(
        label=_("Tenure"), choices=lambda: _choices(labels.TENURE, "—"), required=False
    )
    grid = forms.TypedChoiceField(label=_("Grid"), coerce=int, required=False)

    def __init__(self, *args: Any, grids: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "grid", [("", "—"), *grids])

    def change(self) -> Change:
        """Return what the form asks for."""
        values = self.cleaned_data
        kind = values["kind"]
        code = {
            "trait_on": values["trait"],
            "trait_off": values["trait"],
            "tenure": values["tenure"],
            "grid": str(values["grid"] or ""),
        }.get(kind, "")
        written = values["value"].strip()
        fixed = FIXED_VALUES.get(code, ())
        words = {str(labels.TRAIT_VALUES[one]): one for one in fixed}
        return Change(kind=kind, code=code, value=words.get(written, written))


class LabelForm(forms.Form):
    """A label: name, sign, colour, order, and the conditions that give it."""

    name = forms.CharField(label=_("Called"), max_length=60, required=False)
    sign = forms.CharField(
        label=_("Sign"), max_length=4, help_text=_("One character; it stands on the colour.")
    )
    colour = forms.ChoiceField(
        label=_("Colour"), choices=lambda: [(c, labels.COLOURS[c]) for c in COLOURS]
    )
    rank = forms.IntegerField(
        label=_("Order"), min_value=0, max_value=99, help_text=_("The highest wins.")
    )
    traits = forms.MultipleChoiceField(
        label=_("Given to who is"),
        choices=lambda: _choices(labels.TRAITS),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    age_from = forms.IntegerField(label=_("or is this old or older"), required=False, min_value=0)
    age_to = forms.IntegerField(label=_("and not older than"), required=False, min_value=0)
    tenures = forms.MultipleChoiceField(
        label=_("or whose household is"),
        choices=lambda: _choices(labels.TENURE),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    lives_alone = forms.BooleanField(label=_("or has only one person"), required=False)
    otherwise = forms.BooleanField(label=_("or has no other label of this scheme"), required=False)
    simplify = forms.BooleanField(
        label=_("Replace the present rule by what is ticked here"), required=False
    )

    def __init__(self, *args: Any, label: Label, parts: RuleParts | None, **kwargs: Any) -> None:
        initial = {
            "name": label.name,
            "sign": label.sign,
            "colour": label.colour,
            "rank": label.rank,
        }
        if parts is not None:
            initial |= asdict(parts)
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        if parts is not None:
            del self.fields["simplify"]
        if label.scheme.subject == Subject.PERSON:
            del self.fields["otherwise"]

    def parts(self) -> RuleParts:
        """Return the ticked conditions."""
        values = self.cleaned_data
        return RuleParts(
            traits=tuple(values["traits"]),
            age_from=values["age_from"],
            age_to=values["age_to"],
            tenures=tuple(values["tenures"]),
            lives_alone=values["lives_alone"],
            otherwise=bool(values.get("otherwise")),
        )


class MarkForm(forms.Form):
    """A label by hand: which, for whom, why, and until when."""

    label = forms.TypedChoiceField(label=_("Label"), coerce=int)
    person = forms.TypedChoiceField(
        label=_("Person"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("Only for labels of persons."),
    )
    until = forms.DateField(
        label=_("Until and with"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea({"rows": 2}))

    def __init__(
        self, *args: Any, marks: Iterable[Label], members: Iterable[Resident], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        rows = [(m.pk, f"{m.scheme.name}: {m.sign} {m.name or m.code}") for m in marks]
        offer(self, "label", rows)
        offer(
            self,
            "person",
            [
                ("", "—"),
                *((p.pk, p.name) for p in members),
            ],
        )


__all__ = [
    "AliasForm",
    "AnswerForm",
    "AwayForm",
    "ChangeForm",
    "CorrectForm",
    "DeathForm",
    "GridForm",
    "HeadForm",
    "HouseholdMergeForm",
    "KeyedForm",
    "LabelForm",
    "ListForm",
    "MarkForm",
    "MemberForm",
    "MergeForm",
    "MoveInForm",
    "NewHouseholdForm",
    "ObjectionForm",
    "PeopleForm",
    "PersonForm",
    "PlaceEditForm",
    "PlaceForm",
    "PlaceMergeForm",
    "SettingsForm",
    "SplitForm",
    "TenureForm",
    "TraitForm",
    "WhenForm",
    "told_apart",
]
