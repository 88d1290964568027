"""The desk's pages: with and without script, its package, boxes, kits and cards."""

import base64
import json
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.test import Client
from django.utils.html import escape

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.audit.models import AuditEntry
from gridwell.core import clock
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.health.models import Sample, Tube
from gridwell.orders.tests.make import NOW, make_district
from gridwell.places.tests.make import COMMUNITY, make_dwelling, make_grid
from gridwell.residents.models import Household
from gridwell.residents.tests.make import make_household, make_resident
from gridwell.screening.actions import boxes, bundles, kits
from gridwell.screening.desk_jobs import nightly_kits
from gridwell.screening.kit_file import open_kit, seal_kit, write_kit
from gridwell.screening.models import Box, Bundle, Round, RoundMember
from gridwell.screening.queries.bundle import document_digest
from gridwell.screening.queries.desk import Sampler, access_desk
from gridwell.screening.rules.desk import card_code
from gridwell.screening.tests.make import make_round, make_tube
from gridwell.screening.tests.test_desk import DOCUMENT, a_team_member, opened, put, refused

PHRASE = "a long enough phrase"


@pytest.fixture
def home(db: None) -> Household:
    make_district()
    home = make_household(dwelling=make_dwelling(room="101", grid=make_grid()))
    make_resident(household=home, name="张一", document=DOCUMENT, phone="13800001111", is_head=True)
    make_resident(household=home, name="张二")
    return home


@pytest.fixture
def row(officer: Actor, home) -> Round:
    return make_round(officer)


@pytest.fixture
def sampler(officer: Actor, row: Round) -> Sampler:
    return access_desk(officer, row.pk)


@pytest.fixture
def client(row: Round) -> Client:
    """The browser of a member of a sampling group."""
    client = Client()
    client.force_login(User.objects.get(pk=a_team_member().user_id))
    return client


def page(client: Client, row: Round, rest: str = "", **data):
    url = f"/desk/{row.pk}/{rest}"
    return client.post(url, data, follow=True) if data else client.get(url)


def scan(client: Client, row: Round, text: str):
    return page(client, row, "scan/", entry=text, key=str(uuid4()))


class TestWithoutScript:
    def test_a_door_without_its_dashes(self, client, row, home) -> None:
        """Figures of a door that there is are the door, not a tube; they may be said to be one."""
        run_together = home.dwelling.door.replace("-", "")
        assert run_together.isdigit()
        assert len(run_together) >= 5
        said = scan(client, row, run_together)
        assert said.status_code == 409  # no tube in hand
        assert said.context["or_tube"] == run_together
        scan(client, row, "tube00001")
        found = scan(client, row, run_together).context["found"]
        assert [person.name for person in found] == ["张一", "张二"]
        assert not Tube.objects.filter(code=run_together).exists()
        page(client, row, "scan/", entry=run_together, tube="1", key=str(uuid4()))
        assert Tube.objects.get(code=run_together).state == "open"
        scan(client, row, str(int(run_together) + 1))  # of the same batch
        assert Tube.objects.filter(code=str(int(run_together) + 1)).exists()

    def test_a_sampler_fills_a_tube(self, client, row, home) -> None:
        assert scan(client, row, DOCUMENT).status_code == 409  # no tube yet
        scan(client, row, "tube00001")
        assert "张一" in scan(client, row, DOCUMENT).content.decode()
        found = scan(client, row, card_code(home.ref))
        shown = found.content.decode()
        people = [person for person in found.context["found"] if not person.is_sampled]
        assert [person.name for person in people] == ["张二"]
        assert "13800001111" not in shown
        assert DOCUMENT not in shown
        page(client, row, "put/", person=f"{people[0].key}/{people[0].ref}")
        page(client, row, "close/", x="")
        tube = Tube.objects.get()
        assert (tube.state, tube.samples.count()) == ("closed", 2)
        last = Sample.objects.order_by("-position").first()
        page(client, row, f"undo/{last.pk}/", x="")
        tube.refresh_from_db()
        assert (tube.state, tube.samples.filter(superseded_at=None).count()) == ("open", 1)

    def test_a_wrong_person_is_corrected_with_a_reason(self, client, row) -> None:
        scan(client, row, "tube00001")
        scan(client, row, DOCUMENT)
        sample = Sample.objects.get()
        data = {"key": str(uuid4()), "entry": "101", "name": "张二", "reason": ""}
        assert page(client, row, f"correct/{sample.pk}/", **data).context["form"].errors
        page(client, row, f"correct/{sample.pk}/", **(data | {"reason": "扫错"}))
        assert Sample.objects.get(superseded_at=None).resident.name == "张二"

    def test_somebody_not_on_the_list_is_put_in_at_once(self, client, row) -> None:
        scan(client, row, "tube00001")
        data = {"key": str(uuid4()), "sample": str(uuid4()), "name": "来访者", "door": "101"}
        for _ in range(2):
            page(client, row, "guest/", **data)
        assert Sample.objects.get().guest == UUID(data["key"])
        assert RoundMember.objects.filter(guest__isnull=False).count() == 1

    def test_the_register_is_not_there_for_a_sampler(self, client) -> None:
        assert client.get(f"/{COMMUNITY}/register/households/").status_code == 404
        assert client.get("/desk/").status_code == 200


