"""Sign-in: limits, no hint about who exists, the second step, shared computers."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.accounts.tests.make import PASSWORD, make_post, make_user
from gridwell.audit.models import AuditEntry
from gridwell.core import clock
from gridwell.places.tests.make import COMMUNITY

pytestmark = pytest.mark.django_db
LOGIN = "/account/login/"


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


def sign_in(client: Client, username: str, password: str = PASSWORD) -> Any:
    return client.post(LOGIN, {"login": username, "password": password})


def acts() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))


def test_the_anonymous_are_led_to_a_chinese_sign_in() -> None:
    answer = Client(HTTP_ACCEPT_LANGUAGE="en-US").get("/account/")
    assert answer["Location"] == "/account/login/?next=/account/"
    page = Client(HTTP_ACCEPT_LANGUAGE="en-US").get(LOGIN)
    assert 'lang="zh-CN"' in page.content.decode()
    assert "网格台" in page.content.decode()


def test_the_language_can_be_switched_before_sign_in() -> None:
    client = Client()
    client.post("/language/", {"language": "en", "next": LOGIN})
    assert 'lang="en"' in client.get(LOGIN).content.decode()


def test_sign_in_and_out_leave_rows() -> None:
    make_user(username="li")
    client = Client()
    assert sign_in(client, "LI").status_code == 302, "case does not matter"
    assert client.get("/account/").status_code == 200
    client.post("/account/logout/")
    assert client.get("/account/").status_code == 302
    assert acts() == ["accounts.signed_in", "accounts.signed_out"]


def test_the_session_ends_with_the_browser() -> None:
    make_user(username="li")
    client = Client()
    sign_in(client, "li")
    assert client.cookies["sessionid"]["max-age"] == ""


def test_a_wrong_password_says_no_more_than_a_wrong_name() -> None:
    make_user(username="li")
    wrong = sign_in(Client(), "li", "wrong password").content.decode()
    unknown = sign_in(Client(), "nobody", "wrong password").content.decode()
    assert "用户名或密码不对" in wrong
    assert "用户名或密码不对" in unknown
    assert acts() == ["accounts.sign_in_failed"], "names that do not exist leave no row"


def test_the_sixth_wrong_try_is_refused_even_with_the_right_password() -> None:
    make_user(username="li")
    client = Client()
    for _ in range(5):
        assert "不对" in sign_in(client, "li", "wrong password").content.decode()
    refused = sign_in(client, "li")
    assert refused.status_code == 200
    assert "错误次数过多" in refused.content.decode()
    assert client.get("/account/").status_code == 302
    assert acts() == ["accounts.sign_in_failed"] * 5


def test_locked_accounts_do_not_come_in() -> None:
    user = make_user(username="li")
    user.is_active = False
    user.save()
    client = Client()
    sign_in(client, "li")
    assert client.get("/account/").status_code == 302
    assert client.get("/account/inactive/").status_code == 200


def test_help_leads_to_the_desk() -> None:
    assert Client().get("/account/help/").status_code == 200
    assert "社区" in Client().get("/account/password/help/").content.decode()


# ---- a shared computer -----------------------------------------------------------------------------


def test_who_leaves_the_computer_to_a_colleague_is_offered_again_today() -> None:
    user = make_user(username="li", name="李")
    client = Client()
    sign_in(client, "li")
    assert client.post("/account/switch/")["Location"] == LOGIN
    assert client.get("/account/").status_code == 302
    page = client.get(LOGIN).content.decode()
    assert f"?who={user.pk}" in page
    assert 'value="li"' not in page
    assert 'value="li"' in client.get(f"{LOGIN}?who={user.pk}").content.decode()
    assert "李" not in client.cookies["gridwell_desk"].value, "no name in the cookie"
    assert acts() == ["accounts.signed_in", "accounts.signed_out"]
    assert AuditEntry.objects.last().facts == {"switch": True}


def test_whoever_signs_in_next_does_not_land_on_a_page_of_the_one_before(officer: Actor) -> None:
    """The desk's page asked for the sign-in, a head of a building answered: they start at home."""
    head = make_user(username="head")
    make_post(holder=head, role=Role.BUILDING_HEAD)
    asked = f"{LOGIN}?next=/{COMMUNITY}/work/"
    for username, leads_to in (("head", "/"), ("officer", f"/{COMMUNITY}/work/")):
        client = Client()
        answer = client.post(asked, {"login": username, "password": PASSWORD})
        assert answer["Location"] == leads_to
    client = Client()
    client.post(f"{LOGIN}?next=/work/mine/", {"login": "head", "password": PASSWORD})
    assert client.get("/", follow=True).redirect_chain[-1][0] == "/work/mine/"


