"""Objects that come in as suggestions."""

from __future__ import annotations

from typing import Any

from annotator.annotations.models import Annotation
from annotator.projects.models import Image
from annotator.runs.models import Run
from annotator.suggestions.models import Search, Suggestion
from annotator.suggestions.parameters import read
from annotator.suggestions.search import store
from annotator.suggestions.search.queries import progress_of
from tests.annotator.imports.conftest import Importing, archive, coco, dataset, pictures
from tests.annotator.world import World

NAMES = ("a.png",)


def brought(importing: Importing, **body: Any) -> dict[str, Any]:
    return importing.bring(archive(dataset(NAMES), pictures(NAMES)), become="suggestions", **body)


def shown(importing: Importing) -> list[dict[str, Any]]:
    (image,) = importing.world.project.images.all()
    found: list[dict[str, Any]] = importing.client.get(f"/api/v1/images/{image.pk}/suggestions/").json()["results"]
    return found


def test_they_wait_for_somebody_with_the_label_of_the_file(importing: Importing) -> None:
    done = brought(importing)
    assert done["result"]["made"] == {"label": 1, "image": 1, "annotation": 0, "suggestion": 3}
    assert {loss["kind"]: loss["count"] for loss in done["result"]["lost"]} == {"attributes": 3}
    labels = {str(label.pk): label.name for label in importing.world.project.labels.all()}
    assert [labels[row["proposal"]["label"]] for row in shown(importing)].count("cat") == 2
    assert not Annotation.objects.exists()
    assert progress_of(importing.world.project) == (0, 3), "an image that came in was not searched"


def test_the_same_again_suggests_nothing_twice_nor_what_is_an_object(importing: Importing) -> None:
    brought(importing)
    again = brought(importing)
    assert again["result"]["there"] == 3
    assert Suggestion.objects.count() == 3
    importing.bring(archive(dataset(NAMES), pictures(NAMES)))
    assert Annotation.objects.count() == 3


def test_a_score_of_the_file_says_which_is_first(importing: Importing) -> None:
    one = {"image_id": 1, "category_id": 1, "bbox": [1, 1, 5, 5]}
    scored = [one | {"id": 1, "score": 0.25}, one | {"id": 2, "score": 0.75, "bbox": [9, 9, 5, 5]}]
    importing.bring(archive(dataset(NAMES, 0), pictures(NAMES)))
    importing.bring(coco(annotations=scored), "results.json", become="suggestions")
    assert [row["predicted_iou"] for row in shown(importing)] == [0.75, 0.25]


def test_what_a_file_only_suggests_stays_a_suggestion(importing: Importing) -> None:
    done = importing.bring(archive(dataset(NAMES, suggested=True), pictures(NAMES)))
    assert done["report"]["annotations"]["suggested"] == 3
    assert done["result"]["made"]["suggestion"] == 3


def test_a_search_leaves_what_came_in(importing: Importing, world: World) -> None:
    brought(importing)
    image, run = Image.objects.get(), Run.objects.create(kind="automask", project=world.project)
    store.keep(image, run, world.model, read({}), [], 1.0)
    assert Search.objects.count() == 2
    assert Suggestion.objects.count() == 3


def test_an_undo_takes_back_what_nobody_decided_on(importing: Importing) -> None:
    done = brought(importing)
    accepted = str(shown(importing)[0]["id"])
    answer = importing.client.post(f"/api/v1/suggestions/{accepted}/accept/", {}, format="json")
    assert answer.status_code == 201
    undone = importing.do(done["id"], "undo")["undone"]
    assert undone["removed"] == {"label": 1, "image": 0, "annotation": 0, "suggestion": 2}
    kept = {(kept["kind"], kept["count"]) for kept in undone["kept"]}
    assert kept == {("suggestion", 1), ("image", 1)}
    again = importing.bring(archive(dataset(NAMES), pictures(NAMES)))
    assert again["result"]["there"] == 1, "what was accepted is there"
