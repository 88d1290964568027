from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProtocolsConfig(AppConfig):
    name = "gridwell.protocols"
    label = "protocols"

    def ready(self) -> None:
        from gridwell.audit import labels as trail
        from gridwell.core import frame, upkeep, wording
        from gridwell.protocols.labels import REFUSALS, TRAIL_ACTS, TRAIL_SUBJECTS

        wording.register(REFUSALS)
        trail.register_acts(TRAIL_ACTS)
        trail.register_subjects(TRAIL_SUBJECTS)
        frame.register_page("orders", _("Protocols"), "protocol_list", 50, covers=("protocol_",))
        upkeep.after_migrate("protocols.load_shipped", _load_shipped)


def _load_shipped() -> None:
    """Store the shipped versions that are new with this release."""
    from gridwell.accounts.rules.actor import Actor
    from gridwell.core import clock
    from gridwell.protocols.actions import load_shipped

    load_shipped(actor=Actor.system(0), now=clock.now())
