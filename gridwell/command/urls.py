"""Addresses of orders: notices, zones, standstills, isolation, events, sheets."""

from django.urls import path
from django.urls.resolvers import URLPattern

from gridwell.command.views import (
    confirmed,
    events,
    guest_entry,
    guest_pages,
    guests,
    health,
    lines,
    measures,
    notices,
    places,
    sheets,
    zones,
)

NOTICE = "<area:area>/orders/notices/<int:notice>/"
ZONE = "<area:area>/orders/zones/<int:zone>/"
STAY = "<area:area>/orders/isolation/"

urlpatterns: list[URLPattern] = [
    path("accounts/users/<int:user>/home/", lines.user_home, name="user_home"),
    path("<area:area>/orders/notices/", notices.notice_list, name="notice_list"),
    path("<area:area>/orders/notices/new/", notices.notice_new, name="notice_new"),
    path(NOTICE, notices.notice_desk, name="notice_desk"),
    path(f"{NOTICE}items/<int:sequence>/", notices.notice_item, name="notice_item"),
    path(f"{NOTICE}items/<int:sequence>/choose/", notices.notice_choose, name="notice_choose"),
    path(f"{NOTICE}answer/", notices.notice_answer, name="notice_answer"),
    path(f"{NOTICE}rematch/", notices.notice_rematch, name="notice_rematch"),
    path(f"{NOTICE}approve/", notices.notice_approve, name="notice_approve"),
    path(f"{NOTICE}not-ours/", notices.notice_not_ours, name="notice_not_ours"),
    path(f"{NOTICE}reopen/", notices.notice_reopen, name="notice_reopen"),
    path(f"{NOTICE}withdraw/", notices.notice_withdraw, name="notice_withdraw"),
    path(f"{NOTICE}measures/<int:start>/", measures.measure_work, name="measure_work"),
    path(f"{NOTICE}measures/<int:start>/end/", measures.measure_end, name="measure_end"),
    path(f"{NOTICE}below/", notices.notice_approve_below, name="notice_approve_below"),
    path("<area:area>/places/suggest/", places.place_suggest, name="place_suggest"),
    path("<area:area>/orders/zones/", zones.zone_list, name="zone_list"),
    path("<area:area>/orders/zones/new/", zones.zone_new, name="zone_new"),
    path(ZONE, zones.zone_file, name="zone_file"),
    path(f"{ZONE}round/", zones.zone_round, name="zone_round"),
    path(f"{ZONE}spread/", zones.zone_spread, name="zone_spread"),
    path(f"{ZONE}sheets/", sheets.zone_sheets, name="zone_sheets"),
    path(f"{ZONE}delivered/", sheets.zone_delivered, name="zone_delivered"),
    path(f"{ZONE}words/", sheets.zone_words, name="zone_words"),
    path(f"{ZONE}change/<slug:act>/", zones.zone_change, name="zone_change"),
    path(f"{ZONE}changes/<int:change>/correct/", zones.zone_correct, name="zone_correct"),
    path(f"{ZONE}changes/<int:change>/withdraw/", zones.zone_withdraw, name="zone_withdraw"),
    path(f"{ZONE}changes/<int:change>/attach/", zones.zone_attach, name="zone_attach"),
    path("<area:area>/orders/standstills/", events.standstill_list, name="standstill_list"),
    path(
        "<area:area>/orders/standstills/<int:standstill>/end/",
        events.standstill_end,
        name="standstill_end",
    ),
    path("<area:area>/orders/events/", events.event_list, name="event_list"),
    path("<area:area>/orders/events/<int:event>/close/", events.event_close, name="event_close"),
    path(STAY, health.stay_list, name="stay_list"),
    path(f"{STAY}new/", health.stay_new, name="stay_new"),
    path(f"{STAY}print/<slug:sheet>/", sheets.stay_print, name="stay_print"),
    path(f"{STAY}delivered/<slug:sheet>/", sheets.stay_delivered, name="stay_delivered"),
    path(f"{STAY}<slug:kind>/<int:stay>/end/", health.stay_end, name="stay_end"),
    path("<area:area>/orders/cases/", health.case_list, name="case_list"),
    path(
        "<area:area>/orders/cases/held/<int:hold>/",
        confirmed.case_proposals,
        name="case_proposals",
    ),
    path(
        "<area:area>/orders/cases/<int:case>/withdraw/", health.case_withdraw, name="case_withdraw"
    ),
    path("<area:area>/orders/exemptions/", guests.exemption_list, name="exemption_list"),
    path(
        "<area:area>/orders/exemptions/<int:exemption>/end/",
        guests.exemption_end,
        name="exemption_end",
    ),
    path("<area:area>/register/guests/", guests.guest_list, name="guest_list"),
    path("<area:area>/register/guests/sheets/", guest_pages.guest_sheets, name="guest_sheets"),
    path("<area:area>/register/guests/<int:stay>/", guest_pages.guest_file, name="guest_file"),
    path(
        "<area:area>/register/guests/<int:stay>/enter/",
        guest_entry.guest_enter,
        name="guest_enter",
    ),
    path(
        "<area:area>/register/guests/<int:stay>/number/",
        guests.guest_number,
        name="guest_number",
    ),
    path("<area:area>/register/guests/<int:stay>/end/", guests.guest_end, name="guest_end"),
    path(
        "<area:area>/register/guests/<int:stay>/sampled/",
        guests.guest_sampled,
        name="guest_sampled",
    ),
    path("<area:area>/orders/results/", health.result_list, name="result_list"),
]
