"""Guessing passwords is slow."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.utils import timezone

from annotator.accounts import throttle
from annotator.accounts.models import SignInTries
from annotator.lib.client import client_address
from tests.annotator.world import World


@pytest.fixture
def bob(world: World) -> World:
    world.bob.set_password("correct horse")
    world.bob.save()
    return world


def signed_in(password: str, name: str = "bob", **headers: str) -> bool:
    client = Client()
    client.post("/signin/", {"username": name, "password": password}, **headers)
    return "_auth_user_id" in client.session


def test_after_ten_wrong_passwords_even_the_right_one_waits(bob: World) -> None:
    for _ in range(throttle.MAX_FAILURES):
        assert not signed_in("wrong")
    assert not signed_in("correct horse")
    page = Client().post("/signin/", {"username": "Bob ", "password": "x"})
    assert "Try again in 15 minute(s)" in page.content.decode()


def test_the_wait_ends(bob: World) -> None:
    for _ in range(throttle.MAX_FAILURES):
        signed_in("wrong")
    SignInTries.objects.update(since=timezone.now() - throttle.WINDOW)
    assert signed_in("correct horse")


def test_a_right_password_forgets_the_wrong_ones(bob: World) -> None:
    for _ in range(throttle.MAX_FAILURES - 1):
        signed_in("wrong")
    assert signed_in("correct horse")
    for _ in range(throttle.MAX_FAILURES - 1):
        signed_in("wrong")
    assert signed_in("correct horse")


def test_other_names_are_not_affected(bob: World) -> None:
    for _ in range(throttle.MAX_FAILURES):
        signed_in("wrong", "alice")
    assert signed_in("correct horse")


def test_a_list_of_names_is_refused_from_one_address_only(bob: World) -> None:
    for number in range(throttle.MAX_OF_ADDRESS):
        assert not signed_in("wrong", f"name{number}")
    assert not signed_in("correct horse")
    assert signed_in("correct horse", REMOTE_ADDR="10.0.0.9")


def test_a_name_is_refused_when_many_addresses_guess_it(bob: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "MAX_OF_NAME", 20)
    for number in range(20):
        assert not signed_in("wrong", REMOTE_ADDR=f"10.0.0.{number}")
    assert not signed_in("correct horse", REMOTE_ADDR="10.0.1.1")


def test_right_passwords_count_nowhere(bob: World) -> None:
    for _ in range(throttle.MAX_OF_ADDRESS + 1):
        assert signed_in("correct horse")


def test_behind_a_trusted_proxy_one_person_does_not_lock_another_out(bob: World, settings: Any) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    for _ in range(throttle.MAX_FAILURES):
        assert not signed_in("wrong", HTTP_X_FORWARDED_FOR="203.0.113.7")
    assert not signed_in("correct horse", HTTP_X_FORWARDED_FOR="203.0.113.7")
    assert signed_in("correct horse", HTTP_X_FORWARDED_FOR="198.51.100.2")


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        ([], "203.0.113.7", "127.0.0.1"),
        (["10.0.0.0/8"], "203.0.113.7", "127.0.0.1"),
        (["127.0.0.1"], "203.0.113.7", "203.0.113.7"),
        (["127.0.0.1"], "1.2.3.4, 203.0.113.7", "203.0.113.7"),
        (["127.0.0.1", "10.0.0.0/8"], "1.2.3.4, 203.0.113.7, 10.1.1.1", "203.0.113.7"),
        (["127.0.0.1"], "nonsense", "127.0.0.1"),
        (["127.0.0.1"], "", "127.0.0.1"),
    ],
)
def test_only_what_trusted_proxies_wrote_is_believed(
    proxies: list[str], forwarded: str, address: str, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request) == address


@pytest.mark.django_db(transaction=True)
def test_of_sixty_guesses_at_once_no_more_get_through_than_one_after_the_other() -> None:
    def guess(_: int) -> int:
        try:
            return throttle.count_try(RequestFactory().post("/signin/"), "bob")
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        waits = list(pool.map(guess, range(60)))
    assert waits.count(0) == throttle.MAX_FAILURES
