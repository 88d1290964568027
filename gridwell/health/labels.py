"""Words of health: refusals, outcomes, states of isolation."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

REFUSALS = {
    "health.not_allowed": _("Your post does not give you the right to do this here."),
    "health.reason_missing": _("Say why: it holds or frees a person."),
    "health.in_the_future": _("The time lies in the future."),
    "health.too_far_ahead": _(
        "This lies more than %(days)s days ahead. Enter it when the person arrives."
    ),
    "health.result_before_sample": _("The result cannot come before the sample."),
    "health.class_unknown": _("The protocol in force has no such class of people or kind of stay."),
    "health.class_abolished": _(
        "Under the protocol in force (%(version)s, %(clause)s) people of this class are no longer kept."
    ),
    "health.no_protocol": _("No protocol is in force on this day."),
    "health.exempt_already": _("This person is exempt in this time already. End that first."),
    "health.exempt_too_long": _("An exemption lasts at most %(days)s days; renew it then."),
    "health.exempt_reason_unknown": _("Choose why this person is exempt."),
    "health.outcome_unknown": _("Choose what came of the sample."),
    "health.already_isolated": _("This person is in isolation already."),
    "health.already_monitored": _("This person is under monitoring already."),
    "health.ended_already": _("It has been ended already."),
    "health.ends_before_it_begins": _("It would end before it begins."),
    "health.where_missing": _("Say who is infected or, when nobody of ours, at which place."),
    "health.not_here": _("This person is not, or no longer, in the community's register."),
}

OUTCOMES = {
    "negative": pgettext_lazy("result", "negative"),
    "positive": pgettext_lazy("result", "positive"),
    "unclear": pgettext_lazy("result", "unclear"),
    "pending": pgettext_lazy("result", "not back yet"),
}

CASE_KINDS = {"confirmed": _("confirmed"), "asymptomatic": _("without symptoms")}

EXEMPTIONS = {
    "recovered": _("recovered recently"),
    "cannot_be_sampled": _("cannot be sampled"),
    "other": _("other reason"),
}

#: What its acts are called in the audit trail.
TRAIL_ACTS = {
    "health.results_recorded": pgettext_lazy("audit act", "results recorded"),
    "health.case_recorded": pgettext_lazy("audit act", "case recorded"),
    "health.case_withdrawn": pgettext_lazy("audit act", "case withdrawn"),
    "health.isolation_begun": pgettext_lazy("audit act", "isolation begun"),
    "health.isolation_ended": pgettext_lazy("audit act", "isolation ended"),
    "health.monitoring_begun": pgettext_lazy("audit act", "monitoring begun"),
    "health.monitoring_ended": pgettext_lazy("audit act", "monitoring ended"),
    "health.isolations_recorded": pgettext_lazy("audit act", "isolations recorded"),
    "health.exempted": pgettext_lazy("audit act", "exempted from sampling"),
    "health.exemption_ended": pgettext_lazy("audit act", "exemption ended"),
    "health.guest_sampled": pgettext_lazy("audit act", "sample of a guest recorded"),
}

TRAIL_SUBJECTS = {
    "health.isolation": pgettext_lazy("audit subject", "isolation"),
    "health.monitoring": pgettext_lazy("audit subject", "monitoring"),
    "health.case": pgettext_lazy("audit subject", "case"),
    "health.result": pgettext_lazy("audit subject", "result"),
    "health.exemption": pgettext_lazy("audit subject", "exemption"),
}
