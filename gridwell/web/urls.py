"""Addresses of the shell's pages."""

from django.urls import path

from gridwell.web import views

urlpatterns = [
    path("", views.home, name="home"),
    path("<area:area>/today/", views.today, name="today"),
    path("<area:area>/today/list/<slug:code>/", views.today_list, name="today_list"),
    path("<area:area>/today/why/<int:household>/", views.today_why, name="today_why"),
    path("<area:area>/today/changes/", views.today_changes, name="today_changes"),
]