class TestWithoutNetwork:
    def package(self, client, row) -> tuple[dict, bytes]:
        sealed = client.post(f"/desk/{row.pk}/bundle/").json()
        handed = client.post(f"/desk/{row.pk}/key/", {"ref": sealed["ref"]}).json()
        return sealed, base64.b64decode(handed["key"])

    def test_the_package_is_signed_encrypted_and_holds_no_numbers(self, client, row) -> None:
        make_tube(row, code="USED00001")
        sealed, key = self.package(client, row)
        content = base64.b64decode(sealed["sealed"])
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(sealed["public_key"]))
        public.verify(base64.b64decode(sealed["signature"]), content)
        assert "张一".encode() not in content
        plain = AESGCM(key).decrypt(content[:12], content[12:], bytes.fromhex(sealed["ref"]))
        told = json.loads(plain)
        assert [person[1] for person in told["people"]] == ["张一", "张二"]
        assert told["codes"] == ["USED00001"]
        assert DOCUMENT not in plain.decode()
        assert "13800001111" not in plain.decode()
        secret = base64.b64decode(told["key"])
        assert told["people"][0][4] == document_digest(secret, DOCUMENT)

    def test_the_key_ends_with_the_package(self, client, row, sampler) -> None:
        sealed, _ = self.package(client, row)
        Bundle.objects.update(expires_at=NOW)
        answer = client.post(f"/desk/{row.pk}/key/", {"ref": sealed["ref"]})
        assert answer.status_code == 404
        with pytest.raises(NotVisible):
            bundles.key_of_bundle(sampler=sampler, ref=uuid4(), now=NOW)

    def test_what_is_sent_is_answered_entry_by_entry(self, client, row, home) -> None:
        now, tube = clock.now().isoformat(), uuid4().hex
        resident = home.memberships.first().resident
        key = f"r:{resident.ref.hex}"
        entries = [
            {"ref": tube, "act": "open", "at": now, "body": {"code": "OFF000001"}},
            {"ref": uuid4().hex, "act": "add", "at": now, "body": {"tube": tube, "person": key}},
            {"ref": uuid4().hex, "act": "add", "at": now, "body": {"tube": tube, "person": key}},
        ]
        body = {"now": now, "desk": "", "entries": entries}
        answers = [
            client.post(f"/desk/{row.pk}/send/", body, content_type="application/json").json()
            for _ in range(5)
        ]
        assert [a["what"] for a in answers[0]["answers"]] == ["taken", "taken", "refused"]
        assert [a["what"] for a in answers[4]["answers"]] == ["known", "known", "refused"]
        assert answers[0]["answers"][2]["code"] == "screening.already_in_tube"
        assert Sample.objects.count() == 1
        shown = page(client, row, "entries/").content.decode()
        assert answers[0]["answers"][2]["words"] in shown

    def test_signs_that_no_database_holds_stop_nothing_that_follows(self, client, row) -> None:
        now, tube = clock.now().isoformat(), uuid4().hex
        odd = "\ud83d\0"
        entries = [
            {"ref": uuid4().hex, "act": "guest", "at": now, "body": {"name": odd, "door": odd}},
            {"ref": uuid4().hex, "act": "add", "at": now, "body": {"tube": [odd], "person": odd}},
            {"ref": tube, "act": "open", "at": now, "body": {"code": "OFF000001\0"}},
        ]
        body = json.dumps({"now": now, "desk": odd, "entries": entries})
        answer = client.post(f"/desk/{row.pk}/send/", body, content_type="application/json").json()
        assert [a["what"] for a in answer["answers"]] == ["refused", "refused", "taken"]
        assert Tube.objects.get().code == "OFF000001"
        assert page(client, row, "entries/").status_code == 200

    def test_the_shell_holds_nobody_and_the_key_that_proves(self, client, row) -> None:
        public = client.post(f"/desk/{row.pk}/bundle/").json()["public_key"]
        for shell in (page(client, row, "app/"), client.get("/desk/app/")):
            assert "张一" not in shell.content.decode()
            assert f'data-proof="{escape(public)}"' in shell.content.decode()

    def test_who_samples_a_grid_gets_no_key_of_a_package_that_holds_more(
        self, sampler, row, grid_worker
    ) -> None:
        own = access_desk(grid_worker, row.pk)
        for made_by, may in ((sampler, False), (own, True)):
            sealed = bundles.make_bundle(sampler=made_by, desk=None, now=NOW)
            asked = {"sampler": own, "ref": UUID(sealed["ref"]), "now": NOW}
            if may:
                assert bundles.key_of_bundle(**asked)
            else:
                with pytest.raises(NotVisible):
                    bundles.key_of_bundle(**asked)


