"""Addresses of rounds: orders, the round itself, the missing list, paper, reports, the census."""

from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver

from gridwell.screening.views import (
    census,
    key_people,
    missing,
    report_layouts,
    reports,
    rounds,
    sheets,
)

ONE = "<area:area>/rounds/<int:round>/"
LAYOUTS = "<area:area>/rounds/layouts/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("<area:area>/rounds/", rounds.round_list, name="round_list"),
    path("<area:area>/rounds/compare/", reports.round_compare, name="round_compare"),
    path(
        "<area:area>/rounds/compare/buildings/",
        reports.round_compare_buildings,
        name="round_compare_buildings",
    ),
    path(LAYOUTS, report_layouts.round_layouts, name="round_layouts"),
    path(f"{LAYOUTS}new/", report_layouts.round_layout_new, name="round_layout_new"),
    path(f"{LAYOUTS}<int:layout>/", report_layouts.round_layout, name="round_layout"),
    path(
        f"{LAYOUTS}<int:layout>/remove/",
        report_layouts.round_layout_remove,
        name="round_layout_remove",
    ),
    path(
        f"{LAYOUTS}<int:layout>/restore/",
        report_layouts.round_layout_restore,
        name="round_layout_restore",
    ),
    path("<area:area>/rounds/key-people/", key_people.key_people, name="key_people"),
    path(
        "<area:area>/rounds/orders/<int:order>/end/", rounds.round_order_end, name="round_order_end"
    ),
    path("<area:area>/rounds/orders/<int:order>/plan/", rounds.round_plan, name="round_plan"),
    path(ONE, rounds.round_file, name="round_file"),
    path(f"{ONE}open/", rounds.round_open, name="round_open"),
    path(f"{ONE}targets/", rounds.round_targets, name="round_targets"),
    path(f"{ONE}update/", rounds.round_update, name="round_update"),
    path(f"{ONE}close/", rounds.round_close, name="round_close"),
    path(f"{ONE}reopen/", rounds.round_reopen, name="round_reopen"),
    path(f"{ONE}missing/", missing.round_missing, name="round_missing"),
    path(f"{ONE}doors/", missing.round_doors, name="round_doors"),
    path(f"{ONE}outcome/", missing.round_outcome, name="round_outcome"),
    path(f"{ONE}people/<int:member>/", missing.round_member, name="round_member"),
    path(f"{ONE}sheet/<int:building>/", sheets.round_sheet, name="round_sheet"),
    path(f"{ONE}sheet/<int:building>/back/", sheets.round_sheet_back, name="round_sheet_back"),
    path(f"{ONE}report/", reports.round_report, name="round_report"),
    path(f"{ONE}report/form/", reports.round_form, name="round_form"),
    path("<area:area>/census/", census.census, name="census"),
    path("<area:area>/census/<int:building>/", census.census_building, name="census_building"),
]
