"""The lists of a night's kit: everybody who may be due tomorrow, and how each round stands today."""

from datetime import timedelta
from uuid import uuid4

import pytest

from gridwell.accounts.rules.actor import Actor
from gridwell.orders.tests.make import NOW, TODAY, make_building, make_district
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY
from gridwell.residents.actions.guests import register_guest
from gridwell.residents.models import Resident
from gridwell.screening.actions.kits import kit_path, make_kit
from gridwell.screening.actions.members import exempt_member, set_at_door
from gridwell.screening.actions.rounds import plan_round
from gridwell.screening.kit_file import open_kit
from gridwell.screening.models import RoundMember
from gridwell.screening.tests.make import make_order, make_round, make_sample

PHRASE = "一年四季风雨同舟守望相助"


@pytest.mark.django_db
def test_guests_are_on_it_and_each_round_has_its_column(officer: Actor, settings, tmp_path) -> None:
    settings.GRIDWELL_FILES = tmp_path
    make_district()
    make_building(rooms=("101", "201"), people=2)
    register_guest(
        actor=officer, place=Place.objects.filter(kind="dwelling")[0], name="借住的", kind="visitor",
        starts_at=NOW, ends_at=None, ref=uuid4(), now=NOW,
    )  # fmt: skip
    today = make_round(officer)
    tomorrow = make_order(officer, on=TODAY + timedelta(days=1), number=2)
    plan_round(actor=officer, order=tomorrow, now=NOW)
    sampled, exempt, at_door, _other = RoundMember.objects.exclude(resident=None).order_by("pk")
    make_sample(sampled)
    until = NOW + timedelta(hours=2)
    exempt_member(actor=officer, member=exempt, reason="away", until=until, now=NOW)
    set_at_door(actor=officer, round=today, members=[at_door.pk], at_door=True, now=NOW)
    kit = make_kit(actor=officer, community=COMMUNITY, phrase=PHRASE, now=NOW)
    files = open_kit(kit_path(kit).read_bytes(), PHRASE)
    lines = {
        line.split("</td><td>")[1]: line.split("</td><td>")[2:4]
        for line in files["lists.html"].split("<tr>")
        if "</td>" in line
    }
    names = dict(Resident.objects.values_list("pk", "name"))
    assert lines[names[sampled.resident_id]] == ["已采", "✓"]
    assert lines[names[exempt.resident_id]] == ["免检", "✓"]
    assert lines[names[at_door.resident_id]] == ["✓ 上门", "✓"]
    assert lines["借住的（暂住）"] == ["✓", "✓"]
    assert "<td>3</td>" in files["blank-sheets.html"]  # two residents and the guest
