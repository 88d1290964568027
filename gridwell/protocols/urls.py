"""Addresses of protocols."""

from django.urls import path
from django.urls.resolvers import URLPattern

from gridwell.protocols import views

urlpatterns: list[URLPattern] = [
    path("<area:area>/orders/protocols/", views.protocol_list, name="protocol_list"),
    path(
        "<area:area>/orders/protocols/<int:version>/",
        views.protocol_version,
        name="protocol_version",
    ),
]
