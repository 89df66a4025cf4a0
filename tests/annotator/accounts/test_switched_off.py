"""An account that was switched off and on again has nothing of before: no session, no key, no link."""

from __future__ import annotations

import pytest
from django.test import Client

from annotator.accounts.models import User
from annotator.accounts.services import issue_signin_link, issue_token, redeem_signin_link, switch_off, switch_on
from annotator.jobs.models import Job, JobImage
from tests.annotator.contract import CheckedClient
from tests.annotator.world import World


def test_sessions_keys_and_links_stay_dead(world: World) -> None:
    browser = Client()
    browser.force_login(world.bob)
    _, key = issue_token(world.bob, "script")
    link = issue_signin_link(world.bob)
    assert browser.get("/").status_code == 200
    switch_off(world.bob)
    switch_on(world.bob)
    assert browser.get("/").status_code == 302
    assert CheckedClient(headers={"Authorization": f"Token {key}"}).get("/api/v1/me/").status_code == 401
    assert redeem_signin_link(link) is None
    browser.force_login(world.bob)
    assert browser.get("/").status_code == 200
    assert redeem_signin_link(issue_signin_link(world.bob)) == world.bob


def test_a_link_from_before_a_new_password_is_worth_nothing(world: World) -> None:
    link = issue_signin_link(world.bob)
    world.bob.set_password("a long and quiet sentence")
    world.bob.save()
    assert redeem_signin_link(link) is None


@pytest.mark.parametrize("do", ["", "nonsense", "delete"])
def test_an_unknown_action_switches_nobody_off(world: World, do: str) -> None:
    world.alice.is_staff = True
    world.alice.save()
    browser = Client()
    browser.force_login(world.alice)
    assert browser.post("/people/", {"do": do, "person": "bob"}).status_code == 400
    world.bob.refresh_from_db()
    assert world.bob.is_active


@pytest.fixture
def admin(world: World) -> CheckedClient:
    world.alice.is_staff = True
    world.alice.save()
    client = CheckedClient()
    client.force_login(world.alice)
    return client


def test_the_page_says_what_ends_before_it_does(world: World, admin: CheckedClient) -> None:
    Client().force_login(world.bob)
    issue_token(world.bob, "script")
    job = Job.objects.create(project=world.project, number=1, assignee=world.bob)
    JobImage.objects.create(job=job, image=world.image)
    asked = admin.post("/people/", {"do": "ask", "person": "bob"}, format="multipart").content.decode()
    assert "Switch off Bob?" in asked
    assert "signed out of 1 browser at once, 1 API token and all their links" in asked
    assert "1 open job goes back to the pool" in asked
    assert User.objects.get(pk=world.bob.pk).is_active
    admin.post("/people/", {"do": "off", "person": "bob"}, format="multipart")
    assert not User.objects.get(pk=world.bob.pk).is_active
    job.refresh_from_db()
    assert job.assignee is None


def test_a_program_of_an_administrator_switches_off_and_on(world: World, admin: CheckedClient) -> None:
    url = f"/api/v1/people/{world.bob.pk}/"
    names = [row["username"] for row in admin.get("/api/v1/people/").json()["results"]]
    assert names == ["alice", "bob", "charlie", "dana"]
    assert admin.patch(url, {"is_active": False}).json()["is_active"] is False
    assert admin.patch(url, {"is_active": True}).json()["is_active"] is True
    own = admin.patch(f"/api/v1/people/{world.alice.pk}/", {"is_active": False})
    assert (own.status_code, own.json()["code"]) == (400, "yourself")
    assert admin.patch(f"/api/v1/people/{world.project.pk}/", {"is_active": False}).status_code == 404


def test_a_stream_ends_with_the_account(world: World) -> None:
    client = CheckedClient()
    client.force_authenticate(world.bob)
    stream = client.get(f"/api/v1/projects/{world.project.pk}/runs/events/")
    lines = iter(stream)
    assert next(lines) == b"retry: 1000\n\n"
    switch_off(world.bob)
    assert list(lines) == []
    stream.close()
