"""Addresses of screening."""

from django.urls.resolvers import URLPattern, URLResolver

from gridwell.screening import call_urls, desk_urls, result_urls, slot_urls, urls_rounds

urlpatterns: list[URLPattern | URLResolver] = [
    *urls_rounds.urlpatterns,
    *call_urls.urlpatterns,
    *slot_urls.urlpatterns,
    *result_urls.urlpatterns,
    *desk_urls.urlpatterns,
]
