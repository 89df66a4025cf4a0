from __future__ import annotations

import pytest
from django.test import Client

from annotator.accounts.services import issue_signin_link

pytestmark = pytest.mark.django_db


def test_anybody_who_is_not_signed_in_is_sent_to_the_form_and_back(client, project, alice):
    answer = client.get(f"/projects/{project.pk}/")
    assert answer.status_code == 302
    assert answer["Location"] == f"/signin/?next=/projects/{project.pk}/"
    form = {"username": "alice", "password": "correct horse", "next": f"/projects/{project.pk}/"}
    assert client.post("/signin/", form)["Location"] == f"/projects/{project.pk}/"


def test_a_wrong_password_is_answered_with_a_sentence_and_keeps_the_name(client, alice):
    answer = client.post("/signin/", {"username": "alice", "password": "wrong"})
    assert answer.status_code == 200
    assert "do not belong together" in answer.content.decode()
    assert 'value="alice"' in answer.content.decode()


@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_signing_in_never_leads_to_another_site(client, alice, wanted):
    answer = client.post("/signin/", {"username": "alice", "password": "correct horse", "next": wanted})
    assert answer["Location"] == "/"


def test_a_link_signs_in_once_and_says_so_kindly_the_second_time(client, alice):
    address = f"/signin/link/{issue_signin_link(alice)}/"
    assert client.get(address)["Location"] == "/"
    assert client.get("/").status_code == 200
    again = Client().get(address)
    assert again.status_code == 410
    assert "A link works once" in again.content.decode()


def test_looking_at_a_link_without_opening_it_does_not_use_it_up(client, alice):
    address = f"/signin/link/{issue_signin_link(alice)}/"
    assert client.head(address).status_code == 405
    assert client.get(address)["Location"] == "/"


def test_somebody_signed_in_is_not_bothered_with_a_used_link(alice, sign_in):
    client = sign_in(alice)
    assert client.get("/signin/link/nonsense/")["Location"] == "/"


def test_signing_out_needs_a_post_and_ends_the_session(alice, sign_in):
    client = sign_in(alice)
    assert client.get("/signout/").status_code == 405
    assert client.post("/signout/")["Location"] == "/signin/"
    assert client.get("/").status_code == 302


def test_a_name_and_password_count_also_where_somebody_else_is_signed_in(alice, victor, sign_in):
    client = sign_in(victor)
    assert client.post("/signin/", {"username": "alice", "password": "correct horse"})["Location"] == "/"
    assert client.get("/api/v1/me/").json()["username"] == "alice"
