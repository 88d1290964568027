"""What an emergency look shows of people: as much as help at the door needs, numbers masked."""

from typing import Any

from django.utils.translation import gettext as _

from gridwell.command.queries.emergency import EmergencyFile
from gridwell.core import clock
from gridwell.plan.labels import DUTIES
from gridwell.plan.rules.plan import Duty
from gridwell.residents import labels
from gridwell.residents.models import Trait
from gridwell.residents.rules.masking import mask_document


def people_rows(file: EmergencyFile) -> list[dict[str, Any]]:
    """Return everybody behind the door, household by household."""
    return [
        {
            "name": member.resident.name,
            "sex": labels.SEX.get(member.resident.sex, ""),
            "age": member.age,
            "document": mask_document(member.resident.document),
            "phones": member.phones,
            "traits": [_trait(trait) for trait in member.traits],
            "away": member.presence,
            "duties": [_duty(duty) for duty in file.duties.get(member.resident.pk, ())],
        }
        for household in file.files
        for member in household.members
    ]


def _trait(trait: Trait) -> str:
    name = str(labels.TRAITS.get(trait.code, trait.code))
    if not trait.value:
        return name
    return _("%(name)s (%(value)s)") % {
        "name": name,
        "value": labels.TRAIT_VALUES.get(trait.value, trait.value),
    }


def _duty(duty: Duty) -> str:
    """Return a duty with its basis and its end: stay at home (No. 173, until 26 Nov)."""
    words = str(DUTIES.get(duty.code, duty.code))
    basis = " ".join(part for part in (duty.basis.notice, duty.basis.clause) if part)
    if duty.until_at is not None:
        last = clock.last_day_of(duty.until_at)
        return _("%(duty)s (%(basis)s), until %(day)s") % {
            "duty": words,
            "basis": basis,
            "day": f"{last:%Y-%m-%d}",
        }
    return _("%(duty)s (%(basis)s)") % {"duty": words, "basis": basis}
