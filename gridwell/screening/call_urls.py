"""Addresses of calling: who is to be called when, texts, sheets, who called whom."""

from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver

from gridwell.screening.views import calls

CALLS = "<area:area>/rounds/<int:round>/calls/"

urlpatterns: list[URLPattern | URLResolver] = [
    path(CALLS, calls.call_list, name="call_list"),
    path(f"{CALLS}record/", calls.call_record, name="call_record"),
    path(f"{CALLS}texts/", calls.call_texts, name="call_texts"),
    path(f"{CALLS}sheet/", calls.call_sheet, name="call_sheet"),
    path(f"{CALLS}log/", calls.call_log, name="call_log"),
    path(f"{CALLS}log/<int:call>/back/", calls.call_back, name="call_back"),
]
