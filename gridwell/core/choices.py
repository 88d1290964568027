"""What forms of all packages share (表单)."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet

if TYPE_CHECKING:  # generic for the type checker only
    _One = forms.ModelChoiceField[Any]
else:
    _One = forms.ModelChoiceField


class RowChoice(_One):
    """One of several to choose; none chosen is a dash, as in every list of choices."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("empty_label", "—")
        super().__init__(*args, **kwargs)


class FullNameChoice(RowChoice):
    """A place to choose, by its full name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.full_name)


class NumberedChoice(RowChoice):
    """One of several to choose that have a number and a name: a grid."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.number} · {obj.name}"


def offer(form: forms.Form, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    """Let a field of a form offer these choices."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(name)
    field.choices = list(choices)


def offer_rows(form: forms.Form, name: str, rows: QuerySet[Any]) -> None:
    """Let a field of a form offer these rows; the caller has narrowed them to the actor's scope."""
    field = form.fields[name]
    if not isinstance(field, forms.ModelChoiceField):
        raise TypeError(name)
    field.queryset = rows
