"""What people are told about posts (岗位消息): the words of each kind of message."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gridwell.accounts.labels import ABSENCES
from gridwell.notify.kinds import MessageKind

#: Why a post moved: an absence, or the act that moved it.
REASONS = {
    **ABSENCES,
    "absence": _("Another reason"),
    "return": pgettext_lazy("why a post moved", "back"),
    "locked": pgettext_lazy("why a post moved", "account locked"),
    "unlocked": pgettext_lazy("why a post moved", "account open again"),
    "ended": pgettext_lazy("why a post moved", "account ended"),
    "handed_over": pgettext_lazy("why a post moved", "handed over"),
    "deputies": pgettext_lazy("why a post moved", "deputies named anew"),
}
_VALUES = {"reason": REASONS}

POSTS = (
    MessageKind(
        "posts.stand_in",
        _("You stand in: %(post)s"),
        _(
            "You act for the post “%(post)s” (%(area)s) from now on, until %(holder)s acts again. "
            "Reason: %(reason)s. Its rights and open work are yours meanwhile."
        ),
        outside=_("You stand in for a post from now on. Sign in to see which."),
        values=_VALUES,
    ),
    MessageKind(
        "posts.stood_in_for",
        _("%(name)s stands in: %(post)s"),
        _("%(name)s acts for the post “%(post)s” (%(area)s) from now on. Reason: %(reason)s."),
        outside=_("A deputy stands in for a post of yours. Sign in to see which."),
        values=_VALUES,
    ),
    MessageKind(
        "posts.back",
        _("You act again: %(post)s"),
        _(
            "You act for the post “%(post)s” (%(area)s) again. Look through what was done meanwhile "
            "and take it back."
        ),
        outside=_("You act for a post again. Sign in to take the work back."),
        values=_VALUES,
    ),
    MessageKind(
        "posts.relieved",
        _("%(name)s acts again: %(post)s"),
        _("%(name)s acts for the post “%(post)s” (%(area)s) again. Thank you for standing in."),
        outside=_("A post is no longer yours. Sign in to see which."),
        values=_VALUES,
    ),
    MessageKind(
        "posts.lost",
        _("You no longer act: %(post)s"),
        _(
            "You no longer act for the post “%(post)s” (%(area)s), and nobody can step in now. "
            "Reason: %(reason)s. The desk has been told."
        ),
        outside=_("A post is no longer yours. Sign in to see which."),
        values=_VALUES,
    ),
    MessageKind(
        "posts.over",
        _("Your post has ended: %(post)s"),
        _("The post “%(post)s” (%(area)s) has ended. Its open work went to other posts."),
        outside=_("A post is no longer yours. Sign in to see which."),
    ),
    MessageKind(
        "posts.nobody",
        _("Nobody can act: %(area)s"),
        _(
            "Posts at %(area)s for which nobody can act: %(count)s (%(post)s). Name a holder or a deputy now."
        ),
        outside=_("A post has nobody who can act. Sign in to name somebody."),
    ),
    MessageKind(
        "posts.stood_up",
        _("A prepared post holds now"),
        _("A post that was prepared for you holds from now on. My account shows which."),
    ),
    MessageKind(
        "posts.stood_down",
        _("A prepared post is back on standby"),
        _("A post that was prepared for you is back on standby. Thank you."),
    ),
)
