"""Type and shape of what people enter at the desk beside the one field."""

from django import forms
from django.utils.translation import gettext_lazy as _


class CorrectForm(forms.Form):
    """Who stands wrongly in a tube, and who it was instead."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    entry = forms.CharField(
        label=_("It was"),
        max_length=80,
        required=False,
        help_text=_("Scan the code or ID card, or type the door."),
    )
    name = forms.CharField(label=_("Name, when several live there"), max_length=60, required=False)
    is_out = forms.BooleanField(
        label=_("Nobody: the person gave no sample into this tube"), required=False
    )
    reason = forms.CharField(label=_("Why"), max_length=200)


class GuestForm(forms.Form):
    """Somebody who is here without being registered: a name and a door are enough."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    sample = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name"), max_length=60)
    door = forms.CharField(label=_("Door where the person stays"), max_length=80)
    document = forms.CharField(label=_("ID number"), max_length=30, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=30, required=False)


class SettleForm(forms.Form):
    """How something was settled."""

    how = forms.CharField(label=_("How it was settled"), max_length=200)


class BoxForm(forms.Form):
    """A box by its code."""

    code = forms.CharField(label=_("Code of the box"), max_length=40)


class PackForm(forms.Form):
    """What was counted by hand, and why it differs if it does."""

    counted = forms.IntegerField(label=_("Tubes counted by hand"), min_value=0, max_value=10_000)
    reason = forms.CharField(label=_("Why the numbers differ"), max_length=200, required=False)


class WhoForm(forms.Form):
    """Who takes a box over."""

    who = forms.CharField(label=_("Who takes it"), max_length=60)


class KitForm(forms.Form):
    """The passphrase of a kit; typed twice, since nobody can open the file without it."""

    phrase = forms.CharField(
        label=_("Passphrase"),
        min_length=12,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 signs. Write it down apart from the file."),
    )
    again = forms.CharField(
        label=_("Passphrase again"),
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        """Refuse a second typing that differs."""
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("phrase"):
            raise forms.ValidationError(_("The two differ."))
        return again
