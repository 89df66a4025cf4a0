"""Thresholds tried on stored candidates."""
from __future__ import annotations

import numpy as np
import pytest

from annotator.runs.models import Run
from annotator.suggestions import candidates, generate
from annotator.suggestions.models import Preview, Suggestion
from export import rle
from sam_backend.amg import AutomaticMasks, filter_candidates, preset
from tests.annotator.world import make_image
from tests.sam_backend.amg.fakes import Blobs

REGIONS = {"parts": [[81, 0, 0, 9, 9]], "hole": None}
ROWS = [{"iou": 0.9, "stability": 0.8, "box": [0.0, 0.0, 9.0, 9.0], "area": 81, "rle": {}} | REGIONS]


@pytest.fixture
def searched(monkeypatch):
    """What a preview's search was asked for."""
    asked = []

    def search(version, image, parameters, likely, progress):
        progress(0.5)
        asked.append(parameters)
        return ROWS

    monkeypatch.setattr(generate, "candidates", search)
    return asked


def test_before_any_preview_there_is_no_image(ready, api):
    assert api("get", f"projects/{ready.project.pk}/automask/preview/") == (200, {"image": None})


def test_one_image_is_searched_with_thresholds_lower_than_anybody_tries(ready, api, searched, work_off):
    assert api("post", f"images/{ready.image.pk}/automask/preview/", {}, ready.alice)[0] == 202
    (run,) = work_off()
    assert run.state == "succeeded", run.error
    (asked,) = searched
    assert (asked.predicted_iou, asked.stability, asked.crop_layers, asked.points_per_side) == (0.2, 0.3, 0, 16)
    status, body = api("get", f"projects/{ready.project.pk}/automask/preview/")
    assert status == 200
    assert (body["image"]["id"], body["candidates"], body["size"]) == (str(ready.image.pk), ROWS, [48, 64])
    assert body["image"]["urls"]["full"].startswith("/files/images/")
    assert body["params"]["predicted_iou"] == 0.2
    assert Suggestion.objects.count() == 0


def test_another_image_takes_its_place(ready, api, searched, work_off):
    other = make_image(ready.project, "b.png")
    for image in (ready.image, other):
        api("post", f"images/{image.pk}/automask/preview/", {}, ready.alice)
        work_off()
    assert Preview.objects.get().image == other


def test_it_goes_with_its_image_and_with_the_model(ready, api, searched, work_off):
    api("post", f"images/{ready.image.pk}/automask/preview/", {}, ready.alice)
    work_off()
    ready.project.model_version = None
    ready.project.save()
    assert api("get", f"projects/{ready.project.pk}/automask/preview/")[1] == {"image": None}
    assert api("post", f"images/{ready.image.pk}/automask/preview/", {}, ready.alice)[1]["code"] == "no_model"


def test_asking_twice_is_one_run_and_nonsense_is_refused(ready, api, searched):
    path = f"images/{ready.image.pk}/automask/preview/"
    assert api("post", path, {}, ready.alice)[1]["id"] == api("post", path, {}, ready.alice)[1]["id"]
    assert api("post", path, {"params": {"points_per_side": 0}}, ready.alice)[0] == 400
    assert Run.objects.count() == 1


def test_a_finer_grid_or_crops_do_not_fill_the_memory():
    search = candidates.permissive(preset("paper", points_per_side=128))
    assert (search.points_per_side, search.crop_layers) == (32, 0)


def test_small_candidates_tell_what_the_library_would_keep():
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
