"""Addresses of results, holds and laboratories."""

from django.urls import path
from django.urls.resolvers import URLPattern

from gridwell.screening import api
from gridwell.screening.views import holds, laboratories, results

urlpatterns: list[URLPattern] = [
    path("<area:area>/results/", results.lab_results, name="lab_results"),
    path("<area:area>/results/waiting/", results.lab_waiting, name="lab_waiting"),
    path("<area:area>/results/faults/", results.lab_faults, name="lab_faults"),
    path("<area:area>/results/faults/<int:fault>/", results.lab_fault, name="lab_fault"),
    path("<area:area>/results/faults/aside/", results.lab_aside, name="lab_aside"),
    path("<area:area>/results/again/", results.lab_again, name="lab_again"),
    path("<area:area>/laboratories/", laboratories.lab_list, name="lab_list"),
    path("<area:area>/laboratories/<int:laboratory>/", laboratories.lab_act, name="lab_act"),
    path("<area:area>/holds/", holds.hold_list, name="hold_list"),
    path("<area:area>/holds/<int:hold>/", holds.hold_file, name="hold_file"),
    path("api/results/", api.results, name="api_results"),
    path("api/results/guide/", laboratories.lab_guide, name="api_results_guide"),
    path("api/results/openapi.json", api.openapi, name="api_results_openapi"),
]
