from typing import Any

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "gridwell.accounts"
    label = "accounts"

    def ready(self) -> None:
        from datetime import time

        from django.utils.translation import gettext_lazy as _

        from gridwell.accounts import jobs, labels
        from gridwell.accounts.actions.absences import TURN
        from gridwell.accounts.middleware import enter_area
        from gridwell.accounts.queries.trail import post_names, team_names
        from gridwell.accounts.rules.actor import Right
        from gridwell.audit import labels as trail
        from gridwell.core import frame, kept, wording
        from gridwell.core.worker import register_job, register_periodic

        register_job(TURN, jobs.turn_absences)
        register_periodic(TURN, at=time(0, 0))  # and whenever an absence says so
        wording.register(labels.REFUSALS)
        trail.register_acts(labels.ACTS)
        trail.register_subjects(labels.SUBJECTS)
        trail.register_facts(labels.FACTS)
        trail.register_names("accounts.post", post_names)
        trail.register_names("accounts.team", team_names)
        trail.register_values("role", labels.ROLES)
        trail.register_values("list", labels.LISTS)
        trail.register_values("result", labels.REHEARSALS)
        trail.register_values("why", labels.ABSENCES)

        def manages(actor: Any) -> bool:
            return bool(actor.manages_posts)

        def reads_trail(actor: Any) -> bool:
            return bool(actor.may_anywhere(Right.READ_AUDIT))

        def keeps_installation(actor: Any) -> bool:
            return bool(actor.is_administrator)

        frame.register_page(
            "register", _("Posts"), "post_list", 80, manages, covers=("post_", "reserve_")
        )
        frame.register_page("register", _("Accounts"), "user_list", 81, manages, covers=("user_",))
        frame.register_page(
            "register", _("Audit trail"), "audit_log", 90, reads_trail, covers=("audit_log",)
        )
        frame.register_page(
            "register",
            _("Audit trail of the installation"),
            "audit_installation",
            91,
            keeps_installation,
        )
        kept.register_guard(enter_area)
        frame.register_link("idle", _("Sign out"), "idle_over", 1)
        frame.register_link("person", _("My account"), "my_account", 10)
        frame.register_link("person", _("Change user"), "switch_user", 20, method="post")
        frame.register_link("person", _("Sign out"), "account_logout", 30, method="post")
