"""What the facts of screening's acts are called in the audit trail."""

from django.utils.translation import pgettext_lazy

TRAIL_FACTS = {
    "altered": pgettext_lazy("audit fact", "stand differently"),
    "at_door": pgettext_lazy("audit fact", "sampled at the door"),
    "choice": pgettext_lazy("audit fact", "settled as"),
    "clause": pgettext_lazy("audit fact", "clause"),
    "counted": pgettext_lazy("audit fact", "counted by hand"),
    "device_ahead": pgettext_lazy("audit fact", "clock of the device off, in seconds"),
    "end": pgettext_lazy("audit fact", "ended by"),
    "exempt": pgettext_lazy("audit fact", "exempt"),
    "files": pgettext_lazy("audit fact", "files"),
    "in_system": pgettext_lazy("audit fact", "in the system"),
    "name": pgettext_lazy("audit fact", "name"),
    "order": pgettext_lazy("audit fact", "order, no."),
    "refused": pgettext_lazy("audit fact", "refused"),
    "round": pgettext_lazy("audit fact", "round, no."),
    "rows": pgettext_lazy("audit fact", "rows"),
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

#: Lists that were taken out, by the code of `accounts.listing`.
LISTS = {
    "box_tubes": pgettext_lazy("list", "tubes of a box"),
    "boxes": pgettext_lazy("list", "boxes"),
    "desk_devices": pgettext_lazy("list", "desks of a round"),
    "desk_entries": pgettext_lazy("list", "entries of a desk"),
    "holds": pgettext_lazy("list", "holds"),
    "lab_faults": pgettext_lazy("list", "faults of laboratory files"),
    "lab_results": pgettext_lazy("list", "files of results"),
    "round": pgettext_lazy("list", "a round"),
    "rounds": pgettext_lazy("list", "rounds"),
    "rounds-compared": pgettext_lazy("list", "rounds compared"),
}
