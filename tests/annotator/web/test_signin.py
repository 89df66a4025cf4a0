from __future__ import annotations

import io
import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils.module_loading import import_string

from annotator.accounts.models import User
from annotator.accounts.services import issue_signin_link
from annotator.projects.models import Project

pytestmark = pytest.mark.django_db


def test_anybody_who_is_not_signed_in_is_sent_to_the_form_and_back(
    client: Client, project: Project, alice: User
) -> None:
    answer = client.get(f"/projects/{project.pk}/")
    assert answer.status_code == 302
    assert answer["Location"] == f"/signin/?next=/projects/{project.pk}/"
    form = {"username": "alice", "password": "correct horse", "next": f"/projects/{project.pk}/"}
    assert client.post("/signin/", form)["Location"] == f"/projects/{project.pk}/"


def test_a_wrong_password_is_answered_with_a_sentence_and_keeps_the_name(client: Client, alice: User) -> None:
    answer = client.post("/signin/", {"username": "alice", "password": "wrong"})
    assert answer.status_code == 200
    assert "do not belong together" in answer.content.decode()
    assert 'value="alice"' in answer.content.decode()


@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_signing_in_never_leads_to_another_site(client: Client, alice: User, wanted: Any) -> None:
    answer = client.post("/signin/", {"username": "alice", "password": "correct horse", "next": wanted})
    assert answer["Location"] == "/"


def test_a_link_asks_signs_in_once_and_says_so_kindly_the_second_time(client: Client, alice: User) -> None:
    address = f"/signin/link/{issue_signin_link(alice)}/"
    assert "Sign in as alice" in client.get(address).content.decode()
    assert client.get("/").status_code == 302
    assert client.post(address)["Location"] == "/"
    assert client.get("/").status_code == 200
    again = Client().get(address)
    assert again.status_code == 410
    assert "A link works once" in again.content.decode()
    assert Client().post(address).status_code == 410


def test_looking_at_a_link_without_pressing_its_button_does_not_use_it_up(client: Client, alice: User) -> None:
    address = f"/signin/link/{issue_signin_link(alice)}/"
    assert client.head(address).status_code == 200
    assert client.get(address).status_code == 200
    assert client.post(address)["Location"] == "/"


def test_a_link_needs_the_pages_own_answer(alice: User) -> None:
    address = f"/signin/link/{issue_signin_link(alice)}/"
    assert Client(enforce_csrf_checks=True).post(address).status_code == 403


def test_who_is_signed_in_as_another_is_asked_and_stays_until_the_answer(alice: User, victor: User) -> None:
    client = Client()
    client.force_login(victor)
    address = f"/signin/link/{issue_signin_link(alice)}/"
    page = client.get(address).content.decode()
    assert "You are signed in as victor" in page
    assert "Stay as victor" in page
    assert client.get("/api/v1/me/").json()["username"] == "victor"
    client.post(address)
    assert client.get("/api/v1/me/").json()["username"] == "alice"


def test_no_secret_of_a_link_reaches_a_log(alice: User, settings: Any) -> None:
    secret, lines = issue_signin_link(alice), io.StringIO()
    handler = logging.StreamHandler(lines)
    form = settings.LOGGING["formatters"]["line"]
    handler.setFormatter(import_string(form["()"])(form["format"], style=form["style"]))
    logging.getLogger("django").addHandler(handler)
    try:
        Client(enforce_csrf_checks=True).post(f"/signin/link/{secret}/")
        Client().put(f"/signin/link/{secret}/")
        Client().post(f"/signin/link/{secret}/")
        Client().get(f"/signin/link/{secret}/")
    finally:
        logging.getLogger("django").removeHandler(handler)
    assert lines.getvalue().count("/signin/link/…/") >= 3
    assert secret not in lines.getvalue()


def test_somebody_signed_in_is_not_bothered_with_a_used_link(alice: User, sign_in: Callable[[User], Client]) -> None:
    client = sign_in(alice)
    assert client.get("/signin/link/nonsense/")["Location"] == "/"


def test_signing_out_needs_a_post_and_ends_the_session(alice: User, sign_in: Callable[[User], Client]) -> None:
    client = sign_in(alice)
    assert client.get("/signout/").status_code == 405
    assert client.post("/signout/")["Location"] == "/signin/"
    assert client.get("/").status_code == 302


def test_a_name_and_password_count_also_where_somebody_else_is_signed_in(
    alice: User, victor: User, sign_in: Callable[[User], Client]
) -> None:
    client = sign_in(victor)
    assert client.post("/signin/", {"username": "alice", "password": "correct horse"})["Location"] == "/"
    assert client.get("/api/v1/me/").json()["username"] == "alice"


@pytest.mark.parametrize("wanted", ["foo", "web:projects", "projects", "%00", "a\nb", "https://", "//", "\\\\x", "?"])
def test_a_destination_that_is_none_leads_to_the_projects(client: Client, alice: User, wanted: str) -> None:
    client.force_login(alice)
    answer = client.get("/signin/", {"next": wanted})
    assert (answer.status_code, answer["Location"]) == (302, "/")
