"""The page of retraining, and what the report says of it."""

from __future__ import annotations

import pytest
from django.test import Client

from annotator.tuning import gather, services
from tests.annotator.tuning.material import learnable, masks_on, report, retraining
from tests.annotator.world import World


@pytest.fixture
def alice(world: World, client: Client) -> Client:
    client.force_login(world.alice)
    return client


def page(world: World, client: Client, name: str = "retrain", **query: str) -> str:
    answer = client.get(f"/projects/{world.project.pk}/{name}/", query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_before_anything_there_is_what_is_missing(world: World, alice: Client) -> None:
    text = page(world, alice)
    assert "0 masks on 0 images to learn from" in text
    assert "data-retrain" not in text


def test_with_enough_it_offers_to_begin_and_says_what_a_worker_needs(
    world: World, alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    learnable(world)
    monkeypatch.setattr("annotator.web.views.retrain.missing_packages", lambda: ["torch", "cv2"])
    text = page(world, alice)
    assert "10 masks on 5 images" in text
    assert "data-retrain" in text
    assert "Retraining needs torch and cv2" in text
    assert gather.INSTALL.replace("'", "&#x27;") in text


def test_the_gate_says_of_each_number_what_its_interval_says(world: World, alice: Client) -> None:
    retraining(world)
    text = page(world, alice)
    assert "Use this version" in text
    assert "<strong>Better.</strong> It needs fewer clicks." in text
    gate = text[text.index("On images it has not seen") : text.index("What it may have forgotten")]
    assert "3.10" in gate
    assert '−0.90<small class="muted">−1.40 to −0.40</small>' in gate
    assert gate.count("no clear difference") == 1
    assert gate.count(">better<") == 1


def test_what_is_not_better_asks_before_it_is_used(world: World, alice: Client) -> None:
    row = retraining(world, "unsure")
    text = page(world, alice)
    assert "Use this version" not in text
    assert f'data-promote-anyway="{row.pk}" disabled' in text


def test_where_nothing_helped_there_is_nothing_to_use(world: World, alice: Client) -> None:
    row = retraining(world, "none")
    row.version, row.version_name = None, ""
    row.report = report(written=False, better=False, metrics={}, forgetting={}, sentence="Nothing helped.").to_json()
    row.save()
    text = page(world, alice)
    assert "No new version" in text
    assert "data-promote=" not in text
    assert "Nothing helped." in text


def test_the_way_back_and_the_history_stand_there_and_in_the_report(world: World, alice: Client) -> None:
    first = retraining(world)
    services.promote(first, world.alice, knowing=False)
    second = retraining(world, "unsure", version="1-cats.2")
    world.project.model_version = first.version
    world.project.save()
    masks_on(world, world.image, 1)
    text = page(world, alice, show=str(first.pk))
    assert "Go back to tiny 1" in text
    assert "Retrained 2 times so far" in text
    assert f"?show={second.pk}" in text
    assert "Put to use" in text
    told = page(world, alice, "report")
    assert "Retrained 2 times" in told
    assert "1 of the retrained versions was put to use" in told
