"""Addresses of screening."""

from django.urls.resolvers import URLPattern, URLResolver

from gridwell.screening import urls_rounds

urlpatterns: list[URLPattern | URLResolver] = [*urls_rounds.urlpatterns]
