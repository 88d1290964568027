"""Fields of forms that packages above use as well."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import pgettext_lazy

RESERVE = pgettext_lazy("marks a person to choose", "in reserve")

if TYPE_CHECKING:  # generic for the type checker only
    _One = forms.ModelChoiceField[Any]
else:
    _One = forms.ModelChoiceField


class AreaChoice(_One):
    """An area to choose, with its code."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} · {obj.pk}"


class UserChoice(_One):
    """A person to choose, told from namesakes by the user name; reserves are marked."""

    def label_from_instance(self, obj: Any) -> str:
        words = f"{obj.name} · {obj.username}"
        return f"{words} · {RESERVE}" if getattr(obj, "is_reserve", False) else words


class PostChoice(_One):
    """A post to choose, with the name of whoever holds it; the caller's rows bring the holder."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.title} · {obj.holder.name}" if obj.holder else str(obj.title)


def field_of(form: forms.Form, name: str) -> Any:
    """Return a field of a form as what it is; `fields` only promises some field."""
    return form.fields[name]
