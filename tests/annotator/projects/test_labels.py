"""Labels of a project and one label."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import F

from annotator.projects.models import Label
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


def test_forty_labels_have_forty_colours_and_the_page_proposes_the_same(world: World) -> None:
    names = [f"label {number}" for number in range(39)]
    labels = [
        world.as_alice.post(f"/api/v1/projects/{world.project.pk}/labels/", {"name": name}).json() for name in names
    ]
    colors = [world.label.color, *(label["color"] for label in labels)]
    assert len(set(colors)) == 40
    golden = json.loads((Path(__file__).parents[2] / "fixtures" / "label_colors.json").read_text())
    assert colors == golden  # tests/static/pages_format.test.js reads it too


@pytest.mark.parametrize("color", ["red", "#12345", "#1234567", "#gggggg", "url(x)", 5])
def test_it_refuses_other_colours(world: World, color: object) -> None:
    assert world.as_alice.patch(f"/api/v1/labels/{world.label.pk}/", {"color": color}).status_code == 400


def test_it_deletes_a_label_that_nothing_carries(world: World) -> None:
    assert world.as_alice.delete(f"/api/v1/labels/{world.label.pk}/").status_code == 204


@pytest.mark.parametrize("digits", [301, 309, 401, 4000])
def test_a_default_with_more_digits_than_any_number_has_is_refused(world: World, digits: int) -> None:
    spec = f'{{"name": "size", "kind": "number", "default": {"9" * digits}}}'
    body = f'{{"name": "tree", "attributes": [{spec}]}}'
    address = f"/api/v1/projects/{world.project.pk}/labels/"
    answer = world.as_alice.post(address, body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_a_number_is_drawn_once_and_never_again(world: World) -> None:
    assert world.label.number == 1
    make_label(world.project, "dog").delete()
    made = Label.objects.bulk_create(Label(project=world.project, name=name, color="#000000") for name in "ab")
    assert [label.number for label in made] == [3, 4]
    world.label.name = "lion"
    world.label.save()
    assert world.label.number == 1


def test_labels_of_before_get_the_numbers_that_exports_gave_them(world: World) -> None:
    """The migration's own step, on today's tables; tests/upgrade goes all the way from older ones."""
    world.label.delete()
    for name, order in (("c", 2), ("a", 1), ("b", 1)):
        make_label(world.project, name, order=order)
    Label.objects.update(number=F("number") + 100)
    type(world.project).objects.update(label_numbers=0)
    step = import_module("annotator.projects.migrations.0005_label_number")
    step.number(apps, SimpleNamespace(connection=connection))
    numbers = dict(Label.objects.filter(project=world.project).values_list("name", "number"))
    assert numbers == {"a": 1, "b": 2, "c": 3}
    assert make_label(world.project, "d").number == 4


def test_saving_an_older_copy_of_the_project_gives_no_number_twice(world: World) -> None:
    older = type(world.project).objects.get(pk=world.project.pk)
    first = Label.objects.create(project=world.project, name="dog", color="#000000")
    first.delete()
    older.name = "Renamed"
    older.save()
    second = Label.objects.create(project=world.project, name="cow", color="#000000")
    assert second.number == first.number + 1
    world.project.refresh_from_db()
    assert world.project.name == "Renamed"
