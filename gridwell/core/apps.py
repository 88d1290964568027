from datetime import time

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "gridwell.core"
    label = "core"

    def ready(self) -> None:
        from gridwell.core import checks as checks  # registers the system checks
        from gridwell.core import labels, upkeep, wording
        from gridwell.core.tables.labels import REFUSALS as TABLE_REFUSALS
        from gridwell.core.worker import register_job, register_periodic

        wording.register(labels.REFUSALS)
        wording.register(TABLE_REFUSALS)
        register_job("core.tidy", upkeep.tidy)
        register_periodic("core.tidy", at=time(3, 40))
