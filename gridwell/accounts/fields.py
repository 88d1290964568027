"""Fields of forms that packages above use as well."""

from typing import Any

from django import forms
from django.utils.translation import pgettext_lazy

from gridwell.core.choices import RowChoice

RESERVE = pgettext_lazy("marks a person to choose", "in reserve")


class AreaChoice(RowChoice):
    """An area to choose, with its code."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} · {obj.pk}"


class UserChoice(RowChoice):
    """A person to choose, told from namesakes by the user name; reserves are marked."""

    def label_from_instance(self, obj: Any) -> str:
        words = f"{obj.name} · {obj.username}"
        return f"{words} · {RESERVE}" if getattr(obj, "is_reserve", False) else words


class PostChoice(RowChoice):
    """A post to choose, with the name of whoever holds it; the caller's rows bring the holder."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.title} · {obj.holder.name}" if obj.holder else str(obj.title)


def field_of(form: forms.Form, name: str) -> Any:
    """Return a field of a form as what it is; `fields` only promises some field."""
    return form.fields[name]
