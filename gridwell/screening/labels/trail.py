"""What the facts of screening's acts are called in the audit trail."""

from django.utils.translation import pgettext_lazy

TRAIL_FACTS = {
    "at_door": pgettext_lazy("audit fact", "sampled at the door"),
    "clause": pgettext_lazy("audit fact", "clause"),
    "device_ahead": pgettext_lazy("audit fact", "clock of the device off, in seconds"),
    "end": pgettext_lazy("audit fact", "ended by"),
    "exempt": pgettext_lazy("audit fact", "exempt"),
    "order": pgettext_lazy("audit fact", "order, no."),
    "refused": pgettext_lazy("audit fact", "refused"),
    "round": pgettext_lazy("audit fact", "round, no."),
    "targets": pgettext_lazy("audit fact", "targets"),
    "tubes": pgettext_lazy("audit fact", "tubes"),
    "until": pgettext_lazy("audit fact", "until"),
}

#: Why a hold ended: `rules.holds.HoldEnd`.
ENDS = {
    "released": pgettext_lazy("hold", "released, the single samples are negative"),
    "confirmed": pgettext_lazy("hold", "a case is confirmed"),
    "ran_out": pgettext_lazy("hold", "its hours are over"),
    "withdrawn": pgettext_lazy("hold", "the result was corrected"),
}
