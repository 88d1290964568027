"""Where the program is no demo, nothing of the demo answers."""

from django.test import Client

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor


def test_nothing_of_it_answers_elsewhere(officer: Actor) -> None:
    client = Client()
    client.force_login(User.objects.get(pk=officer.user_id))
    assert client.get("/demo/").status_code == 404
    assert client.get("/demo/ledger/").status_code == 404
    assert client.post("/demo/next-day/").status_code == 404
