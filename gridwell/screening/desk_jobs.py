"""Background work of the desk: the kit of each community, at night."""

from typing import Any

from django.conf import settings

from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.core.worker import RunningJob
from gridwell.places.models import CommunityProfile
from gridwell.screening.actions.kits import make_kit
from gridwell.screening.models import Round


def nightly_kits(job: RunningJob) -> dict[str, Any] | None:
    """Make the kit of every community that has a desk; without a passphrase there is none to make.

    `GRIDWELL_KIT_PASSPHRASE` is read here only; a kit under no passphrase would be names in the open.
    """
    phrase = getattr(settings, "KIT_PASSPHRASE", "")
    if not phrase:
        return {"made": 0, "why": "no passphrase"}
    now = clock.now()
    communities = sorted(
        set(CommunityProfile.objects.values_list("community_id", flat=True))
        | set(Round.objects.exclude(state="closed").values_list("community_id", flat=True))
    )
    for done, community in enumerate(communities, start=1):
        make_kit(actor=Actor.system(community), community=community, phrase=phrase, now=now)
        job.report(done, len(communities))
    return {"made": len(communities)}
