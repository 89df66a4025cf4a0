"""Cookies of sessions that are over."""

from __future__ import annotations

from django.conf import settings
from django.test import Client

from tests.annotator.world import World

NAME = settings.SESSION_COOKIE_NAME


def test_a_request_with_an_ended_session_takes_no_newer_ones_cookie_away(world: World) -> None:
    """It was sent before its browser had the new one, and is answered after."""
    late = Client()
    late.force_login(world.bob)
    late.session.flush()  # what signing in as somebody else does to the session before
    answer = late.get("/api/v1/me/")
    assert answer.status_code == 401
    assert NAME not in answer.cookies


def test_signing_out_takes_the_cookie_away(world: World) -> None:
    browser = Client()
    browser.force_login(world.bob)
    answer = browser.post("/signout/")
    assert answer.status_code == 302
    assert answer.cookies[NAME]["max-age"] == 0
    assert browser.get("/api/v1/me/").status_code == 401
