"""Addresses of the demo; they answer 404 in any other installation."""

from django.urls import path
from django.urls.resolvers import URLPattern

from gridwell.demo import views

urlpatterns: list[URLPattern] = [
    path("demo/", views.demo_guide, name="demo_guide"),
    path("demo/next-day/", views.demo_next_day, name="demo_next_day"),
    path("demo/ledger/", views.demo_ledger, name="demo_ledger"),
]
