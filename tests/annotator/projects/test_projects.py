"""/api/v1/projects/ and one project."""

from __future__ import annotations

import pytest

from annotator.lib import storage
from annotator.projects.models import Label, Project
from tests.annotator.world import World, make_embedding, make_image, make_project


def test_it_lists_only_ones_own_projects_newest_first(world: World) -> None:
    second = make_project(world.alice, "Second")
    make_project(world.charlie, "Charlie's")
    names = [row["name"] for row in world.as_alice.get("/api/v1/projects/").json()["results"]]
    assert names == [second.name, "Cats"]


def test_it_shows_labels_role_counts_and_model(world: World) -> None:
    make_image(world.project, "two.png", (32, 32))
    body = world.as_bob.get(f"/api/v1/projects/{world.project.pk}/").json()
    assert body["my_role"] == "annotator"
    assert [label["name"] for label in body["labels"]] == ["cat"]
    assert body["counts"] == {"images": 2, "in_progress": 0, "done": 0, "annotations": 0}
    assert body["model"]["name"] == "tiny"


def test_it_makes_a_project_with_labels_and_the_installed_model(world: World) -> None:
    body = world.as_charlie.post(
        "/api/v1/projects/", {"name": "Dogs", "labels": [{"name": "dog"}, {"name": "nose", "color": "#FF0000"}]}
    ).json()
    assert body["my_role"] == "owner"
    assert [(label["name"], label["color"], label["order"]) for label in body["labels"]] == [
        ("dog", "#0072b2", 0),
        ("nose", "#ff0000", 1),
    ]
    assert body["model"]["id"] == str(world.model.pk)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a", "owner": "me"}, "owner"),
        ({"name": "a", "model_version": "x"}, "model_version"),
        ({"name": "a", "labels": [{"name": "b", "color": "red"}]}, "labels.0.color"),
        ({"name": "a", "labels": [{"name": "b", "surprise": 1}]}, "labels.0.surprise"),
        ({"name": "a", "labels": "b"}, "labels"),
        ([], "body"),
        ("text", "body"),
        (None, "name"),
    ],
)
def test_it_names_what_is_wrong(world: World, body: object, field: str) -> None:
    response = world.as_alice.post("/api/v1/projects/", body, "json")
    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert field in response.json()["fields"]


def test_two_labels_of_one_name_make_no_half_project(world: World) -> None:
    response = world.as_alice.post("/api/v1/projects/", {"name": "New", "labels": [{"name": "a"}, {"name": "A"}]})
    assert (response.status_code, response.json()["code"]) == (409, "label_exists")
    assert not Project.objects.filter(name="New").exists()


def test_it_changes_only_what_was_sent(world: World) -> None:
    body = world.as_alice.patch(f"/api/v1/projects/{world.project.pk}/", {"guidelines": " Whole cats.\n"}).json()
    assert (body["name"], body["guidelines"]) == ("Cats", " Whole cats.\n")


def test_deleting_takes_everything_with_it(world: World) -> None:
    embedding = make_embedding(world.image, world.model)
    assert world.as_alice.delete(f"/api/v1/projects/{world.project.pk}/").status_code == 204
    assert not Label.objects.exists()
    assert not storage.has_blob(world.image.sha256)
    assert not storage.has_blob(embedding.sha256)
    assert storage.has_blob(world.model.files["decode.onnx"]["sha256"])


def test_pages_follow_each_other_without_gap_or_repeat(world: World) -> None:
    for number in reversed(range(12)):
        make_image(world.project, f"{number}.png", (10 + number, 10))
    seen, url = [], f"/api/v1/projects/{world.project.pk}/images/?limit=3"
    while url:
        page = world.as_bob.get(url).json()
        seen += [row["name"] for row in page["results"]]
        url = page["next"]
    assert seen == [*(f"{number}.png" for number in range(12)), "cat.png"]


@pytest.mark.parametrize("query", ["cursor=garbage", "limit=abc", "limit=-1", "limit=99999999999", "cursor=%00"])
def test_odd_paging_is_never_an_error_of_the_server(world: World, query: str) -> None:
    assert world.as_bob.get(f"/api/v1/projects/?{query}").status_code in (200, 400, 404)
