"""What an administrator of the installation looks after: people, posts, areas, protocols, backups."""

from dataclasses import dataclass
from datetime import datetime

from gridwell.accounts.queries import posts_of, users_of
from gridwell.accounts.rules.actor import Actor
from gridwell.audit.models import AuditEntry
from gridwell.places.models import Area
from gridwell.places.rules.levels import AreaLevel
from gridwell.protocols.models import ProtocolVersion


@dataclass(frozen=True)
class Installation:
    """Figures of the installation; no resident is counted among them."""

    users: int
    posts: int
    posts_without_holder: int
    communities: int
    protocols: tuple[ProtocolVersion, ...]
    backed_up_at: datetime | None


def installation_of(actor: Actor, now: datetime) -> Installation:
    """Return what the administrators' first page shows; six queries."""
    posts = posts_of(actor, now)
    backup = AuditEntry.objects.filter(community=0, act="audit.backup_made").order_by("-sequence")
    return Installation(
        users=users_of(actor).count(),
        posts=posts.count(),
        posts_without_holder=posts.filter(holder=None).count(),
        communities=Area.objects.filter(level=AreaLevel.COMMUNITY.value, replaced_by=None).count(),
        protocols=tuple(
            ProtocolVersion.objects.select_related("area")
            .defer("text")
            .order_by("family", "-in_force_from", "-pk")[:20]
        ),
        backed_up_at=backup.values_list("at", flat=True).first(),
    )