class TestBoxes:
    def test_counted_handed_over_and_received(self, client, row, sampler, home) -> None:
        resident = home.memberships.first().resident
        tube = opened(sampler)
        put(sampler, tube, resident)
        page(client, row, "close/", x="")
        Tube.objects.update(state="closed")
        page(client, row, "boxes/", code="box-7")
        box = Box.objects.get()
        where = f"boxes/{box.pk}/"
        page(client, row, f"{where}put/", code=tube.code)
        assert page(client, row, f"{where}pack/", counted="2", reason="").status_code == 409
        page(client, row, f"{where}pack/", counted="2", reason="有一支空管")
        assert page(client, row, f"{where}put/", code="OTHER").status_code == 409
        page(client, row, f"{where}send/", who="转运员甲")
        page(client, row, f"{where}receive/", who="市实验室")
        box.refresh_from_db()
        tube.refresh_from_db()
        assert (box.in_system, box.counted, box.difference_reason) == (1, 2, "有一支空管")
        assert (tube.state, tube.received_at) == ("received", box.received_at)
        assert AuditEntry.objects.filter(act__startswith="screening.box_").count() == 5

    def test_a_tube_is_in_one_box(self, sampler, row) -> None:
        tube = make_tube(row, code="T00001")
        one, two = (boxes.start_box(sampler=sampler, code=code, now=NOW) for code in ("B1", "B2"))
        boxes.put_tube(sampler=sampler, box=one, code=tube.code, now=NOW)
        boxes.put_tube(sampler=sampler, box=one, code=tube.code, now=NOW)
        facts = {"sampler": sampler, "code": tube.code, "now": NOW}
        refused("screening.tube_in_box", boxes.put_tube, box=two, **facts)
        refused("screening.box_empty", boxes.pack_box, sampler=sampler, box=two, counted=0, now=NOW)

    def test_taken_up_again_until_it_is_handed_over(self, sampler, row) -> None:
        make_tube(row, code="T00001")
        make_tube(row, code="T00002", state="open")
        box = boxes.start_box(sampler=sampler, code="B1", now=NOW)
        assert boxes.put_all(sampler=sampler, box=box, now=NOW) == 1
        boxes.pack_box(sampler=sampler, box=box, counted=1, now=NOW)
        assert Tube.objects.get(code="T00001").state == "packed"
        boxes.open_box(sampler=sampler, box=box, reason="漏一管", now=NOW)
        assert Tube.objects.get(code="T00001").state == "closed"
        boxes.pack_box(sampler=sampler, box=box, counted=1, now=NOW)
        boxes.send_box(sampler=sampler, box=box, who="甲", now=NOW)
        facts = {"sampler": sampler, "box": box, "reason": "x", "now": NOW}
        refused("screening.changed_meanwhile", boxes.open_box, **facts)


