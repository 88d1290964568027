"""Addresses of the sampling desk: without a scope, since samplers have no desk of the register."""

from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver

from gridwell.screening.views import boxes, desk, kits, offline, settling

urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/", desk.desk_list, name="desk_list"),
    path("desk/worker.js", offline.desk_worker, name="desk_worker"),
    path("desk/app/", offline.desk_shell, name="desk_shell"),
    path("desk/<int:round>/", desk.desk_page, name="desk_page"),
    path("desk/<int:round>/scan/", desk.desk_scan, name="desk_scan"),
    path("desk/<int:round>/put/", desk.desk_put, name="desk_put"),
    path("desk/<int:round>/close/", desk.desk_close, name="desk_close"),
    path("desk/<int:round>/undo/<int:sample>/", desk.desk_undo, name="desk_undo"),
    path("desk/<int:round>/correct/<int:sample>/", desk.desk_correct, name="desk_correct"),
    path("desk/<int:round>/guest/", desk.desk_guest, name="desk_guest"),
    path("desk/<int:round>/entries/", settling.desk_entries, name="desk_entries"),
    path("desk/<int:round>/entries/settle/", settling.desk_settle, name="desk_settle"),
    path("desk/<int:round>/desks/", settling.desk_watch, name="desk_watch"),
    path("desk/<int:round>/desks/<int:contact>/", settling.desk_give_up, name="desk_give_up"),
    path("desk/<int:round>/app/", offline.desk_app, name="desk_app"),
    path("desk/<int:round>/bundle/", offline.desk_bundle, name="desk_bundle"),
    path("desk/<int:round>/key/", offline.desk_key, name="desk_key"),
    path("desk/<int:round>/send/", offline.desk_send, name="desk_send"),
    path("desk/<int:round>/tubes/<int:tube>/close/", boxes.tube_close, name="tube_close"),
    path("desk/<int:round>/boxes/", boxes.box_list, name="box_list"),
    path("desk/<int:round>/boxes/<int:box>/", boxes.box_page, name="box_page"),
    path("desk/<int:round>/boxes/<int:box>/<slug:act>/", boxes.box_act, name="box_act"),
    path("<area:area>/screening/cards/", kits.card_print, name="card_print"),
    path("<area:area>/screening/kit/", kits.kit_page, name="kit_page"),
    path("<area:area>/screening/kit/file/", kits.kit_file, name="kit_file"),
]
