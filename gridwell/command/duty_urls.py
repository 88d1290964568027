"""Addresses of modes, take-overs, instructions, reports, emergency looks and the chronicle."""

from django.urls import path
from django.urls.resolvers import URLPattern

from gridwell.command.views import (
    chronicle,
    emergency,
    instructions,
    modes,
    reports,
    takeovers,
)

MODE = "<area:area>/orders/mode/"
SENT = "<area:area>/orders/instructions/"

urlpatterns: list[URLPattern] = [
    path(MODE, modes.mode_page, name="mode_page"),
    path(f"{MODE}rehearse/", modes.mode_rehearse, name="mode_rehearse"),
    path(f"{MODE}closing/<int:closing>/", modes.mode_closing, name="mode_closing"),
    path(f"{MODE}to/<slug:mode>/", modes.mode_change, name="mode_change"),
    path(f"{MODE}profile/<slug:mode>/", modes.mode_profile, name="mode_profile"),
    path("<area:area>/orders/command/", takeovers.takeover_list, name="takeover_list"),
    path(
        "<area:area>/orders/command/<int:takeover>/back/",
        takeovers.takeover_end,
        name="takeover_end",
    ),
    path(SENT, instructions.instruction_list, name="instruction_list"),
    path(f"{SENT}new/", instructions.instruction_new, name="instruction_new"),
    path(f"{SENT}<int:instruction>/", instructions.instruction_file, name="instruction_file"),
    path(
        f"{SENT}<int:instruction>/remind/",
        instructions.instruction_remind,
        name="instruction_remind",
    ),
    path(
        f"{SENT}<int:instruction>/withdraw/",
        instructions.instruction_withdraw,
        name="instruction_withdraw",
    ),
    path("instructions/", instructions.receipt_list, name="receipt_list"),
    path("instructions/<int:receipt>/", instructions.receipt_page, name="receipt_page"),
    path("<area:area>/orders/reports/", reports.report_list, name="report_list"),
    path("<area:area>/orders/reports/<int:report>/", reports.report_file, name="report_file"),
    path("emergency/", emergency.emergency_list, name="emergency_list"),
    path("emergency/<uuid:ref>/", emergency.emergency_file, name="emergency_file"),
    path("emergency/<uuid:ref>/end/", emergency.emergency_end, name="emergency_end"),
    path("<area:area>/orders/emergency/", emergency.emergency_log, name="emergency_log"),
    path("<area:area>/orders/chronicle/", chronicle.chronicle, name="chronicle"),
    path(
        "<area:area>/orders/chronicle/export/", chronicle.chronicle_export, name="chronicle_export"
    ),
]
