"""What stands in the cookies that a person gets: scripts see none that signs somebody in, and with HTTPS none travels
without it."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.test import Client

from tests.annotator.world import World


@pytest.mark.parametrize("https", [False, True])
def test_the_session_is_no_scripts_business_and_travels_by_https(
    world: World, settings: LazySettings, https: bool
) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = https  # as MASKWRIGHT_HTTPS sets both
    world.alice.set_password("a long pass phrase")
    world.alice.save()
    client = Client()
    client.get("/signin/", secure=https)
    client.post("/signin/", {"username": world.alice.username, "password": "a long pass phrase"}, secure=https)
    told = client.cookies
    assert told["sessionid"]["httponly"]
    assert told["sessionid"]["samesite"] == told["csrftoken"]["samesite"] == "Lax"
    assert {bool(told[name]["secure"]) for name in ("sessionid", "csrftoken")} == {https}
