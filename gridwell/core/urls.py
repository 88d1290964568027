"""Addresses of core."""

from django.urls import path
from django.urls.resolvers import URLPattern
from django.views.i18n import set_language

from gridwell.core import views

app_name = "core"
urlpatterns: list[URLPattern] = [
    path("word/<slug:code>/", views.word, name="word"),
    path("keep-alive/", views.keep_alive, name="keep_alive"),
    path("language/", set_language, name="set_language"),
    path("style-guide/", views.style_page, name="style_guide"),
]
