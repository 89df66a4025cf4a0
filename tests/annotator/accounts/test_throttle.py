"""Guessing passwords is slow."""
from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from annotator.accounts import throttle
from annotator.accounts.models import SignInTries
from tests.annotator.world import World


@pytest.fixture
def bob(world: World) -> World:
    world.bob.set_password("correct horse")
    world.bob.save()
    return world


def signed_in(password: str, name: str = "bob") -> bool:
    client = Client()
    client.post("/signin/", {"username": name, "password": password})
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
    assert not SignInTries.objects.exists()


def test_other_names_are_not_affected(bob: World) -> None:
    for _ in range(throttle.MAX_FAILURES):
        signed_in("wrong", "alice")
    assert signed_in("correct horse")
