"""Single sign-on against an issuer of these tests: it signs as OpenID Connect says, and lies when asked to."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from pytest_django import Settings

pytest.importorskip("authlib")
from joserfc import jwt
from joserfc.jwk import RSAKey

from annotator.accounts import outside, second_step
from annotator.accounts.choices import Event
from annotator.accounts.models import OutsideIdentity, TrailEntry, User
from tests.annotator.world import World, make_user

KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
OTHER = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
BACK = "/signin/sso/back/"


class Issuer(ThreadingHTTPServer):
    """`told` are the claims of whoever signs in there; `key` signs them."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.key, self.told = KEY, {"sub": "subject-1", "preferred_username": "nina", "given_name": "Nina"}
        self.asked: dict[str, str] = {}
        self.down = False

    def id_token(self) -> str:
        now = int(time.time())
        claims = {"iss": self.address, "aud": "maskwright", "iat": now, "exp": now + 60, "nonce": self.asked["nonce"]}
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims | self.told, self.key)


class Handler(BaseHTTPRequestHandler):
    server: Issuer

    def log_message(self, *_: Any) -> None:
        pass

    def answer(self, said: dict[str, Any], status: int = 200) -> None:
        body = json.dumps(said).encode()
        self.send_response(503 if self.server.down else status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        at = self.server.address
        if self.path.startswith("/.well-known"):
            self.answer({
                "issuer": at, "authorization_endpoint": f"{at}/authorize", "token_endpoint": f"{at}/token",
                "jwks_uri": f"{at}/keys", "id_token_signing_alg_values_supported": ["RS256"],
            })  # fmt: skip
        else:
            self.answer({"keys": [KEY.as_dict(private=False)]})

    def do_POST(self) -> None:
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        verifier = sent.get("code_verifier", [""])[0]
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        if sent["code"] != ["good"] or challenge != self.server.asked["code_challenge"]:
            self.answer({"error": "invalid_grant"}, 400)
        else:
            self.answer({"access_token": "a", "token_type": "Bearer", "id_token": self.server.id_token()})


@pytest.fixture
def issuer(settings: Settings, db: None) -> Iterator[Issuer]:
    server = Issuer()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    settings.OIDC_ISSUER, settings.OIDC_CLIENT, settings.OIDC_SECRET = server.address, "maskwright", "secret"
    settings.OIDC_NEW = True
    yield server
    server.shutdown()
    server.server_close()


def go(issuer: Issuer, client: Client | None = None, *, to: str = "", **changed: str) -> tuple[Client, Any]:
    """To the issuer and back with what it was asked, but for what is changed."""
    client = client or Client()
    answer = client.get("/signin/sso/", {"next": to})
    assert answer.status_code == 302, answer.content.decode()
    issuer.asked = {name: values[0] for name, values in parse_qs(urlsplit(answer["Location"]).query).items()}
    sent = {"code": "good", "state": issuer.asked["state"]} | changed
    return client, client.get(BACK, sent)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_somebody_new_gets_an_account_and_is_the_same_next_time(issuer: Issuer) -> None:
    _, answer = go(issuer, to="/help/")
    assert answer["Location"] == "/help/"
    nina = User.objects.get(username="nina")
    assert (nina.first_name, nina.has_usable_password(), nina.is_staff) == ("Nina", False, False)
    assert TrailEntry.objects.get(user=nina).event == Event.SSO
    assert issuer.asked["redirect_uri"].endswith(BACK)
    issuer.told |= {"preferred_username": "renamed", "email": "other@example.org"}
    assert is_in(go(issuer)[0])
    assert User.objects.count() == 1


def test_a_name_that_is_taken_gets_a_number_and_nobody_elses_account(issuer: Issuer) -> None:
    make_user("Nina")
    issuer.told["email"] = "nina@example.org"  # the address of the one who is there
    client, _ = go(issuer)
    assert User.objects.get(pk=client.session["_auth_user_id"]).username == "nina2"


def test_without_the_setting_only_who_is_connected_comes_in(issuer: Issuer, world: World, settings: Settings) -> None:
    settings.OIDC_NEW = False
    client, answer = go(issuer)
    assert answer.status_code == 403
    assert "Nobody here is connected" in answer.content.decode()
    assert not is_in(client)
    known = Client()
    known.force_login(world.bob)
    assert go(issuer, known)[1]["Location"] == "/account/"
    assert go(issuer)[0].session["_auth_user_id"] == str(world.bob.pk)
    # The same subject is not connected with a second account.
    other = Client()
    other.force_login(world.alice)
    assert go(issuer, other)[1].status_code == 409
    world.bob.set_password("correct horse battery")
    world.bob.save()
    known.force_login(world.bob)
    known.post("/account/sso/")
    assert not OutsideIdentity.objects.exists()


def test_disconnecting_without_a_password_is_refused(issuer: Issuer) -> None:
    client, _ = go(issuer)
    assert client.post("/account/sso/").status_code == 409
    assert OutsideIdentity.objects.count() == 1


@pytest.mark.parametrize(
    "lie",
    [
        {"nonce": "of another browser"}, {"aud": "another client"}, {"iss": "https://evil.example.org"},
        {"exp": 1_000_000}, {"sub": ""},
    ],
)  # fmt: skip
def test_lies_in_the_token_let_nobody_in(issuer: Issuer, lie: dict[str, Any]) -> None:
    issuer.told |= lie
    client, answer = go(issuer)
    assert (answer.status_code, is_in(client), User.objects.count()) == (403, False, 0)


def test_a_signature_by_another_key_lets_nobody_in(issuer: Issuer) -> None:
    issuer.key = OTHER
    client, answer = go(issuer)
    assert (answer.status_code, is_in(client)) == (403, False)


@pytest.mark.parametrize("sent", [{"state": "of another browser"}, {"code": "guessed"}, {"error": "access_denied"}])
def test_coming_back_with_something_else_lets_nobody_in(issuer: Issuer, sent: dict[str, str]) -> None:
    client, answer = go(issuer, **sent)
    assert (answer.status_code, is_in(client)) == (403, False)
    assert "Begin again" in answer.content.decode()


def test_an_issuer_that_is_down_is_a_sentence(issuer: Issuer, settings: Settings) -> None:
    settings.OIDC_ISSUER = "http://127.0.0.1:9"
    answer = Client().get("/signin/sso/")
    assert answer.status_code == 503
    assert "does not answer" in answer.content.decode()


def test_switched_off_and_two_step_hold_here_too(issuer: Issuer) -> None:
    client, _ = go(issuer)
    nina = User.objects.get()
    second_step.begin(nina)
    nina.second_step.confirmed = nina.date_joined
    nina.second_step.save()
    client, answer = go(issuer)
    assert "One more step" in answer.content.decode()
    assert not is_in(client)
    User.objects.update(is_active=False)
    assert "switched off" in go(issuer)[1].content.decode()


@pytest.mark.django_db
def test_without_settings_there_is_no_such_door() -> None:
    assert not outside.offered()
    for address in ("/signin/sso/", BACK):
        assert Client().get(address).status_code == 404
    assert "signin/sso" not in Client().get("/signin/").content.decode()


@pytest.mark.usefixtures("issuer")
def test_the_sign_in_page_offers_it(settings: Settings) -> None:
    settings.OIDC_NAME = "Example Ltd"
    assert "Sign in with Example Ltd" in Client().get("/signin/").content.decode()
