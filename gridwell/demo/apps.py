from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class DemoConfig(AppConfig):
    name = "gridwell.demo"
    label = "demo"

    def ready(self) -> None:
        from gridwell.core import frame
        from gridwell.demo.guide import panels

        frame.register_slot("today_panels", panels, 10)
        frame.register_link(
            "person", _("First steps"), "demo_guide", 1, visible=lambda _actor: settings.DEMO
        )