@pytest.fixture
def files(settings, tmp_path):
    settings.GRIDWELL_FILES = str(tmp_path)
    return tmp_path


class TestKit:
    def test_it_opens_with_its_passphrase_and_holds_a_day(self, officer, row, files) -> None:
        kits.make_kit(actor=officer, community=COMMUNITY, phrase=PHRASE, now=NOW)
        content = kits.take_kit(actor=officer, community=COMMUNITY, now=NOW)
        assert "张一".encode() not in content
        held = open_kit(content, PHRASE)
        packages = {"desk-0.json", f"desk-{row.pk}.json"}
        assert set(held) == {"lists.html", "blank-sheets.html", *packages}
        assert "张一" in held["lists.html"]
        assert "张一" not in held["blank-sheets.html"]
        written = write_kit(held, files / "out")
        assert sorted(path.name for path in written) == sorted(held)
        assert AuditEntry.objects.filter(act="screening.kit_made").exists()
        refused("screening.kit_wrong", open_kit, content, "another phrase")
        refused("screening.kit_wrong", open_kit, content.replace(b"KIT-2:6", b"KIT-2:7"), PHRASE)
        refused("screening.kit_wrong", open_kit, b"x", PHRASE)
        refused("screening.kit_passphrase", seal_kit, {}, "short")

    def test_few_copies_lie_about(self, officer, home, files) -> None:
        for _ in range(5):
            kits.make_kit(actor=officer, community=COMMUNITY, phrase=PHRASE, now=NOW)
        assert len(list(kits.folder_of(COMMUNITY).iterdir())) == kits.KEPT

    def test_not_for_a_grid_worker(self, grid_worker, home, files) -> None:
        with pytest.raises(RuleBroken):
            kits.make_kit(actor=grid_worker, community=COMMUNITY, phrase=PHRASE, now=NOW)

    def test_by_night_with_a_passphrase_only(self, row, files, settings) -> None:
        class Night:
            def report(self, done: int, total: int = 0, message: str = "") -> None:
                assert done <= total

        settings.KIT_PASSPHRASE = ""
        assert nightly_kits(Night())["made"] == 0
        settings.KIT_PASSPHRASE = PHRASE
        assert nightly_kits(Night())["made"] == 1
        assert len(kits.kits_of(COMMUNITY)) == 1


def test_family_cards_show_no_name(officer, home) -> None:
    client = Client()
    client.force_login(User.objects.get(pk=officer.user_id))
    building = home.dwelling.building_id
    shown = client.get(f"/{COMMUNITY}/screening/cards/?building={building}").content.decode()
    assert card_code(home.ref) in shown
    assert "张一" not in shown
    assert AuditEntry.objects.filter(act="screening.cards_printed").count() == 1
