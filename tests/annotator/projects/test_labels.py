"""Labels of a project and one label."""
from __future__ import annotations

import pytest

from tests.annotator.world import World, make_label


def url(world: World) -> str:
    return f"/api/v1/projects/{world.project.pk}/labels/"


def test_it_adds_a_label_at_the_end_with_a_colour_of_its_own(world: World) -> None:
    body = world.as_alice.post(url(world), {"name": "dog"}).json()
    assert (body["name"], body["order"], body["color"]) == ("dog", 1, "#e69f00")


def test_it_answers_409_to_the_same_name_in_other_letters(world: World) -> None:
    response = world.as_alice.post(url(world), {"name": "CAT"})
    assert (response.status_code, response.json()["code"]) == (409, "label_exists")


def test_renaming_to_a_taken_name_is_409_and_changes_nothing(world: World) -> None:
    dog = make_label(world.project, "dog")
    assert world.as_alice.patch(f"/api/v1/labels/{dog.pk}/", {"name": "Cat"}).status_code == 409
    dog.refresh_from_db()
    assert dog.name == "dog"


def test_it_keeps_attributes(world: World) -> None:
    attributes = [
        {"name": "breed", "kind": "select", "options": ["tabby", "black"], "default": "tabby"},
        {"name": "age", "kind": "number", "default": 2.5},
        {"name": "asleep", "kind": "checkbox"},
    ]
    body = world.as_alice.patch(f"/api/v1/labels/{world.label.pk}/", {"attributes": attributes}).json()
    assert body["attributes"] == attributes


@pytest.mark.parametrize(
    "attribute",
    [
        {"name": "a", "kind": "select"},
        {"name": "a", "kind": "text", "options": ["x"]},
        {"name": "a", "kind": "number", "default": "many"},
        {"name": "a", "kind": "number", "default": True},
        {"name": "a", "kind": "select", "options": ["x"], "default": "y"},
        {"name": "a", "kind": "colour"},
        {"kind": "text"},
        {"name": "a", "kind": "text", "max": 3},
        "text",
    ],
)
def test_it_refuses_attributes_that_make_no_sense(world: World, attribute: object) -> None:
    response = world.as_alice.patch(f"/api/v1/labels/{world.label.pk}/", {"attributes": [attribute]})
    assert (response.status_code, response.json()["code"]) == (400, "invalid")


def test_it_refuses_two_attributes_of_one_name(world: World) -> None:
    twice = [{"name": "a", "kind": "text"}, {"name": "a", "kind": "number"}]
    assert world.as_alice.patch(f"/api/v1/labels/{world.label.pk}/", {"attributes": twice}).status_code == 400


@pytest.mark.parametrize("color", ["red", "#12345", "#1234567", "#gggggg", "url(x)", 5])
def test_it_refuses_other_colours(world: World, color: object) -> None:
    assert world.as_alice.patch(f"/api/v1/labels/{world.label.pk}/", {"color": color}).status_code == 400


def test_it_deletes_a_label_that_nothing_carries(world: World) -> None:
    assert world.as_alice.delete(f"/api/v1/labels/{world.label.pk}/").status_code == 204
