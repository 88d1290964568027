from datetime import time

from django.apps import AppConfig
from django.http import HttpRequest


class NotifyConfig(AppConfig):
    name = "gridwell.notify"
    label = "notify"

    def ready(self) -> None:
        from django.urls import reverse
        from django.utils.translation import gettext_lazy as _
        from django.utils.translation import ngettext

        from gridwell.audit import labels as trail
        from gridwell.core import frame, wording, worker
        from gridwell.notify import jobs, kinds, labels, queries

        wording.register(labels.REFUSALS)
        trail.register_acts(labels.ACTS)
        trail.register_subjects(labels.SUBJECTS)
        trail.register_facts(labels.FACTS)
        trail.register_values("channel_kind", labels.KINDS)
        kinds.register(kinds.MessageKind("notify.test", labels.TEST_TITLE, labels.TEST_TEXT))
        worker.register_job("notify.deliver", jobs.run_deliver)
        worker.register_job("notify.purge", jobs.run_purge)
        worker.register_periodic("notify.purge", at=time(3, 40))

        def unseen(request: HttpRequest) -> list[frame.Badge]:
            count = queries.unseen_count(request.user.pk)
            if not count:
                return []
            text = ngettext("%(count)s message", "%(count)s messages", count) % {"count": count}
            hint = _("You have not opened these yet")
            return [frame.Badge(text, "info", hint, reverse("message_list"))]

        frame.register_badges(unseen, 90)
        frame.register_link("person", _("Messages"), "message_list", 5)
