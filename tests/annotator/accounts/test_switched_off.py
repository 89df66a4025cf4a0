"""An account that was switched off and on again has nothing of before: no session, no key, no link."""

from __future__ import annotations

import pytest
from django.test import Client

from annotator.accounts.services import issue_signin_link, issue_token, redeem_signin_link, switch_off, switch_on
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
