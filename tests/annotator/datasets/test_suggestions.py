from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pycocotools import mask as masks

from annotator.annotations import services as annotating
from annotator.annotations.choices import Stage
from annotator.datasets.models import Archive
from annotator.runs.models import Run
from annotator.suggestions.models import Search, Suggestion
from export import rle
from tests.annotator.world import World, client_of, make_label


def box(x: int, y: int, width: int, height: int) -> rle.Rle:
    mask = np.zeros((48, 64), bool)
    mask[y : y + height, x : x + width] = True
    return rle.encode(mask)


@pytest.fixture
def suggested(world: World) -> World:
    """One accepted object, and suggestions: one that repeats it, one rejected, one free."""
    annotating.create(world.image, world.bob, None, {"rle": box(0, 0, 20, 20).to_json(), "label": world.label.pk})
    search = Search.objects.create(image=world.image, model_version=world.model, found=3, kept=3)
    for rank, (mask, state) in enumerate(
        [(box(0, 0, 20, 19), "pending"), (box(30, 0, 9, 9), "rejected"), (box(30, 20, 10, 12), "pending")]
    ):
        Suggestion.objects.create(
            image=world.image, search=search, model_version=world.model, rank=rank, rle=mask.to_json(), state=state,
            bbox=list(rle.bbox(mask)), area=rle.area(mask), predicted_iou=0.91, stability_score=0.97,
            point=[35.5, 26.0], crop_box=[0, 0, 64, 48],
        )  # fmt: skip
    return world


def exported(world: World, work_off: Callable[..., Any], **body: Any) -> zipfile.ZipFile:
    client = client_of(world.alice)
    client.post(f"/api/v1/projects/{world.project.pk}/exports/", body, format="json")
    (run,) = work_off()
    assert run.state == "succeeded", run.error
    answer = client.get(f"/api/v1/exports/{run.result['archive']}/download/")
    return zipfile.ZipFile(io.BytesIO(answer.getvalue()))


@pytest.mark.parametrize("format_name", ["coco", "sa1b"])
def test_a_suggestion_never_reaches_an_export_unasked(
    suggested: World, work_off: Callable[[], list[Run]], format_name: str
) -> None:
    with exported(suggested, work_off, format=format_name) as archive:
        assert json.loads(archive.read("manifest.json"))["counts"]["annotations"] == 1


def test_asked_for_they_are_there_with_sa1bs_fields(suggested: World, work_off: Callable[[], list[Run]]) -> None:
    with exported(suggested, work_off, format="sa1b", include_suggestions=True) as archive:
        document = json.loads(archive.read("sa1b/cat.json"))
    made, found = document["annotations"]
    assert made["predicted_iou"] is None
    assert (masks.decode(found["segmentation"]) == rle.decode(box(30, 20, 10, 12))).all()
    assert (made["maskwright"]["suggestion"], found["maskwright"]["suggestion"]) == (False, True)
    assert found | {"segmentation": 0, "maskwright": 0} == {
        "id": 2, "segmentation": 0, "bbox": [30, 20, 9, 11], "area": 120, "predicted_iou": 0.91,
        "stability_score": 0.97, "crop_box": [0, 0, 64, 48], "point_coords": [[35.5, 26.0]],
        "maskwright": 0,
    }  # fmt: skip
    assert Archive.objects.get().report["proof"]["compared"] == 2
    assert Archive.objects.get().report["proof"]["changed_since"] == 0


def test_in_coco_they_are_a_category_of_their_own_and_say_what_they_are(
    suggested: World, work_off: Callable[[], list[Run]]
) -> None:
    with exported(suggested, work_off, format="coco", include_suggestions=True) as archive:
        document = json.loads(archive.read("annotations/instances_default.json"))
    assert {category["id"]: category["name"] for category in document["categories"]} == {
        1: "cat",
        1_000_002: "suggestion",
    }
    made, found = document["annotations"]
    assert (made["category_id"], made["maskwright"]["stage"]) == (1, Stage.ASSISTED_MANUAL)
    assert "suggestion" not in made["maskwright"]
    assert (found["category_id"], found["maskwright"]["stage"]) == (1_000_002, Stage.FULLY_AUTOMATIC)
    assert found["maskwright"]["suggestion"] is True
    assert (found["maskwright"]["predicted_iou"], found["maskwright"]["stability_score"]) == (0.91, 0.97)


def test_an_object_without_label_and_a_label_called_suggestion_are_no_suggestions(
    suggested: World, work_off: Callable[[], list[Run]]
) -> None:
    make_label(suggested.project, "Suggestion")
    annotating.create(suggested.image, suggested.bob, None, {"rle": box(50, 30, 8, 8).to_json()})
    with exported(suggested, work_off, format="coco", include_suggestions=True) as archive:
        document = json.loads(archive.read("annotations/instances_default.json"))
        manifest = json.loads(archive.read("manifest.json"))
    names = {category["id"]: category["name"] for category in document["categories"]}
    assert list(names.values()) == ["Suggestion", "cat", "unlabelled", "(suggestion)"]
    assert [names[entry["category_id"]] for entry in document["annotations"]] == ["cat", "unlabelled", "(suggestion)"]
    assert (manifest["unlabelled"], manifest["suggestions"]) == (1, 1)


def test_the_run_tells_how_many_of_the_masks_are_only_suggested(
    suggested: World, work_off: Callable[[], list[Run]]
) -> None:
    client = client_of(suggested.alice)
    path = f"/api/v1/projects/{suggested.project.pk}/exports/"
    for wanted, expected in ((True, 1), (False, 0)):
        client.post(path, {"format": "coco", "include_suggestions": wanted}, format="json")
        (run,) = work_off()
        assert run.result["suggestions"] == expected
        assert run.result["counts"]["annotations"] == 1 + expected
