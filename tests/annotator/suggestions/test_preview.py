"""Thresholds tried on stored candidates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from annotator.runs.models import Run
from annotator.suggestions.known import Found
from annotator.suggestions.models import Preview, Suggestion
from annotator.suggestions.search import candidates
from export import rle
from sam_backend.amg import AutomaticMasks, filter_candidates, preset
from tests.annotator.suggestions.conftest import CAR, TREE, found
from tests.annotator.world import World, make_image
from tests.sam_backend.amg.fakes import Blobs

QUICK = {"preset": "quick"}


def test_before_any_preview_there_is_no_image(ready: World, api: Callable[..., Any]) -> None:
    assert api("get", f"projects/{ready.project.pk}/automask/preview/") == (200, {"image": None})


def test_one_image_is_searched_with_thresholds_lower_than_anybody_tries(
    ready: World, api: Callable[..., Any], masks: list[Found], work_off: Callable[[], list[Run]]
) -> None:
    masks[:] = [CAR, found(50, 5, 10, 40, 0.25, 0.4), found(0, 0, 5, 5, 0.1), found(0, 0, 5, 5, stability=0.2)]
    assert api("post", f"images/{ready.image.pk}/automask/preview/", {"params": QUICK}, ready.alice)[0] == 202
    (run,) = work_off()
    assert run.state == "succeeded", run.error
    status, body = api("get", f"projects/{ready.project.pk}/automask/preview/")
    assert status == 200
    assert (body["image"]["id"], body["size"]) == (str(ready.image.pk), [48, 64])
    assert [(row["iou"], row["area"], row["rle"]) for row in body["candidates"]] == [
        (0.95, 800, CAR.rle.to_json()), (0.25, 400, TREE.rle.to_json()),
    ]  # fmt: skip
    assert body["image"]["urls"]["full"].startswith("/files/images/")
    asked = body["params"]
    assert [asked[name] for name in ("predicted_iou", "stability", "crop_layers", "points_per_side")] == [
        0.2, 0.3, 0, 16,
    ]  # fmt: skip
    assert Suggestion.objects.count() == 0


def test_another_image_takes_its_place(
    ready: World, api: Callable[..., Any], work_off: Callable[[], list[Run]]
) -> None:
    other = make_image(ready.project, "d.png")
    for image in (ready.image, other):
        api("post", f"images/{image.pk}/automask/preview/", {}, ready.alice)
        work_off()
    assert Preview.objects.get().image == other


def test_it_goes_with_its_image_and_with_the_model(
    ready: World, api: Callable[..., Any], work_off: Callable[[], list[Run]]
) -> None:
    api("post", f"images/{ready.image.pk}/automask/preview/", {}, ready.alice)
    work_off()
    ready.project.model_version = None
    ready.project.save()
    assert api("get", f"projects/{ready.project.pk}/automask/preview/")[1] == {"image": None}
    assert api("post", f"images/{ready.image.pk}/automask/preview/", {}, ready.alice)[1]["code"] == "no_model"


def test_asking_twice_is_one_run_and_nonsense_is_refused(ready: World, api: Callable[..., Any]) -> None:
    path = f"images/{ready.image.pk}/automask/preview/"
    assert api("post", path, {}, ready.alice)[1]["id"] == api("post", path, {}, ready.alice)[1]["id"]
    assert api("post", path, {"params": {"points_per_side": 0}}, ready.alice)[0] == 400
    assert Run.objects.count() == 1


def test_a_finer_grid_or_crops_do_not_fill_the_memory() -> None:
    search = candidates.permissive(preset("paper", points_per_side=128))
    assert (search.points_per_side, search.crop_layers) == (32, 0)


def test_small_candidates_tell_what_the_library_would_keep() -> None:
    """Filtering by the stored numbers gives as many as filtering the candidates themselves."""
    height, width = 120, 160
    backend = Blobs()
    low = candidates.permissive(preset("quick", points_per_side=6))
    found = AutomaticMasks(backend, low).candidates(np.zeros((height, width, 3), np.uint8))
    rows = candidates.small(found, height, width, backend.threshold)
    assert [row["iou"] for row in rows] == sorted((row["iou"] for row in rows), reverse=True)
    for row in rows:
        mask = rle.decode(rle.validate(row["rle"], height, width))
        assert 0 < row["parts"][0][0] <= sum(part[0] for part in row["parts"]) == mask.sum()
    strict = preset("quick", predicted_iou=0.7, stability=0.6)
    kept = filter_candidates(found, strict, height, width)
    assert kept
    by_numbers = [r for r in rows if r["iou"] >= 0.7 and r["stability"] >= 0.6]
    assert {tuple(np.round(c.box, 2)) for c in kept} <= {tuple(r["box"]) for r in by_numbers}
