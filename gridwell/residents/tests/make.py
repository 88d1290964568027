"""Small makers of households and residents for tests."""

from datetime import UTC, date, datetime

from gridwell.core.fields import vault
from gridwell.places.models import Place
from gridwell.places.tests.make import make_dwelling
from gridwell.residents.models import Household, Membership, Phone, Resident

SINCE = datetime(2022, 1, 1, tzinfo=UTC)


def make_household(*, dwelling: Place | None = None, tenure: str = "owned") -> Household:
    dwelling = dwelling or make_dwelling()
    return Household.objects.create(
        community_id=dwelling.community_id, dwelling=dwelling, tenure=tenure, starts_at=SINCE
    )


def make_resident(
    *,
    household: Household | None = None,
    name: str = "王小明",
    sex: str = "male",
    birth_on: date | None = date(1980, 1, 1),
    document: str = "",
    phone: str = "",
    relation: str = "",
    is_head: bool = False,
) -> Resident:
    """Return a resident who lives in the household."""
    household = household or make_household()
    community = household.community_id
    resident = Resident.objects.create(
        community_id=community,
        dwelling_id=household.dwelling_id,
        name=name,
        sex=sex,
        birth_on=birth_on,
        document_kind="id_card" if document else "none",
        document=document,
        document_tail=vault().tail(community, document),
        registered_at=SINCE,
        changed_at=SINCE,
    )
    Membership.objects.create(
        community_id=community,
        dwelling_id=household.dwelling_id,
        household=household,
        resident=resident,
        relation=relation,
        is_head=is_head,
        starts_at=SINCE,
        recorded_at=SINCE,
    )
    if phone:
        Phone.objects.create(
            community_id=community,
            dwelling_id=household.dwelling_id,
            resident=resident,
            number=phone,
            tail=vault().tail(community, phone),
        )
    return resident
