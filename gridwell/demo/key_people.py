"""The demo's key people (重点人群): who works at a risk post, so that the day shows whose turn it is."""

from datetime import date, datetime, timedelta

from gridwell.accounts.rules.actor import Actor
from gridwell.residents.actions.circumstances import add_trait
from gridwell.residents.models import Resident
from gridwell.residents.rules.traits import TraitCode

#: Key people by kind of post: every how many-th grown-up works there.
POSTS = (
    ("cold_chain", 160),
    ("isolation_site", 390),
    ("courier", 210),
    ("medical", 330),
    ("market", 270),
)


def enter_key_people(actor: Actor, community: int, now: datetime) -> None:
    """Write who works at a risk post: grown-ups, here and there in the buildings."""
    of_age = Resident.objects.filter(
        community=community, birth_on__gt=date(1966, 1, 1), birth_on__lt=date(2002, 1, 1)
    )
    people = list(of_age.order_by("pk").values_list("pk", flat=True))
    for value, step in POSTS:
        add_trait(
            actor=actor,
            community=community,
            resident_ids=people[step // 3 :: step],
            code=TraitCode.RISK_POST,
            value=value,
            starts_at=now - timedelta(days=200),
            now=now,
        )
