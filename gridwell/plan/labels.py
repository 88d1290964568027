"""Words of the plan: duties, work, who is served first, what is late."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

DUTIES = {
    "stay_home": _("stay at home"),
    "stay_isolated": _("stay in isolation"),
    "not_leave_zone": _("not leave the zone"),
    "not_leave_area": _("not leave the standstill area"),
    "avoid_going_out": _("go out only when necessary"),
    "carry_negative": _("carry negative results when leaving the city"),
    "be_sampled": _("be sampled"),
    "report_temperature": _("report temperature morning and evening"),
    "report_symptoms": _("report symptoms at once"),
    "missing": _("not sampled yet"),
    "isolated": _("in isolation"),
}

WORK = {
    "door_service": _("door service"),
    "door_sampling": _("sample at the door"),
    "resample": _("sample singly after a positive pool"),
    "greeting": _("greet and ask"),
    "delivery": _("deliver to the building"),
    "notice_on_door": _("put up the notice"),
    "disinfection": _("disinfect"),
    "release_notice": _("issue the release sheet"),
}

FIRST = {
    "lives_alone": pgettext_lazy("served first", "lives alone"),
    "very_old": pgettext_lazy("served first", "80 or older"),
    "disabled": pgettext_lazy("served first", "disabled or cannot walk"),
    "ill": pgettext_lazy("served first", "ill"),
    "pregnant": pgettext_lazy("served first", "pregnant"),
    "labelled": pgettext_lazy("served first", "labelled for care"),
}

LATE = {
    "overdue_lift": _("lifting overdue"),
    "closing_round": _("closing round not done"),
    "isolation_past_end": _("isolation past its end"),
}

#: Parts of the sentence that answers "why?" (`rules.explain.PartCode`).
WHY = {
    "zone": _("%(name)s became %(level)s on %(on)s by %(notice)s."),
    "zone_before_records": _("%(name)s was %(level)s before our records began."),
    "restarted": _("Its days were started again on %(on)s."),
    "low": _("By %(notice)s all the rest of this district is low risk."),
    "standstill": _("A standstill was ordered here from %(on)s by %(notice)s."),
    "round_order": _("A round of sampling was ordered here by %(notice)s."),
    "isolation": _("In %(kind)s as %(class_code)s since %(on)s."),
    "hold": _(
        "A pooled tube (%(tube)s) was positive on %(at)s: everybody in it stays in place until a "
        "sample of his or her own decides."
    ),
    "rule": _("%(document)s, %(place)s: %(text)s"),
    "day": pgettext_lazy("why", "This is day %(day)s."),
    "round": pgettext_lazy("why", "It is round %(round)s."),
    "closing_round": _("It is the closing round."),
    "exit": _("To leave the city, negative results within %(hours)s hours: %(negatives)s."),
    "end_at": _("It ends at %(until)s."),
    "end_lifted": _(
        "It ends when there has been no new case for %(days)s days and the closing round is all "
        "negative, on %(on)s at the earliest."
    ),
    "end_lifted_unknown": _("It ends when the conditions for lifting are met."),
    "end_order": _("It ends when the order ends."),
    "allowed": _("Going to hospital is never refused."),
}


CHANGES = {
    "began": pgettext_lazy("what changed", "began"),
    "ended": pgettext_lazy("what changed", "ended"),
    "moved": pgettext_lazy("what changed", "now rests on another order"),
}

CAUSES = {
    "act": pgettext_lazy("what changed", "by an order"),
    "end_reached": pgettext_lazy("what changed", "its end was reached"),
    "day": pgettext_lazy("what changed", "the day brings it"),
    "person": pgettext_lazy("what changed", "people moved, went away or came back"),
    "rule": pgettext_lazy("what changed", "another version of the protocol is in force"),
}

UNFOUNDED = {
    "no_clause": _("rests on no clause"),
    "no_end": _("has no end"),
    "no_rule": _("has no rule in the protocol in force"),
    "positive_without_case": _("a positive result without a case"),
}
