from datetime import time

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "gridwell.audit"
    label = "audit"

    def ready(self) -> None:
        from gridwell.audit import jobs
        from gridwell.core import worker

        # Late in the evening, so that a day's head holds the day.
        worker.register_job("audit.write_heads", jobs.run_write_heads)
        worker.register_periodic("audit.write_heads", at=time(23, 45))
