"""Passkeys as the second step, through the pages. The device is of these tests: it signs as WebAuthn says, and lies
when asked to; a browser with a virtual device is in tests/e2e/test_passkeys.py."""

from __future__ import annotations

import html
import json
import re
import secrets
from contextlib import suppress
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    RegistrationResponse,
)
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from annotator.accounts import passkeys, second_step
from annotator.accounts.choices import Event
from annotator.accounts.models import Passkey, SecondStep, TrailEntry, User
from tests.annotator.together import at_once
from tests.annotator.world import World, make_user

PASSWORD = "correct horse battery"
PAGE, CODE = "/account/second-step/", "/signin/code/"
ORIGIN = "http://testserver"


class Device:
    """A key pair; `origin`, `site` and `counter` are what it states."""

    def __init__(self, origin: str = ORIGIN, site: str = "testserver") -> None:
        self.origin, self.site, self.counter = origin, site, 0
        self.private, self.id = ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(32)

    def make(self, options: dict[str, Any], **lie: Any) -> str:
        key = ES256.from_cryptography_key(self.private.public_key())
        known = AttestedCredentialData.create(bytes(16), self.id, key)
        flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT
        data = AuthenticatorData.create(sha256(self.site.encode()).digest(), flags, self.counter, known)
        attested = AttestationObject.create("none", data, {})
        said = {"clientDataJSON": self._client("webauthn.create", options, lie)}
        return self._answer(said | {"attestationObject": websafe_encode(bytes(attested)), "transports": ["internal"]})

    def sign(self, options: dict[str, Any], **lie: Any) -> str:
        self.counter += lie.pop("counts", 1)
        data = AuthenticatorData.create(
            sha256(self.site.encode()).digest(), AuthenticatorData.FLAG.UP, self.counter
        )  # fmt: skip
        client = self._client("webauthn.get", options, lie)
        raw = json.dumps(self._stated("webauthn.get", options, lie)).encode()
        signature = self.private.sign(bytes(data) + sha256(raw).digest(), ec.ECDSA(SHA256()))
        said = {"clientDataJSON": client, "authenticatorData": websafe_encode(bytes(data))}
        return self._answer(said | {"signature": websafe_encode(signature)})

    def _stated(self, kind: str, options: dict[str, Any], lie: dict[str, Any]) -> dict[str, Any]:
        return {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False} | lie

    def _client(self, kind: str, options: dict[str, Any], lie: dict[str, Any]) -> str:
        return websafe_encode(json.dumps(self._stated(kind, options, lie)).encode())

    def _answer(self, response: dict[str, Any]) -> str:
        key = websafe_encode(self.id)
        return json.dumps({"id": key, "rawId": key, "type": "public-key", "response": response})


def options_of(page: str) -> dict[str, Any]:
    found = re.search(r'data-options="([^"]+)"', page)
    assert found, page
    return dict(json.loads(html.unescape(found[1])))


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.fixture
def bob(world: World) -> User:
    world.bob.set_password(PASSWORD)
    world.bob.save()
    return world.bob


@pytest.fixture
def browser(bob: User) -> Client:
    client = Client()
    client.force_login(bob)
    return client


def add(browser: Client, device: Device, name: str = "laptop") -> str:
    options = options_of(browser.get(PAGE).content.decode())
    answer = browser.post(PAGE, {"do": "add", "name": name, "credential": device.make(options)}, follow=True)
    return answer.content.decode()


@pytest.fixture
def device(browser: Client) -> Device:
    """One that is Bob's."""
    device = Device()
    assert "Two-step sign-in is on" in add(browser, device)
    return device


def with_password() -> tuple[Client, str]:
    client = Client()
    return client, client.post("/signin/", {"username": "bob", "password": PASSWORD}).content.decode()


def test_it_is_asked_for_after_the_password_and_lets_in(bob: User, device: Device) -> None:
    client, page = with_password()
    assert not is_in(client)
    assert "Use a passkey" in page
    answer = client.post(CODE, {"credential": device.sign(options_of(page))})
    assert (answer.status_code, is_in(client)) == (302, True)
    row = Passkey.objects.get(user=bob)
    assert (row.counter, row.last_used is not None, row.transports) == (1, True, ["internal"])


