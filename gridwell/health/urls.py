"""Addresses of health."""

from django.urls.resolvers import URLPattern

urlpatterns: list[URLPattern] = []
