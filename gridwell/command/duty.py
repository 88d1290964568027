"""What command registers at start-up for modes, take-overs, instructions, reports and looks."""

from datetime import time

from django.utils.translation import gettext_lazy as _

from gridwell.accounts.deciding import register_guard
from gridwell.accounts.rules.actor import RIGHTS, Actor, Right
from gridwell.audit import labels as trail
from gridwell.command import labels
from gridwell.command.actions.reports import JOB
from gridwell.command.actions.takeovers import guard
from gridwell.command.badges import takeover_badges
from gridwell.command.jobs import send_due_reports
from gridwell.command.queries.names import NAMERS
from gridwell.core import frame, wording
from gridwell.core.worker import register_job, register_periodic
from gridwell.notify import kinds
from gridwell.orders.labels import MODES


def register() -> None:
    """Register words, guard, messages, work and pages; called once by the app when it is ready."""
    wording.register(labels.REFUSALS)
    trail.register_acts(labels.TRAIL_ACTS)
    trail.register_subjects(labels.TRAIL_SUBJECTS)
    for kind, namer in NAMERS.items():
        trail.register_names(kind, namer)
    trail.register_facts(labels.TRAIL_FACTS)
    trail.register_values("mode", MODES)
    trail.register_values("state", labels.RECEIPTS)
    register_guard(guard)
    for code, (title, text) in labels.MESSAGES.items():
        kinds.register(
            kinds.MessageKind(code, title, text, labels.OUTSIDE.get(code, ""), {"mode": MODES})
        )
    register_job(JOB, send_due_reports)
    register_periodic(JOB, at=time(0, 3))
    _register_pages()


def _register_pages() -> None:
    page = frame.register_page
    page("orders", _("Mode"), "mode_page", 62, _decides, covers=("mode_",))
    page("orders", _("Instructions"), "instruction_list", 64, _decides, covers=("instruction_",))
    page("work", _("Instructions to me"), "receipt_list", 60, _has_post, covers=("receipt_",))
    page("orders", _("Reports"), "report_list", 66, _decides, covers=("report_",))
    page("orders", _("Who commands"), "takeover_list", 70, covers=("takeover_",))
    page("orders", _("Chronicle"), "chronicle", 80, _decides, covers=("chronicle",))
    own = ("emergency_list", "emergency_file")
    page("orders", _("Emergency access"), "emergency_list", 90, _unmasks, covers=own)
    page(
        "orders",
        _("Emergency looks from outside"),
        "emergency_log",
        92,
        _reads_trail,
        only_lowest=True,
    )
    frame.register_badges(takeover_badges, 20)


def _decides(actor: Actor) -> bool:
    return any(Right.APPROVE_ORDERS in RIGHTS[post.role] for post in actor.posts)


def _unmasks(actor: Actor) -> bool:
    return any(Right.UNMASK in RIGHTS[post.role] for post in actor.posts)


def _reads_trail(actor: Actor) -> bool:
    return any(Right.READ_AUDIT in RIGHTS[post.role] for post in actor.posts)


def _has_post(actor: Actor) -> bool:
    return bool(actor.all_posts)
