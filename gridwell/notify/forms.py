"""Forms of notify: a new channel, quiet hours."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gridwell.core.errors import RuleBroken
from gridwell.core.wording import say
from gridwell.notify import labels
from gridwell.notify.rules.addresses import ChannelKind


class ChannelForm(forms.Form):
    """A new channel of one's own."""

    kind = forms.ChoiceField(label=pgettext_lazy("channel", "Where to"))
    address = forms.CharField(
        label=_("Address"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_(
            "Of a group robot: the whole webhook address from the robot’s page. It is kept encrypted "
            "and shown to nobody."
        ),
    )
    secret = forms.CharField(
        label=_("Signing secret"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Only where DingTalk or Feishu gave you one with the robot."),
    )
    label = forms.CharField(
        label=_("Your name for it"),
        max_length=40,
        required=False,
        help_text=_("For example: grid 3 group."),
    )

    def __init__(self, *args: Any, offered: tuple[ChannelKind, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["kind"].choices = [(kind.value, labels.KINDS[kind.value]) for kind in offered]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("kind") != ChannelKind.CONSOLE and not found.get("address"):
            self.add_error("address", _("Enter the address."))
        return found


class QuietForm(forms.Form):
    """One's own quiet hours; empty means those of the installation."""

    starts = forms.TimeField(
        label=_("Quiet from"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    ends = forms.TimeField(
        label=_("Quiet until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not self.errors and (found.get("starts") is None) != (found.get("ends") is None):
            raise forms.ValidationError(say(RuleBroken("notify.half_quiet")))
        return found
