"""Words of the demo."""

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gridwell.accounts.labels import ROLES

#: The guide's steps in their order: code -> title, what to do.
STEPS: dict[str, tuple[str | Promise, str | Promise]] = {
    "today": (
        _("See today"),
        _("What is due, what is late, and what changed since yesterday."),
    ),
    "read": (
        _("Read a notice"),
        _("Notice 178 came in this evening: each item stands beside the words it came from."),
    ),
    "approve": (
        _("Approve it"),
        _("Look at who would be affected, then approve; nothing applies to anyone before that."),
    ),
    "building": (
        _("Open a building"),
        _("Building 4 is in a high-risk zone: a cell for each door, with what is still open."),
    ),
    "why": (
        _("Ask why"),
        _("Each duty names the order, the clause and the end."),
    ),
    "round": (
        _("A round: who is missing?"),
        _(
            "Building 4 was sampled at its doors today: who has not been, behind which door, and why."
            " A round of a whole community runs in haixi."
        ),
    ),
    "import": (
        _("Import a ledger"),
        _("Download the sample ledger, import it, and see what it says about the faults in it."),
    ),
    "next": (
        _("Turn the day, twice"),
        _("The clock moves to the next evening; the rounds of that day are on record."),
    ),
    "lift": (
        _("Lift the zone"),
        _("After five clean days and the closing round, building 4 can be lifted."),
    ),
}
#: Shown in place of the role of somebody in a sampling group, who sees the desk and nothing else.
SAMPLER = "sampler"


def role_words(role: str) -> str:
    """Return a role in words; empty is the administrator's."""
    if role == SAMPLER:
        return gettext("Sampler, sees the desk only")
    return str(ROLES.get(role, role)) if role else gettext("Administrator")
