"""Shape of an uploaded protocol file."""

from django import forms
from django.utils.translation import gettext_lazy as _

MOST_BYTES = 1_000_000


class ProtocolForm(forms.Form):
    """A protocol file."""

    file = forms.FileField(
        label=_("Protocol file (.toml)"),
        widget=forms.ClearableFileInput(attrs={"accept": ".toml"}),
    )

    def clean_file(self) -> str:
        """Return the text of the file; a file that is not UTF-8 text is refused here."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is too large for a protocol."))
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_("The file is not text in UTF-8.")) from error
