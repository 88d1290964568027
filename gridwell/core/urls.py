"""Addresses of core."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.urls.resolvers import URLPattern
from django.views.i18n import set_language

from gridwell.core import views, views_jobs

app_name = "core"
urlpatterns: list[URLPattern] = [
    path("word/<slug:code>/", views.word, name="word"),
    path("keep-alive/", views.keep_alive, name="keep_alive"),
    path("language/", login_not_required(set_language), name="set_language"),
    path("style-guide/", views.style_page, name="style_guide"),
    path("jobs/<uuid:ref>/", views_jobs.job_page, name="job"),
    path("jobs/<uuid:ref>/stop/", views_jobs.job_stop, name="job_stop"),
]
