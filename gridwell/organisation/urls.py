"""Addresses of organisation."""

from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver

from gridwell.organisation.views import answering, calendars, charges, people, roster, tables

urlpatterns: list[URLPattern | URLResolver] = [
    # Who does what
    path("<area:area>/organisation/", people.organisation, name="organisation"),
    path("<area:area>/organisation/chart/", people.organisation_chart, name="organisation_chart"),
    path("<area:area>/organisation/gaps/", people.organisation_gaps, name="organisation_gaps"),
    path("<area:area>/organisation/groups/new/", people.group_new, name="group_new"),
    path("<area:area>/organisation/groups/usual/", people.groups_usual, name="groups_usual"),
    path("<area:area>/organisation/groups/<int:team>/", people.group_file, name="group_file"),
    path(
        "<area:area>/organisation/groups/<int:team>/name/", people.group_member, name="group_member"
    ),
    path(
        "<area:area>/organisation/groups/<int:team>/rename/",
        people.group_rename,
        name="group_rename",
    ),
    path("<area:area>/organisation/groups/<int:team>/end/", people.group_end, name="group_end"),
    path("<area:area>/organisation/heads/<int:place>/", people.head_name, name="head_name"),
    path("<area:area>/organisation/charges/", charges.charge_list, name="charge_list"),
    path("<area:area>/organisation/charges/new/", charges.charge_new, name="charge_new"),
    path(
        "<area:area>/organisation/charges/<int:charge>/end/", charges.charge_end, name="charge_end"
    ),
    path(
        "<area:area>/organisation/import/", tables.organisation_import, name="organisation_import"
    ),
    path(
        "<area:area>/organisation/import/<int:trace>/",
        tables.organisation_import_look,
        name="organisation_import_look",
    ),
    path(
        "<area:area>/organisation/import/<int:trace>/<slug:act>/",
        tables.organisation_import_act,
        name="organisation_import_act",
    ),
    path("<area:area>/organisation.xlsx", tables.organisation_export, name="organisation_export"),
    path("<area:area>/organisation/sites/", answering.site_parties, name="organisation_sites"),
    path(
        "<area:area>/organisation/sites/<int:site>/parties/new/",
        answering.party_of_site,
        name="party_of_site",
    ),
    # On the household file
    path(
        "<area:area>/register/households/<int:household>/five/",
        answering.five_edit,
        name="five_edit",
    ),
    path(
        "<area:area>/register/people/<int:resident>/five/",
        answering.five_of_person,
        name="five_of_person",
    ),
    path(
        "<area:area>/register/households/<int:household>/parties/new/",
        answering.party_new,
        name="party_new",
    ),
    path(
        "<area:area>/register/people/<int:resident>/parties/new/",
        answering.party_of_person,
        name="party_of_person",
    ),
    path("<area:area>/register/parties/<int:party>/end/", answering.party_end, name="party_end"),
    # Roster
    path("<area:area>/roster/", roster.roster, name="roster"),
    path("<area:area>/roster/month/", roster.roster_month, name="roster_month"),
    path("<area:area>/roster/copy/", roster.week_copy, name="week_copy"),
    path("<area:area>/roster/posts/<int:post>/new/", roster.shift_new, name="shift_new"),
    path("<area:area>/roster/shifts/<int:shift>/", roster.shift_edit, name="shift_edit"),
    path("<area:area>/roster/shifts/<int:shift>/cancel/", roster.shift_cancel, name="shift_cancel"),
    path(
        "<area:area>/roster/posts/<int:post>/calendar/",
        calendars.post_feed_new,
        name="post_feed_new",
    ),
    # One's own
    path("account/shifts/", calendars.my_shifts, name="my_shifts"),
    path("account/shifts/calendar/", calendars.feed_new, name="feed_new"),
    path("account/shifts/calendar/<int:feed>/revoke/", calendars.feed_revoke, name="feed_revoke"),
    path("calendar/<str:token>.ics", calendars.calendar_feed, name="calendar_feed"),
]
