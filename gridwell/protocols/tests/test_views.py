"""The page of protocols: read by everybody of the area, uploaded by who may."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.places.tests.make import COMMUNITY
from gridwell.protocols import views
from gridwell.protocols.models import ProtocolVersion


def client_of(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def address(area: int) -> str:
    return reverse("protocol_list", kwargs={"area": area})


def test_a_grid_workers_file_is_not_looked_at(
    grid_worker: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looked(*_args: object, **_more: object) -> None:
        raise AssertionError("the form was made")

    client = client_of(grid_worker)
    shown = client.get(address(COMMUNITY))
    assert shown.status_code == 200
    assert 'type="file"' not in shown.content.decode()
    monkeypatch.setattr(views, "ProtocolForm", looked)
    monkeypatch.setattr(views, "parse", looked)
    sent = client.post(
        address(COMMUNITY), {"file": SimpleUploadedFile("p.toml", b"[protocol]\ncode = 1\n")}
    )
    assert sent.status_code == 404
    assert not ProtocolVersion.objects.filter(text__contains="code = 1").exists()


def test_who_may_sees_each_mistake_by_its_line(district_officer: Actor) -> None:
    area = 140109000000
    client = client_of(district_officer)
    sent = client.post(
        address(area), {"file": SimpleUploadedFile("p.toml", b"[protocol]\ncode = 1\n")}
    )
    assert sent.status_code == 200
    assert sent.context["faults"]
    assert not ProtocolVersion.objects.exists()
