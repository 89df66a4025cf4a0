"""A forgotten password."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from annotator.accounts import reset
from annotator.accounts.models import SignInLink, User
from annotator.accounts.services import issue_signin_link, switch_off
from annotator.web.views import password
from tests.annotator.world import World

WORD = "a long and quiet sentence"
ASKED = "a link is on its way"


@pytest.fixture
def posted(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """E-mail is set up, and what would go to a worker is listed."""
    settings.EMAIL_HOST, settings.SITE_URL = "mail.example.org", "https://masks.example.org"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    found: list[str] = []

    def post(task: str, what: str, typed: str) -> bool:
        assert task == reset.SEND_RESET
        found.append(typed)
        return True

    monkeypatch.setattr(password, "post", post)
    return found


def ask(name: str) -> str:
    return Client().post("/password/", {"name": name}).content.decode()


def sent_path() -> str:
    found = re.search(r"https://masks\.example\.org(/password/\S+/)", mail.outbox[-1].body)
    assert found
    return found.group(1)


def test_without_e_mail_the_page_says_whom_to_ask(world: World) -> None:
    assert "Ask an administrator" in Client().get("/password/").content.decode()
    assert "/password/" not in Client().get("/signin/").content.decode()


def test_the_answer_is_the_same_for_anybody_and_nobody(world: World, posted: list[str]) -> None:
    assert "/password/" in Client().get("/signin/").content.decode()

    def without_token(page: str) -> str:
        return re.sub(r'value="[^"]*"', "", page)

    assert without_token(ask("bob")) == without_token(ask("nobody-here"))
    assert ASKED in ask("bob")
    assert posted == ["bob", "nobody-here", "bob"]


@pytest.mark.parametrize("typed", ["bob", " BOB ", "Bob@Example.org"])
def test_the_link_sets_a_new_password_and_ends_what_was_before(world: World, posted: list[str], typed: str) -> None:
    old = Client()
    old.force_login(world.bob)
    signin = issue_signin_link(world.bob)
    reset.send_links(typed)
    assert mail.outbox[-1].to == ["bob@example.org"]
    path, client = sent_path(), Client()
    assert "A new password for Bob" in client.get(path).content.decode()
    assert "aria-invalid" in client.post(path, {"new_password1": WORD, "new_password2": "x"}).content.decode()
    assert client.post(path, {"new_password1": WORD, "new_password2": WORD})["Location"] == "/"
    assert client.get("/account/").status_code == 200
    assert Client().login(username="bob", password=WORD)
    assert old.get("/").status_code == 302
    assert Client().get(path).status_code == 410
    assert "too old" in Client().post(f"/signin/link/{signin}/").content.decode()


def test_nobody_is_written_to_who_is_off_unknown_or_has_no_address(world: World, posted: list[str]) -> None:
    switch_off(world.bob)
    User.objects.filter(pk=world.dana.pk).update(email="")
    for name in ("bob", "dana", "nobody-here", ""):
        reset.send_links(name)
    assert mail.outbox == []
    assert SignInLink.objects.count() == 0


def test_a_password_link_signs_nobody_in_and_a_sign_in_link_sets_no_password(world: World, posted: list[str]) -> None:
    reset.send_links("bob")
    secret = sent_path().split("/")[2]
    assert Client().post(f"/signin/link/{secret}/").status_code == 410
    assert Client().post(f"/password/{issue_signin_link(world.bob)}/").status_code == 410


def test_asking_often_is_refused_whether_there_is_such_a_person_or_not(world: World, posted: list[str]) -> None:
    for name in ("bob", "nobody-here"):
        for _ in range(4):
            assert ASKED in ask(name)
        assert "asked for often" in ask(name)
    assert len(posted) == 8


def test_a_queue_that_is_away_is_told(world: World, posted: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    never: Callable[..., bool] = lambda *args: False  # noqa: E731
    monkeypatch.setattr(password, "post", never)
    assert "No e-mail can be sent" in ask("bob")


def test_who_came_by_a_link_need_not_know_the_old_password(world: World) -> None:
    """An administrator's link is the way back where no e-mail is sent."""
    world.bob.set_password("the one that was forgotten")
    world.bob.save()
    client = Client()
    client.post(f"/signin/link/{issue_signin_link(world.bob)}/")
    assert "without the old" in client.get("/account/").content.decode()
    client.post("/account/", {"new_password1": WORD, "new_password2": WORD})
    assert Client().login(username="bob", password=WORD)
    # Once: from now on the old one is asked for.
    other = "another long and quiet sentence"
    client.post("/account/", {"new_password1": other, "new_password2": other})
    assert not Client().login(username="bob", password=other)
