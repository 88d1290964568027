from datetime import time
from typing import Any

from django.apps import AppConfig


class LedgersConfig(AppConfig):
    name = "gridwell.ledgers"
    label = "ledgers"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from gridwell.accounts.rules.actor import Right
        from gridwell.audit import labels as trail
        from gridwell.core import frame, wording
        from gridwell.core.worker import register_job, register_periodic
        from gridwell.ledgers import jobs, labels
        from gridwell.ledgers.queries.imports import JOB_APPLY, JOB_CHECK

        wording.register(labels.REFUSALS)
        trail.register_acts(labels.ACTS)
        trail.register_facts(labels.TRAIL_FACTS)
        register_job(JOB_CHECK, jobs.run_check)
        register_job(JOB_APPLY, jobs.run_apply)
        register_job("ledgers.purge", jobs.run_purge)
        register_periodic("ledgers.purge", at=time(3, 20))

        def imports(actor: Any) -> bool:
            return bool(actor.may_anywhere(Right.IMPORT_LEDGERS))

        def exports(actor: Any) -> bool:
            return bool(actor.may_anywhere(Right.EXPORT_LEDGERS))

        frame.register_page(
            "register", _("Ledger import"), "import_list", 50, imports, covers=("import_",)
        )
        frame.register_page(
            "register",
            _("Exports and layouts"),
            "export_list",
            55,
            exports,
            covers=("export_", "layout_"),
        )
