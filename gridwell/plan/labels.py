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
