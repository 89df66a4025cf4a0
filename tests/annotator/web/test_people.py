from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from annotator.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(alice: User, sign_in: Callable[[User], Client]) -> Client:
    alice.is_staff = True
    alice.save()
    return sign_in(alice)


def shown_link(answer: Any) -> str:
    found = re.search(r"http://testserver(/signin/link/[^<]+)</code>", answer.content.decode())
    assert found
    return found.group(1)


def test_a_new_person_gets_in_by_the_link_and_sets_a_password(admin: Client) -> None:
    answer = admin.post("/people/", {"do": "add", "username": "dana", "first_name": "Dana"})
    dana = Client()
    assert dana.post(shown_link(answer))["Location"] == "/"
    assert "You have none" in dana.get("/account/").content.decode()
    word = "a long and quiet sentence"
    dana.post("/account/", {"new_password1": word, "new_password2": word})
    assert dana.get("/").status_code == 200
    assert Client().login(username="dana", password=word)


def test_the_old_password_is_asked_for_once_there_is_one(alice: User, sign_in: Callable[[User], Client]) -> None:
    word = "a long and quiet sentence"
    answer = sign_in(alice).post("/account/", {"old_password": "no", "new_password1": word, "new_password2": word})
    assert "aria-invalid" in answer.content.decode()
    assert not Client().login(username="alice", password=word)


def test_a_name_that_is_taken_is_refused_beside_the_field(admin: Client) -> None:
    answer = admin.post("/people/", {"do": "add", "username": "ALICE"})
    assert "Somebody is called “ALICE” already." in answer.content.decode()
    assert User.objects.count() == 1


def test_an_account_that_is_off_lets_nobody_in_until_it_is_on(
    admin: Client, victor: User, sign_in: Callable[[User], Client]
) -> None:
    his = sign_in(victor)
    admin.post("/people/", {"do": "off", "person": "victor"})
    assert his.get("/").status_code == 302
    admin.post("/people/", {"do": "on", "person": "victor"})
    assert User.objects.get(username="victor").is_active


def test_one_cannot_lock_oneself_out(admin: Client, alice: User) -> None:
    assert admin.post("/people/", {"do": "off", "person": "alice"}).status_code == 400
    assert User.objects.get(pk=alice.pk).is_active


def test_others_may_not_even_post(victor: User, sign_in: Callable[[User], Client]) -> None:
    assert sign_in(victor).post("/people/", {"do": "add", "username": "eve"}).status_code == 403
    assert not User.objects.filter(username="eve").exists()