def test_signing_out_for_good_is_forgotten() -> None:
    user = make_user(username="li")
    client = Client()
    sign_in(client, "li")
    client.post("/account/switch/")
    sign_in(client, "li")
    client.post("/account/logout/")
    assert f"?who={user.pk}" not in client.get(LOGIN).content.decode()


def test_names_are_forgotten_at_midnight_and_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    user = make_user(username="li")
    client = Client()
    sign_in(client, "li")
    client.post("/account/switch/")
    tomorrow = clock.now() + timedelta(days=1)
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: tomorrow)
        assert f"?who={user.pk}" not in client.get(LOGIN).content.decode()
    assert f"?who={user.pk}" in client.get(LOGIN).content.decode()
    client.post("/account/forget/")
    assert f"?who={user.pk}" not in client.get(LOGIN).content.decode()


def test_a_touched_cookie_offers_nobody() -> None:
    user = make_user(username="li")
    client = Client()
    client.cookies["gridwell_desk"] = f"{clock.today()}:{user.pk}:forged"
    page = client.get(f"{LOGIN}?who={user.pk}").content.decode()
    assert 'value="li"' not in page


def test_nobody_who_only_signed_in_elsewhere_is_offered() -> None:
    user = make_user(username="li")
    sign_in(Client(), "li")
    assert 'value="li"' not in Client().get(f"{LOGIN}?who={user.pk}").content.decode()


def test_a_quiet_desk_is_signed_out_by_its_own_page_only(officer: Actor) -> None:
    client = Client()
    client.force_login(User.objects.get(pk=officer.user_id))
    client.get("/account/idle/", headers={"Sec-Fetch-Site": "cross-site"})
    assert client.get("/account/").status_code == 200
    client.get("/account/idle/", headers={"Sec-Fetch-Site": "same-origin"})
    assert client.get("/account/").status_code == 302


# ---- the second step -------------------------------------------------------------------------------


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_the_second_step_from_switching_on_to_signing_in() -> None:
    user = make_user(username="li")
    client = Client()
    sign_in(client, "li")
    asked = client.get("/account/2fa/totp/activate/")
    assert asked["Location"].startswith("/account/reauthenticate/"), "is it still you?"
    assert client.get(asked["Location"]).status_code == 200
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    page = client.get("/account/2fa/totp/activate/")
    assert "data:image/svg+xml" in page.content.decode()
    secret = page.context["form"].secret
    on = client.post("/account/2fa/totp/activate/", {"code": code_of(secret)})
    assert on.status_code == 302
    stored = Authenticator.objects.get(user=user, type="totp")
    assert secret not in str(stored.data), "the secret is encrypted"
    assert client.get("/account/2fa/recovery-codes/").status_code == 200
    assert client.get("/account/2fa/").status_code == 200

    cache.clear()  # a code is good once
    other = Client()
    assert sign_in(other, "li")["Location"] == "/account/2fa/authenticate/"
    assert other.get("/account/").status_code == 302, "half signed in is not signed in"
    assert other.get("/account/2fa/authenticate/").status_code == 200
    wrong = other.post("/account/2fa/authenticate/", {"code": "000000"})
    assert wrong.status_code == 200
    other.post("/account/2fa/authenticate/", {"code": code_of(secret)})
    assert other.get("/account/").status_code == 200
    assert AuditEntry.objects.filter(act="accounts.signed_in").last().facts["second_step"] is True
    assert client.get("/account/2fa/totp/deactivate/").status_code == 200
    client.post("/account/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(user=user, type="totp").exists()
    assert acts()[-1] == "accounts.second_step_removed"


def test_words_are_chinese() -> None:
    from gridwell.accounts import labels

    with translation.override("zh-hans"):
        texts = [*labels.REFUSALS.values(), *labels.ACTS.values(), *labels.ROLES.values()]
        missing = [str(text) for text in texts if str(text).isascii()]
    assert missing == []
