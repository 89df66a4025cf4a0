"""Single sign-on against a server that is not ours (oidc-provider-mock, on Authlib's server side), over HTTP with every
redirect followed; what such a server never does is told by the issuer of test_sso.py."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from pytest_django import Settings

pytest.importorskip("oidc_provider_mock")
import requests
from joserfc.jwk import KeySet, RSAKey
from oidc_provider_mock import User as Known
from oidc_provider_mock import run_server_in_thread

from annotator.accounts import outside
from annotator.accounts.models import OutsideIdentity, User

BACK = "/signin/sso/back/"
NINA = {"preferred_username": "nina", "given_name": "Nina", "family_name": "Ekström", "email": "nina@example.org"}


@pytest.fixture
def server(settings: Settings, db: None) -> Iterator[Any]:
    known = [Known(sub="subject-1", claims=NINA)]
    with run_server_in_thread(require_nonce=True, user_claims=known) as running:
        settings.OIDC_ISSUER = f"http://localhost:{running.server_port}"
        settings.OIDC_CLIENT, settings.OIDC_SECRET, settings.OIDC_NEW = "maskwright", "secret", True
        yield running


def there(client: Client, to: str = "") -> str:
    """Go to the server, sign in there, and return where it sends the browser."""
    answer = client.get("/signin/sso/", {"next": to})
    assert answer.status_code == 302, answer.content.decode()
    form = requests.post(answer["Location"], data={"sub": "subject-1"}, allow_redirects=False, timeout=10)
    assert form.status_code == 302, form.text
    return form.headers["Location"]


def back(client: Client, address: str, **changed: str) -> Any:
    sent = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    return client.get(BACK, sent | changed)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_somebody_new_comes_in_and_is_the_same_next_time(server: Any) -> None:
    client = Client()
    address = there(client, "/help/")
    assert urlsplit(address).path == BACK
    assert back(client, address)["Location"] == "/help/"
    nina = User.objects.get()
    assert (nina.username, nina.name, nina.email) == ("nina", "Nina Ekström", "nina@example.org")
    again = Client()
    back(again, there(again))
    assert again.session["_auth_user_id"] == str(nina.pk)
    assert OutsideIdentity.objects.get().subject == "subject-1"


def test_by_the_setting_an_unknown_person_gets_no_account(server: Any, settings: Settings) -> None:
    settings.OIDC_NEW = False
    client = Client()
    answer = back(client, there(client))
    assert answer.status_code == 403
    assert "Nobody here is connected with this sign-in yet" in answer.content.decode()
    assert (is_in(client), User.objects.count()) == (False, 0)


def test_a_key_that_the_server_does_not_publish_lets_nobody_in(server: Any) -> None:
    other = KeySet([RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"})])
    server.app.view_functions["oidc-provider-mock.jwks"] = lambda: other.as_dict(private=False)
    client = Client()
    assert_refused(client, back(client, there(client)))


def test_what_another_browser_began_lets_nobody_in(server: Any) -> None:
    other, client = Client(), Client()
    theirs, mine = there(other), there(client)
    assert_refused(client, back(client, theirs))
    client = Client()
    assert_refused(client, back(client, mine, state="guessed"))


def test_an_answer_works_once(server: Any) -> None:
    client = Client()
    address = there(client)
    back(client, address)
    assert is_in(client)
    client.post("/signout/")
    assert_refused(client, back(client, address))


def assert_refused(client: Client, answer: Any) -> None:
    assert answer.status_code == 403
    assert "Begin again from the sign-in page" in answer.content.decode()
    assert not is_in(client)


def test_a_server_that_goes_down_in_between_is_a_sentence(settings: Settings, db: None) -> None:
    settings.OIDC_CLIENT, settings.OIDC_SECRET, settings.OIDC_NEW = "maskwright", "secret", True
    client = Client()
    with run_server_in_thread() as running:
        settings.OIDC_ISSUER = f"http://localhost:{running.server_port}"
        address = there(client)
    came_back = back(client, address)
    outside._client.cache_clear()  # as in a process that has not asked the server yet
    for answer in (came_back, Client().get("/signin/sso/")):
        assert answer.status_code == 503
        assert "does not answer" in answer.content.decode()
    assert not is_in(client)
