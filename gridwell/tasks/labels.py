"""Wording of tasks: states, steps, reasons, refusals, acts of the trail."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gridwell.notify.kinds import MessageKind

STATES = {
    "open": pgettext_lazy("task state", "open"),
    "taken": pgettext_lazy("task state", "in hand"),
    "cannot": pgettext_lazy("task state", "cannot be done"),
    "done": pgettext_lazy("task state", "done"),
    "verified": pgettext_lazy("task state", "checked"),
    "ended": pgettext_lazy("task state", "ended"),
}
#: The state of a done task at which a second person has to look.
TO_CHECK = pgettext_lazy("task state", "done, to be checked")
#: What a button says.
ACTS = {
    "take": pgettext_lazy("task act", "Take it"),
    "put_back": pgettext_lazy("task act", "Put it back"),
    "do": pgettext_lazy("task act", "Done"),
    "hand_over": pgettext_lazy("task act", "Hand over"),
    "cannot": pgettext_lazy("task act", "Cannot be done"),
    "verify": pgettext_lazy("task act", "Checked"),
    "reopen": pgettext_lazy("task act", "Open again"),
    "assign": pgettext_lazy("task act", "Assign"),
    "end": pgettext_lazy("task act", "Not needed any more"),
}
#: What a line of a task's history says.
EVENTS = {
    "create": pgettext_lazy("task event", "created"),
    "take": pgettext_lazy("task event", "taken in hand"),
    "put_back": pgettext_lazy("task event", "put back"),
    "do": pgettext_lazy("task event", "done"),
    "hand_over": pgettext_lazy("task event", "handed over"),
    "cannot": pgettext_lazy("task event", "cannot be done"),
    "verify": pgettext_lazy("task event", "checked"),
    "reopen": pgettext_lazy("task event", "opened again"),
    "assign": pgettext_lazy("task event", "assigned"),
    "end": pgettext_lazy("task event", "ended"),
    "raise": pgettext_lazy("task event", "late, passed upwards"),
    "move": pgettext_lazy("task event", "moved"),
    "silent": pgettext_lazy("task event", "no answer, the deputy steps in"),
}
#: Why a task ended without being done.
END_REASONS = {
    "basis_ended": _("what it rested on has ended"),
    "not_concerned": _("the household or building is not concerned any more"),
    "missed": _("its day passed and it was not done"),
    "merged": _("the same task stands for the entry it was merged into"),
    "not_needed": _("not needed any more"),
    "round_closed": _("the round is closed"),
    "round_reopened": _("the round is open again"),
}
#: Why a task cannot be done.
CANNOT_REASONS = {
    "nobody_home": _("nobody at home"),
    "refused": _("refused"),
    "no_way_in": _("no way in"),
    "no_material": _("material is missing"),
    "not_here": _("does not live here"),
    "other": _("another reason"),
}
LEVELS = {
    "grid": pgettext_lazy("escalation", "the grid"),
    "community": pgettext_lazy("escalation", "the community"),
    "subdistrict": pgettext_lazy("escalation", "the subdistrict"),
}
ORIGINS = {
    "plan": pgettext_lazy("task origin", "the plan of the day"),
    "person": pgettext_lazy("task origin", "by hand"),
    "template": pgettext_lazy("task origin", "a template"),
    "round": pgettext_lazy("task origin", "a round of sampling"),
    "measure": pgettext_lazy("task origin", "a measure in an emergency"),
}
SPREADS = {
    "area": _("one for the community"),
    "grid": _("one for each grid"),
    "building": _("one for each building"),
}
RHYTHMS = {"daily": _("every day"), "weekly": _("on days of the week")}
MODES = {"routine": _("Routine"), "alert": _("Alert"), "emergency": _("Emergency")}
KINDS = {
    "door_service": _("door service"),
    "door_sampling": _("sample at the door"),
    "greeting": _("greet and ask"),
    "delivery": _("deliver to the building"),
    "notice_on_door": _("put up the notice"),
    "evacuate": _("take to safety"),
    "care_visit": _("look in on them"),
    "disinfection": _("disinfect"),
    "release_notice": _("issue the release sheet"),
    "household_update": _("visit to update the household file"),
    "patrol": _("patrol"),
    "put_right": _("put right what was found"),
    "free": _("other task"),
}
HINTS = {
    "door_service": _("See the household, ask what it needs, and write it down."),
    "door_sampling": _("Take the samples at the door; whoever was sampled drops off by itself."),
    "greeting": _("Call or knock, ask how they are and what they need."),
    "delivery": _("Bring what was ordered to the building and count the households served."),
    "notice_on_door": _("Put the notice up at every entrance and take a photo."),
    "evacuate": _(
        "See that everybody leaves, help whoever cannot walk, and write down where each one went."
    ),
    "care_visit": _("Go there or ring them up, see how they are, and write down what they need."),
    "disinfection": _("Disinfect, and say which parts: stairs, lift, entrance, rubbish point."),
    "release_notice": _("Hand the release sheet to the person and say from when they are free."),
    "household_update": _("Go through the household file at the door and correct what is wrong."),
    "patrol": _("Walk the round and write down what you find."),
    "put_right": _("Put it right, take a photo, and say that it is done; somebody else checks it."),
    "free": _("Do what is written here."),
}
REFUSALS = {
    "tasks.not_yours": _("This task belongs to another post."),
    "tasks.already_done": _("%(name)s closed this task at %(at)s already. Nothing was lost."),
    "tasks.already_taken": _("%(name)s took this task in hand at %(at)s."),
    "tasks.already_ended": _("This task ended at %(at)s: %(why)s."),
    "tasks.not_in_this_state": _("This cannot be done while the task is: %(state)s."),
    "tasks.reason_needed": _("Say why; it is kept with the task."),
    "tasks.proof_needed": _("Something is missing before the task counts as done: %(missing)s."),
    "tasks.verify_own": _("Somebody else has to check it: you did it yourself."),
    "tasks.unknown_kind": _("%(kind)s is not a kind of work we know."),
    "tasks.unknown_reason": _("Choose one of the reasons."),
    "tasks.unknown_subject": _("What the task is for was not found in this community."),
    "tasks.wrong_subject": _("This kind of task is not for such a subject."),
    "tasks.words_needed": _("Write down what is to be done."),
    "tasks.due_in_the_past": _("The time by which it is to be done lies in the past."),
    "tasks.post_elsewhere": _("%(post)s does not work in this community."),
    "tasks.post_ended": _("%(post)s has ended: choose another post."),
    "tasks.no_tasks": _("Tick at least one task."),
    "tasks.count_wrong": _("The number is not a whole number from 0 to 100,000."),
    "tasks.happened_before_it_was_given": _(
        "That was more than a week before this task was given. Check the day and the year."
    ),
    "tasks.happened_in_the_future": _("The time at which it was done lies in the future."),
    "tasks.template_wrong": _("The template is not complete: %(field)s."),
    "tasks.template_ended": _("This template has ended already."),
    "tasks.post_needed": _("Choose the post that gets the tasks."),
    "tasks.building_needed": _("Choose the building."),
    "tasks.door_needed": _(
        "This kind of work is for a household: choose the building and the door."
    ),
    "tasks.door_unknown": _("%(building)s has no door %(door)s in the register."),
    "tasks.door_empty": _("Nobody is registered behind %(door)s."),
    "tasks.door_several": _(
        "Several households live behind %(door)s. Open the task from the file of the one you mean."
    ),
    "tasks.from_the_file": _("Such a task is opened from the person’s household file."),
    "tasks.not_a_patrol": _("Findings are written down on a patrol."),
    "tasks.unknown_finding": _("Choose what was found."),
    "tasks.nobody_to_remind": _("Nobody acts for this post now. Give the task to another post."),
    "tasks.reminded_already": _("A reminder was sent less than ten minutes ago."),
    "tasks.photo_is_no_photo": _(
        "This file is no photo we can read. Send a JPEG, PNG or WebP; what you wrote is still here."
    ),
    "tasks.photo_too_large": _(
        "The photo is larger than %(most)s MB. Send a smaller one; what you wrote is still here."
    ),
    "tasks.photo_gone": _("The photo is not in its place any more."),
}
#: What may be missing of a proof.
PROOFS = {
    "note": _("a note"),
    "photo": _("a photo"),
    "count": _("a number"),
    "where": _("the place in words"),
}
#: What a list can show.
SHOWN = {
    "active": _("all that is to be done"),
    "late": pgettext_lazy("task filter", "late"),
    "no_name": _("no name on it"),
    "cannot": pgettext_lazy("task filter", "cannot be done"),
    "to_check": pgettext_lazy("task filter", "to be checked"),
    "finished": pgettext_lazy("task filter", "done"),
    "missed": pgettext_lazy("task filter", "missed"),
    "ended": pgettext_lazy("task filter", "ended"),
    "all": pgettext_lazy("task filter", "everything"),
}
WEEKDAYS = {
    0: _("Monday"),
    1: _("Tuesday"),
    2: _("Wednesday"),
    3: _("Thursday"),
    4: _("Friday"),
    5: _("Saturday"),
    6: _("Sunday"),
}
#: What a patrol may find (P20).
FINDINGS = {
    "masks": _("no mask"),
    "distance": _("less than two metres apart"),
    "gathering": _("gathering"),
    "blocked_exit": _("fire exit blocked"),
    "other": pgettext_lazy("finding", "other"),
}
#: What a list calls the task of putting it right.
FINDING_NAME = _("Put right: %(finding)s (%(place)s)")
#: How far a finding is put right.
STAGES = {
    "open": _("to be put right"),
    "late": pgettext_lazy("finding", "late"),
    "corrected": _("put right, to be checked"),
    "closed": _("checked and closed"),
}
ORDERS = {"": _("by when it is due"), "walk": _("as one walks, by building")}
FIELDS = {"weekdays": _("days of the week"), "hour": _("hour"), "spread": _("for what")}

_TITLES = {
    "several": pgettext_lazy("posts of tasks", "several posts"),
    "none": pgettext_lazy("posts of tasks", "no name yet"),
}
_SIDES = {"from": _TITLES, "to": _TITLES}

#: What people are told.
MESSAGES = (
    MessageKind(
        code="tasks.late",
        title=_("Late: %(count)s"),
        text=_("Tasks of %(place)s that are late and have come to you: %(count)s."),
    ),
    MessageKind(
        code="tasks.received",
        title=_("Tasks for you: %(count)s"),
        text=_("Tasks on your post (%(to)s) now: %(count)s. Before they were with: %(from)s."),
        values=_SIDES,
    ),
    MessageKind(
        code="tasks.given",
        title=_("Tasks handed on: %(count)s"),
        text=_("Tasks that went from your post (%(from)s): %(count)s, to: %(to)s."),
        values=_SIDES,
    ),
    MessageKind(
        code="tasks.found",
        title=_("A patrol found something"),
        text=_("You are asked to put it right by %(due)s."),
    ),
    MessageKind(
        code="tasks.to_check",
        title=_("Put right, please check"),
        text=_("What your patrol found is put right: %(place)s."),
        outside=_("What your patrol found is put right."),
    ),
    MessageKind(
        code="tasks.reminder",
        title=_("Reminder: %(task)s"),
        text=_("The task is still open; it is due by %(due)s."),
        values={"task": KINDS},
    ),
    MessageKind(
        code="tasks.silent",
        title=_("An urgent task waits"),
        text=_(
            "An urgent task got no answer from you, so your posts passed to the next in line. Open "
            "My work and say that you are here, and the work is yours again."
        ),
    ),
)

TRAIL_ACTS = {
    "tasks.synced": pgettext_lazy("audit act", "tasks brought in line with the plan"),
    "tasks.created": pgettext_lazy("audit act", "task created"),
    "tasks.take": pgettext_lazy("audit act", "task taken in hand"),
    "tasks.put_back": pgettext_lazy("audit act", "task put back"),
    "tasks.do": pgettext_lazy("audit act", "task done"),
    "tasks.hand_over": pgettext_lazy("audit act", "task handed over"),
    "tasks.cannot": pgettext_lazy("audit act", "task said to be impossible"),
    "tasks.verify": pgettext_lazy("audit act", "task checked"),
    "tasks.reopen": pgettext_lazy("audit act", "task opened again"),
    "tasks.end": pgettext_lazy("audit act", "task ended by hand"),
    "tasks.assigned": pgettext_lazy("audit act", "tasks assigned"),
    "tasks.ended_for_basis": pgettext_lazy("audit act", "tasks ended with their basis"),
    "tasks.raised": pgettext_lazy("audit act", "late tasks passed upwards"),
    "tasks.rehomed": pgettext_lazy("audit act", "tasks moved to another post"),
    "tasks.template_saved": pgettext_lazy("audit act", "task template saved"),
    "tasks.template_ended": pgettext_lazy("audit act", "task template ended"),
    "tasks.template_run": pgettext_lazy("audit act", "tasks made from templates"),
}
TRAIL_ACTS |= {
    "tasks.finding_recorded": pgettext_lazy("audit act", "patrol finding recorded"),
    "tasks.reminded": pgettext_lazy("audit act", "reminder sent"),
}
TRAIL_SUBJECTS = {
    "tasks.task": pgettext_lazy("audit subject", "task"),
    "tasks.tasktemplate": pgettext_lazy("audit subject", "task template"),
}

TRAIL_FACTS = {
    "finding": pgettext_lazy("audit fact", "finding"),
    "followed": pgettext_lazy("audit fact", "follow the plan"),
    "kind_of_task": pgettext_lazy("audit fact", "kind of task"),
    "patrol": pgettext_lazy("audit fact", "patrol, no."),
    "revived": pgettext_lazy("audit fact", "opened again"),
    "since": pgettext_lazy("audit fact", "since"),
    "without_name": pgettext_lazy("audit fact", "without a name"),
}
