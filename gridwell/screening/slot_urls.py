"""Addresses of sites, desks and slots, and of the page behind a place code."""

from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver

from gridwell.screening.views import sites, slot_desks, slots

SITE = "<area:area>/sites/<int:site>/"
SLOTS = "<area:area>/rounds/<int:round>/slots/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("<area:area>/sites/", sites.site_list, name="site_list"),
    path(SITE, sites.site_file, name="site_file"),
    path(f"{SITE}end/", sites.site_end, name="site_end"),
    path(f"{SITE}code/", sites.site_code, name="site_code"),
    path(f"{SITE}sheet/", sites.site_sheet, name="site_sheet"),
    path(
        "site/<int:community>/<uuid:ref>/<int:version>/",
        sites.site_public,
        name="site_public",
    ),
    path(SLOTS, slots.slot_page, name="slot_page"),
    path(f"{SLOTS}make/", slots.slot_make, name="slot_make"),
    path(f"{SLOTS}pace/", slots.slot_pace, name="slot_pace"),
    path(f"{SLOTS}undo/", slots.slot_undo, name="slot_undo"),
    path(f"{SLOTS}changes/", slots.slot_changes, name="slot_changes"),
    path(f"{SLOTS}desks/", slot_desks.slot_desk_add, name="slot_desk_add"),
    path(f"{SLOTS}desks/<int:desk>/", slot_desks.slot_desk, name="slot_desk"),
    path(f"{SLOTS}<int:slot>/", slots.slot_file, name="slot_file"),
    path(f"{SLOTS}<int:slot>/release/", slots.slot_release, name="slot_release"),
]
