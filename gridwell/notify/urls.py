"""Addresses of notify: what one was told, and where one is told."""

from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver

from gridwell.notify import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("messages/", views.message_list, name="message_list"),
    path("messages/seen/", views.messages_seen, name="messages_seen"),
    path("messages/<int:message>/", views.message_open, name="message_open"),
    path("account/channels/", views.channel_list, name="channel_list"),
    path("account/channels/quiet/", views.quiet_set, name="quiet_set"),
    path("account/channels/<int:channel>/test/", views.channel_test, name="channel_test"),
    path("account/channels/<int:channel>/set/", views.channel_set, name="channel_set"),
    path("account/channels/<int:channel>/remove/", views.channel_remove, name="channel_remove"),
]
