"""Words of accounts: roles, absences, refusals, acts."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gridwell.accounts.rules.actor import Role

ROLES = {
    Role.CITY_OFFICER.value: _("City officer"),
    Role.DISTRICT_OFFICER.value: _("District officer"),
    Role.SUBDISTRICT_OFFICER.value: _("Subdistrict officer"),
    Role.COMMUNITY_OFFICER.value: _("Community officer"),
    Role.GRID_WORKER.value: _("Grid worker"),
    Role.BUILDING_HEAD.value: _("Building head"),
    Role.UNIT_HEAD.value: _("Unit head"),
    Role.TEAM_MEMBER.value: _("Group member"),
}

TEAMS = {
    "leading": _("Leading group"),
    "sampling": _("Sampling group"),
    "control": _("Control and isolation group"),
    "logistics": _("Logistics group"),
    "special": _("Special group"),
}

REHEARSALS = {
    "smooth": _("went smoothly"),
    "faults": _("with faults"),
    "failed": _("did not work"),
}

ABSENCES = {
    "leave": _("On leave"),
    "illness": _("Ill"),
    "isolation": _("In isolation"),
    "closed_building": _("In a closed building"),
    "silent": _("Does not answer"),
    "other": _("Another reason"),
}

REFUSALS = {
    "accounts.username_taken": _("The user name %(username)s is taken. Choose another one."),
    "accounts.not_yourself": _("You cannot do this to your own account. Ask a colleague."),
    "accounts.not_your_own_post": _(
        "You cannot end or empty the post under which you are acting. Ask a colleague or the level above."
    ),
    "accounts.user_above_you": _(
        "%(name)s also holds a post outside your range. Only the level above can change this account."
    ),
    "accounts.user_ended": _("The account of %(name)s has ended."),
    "accounts.user_locked": _("The account of %(name)s is locked."),
    "accounts.user_not_locked": _("The account of %(name)s is not locked."),
    "accounts.role_not_at_level": _(
        "A post “%(role)s” cannot stand at %(area)s: the level does not fit."
    ),
    "accounts.grids_needed": _("A grid worker needs at least one grid."),
    "accounts.grids_not_for_role": _("Only a grid worker's post is narrowed to grids."),
    "accounts.grid_elsewhere": _("A chosen grid does not belong to %(area)s."),
    "accounts.place_needed": _(
        "A post “%(role)s” needs its place: a building or row for a building head, a unit for a unit head."
    ),
    "accounts.place_not_for_role": _("Only building and unit heads are in charge of a place."),
    "accounts.place_elsewhere": _("The chosen place does not belong to %(area)s."),
    "accounts.team_for_members": _(
        "A group member's post needs its group, and only a group member has one."
    ),
    "accounts.team_elsewhere": _("The chosen group or post does not belong to %(area)s."),
    "accounts.team_kind_unknown": _("There is no kind of group “%(kind)s”."),
    "accounts.team_ended": _("The group “%(team)s” has ended."),
    "accounts.team_has_posts": _(
        "Posts that still belong to the group “%(team)s”: %(count)s. End or move them first."
    ),
    "accounts.mode_unknown": _("A post cannot be prepared for the mode “%(mode)s”."),
    "accounts.deputy_is_holder": _(
        "%(name)s is A of this post and cannot be its deputy (B) as well."
    ),
    "accounts.deputy_twice": _("%(name)s stands twice among the deputies."),
    "accounts.post_ended": _("The post “%(post)s” has ended."),
    "accounts.changed_meanwhile": _(
        "Somebody changed the post “%(post)s” meanwhile: %(name)s holds it now. Look again, then decide."
    ),
    "accounts.reason_needed": _("Give the reason in a few words; it is kept with the act."),
    "accounts.absence_backwards": _("The absence would end before it begins."),
    "accounts.still_stands_in": _(
        "%(name)s still stands in. The work can be taken back when that is over."
    ),
    "accounts.rehearsal_result_unknown": _("There is no result “%(result)s” of a rehearsal."),
    "accounts.rehearsal_to_come": _("A rehearsal is recorded when it was held, not before."),
    "accounts.rehearsal_by_deputy": _(
        "%(name)s is no deputy of this post. A rehearsal tries a deputy."
    ),
    "accounts.rehearsal_remark_needed": _(
        "Say what went wrong; it is what the next rehearsal starts from."
    ),
    "accounts.rehearsed_already": _("A rehearsal of “%(post)s” on that day is recorded already."),
    "accounts.reserve_needs_name": _("Choose an account, or give a name."),
    "accounts.reserve_twice": _("%(name)s stands on the reserve list of this area already."),
    "accounts.home_is_dwelling": _("%(place)s is no dwelling. Give the door number of a home."),
    "accounts.password_same": _("Choose a password that is not the one you have now."),
}

WEAKNESSES = {
    "nobody": _("nobody can act"),
    "no_a": _("no A"),
    "no_b": _("no B"),
    "last_one": _("nobody behind whoever acts now"),
    "same_household": _("A and B live in one household"),
    "same_building": _("A and B live in one building"),
}

MODES = {
    "alert": _("from alert on"),
    "emergency": _("in an emergency"),
}

NOBODY = _("nobody")

ACTS = {
    "accounts.people_enrolled": _("Accounts made for named people"),
    "accounts.teams_created": _("Groups made"),
    "accounts.duties_created": _("Posts without a desk made"),
    "accounts.duties_ended": _("Posts without a desk ended"),
    "accounts.leaders_set": _("Leaders of groups named"),
    "accounts.user_created": _("Account created"),
    "accounts.user_changed": _("Account changed"),
    "accounts.password_reset": _("Password reset"),
    "accounts.password_changed": _("Own password changed"),
    "accounts.user_locked": _("Account locked"),
    "accounts.user_unlocked": _("Account unlocked"),
    "accounts.user_ended": _("Account ended"),
    "accounts.second_step_added": _("Second step of sign-in added"),
    "accounts.second_step_removed": _("Second step of sign-in removed"),
    "accounts.post_created": _("Post created"),
    "accounts.post_changed": _("Post changed"),
    "accounts.holder_changed": _("Holder of a post changed"),
    "accounts.deputies_set": _("Deputies set"),
    "accounts.scope_set": _("Grids of a post set"),
    "accounts.post_ended": _("Post ended"),
    "accounts.posts_stood_up": _("Prepared posts activated"),
    "accounts.posts_stood_down": _("Prepared posts back on standby"),
    "accounts.team_created": _("Group made"),
    "accounts.team_changed": _("Group changed"),
    "accounts.team_ended": _("Group ended"),
    "accounts.absences_matched": _("Absences brought up to date"),
    "accounts.absence_recorded": _("Absence recorded"),
    "accounts.absence_ended": _("Absence ended"),
    "accounts.taken_back": _("Work taken back from a deputy"),
    "accounts.rehearsed": _("Stepping in rehearsed"),
    "accounts.reserve_added": _("Put on the reserve list"),
    "accounts.reserve_ended": _("Taken off the reserve list"),
    "accounts.home_set": _("Home of a colleague set"),
    "accounts.look_granted": _("Reason given to see personal data"),
    "accounts.trail_exported": _("Audit trail exported"),
    "accounts.list_exported": _("List exported"),
    "accounts.signed_in": _("Signed in"),
    "accounts.signed_out": _("Signed out"),
    "accounts.sign_in_failed": _("Sign-in failed"),
}

SUBJECTS = {
    "accounts.user": _("Account"),
    "accounts.post": _("Post"),
    "accounts.team": _("Group"),
    "accounts.reservecandidate": _("Reserve candidate"),
}

FACTS = {
    "role": _("Role"),
    "grids": _("Grids"),
    "holder": _("Holder (A)"),
    "deputies": _("Deputies (B)"),
    "posts": _("Posts"),
    "why": _("Reason"),
    "switch": pgettext_lazy("audit fact", "left the computer to a colleague"),
    "second_step": _("Second step"),
    "second_step_removed": _("Second step of sign-in removed"),
    "administrator": _("administrator"),
    "deputy_posts": pgettext_lazy("audit fact", "posts as deputy"),
    "absence": _("Absence"),
    "act_filter": _("Act"),
    "user_filter": pgettext_lazy("audit fact", "person"),
    "day_filter": _("Day"),
    "elsewhere": pgettext_lazy("audit fact", "lives elsewhere"),
    "held_on": pgettext_lazy("audit fact", "day"),
    "home": pgettext_lazy("audit fact", "home, no."),
    "stand_in": pgettext_lazy("audit fact", "standing in, no."),
}
#: Lists that were taken out, by the code of `accounts.listing`.
LISTS = {
    "accounts": _("Accounts"),
    "buildings": _("Buildings and grids"),
    "cases": _("Cases"),
    "charges": _("Areas of charge"),
    "communities": _("Communities"),
    "doors-without-grid": _("In no grid"),
    "duplicates": _("Possible duplicates"),
    "emergency-looks": _("Emergency looks from outside"),
    "events": _("Events"),
    "exemptions": _("Exempt from sampling"),
    "findings": _("Patrol findings"),
    "gaps": _("No name on it"),
    "grid-ledger": _("Grid ledger"),
    "grids": _("Grid ledgers"),
    "guests": _("Visitors and staff"),
    "households": _("Households"),
    "imports": _("Ledger import"),
    "import_undo": _("What undoing an import means for whom"),
    "instructions": _("Instructions"),
    "labels": _("Labels"),
    "messages": _("Messages"),
    "my-work": _("My work"),
    "notices": _("Notices"),
    "objections": _("Objections"),
    "organisation": _("Organisation"),
    "own-looks": _("Emergency access"),
    "posts": _("Posts"),
    "protocols": _("Protocols"),
    "received": _("Instructions to me"),
    "receivers": _("Receivers of an instruction"),
    "reports": _("Reports"),
    "reserves": _("Reserve list"),
    "residents": _("Residents"),
    "results": _("Results"),
    "site-parties": _("Sites: who answers"),
    "standstills": _("Standstill"),
    "stays": _("Isolation and monitoring"),
    "takeovers": _("Who commands"),
    "tasks": _("Tasks"),
    "tasks-of-building": _("Tasks of a building"),
    "templates": _("Task templates"),
    "today": _("Today"),
    "zones": _("Risk zones"),
}
