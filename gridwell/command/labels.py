"""Words of acts across packages."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

REFUSALS = {
    "command.changed_meanwhile": _(
        "Something has changed since you looked: the effect would be another one. Look at it again."
    ),
    "command.decided_by_other": _(
        "%(who)s decided this part before you (%(when)s): %(state)s. Nothing was done twice."
    ),
    "command.corrected_already": _(
        "The correction of this notice is approved already: %(notice)s. Withdraw that first."
    ),
    "command.time_unclear": _("The time cannot be read. Leave it empty for now."),
    "command.questions_open": _("%(count)s questions are still open. Answer them first."),
    "command.not_approved": _("This part is not approved, so there is nothing to withdraw."),
    "command.no_step": _(
        "The protocol in force has no level to which this zone could go down; it is lifted instead."
    ),
    "command.cannot_be_lifted": _(
        "The conditions for lifting are not met yet. Say on whose order it is lifted all the same."
    ),
}

#: What its acts are called in the audit trail.
TRAIL_ACTS = {
    "command.part_approved": pgettext_lazy("audit act", "notice approved"),
    "command.part_withdrawn": pgettext_lazy("audit act", "approval withdrawn"),
    "command.event_orders_ended": pgettext_lazy("audit act", "orders of an event ended"),
}
