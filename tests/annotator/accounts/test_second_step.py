"""Two-step sign-in, through the pages; the app is pyotp at a clock of the test's."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pyotp
import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from annotator.accounts import second_step, throttle
from annotator.accounts.choices import Event, Purpose
from annotator.accounts.models import SecondStep, TrailEntry, User
from annotator.accounts.services import issue_signin_link, switch_off, switch_on
from tests.annotator.together import at_once
from tests.annotator.world import World, make_user

PASSWORD = "correct horse battery"
CODE = "/signin/code/"


class Phone:
    """An app on a phone; `at` is the server's clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = 1_700_000_010.0
        monkeypatch.setattr(time, "time", lambda: self.at)

    def code(self, person: User, steps: int = 0) -> str:
        secret = SecondStep.objects.get(user=person).secret
        return pyotp.TOTP(secret).generate_otp(int(self.at) // second_step.SECONDS + steps)

    def later(self) -> None:
        self.at += second_step.SECONDS


@pytest.fixture
def phone(monkeypatch: pytest.MonkeyPatch) -> Phone:
    return Phone(monkeypatch)


@pytest.fixture
def bob(world: World, phone: Phone) -> User:
    """He has turned it on."""
    world.bob.set_password(PASSWORD)
    world.bob.save()
    second_step.begin(world.bob)
    assert second_step.confirm(world.bob, phone.code(world.bob))
    phone.later()
    return world.bob


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def with_password(to: str = "") -> Client:
    client = Client()
    answer = client.post("/signin/", {"username": "bob", "password": PASSWORD, "next": to})
    assert answer.status_code == 200
    assert "One more step" in answer.content.decode()
    return client


def test_the_password_alone_opens_nothing(bob: User, phone: Phone) -> None:
    client = with_password("/help/")
    assert not is_in(client)
    assert client.get("/api/v1/me/").status_code == 401
    answer = client.post(CODE, {"code": phone.code(bob)})
    assert (answer.status_code, answer["Location"]) == (302, "/help/")
    assert is_in(client)
    assert TrailEntry.objects.filter(user=bob).first().event == Event.PASSWORD


def test_links_and_new_passwords_ask_too(bob: User, phone: Phone) -> None:
    client = Client()
    client.post(f"/signin/link/{issue_signin_link(bob)}/")
    assert not is_in(client)
    new = {"new_password1": "a much better one", "new_password2": "a much better one"}
    client.post(f"/password/{issue_signin_link(bob, purpose=Purpose.PASSWORD)}/", new)
    assert not is_in(client)
    assert client.post(CODE, {"code": phone.code(bob)}).status_code == 302
    assert is_in(client)


@pytest.mark.parametrize("steps", [-2, 2])
def test_codes_of_another_time_are_wrong(bob: User, phone: Phone, steps: int) -> None:
    client = with_password()
    page = client.post(CODE, {"code": phone.code(bob, steps)}).content.decode()
    assert "not the code that your app shows now" in page
    assert not is_in(client)
    assert TrailEntry.objects.filter(user=bob).first().event == Event.WRONG_CODE


def test_clocks_may_differ_a_little_and_a_code_works_once(bob: User, phone: Phone) -> None:
    phone.later()
    code = phone.code(bob, 1)
    assert is_in_after(code)
    assert not is_in_after(code)
    assert not is_in_after(phone.code(bob, 0)), "older than one that was taken"


def is_in_after(code: str) -> bool:
    client = with_password()
    client.post(CODE, {"code": code})
    return is_in(client)


@pytest.mark.parametrize("code", ["", "abc", "12345", "1234567", "１２３４５６", "-" * 40, "\x00", "a" * 1000])
def test_nonsense_is_a_wrong_code(bob: User, code: str) -> None:
    assert not is_in_after(code)


def test_a_recovery_code_works_once_however_it_is_typed(bob: User) -> None:
    codes = second_step.new_codes(bob)
    assert len(set(codes)) == second_step.RECOVERY_CODES
    assert is_in_after(f" {codes[3][:5].upper()}-{codes[3][5:]} ")
    assert not is_in_after(codes[3])
    assert is_in_after(codes[4])
    assert codes[5] not in str(SecondStep.objects.values())


def test_wrong_codes_are_counted_and_then_even_the_right_one_waits(bob: User, phone: Phone) -> None:
    client = with_password()
    for _ in range(throttle.MAX_CODES):
        client.post(CODE, {"code": "000000"})
    page = client.post(CODE, {"code": phone.code(bob)}).content.decode()
    assert "Too many wrong codes" in page
    assert not is_in(client)


def test_half_a_sign_in_ends(bob: User, phone: Phone) -> None:
    client = with_password()
    phone.at += 400  # door.py reads the same clock
    assert client.post(CODE, {"code": phone.code(bob)})["Location"] == "/signin/"
    assert not is_in(client)


def test_an_account_switched_off_and_on_begins_again(bob: User, phone: Phone) -> None:
    client = with_password()
    switch_off(bob)
    switch_on(bob)
    assert client.post(CODE, {"code": phone.code(bob)})["Location"] == "/signin/"


@pytest.mark.usefixtures("db")
def test_who_has_shown_no_password_is_sent_away() -> None:
    assert Client().get(CODE)["Location"] == "/signin/"


def test_the_editor_is_told_where_to_sign_in(bob: User) -> None:
    """It shows the first sentence of an alert, and stays open."""
    answer = Client().post("/signin/", {"username": "bob", "password": PASSWORD, "next": "/api/v1/me/"})
    assert answer.status_code == 200
    assert re.search(r'role="alert"><p>[^<]*“In another tab”', answer.content.decode())


def test_turning_it_on_and_off_by_the_page(world: World, phone: Phone) -> None:
    client = Client()
    client.force_login(world.bob)
    address = "/account/second-step/"
    assert "data:image/svg+xml" in client.get(address).content.decode()
    secret = SecondStep.objects.get(user=world.bob).secret
    client.get(address)
    assert SecondStep.objects.get(user=world.bob).secret == secret, "the phone may have read it already"
    assert not second_step.is_on(world.bob)
    assert "not the code" in client.post(address, {"do": "on", "code": "000000"}).content.decode()
    page = client.post(address, {"do": "on", "code": phone.code(world.bob)}).content.decode()
    assert len(re.findall(r">[2-9a-z]{5}-[2-9a-z]{5}<", page)) == second_step.RECOVERY_CODES
    assert secret not in client.get(address).content.decode()
    for do in ("codes", "off"):
        assert "not the code" in client.post(address, {"do": do, "code": "000000"}).content.decode()
        phone.later()
        client.post(address, {"do": do, "code": phone.code(world.bob)})
    assert not second_step.is_on(world.bob)
    events = [entry.event for entry in TrailEntry.objects.filter(user=world.bob).order_by("created")]
    assert events[-3:] == [Event.STEP_ON, Event.NEW_CODES, Event.STEP_OFF]


def test_an_administrator_turns_it_off_for_who_lost_everything(bob: User) -> None:
    root = make_user("Root", is_staff=True)
    client = Client()
    client.force_login(root)
    assert "Two-step</span>" in client.get("/people/").content.decode()
    client.post("/people/", {"do": "no_step", "person": "bob"})
    assert not second_step.is_on(bob)
    assert TrailEntry.objects.get(event=Event.STEP_OFF).actor == root


def test_api_tokens_work_without(bob: User, token_of: Callable[[User], str]) -> None:
    answer = Client().get("/api/v1/me/", headers={"Authorization": f"Token {token_of(bob)}"})
    assert answer.json()["username"] == "bob"


@pytest.fixture
def token_of() -> Callable[[User], str]:
    from annotator.accounts.services import issue_token

    return lambda person: issue_token(person, "script")[1]


@given(st.text(max_size=50))
def test_only_six_digits_are_looked_at(code: str) -> None:
    row = SecondStep(secret=pyotp.random_base32())
    typed = second_step._plain(code)
    if not (typed.isascii() and typed.isdigit() and len(typed) == 6):
        assert not second_step._right(row, code)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_with_one_code_one_gets_in(phone: Phone) -> None:
    person = make_user("Bob")
    second_step.begin(person)
    second_step.confirm(person, phone.code(person))
    phone.later()
    code = phone.code(person)
    found = at_once(*[lambda: second_step.check(person, code)] * 4)
    assert sorted(found) == ["", "", "", "app"]
