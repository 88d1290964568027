"""Keyed ends of numbers, which depend on the community's code."""

from gridwell.core.fields import vault
from gridwell.residents.models import Phone, Resident


def recode_tails(old: int, new: int) -> None:
    """Write the ends of document and phone numbers anew after a community's code changed.

    Runs inside the act that changed the code, when rows carry the new one already.
    """
    people = Resident.objects.filter(community=new).exclude(document="")
    rows = list(people.only("pk", "document", "document_tail"))
    for person in rows:
        person.document_tail = vault().tail(new, person.document)
    Resident.objects.bulk_update(rows, ["document_tail"], batch_size=300)
    phones = list(Phone.objects.filter(community=new).only("pk", "number", "tail"))
    for phone in phones:
        phone.tail = vault().tail(new, phone.number)
    Phone.objects.bulk_update(phones, ["tail"], batch_size=300)
