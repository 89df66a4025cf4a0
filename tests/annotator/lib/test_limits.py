"""Who asks too often for what is expensive is told when to come again; others are not touched, nor is who looks."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.urls import resolve
from pytest_django import Settings

from annotator.lib.limits import KINDS, sentence
from tests.annotator.hostile.drawn import operations
from tests.annotator.world import World

FREE = {
    # Each is one row, or few, whatever is sent.
    "annotations", "bulk", "presence", "restore", "merge", "mark", "tag", "delete", "undo", "next", "claim", "accept",
    "return", "reopen", "reject", "threads", "comments", "labels", "members", "people", "teams", "filters", "gold",
    "jobs", "projects", "give-back", "cancel",
    # As many as somebody has pictures.
    "images",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _counted_anew(settings: Settings) -> None:
    cache.clear()
    settings.LIMITS = {"heavy": 2, "quick": 3, "keys": 1}


def export(client: Any, world: World) -> Any:
    return client.post(f"/api/v1/projects/{world.project.pk}/exports/", {"format": "coco"}, "json")


def test_the_third_export_waits_and_says_how_long(world: World) -> None:
    client = world.as_alice
    assert [export(client, world).status_code for _ in range(2)] == [202, 202]
    refused = export(client, world)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_often")
    assert 0 < int(refused["Retry-After"]) <= 3600
    assert "Try again in 60 minutes." in refused.json()["message"]
    assert client.get(f"/api/v1/projects/{world.project.pk}/exports/").status_code == 200
    assert export(world.as_dana, world).status_code == 202


def test_each_kind_is_counted_by_itself(world: World) -> None:
    client = world.as_alice
    assert client.post("/api/v1/tokens/", {"name": "a"}).status_code == 201
    assert client.post("/api/v1/tokens/", {"name": "b"}).status_code == 429
    assert client.post(f"/api/v1/projects/{world.project.pk}/invitations/", {"role": "viewer"}).status_code == 429
    assert export(client, world).status_code == 202


def test_without_a_limit_nothing_is_counted(world: World, settings: Settings) -> None:
    settings.LIMITS = {"heavy": 0, "quick": 0, "keys": 0}
    assert [world.as_alice.post("/api/v1/tokens/", {"name": str(n)}).status_code for n in range(5)] == [201] * 5


def test_the_sentence_tells_seconds_and_minutes() -> None:
    assert sentence(60).endswith("Try again in 60 seconds.")
    assert sentence(121).endswith("Try again in 3 minutes.")


def test_whatever_makes_something_is_limited_or_known_to_be_cheap() -> None:
    for method, address in operations():
        if method == "post":
            view = resolve(_filled(address)).func
            scope = getattr(getattr(view, "cls", None), "throttle_scope", None)
            last = address.strip("/").rpartition("/")[2]
            assert scope in KINDS or last in FREE, f"{address} needs a throttle_scope, unless it is known to be cheap."


def _filled(address: str) -> str:
    return "/".join("00000000-0000-4000-8000-000000000000" if "{" in part else part for part in address.split("/"))


def test_the_old_password_cannot_be_guessed_by_who_holds_a_session(world: World) -> None:
    world.alice.set_password("the right old one")
    world.alice.save()
    client = world.as_alice
    client.force_login(world.alice)
    new = {"new_password1": "some new words 7", "new_password2": "some new words 7"}
    for number in range(10):
        client.post("/account/", {"old_password": f"guess {number}", **new}, "multipart")
    answer = client.post("/account/", {"old_password": "the right old one", **new}, "multipart")
    assert "Too many wrong passwords. Try again in 15 minute(s)." in answer.content.decode()
    world.alice.refresh_from_db()
    assert world.alice.check_password("the right old one")
