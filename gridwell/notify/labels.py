"""Words of notify: channels, deliveries, faults, refusals, acts."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gridwell.notify.rules.addresses import ChannelKind

KINDS = {
    ChannelKind.WECOM.value: _("WeCom group robot"),
    ChannelKind.DINGTALK.value: _("DingTalk group robot"),
    ChannelKind.FEISHU.value: _("Feishu group robot"),
    ChannelKind.MAIL.value: _("E-mail"),
    ChannelKind.CONSOLE.value: _("Console of the server"),
    ChannelKind.GENERIC.value: _("Web address (JSON)"),
}

STATES = {
    "waiting": pgettext_lazy("delivery", "waiting"),
    "sending": pgettext_lazy("delivery", "being sent"),
    "sent": pgettext_lazy("delivery", "sent"),
    "failed": pgettext_lazy("delivery", "failed"),
    "seen": pgettext_lazy("delivery", "seen here before"),
    "dropped": pgettext_lazy("delivery", "channel turned off"),
}

#: Why a delivery failed; the last word of the service stands beside it.
FAULTS = {
    "unreachable": _("The address does not answer."),
    "refused": _("The service refused the message."),
    "answered": _("The service answered with an error."),
    "inside": _("The address lies inside the house network; that is not allowed."),
    "not_set_up": _("This installation sends no such messages."),
    "mail": _("The mail server did not take the message."),
    "broken": _("The stored address cannot be used; enter it again."),
}

REFUSALS = {
    "notify.not_a_mail_address": _("This is not an e-mail address."),
    "notify.not_a_web_address": _(
        "This is not a web address. It begins with https:// and holds no password."
    ),
    "notify.not_that_service": _("This address belongs to another service."),
    "notify.not_a_robot": _(
        "This is not the address of a group robot. Copy the whole webhook address from the robot’s page."
    ),
    "notify.address_inside": _(
        "%(host)s lies inside the house network. Messages go to addresses outside only."
    ),
    "notify.host_unknown": _("Nobody knows a computer of the name %(host)s."),
    "notify.only_https": _("Messages leave over https only."),
    "notify.too_many_channels": _("%(count)s channels are enough. Remove one first."),
    "notify.channel_twice": _("You have this channel already."),
    "notify.kind_not_offered": _("This installation does not offer such channels."),
    "notify.no_area": _("This installation has no areas yet; there is nobody to tell."),
    "notify.half_quiet": _("Give both ends of the quiet hours, or neither."),
    "notify.test_too_soon": _("A test is on its way already. Wait a minute."),
}

ACTS = {
    "notify.channel_added": _("Channel added"),
    "notify.channel_turned_on": _("Channel turned on"),
    "notify.channel_turned_off": _("Channel turned off"),
    "notify.channel_removed": _("Channel removed"),
    "notify.quiet_time_set": _("Quiet hours set"),
}
SUBJECTS = {"notify.channel": _("channel"), "notify.message": _("message")}
FACTS = {"channel_kind": _("kind of channel")}

TEST_TITLE = _("Test message")
TEST_TEXT = _("If you read this, messages of Gridwell reach you here.")
