"""Addresses of residents."""

from django.urls.resolvers import URLPattern

urlpatterns: list[URLPattern] = []