def test_the_first_one_comes_with_recovery_codes_that_work(browser: Client) -> None:
    page = add(browser, Device())
    codes = re.findall(r">([2-9a-z]{5}-[2-9a-z]{5})<", page)
    assert len(codes) == second_step.RECOVERY_CODES
    assert "recovery codes" not in add(browser, Device(), "stick").split("passkey-name")[0].split("<h1>")[1]
    client, _ = with_password()
    client.post(CODE, {"code": codes[0]})
    assert is_in(client)


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "http://testserver.evil.example"}, {"origin": "https://testserver"}, {"type": "webauthn.create"},
        {"challenge": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}, {"counts": 0}, {"counts": -1},
    ],
)  # fmt: skip
def test_lies_let_nobody_in(bob: User, device: Device, lie: dict[str, Any]) -> None:
    Passkey.objects.filter(user=bob).update(counter=5)
    device.counter = 5
    client, page = with_password()
    answer = client.post(CODE, {"credential": device.sign(options_of(page), **lie)})
    assert "This passkey was not taken" in answer.content.decode()
    assert not is_in(client)
    assert TrailEntry.objects.filter(user=bob, event=Event.WRONG_CODE).exists()


def test_neither_somebody_elses_nor_another_key_nor_another_site_lets_in(bob: User, device: Device) -> None:
    Passkey.objects.create(user=make_user("Eve"), site="testserver", name="x", credential="eve", key="eve")
    impostor = Device()
    impostor.id = device.id
    elsewhere = Device(site="elsewhere.example")
    elsewhere.id, elsewhere.private = device.id, device.private
    for other in (Device(), impostor, elsewhere):
        client, page = with_password()
        client.post(CODE, {"credential": other.sign(options_of(page))})
        assert not is_in(client)


def test_an_answer_works_once(bob: User, device: Device) -> None:
    client, page = with_password()
    answer = device.sign(options_of(page))
    client.post(CODE, {"credential": answer})
    again, _ = with_password()
    again.post(CODE, {"credential": answer})
    assert not is_in(again)


def test_keys_that_count_nothing_are_taken(bob: User, device: Device) -> None:
    for _ in range(2):
        client, page = with_password()
        client.post(CODE, {"credential": device.sign(options_of(page), counts=0)})
        assert is_in(client)


def test_of_two_at_once_with_one_answer_one_gets_in(transactional_db: None) -> None:
    person, device = make_user("Bob"), Device()
    options, state = passkeys.offer(person, "testserver")
    passkeys.add(person, "testserver", ORIGIN, state, device.make(options["publicKey"]), "one")
    asked = passkeys.ask(person, "testserver")
    assert asked
    answer = device.sign(asked[0]["publicKey"])
    found = at_once(*[lambda: passkeys.check(person, "testserver", ORIGIN, asked[1], answer)] * 4)
    assert sorted(found) == [False, False, False, True]


def test_to_change_anything_it_is_shown_again(bob: User, device: Device) -> None:
    other = Client()
    other.force_login(bob)
    key = Passkey.objects.get(user=bob)
    page = other.post(PAGE, {"do": "remove", "key": key.pk}).content.decode()
    assert "once more" in page
    assert Passkey.objects.filter(pk=key.pk).exists()
    other.post(PAGE, {"do": "prove", "credential": device.sign(options_of(page))})
    other.post(PAGE, {"do": "rename", "key": key.pk, "name": "  my  stick "})
    assert 'value="my stick"' in other.get(PAGE).content.decode()
    other.post(PAGE, {"do": "remove", "key": key.pk})
    assert not second_step.is_on(bob)
    assert not SecondStep.objects.filter(user=bob).exclude(codes=[]).exists(), "nor do recovery codes stay"
    events = set(TrailEntry.objects.filter(user=bob).values_list("event", flat=True))
    assert {Event.PASSKEY_ADDED, Event.PASSKEY_REMOVED, Event.STEP_OFF} <= events


