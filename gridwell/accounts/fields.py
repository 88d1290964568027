"""Fields of forms that packages above use as well."""

from typing import TYPE_CHECKING, Any

from django import forms

if TYPE_CHECKING:  # generic for the type checker only
    _One = forms.ModelChoiceField[Any]
else:
    _One = forms.ModelChoiceField


class AreaChoice(_One):
    """An area to choose, with its code."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} · {obj.pk}"


def field_of(form: forms.Form, name: str) -> Any:
    """Return a field of a form as what it is; `fields` only promises some field."""
    return form.fields[name]