def test_nobody_elses_is_renamed_or_removed(browser: Client, device: Device) -> None:
    eves = Passkey.objects.create(user=make_user("Eve"), site="testserver", name="x", credential="eve", key="eve")
    for key in (eves.pk, "nonsense", ""):
        browser.post(PAGE, {"do": "rename", "key": key, "name": "mine"})
        browser.post(PAGE, {"do": "remove", "key": key})
    eves.refresh_from_db()
    assert eves.name == "x"


def test_the_app_goes_and_the_passkey_stays(bob: User, browser: Client, device: Device) -> None:
    SecondStep.objects.filter(user=bob).update(confirmed=bob.date_joined)
    browser.post(PAGE, {"do": "app_off"})
    assert (second_step.app_is_on(bob), second_step.is_on(bob)) == (False, True)


def test_a_key_that_is_known_is_refused_with_a_sentence(browser: Client, device: Device) -> None:
    assert "is here already" in add(browser, device)
    browser.get(PAGE)
    assert "answered something else" in browser.post(PAGE, {"do": "add", "credential": "{}"}).content.decode()
    # The question was used up: an answer to it, right as it is, comes too late.
    options = options_of(browser.get(PAGE).content.decode())
    late = {"do": "add", "credential": Device().make(options)}
    browser.post(PAGE, {"do": "add", "credential": "{}"})
    assert "answered something else" in browser.post(PAGE, late).content.decode()


def test_an_answer_that_nothing_asked_for_is_refused(browser: Client) -> None:
    assert "took too long" in browser.post(PAGE, {"do": "add", "credential": "{}"}).content.decode()


def test_an_answer_nested_too_deep_is_refused(browser: Client) -> None:
    browser.get(PAGE)
    deep = {"do": "add", "credential": "[" * (passkeys.LONGEST - 1)}
    assert "answered something else" in browser.post(PAGE, deep).content.decode()


def test_at_a_number_it_says_why_there_are_none(bob: User) -> None:
    client = Client(HTTP_HOST="127.0.0.1:8000")
    client.force_login(bob)
    page = client.get(PAGE).content.decode()
    assert "this address is a number" in page
    assert "data-options" not in page


def test_at_another_name_recovery_codes_are_left(bob: User, device: Device, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    client = Client(HTTP_HOST="other.example")
    page = client.post("/signin/", {"username": "bob", "password": PASSWORD}).content.decode()
    assert "only at the address where you made them" in page
    assert "data-options" not in page


def test_there_are_not_too_many(bob: User, browser: Client, device: Device) -> None:
    Passkey.objects.bulk_create(
        Passkey(user=bob, site="testserver", name="x", credential=f"c{n}", key="AA") for n in range(passkeys.MOST - 1)
    )
    assert f"{passkeys.MOST} passkeys are the most" in browser.get(PAGE).content.decode()


def test_an_administrator_turns_it_off(bob: User, device: Device) -> None:
    client = Client()
    client.force_login(make_user("Root", is_staff=True))
    assert "Two-step</span>" in client.get("/people/").content.decode()
    client.post("/people/", {"do": "no_step", "person": "bob"})
    assert not second_step.is_on(bob)
    assert not Passkey.objects.filter(user=bob).exists()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=40) | st.binary(max_size=200).map(websafe_encode),
    lambda some: st.lists(some, max_size=3) | st.dictionaries(st.text(max_size=8), some, max_size=3),
    max_leaves=6,
)
FIELDS = ("clientDataJSON", "attestationObject", "authenticatorData", "signature", "transports", "userHandle")
ANSWERS = st.fixed_dictionaries(
    {"id": JSON, "rawId": JSON, "type": st.just("public-key") | JSON,
     "response": st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, JSON)) | JSON},
)  # fmt: skip


@given(st.text(max_size=100) | ANSWERS.map(json.dumps) | JSON.map(json.dumps))
def test_nonsense_is_never_more_than_refused(answer: str) -> None:
    for kind in (RegistrationResponse, AuthenticationResponse):
        with suppress(passkeys.MALFORMED):
            kind.from_dict(passkeys._parsed(answer))
