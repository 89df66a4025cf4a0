"""Automatic masks against Hugging Face's mask generation, with the same random weights on the same picture.

Only its suppression needs torchvision, which is not installed here: that is written anew below, as the published
generator has it (boxes from the first to the last pixel, scores in falling order, one limit where there is one crop).
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pycocotools import mask as coco

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from transformers.models.sam import image_processing_pil_sam as theirs_module  # noqa: E402

from sam_backend import compact_package_path  # noqa: E402
from sam_backend.amg import AutomaticMasks, Params, TorchBackend, filter_candidates, make_records  # noqa: E402
from sam_backend.amg.filters import stability_scores  # noqa: E402
from sam_backend.amg.grid import crop_points, crops_of  # noqa: E402
from sam_backend.manifest import Manifest  # noqa: E402
from sam_backend.onnx.graphs import DecoderGraph, EncoderGraph  # noqa: E402
from sam_backend.transforms import Frame  # noqa: E402
from tests.sam_backend.amg import oracle  # noqa: E402
from tests.sam_backend.modeling.test_hugging_face_parity import pair  # noqa: E402, F401
from tests.sam_backend.modeling.tiny import VIT  # noqa: E402

pytestmark = pytest.mark.torch

HEIGHT, WIDTH = 200, 288
SIDE = VIT.input_size
A_FEW = 10  # pixels at image size, of the 64 that a cell of a mask covers
OFF = Params(points_per_side=4, predicted_iou=-1, stability=0, nms=1)
PROCESSOR = theirs_module.SamImageProcessorPil(size={"longest_edge": SIDE}, pad_size={"height": SIDE, "width": SIDE})


@pytest.mark.parametrize(("height", "width"), [(200, 288), (1333, 800)])
@pytest.mark.parametrize("layers", [0, 1, 2])
def test_crops_and_points_are_the_same(height: int, width: int, layers: int) -> None:
    params = Params(points_per_side=8, crop_layers=layers)
    blank = np.zeros((height, width, 3), np.uint8)
    boxes, points, _, _ = PROCESSOR.generate_crop_boxes(blank, SIDE, layers, points_per_crop=8)
    grids = points[0].transpose(0, 1).numpy()  # [crops, points, 2]
    # A layer's crops are listed down the columns there and along the rows here.
    theirs = {tuple(map(int, box)): grid for box, grid in zip(boxes, grids, strict=True)}
    crops = crops_of(height, width, params)
    assert {(c.x0, c.y0, c.x1, c.y1) for c in crops} == set(theirs)
    for crop in crops:
        ours = Frame(crop.height, crop.width, SIDE).to_input(crop_points(crop, params))
        assert theirs[crop.x0, crop.y0, crop.x1, crop.y1] == pytest.approx(ours, abs=1e-4)


@pytest.fixture(scope="module")
def models(pair: tuple[Any, Any, Any]) -> tuple[Any, Any]:  # noqa: F811
    """The pair, with predicted IoUs around a half: random weights give them any sign, and thresholds have limits."""
    ours, theirs, _ = pair
    last = ours.mask_decoder.iou_prediction_head.layers[-1], theirs.mask_decoder.iou_prediction_head.proj_out
    with torch.no_grad():
        for layer in last:
            layer.weight *= 0.1
            layer.bias.fill_(0.5)
    return ours.eval(), theirs


def picture() -> np.ndarray:
    """Noise, uint8 [HEIGHT, WIDTH, 3]: the same whichever tests ran before in this process."""
    generator = torch.Generator().manual_seed(7)
    return torch.randint(0, 256, (HEIGHT, WIDTH, 3), generator=generator, dtype=torch.uint8).numpy()


def test_masks_and_scores_are_the_same(models: tuple[Any, Any]) -> None:
    ours, theirs = models
    image = picture()
    backend = TorchBackend(EncoderGraph(ours), DecoderGraph(ours), manifest())
    embedding = backend.encode(image)
    found = AutomaticMasks(backend, OFF).candidates(image, encoded=embedding)
    records = make_records(found, HEIGHT, WIDTH, 0.0, OFF)

    masks, scores, boxes = their_masks(theirs, embedding[0])
    order = [i for i, mask in enumerate(masks) if mask.any()]
    # A mask of a few pixels at image size may have no cell above the threshold, which we take for empty.
    assert sum(mask.sum() > A_FEW for mask in masks) <= len(records) <= len(order)
    for record in records:
        index = min(order, key=lambda i: abs(scores[i] - record.predicted_iou))
        assert record.predicted_iou == pytest.approx(scores[index], abs=1e-5)
        mask = coco.decode(record.segmentation).astype(bool)
        assert (mask != masks[index]).sum() <= max(3, 0.002 * mask.sum())
        x, y, w, h = record.bbox
        # Theirs ends at the last pixel, ours after it.
        assert (x, y, x + w - 1, y + h - 1) == pytest.approx(tuple(boxes[index]), abs=1)


def test_filters_agree_where_they_mean_the_same(models: tuple[Any, Any]) -> None:
    ours, theirs = models
    image = picture()
    backend = TorchBackend(EncoderGraph(ours), DecoderGraph(ours), manifest())
    embedding = backend.encode(image)
    found = AutomaticMasks(backend, OFF).candidates(image, encoded=embedding)
    _, everything, _ = their_masks(theirs, embedding[0])
    ranked = np.sort(everything)
    middle = ranked[len(ranked) // 4 : 3 * len(ranked) // 4]
    gap = int(np.diff(middle).argmax())
    limit = float(middle[gap] + middle[gap + 1]) / 2  # clear of every score, so that no rounding decides
    assert 0 < limit < 1
    masks, passed, _ = their_masks(theirs, embedding[0], limit)
    chosen = [
        c.predicted_iou
        for c in filter_candidates(found, Params(predicted_iou=limit, stability=0, nms=1, crop_nms=1), HEIGHT, WIDTH)
    ]
    # A mask of a few pixels at image size may have no cell above the threshold, which we take for empty.
    seen = [score for mask, score in zip(masks, passed, strict=True) if mask.sum() > A_FEW]
    assert len(seen) > 2
    assert all(min(abs(passed - score)) < 1e-4 for score in chosen)
    assert all(min(abs(score - other) for other in chosen) < 1e-4 for score in seen)
    assert len(seen) <= len(chosen) <= len(passed)


def test_what_is_stable_at_image_size_and_no_duplicate_is_kept(models: tuple[Any, Any]) -> None:
    """Random weights answer with noise all over the image: cut where little is left of it, it makes masks apart."""
    ours, theirs = models
    image = picture()
    embedding = TorchBackend(EncoderGraph(ours), DecoderGraph(ours), manifest()).encode(image)
    full, iou_scores = their_logits(theirs, embedding[0])
    threshold = float(np.quantile(full.numpy(), 0.9985))
    offset = float(full.std()) / 20
    backend = TorchBackend(EncoderGraph(ours), DecoderGraph(ours), manifest(threshold))
    scores = theirs_module._compute_stability_score(full.flatten(0, 1), threshold, offset).numpy()
    ranked = np.sort(scores[scores > 0])
    lower = ranked[: 2 * len(ranked) // 3]
    gap = int(np.diff(lower).argmax())
    limit = float(lower[gap] + lower[gap + 1]) / 2  # clear of every score, so that no rounding decides
    limits = {"stability_score_thresh": limit, "stability_score_offset": offset, "mask_threshold": threshold}
    _, passed, boxes = filtered(full, iou_scores, **limits)
    assert 1 < len(passed) < len(ranked)
    counts = []
    for nms in (0.3, 0.7, 1.0):
        expected = [passed[i] for i in suppressed(boxes, passed, nms)]
        params = Params(
            points_per_side=4, predicted_iou=-1, stability=limit, stability_offset=offset, nms=nms, crop_nms=0.1
        )
        records = AutomaticMasks(backend, params).generate(image, encoded=embedding)
        assert [record.predicted_iou for record in records] == pytest.approx(expected, abs=1e-5)
        flat = iou_scores.flatten().numpy()
        places = [int(np.abs(flat - record.predicted_iou).argmin()) for record in records]
        assert [record.stability_score for record in records] == pytest.approx(scores[places], abs=0.01)
        counts.append(len(records))
    assert counts[0] < counts[2], counts


def test_a_limit_above_that_between_crops_has_an_effect_in_a_single_crop(models: tuple[Any, Any]) -> None:
    ours, _ = models
    image = picture()
    backend = TorchBackend(EncoderGraph(ours), DecoderGraph(ours), manifest())
    found = [len(AutomaticMasks(backend, replace(OFF, nms=nms, crop_nms=0.7)).generate(image)) for nms in (0.7, 1)]
    assert found[0] < found[1]


def test_the_stability_score_is_the_same_on_the_same_logits() -> None:
    logits = torch.randn(20, 30, 40, generator=torch.Generator().manual_seed(0)) * 2
    theirs = theirs_module._compute_stability_score(logits, 0.0, 1)
    assert stability_scores(logits.numpy(), 0.0, 1.0) == pytest.approx(theirs.numpy(), abs=1e-6)


@torch.no_grad()
def their_logits(model: Any, embedding: Any) -> tuple[Any, Any]:
    """Logits [prompts, 3, h, w] at image size and predicted IoUs [prompts, 3] of the grid by the oracle's model."""
    _, points, _, _ = PROCESSOR.generate_crop_boxes(np.zeros((HEIGHT, WIDTH, 3), np.uint8), SIDE, points_per_crop=4)
    answer = model(image_embeddings=embedding, input_points=points.float().reshape(1, -1, 1, 2), multimask_output=True)
    frame = Frame(HEIGHT, WIDTH, SIDE)
    scaled = [(frame.scaled_height, frame.scaled_width)]
    full = PROCESSOR.post_process_masks(answer.pred_masks, [(HEIGHT, WIDTH)], scaled, binarize=False)
    return full[0], answer.iou_scores[0]


def filtered(full: Any, scores: Any, **limits: float) -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
    """Bitmaps, scores and boxes that pass the oracle's filters."""
    off = {"pred_iou_thresh": 0.0, "stability_score_thresh": 0.0}
    runs, passed, boxes = PROCESSOR.filter_masks(full, scores, (HEIGHT, WIDTH), [0, 0, WIDTH, HEIGHT], **(off | limits))
    return [theirs_module._rle_to_mask(run) for run in runs], passed.numpy(), boxes.numpy()


def their_masks(model: Any, embedding: Any, limit: float = 0.0) -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
    """Bitmaps, scores and boxes of the grid's masks by the oracle's model and filters."""
    return filtered(*their_logits(model, embedding), pred_iou_thresh=limit)


def suppressed(boxes: np.ndarray, scores: np.ndarray, limit: float) -> list[int]:
    """Greedy box suppression, the best score first."""
    kept: list[int] = []
    for index in np.argsort(-scores, kind="stable"):
        if all(oracle.iou(boxes[index], boxes[other]) <= limit for other in kept):
            kept.append(int(index))
    return kept


def manifest(threshold: float = 0.0) -> Manifest:
    """A manifest around the small model's sizes."""
    return Manifest.from_dict(
        {
            **json.loads((compact_package_path() / "manifest.json").read_text()),
            "input": {"size": SIDE, "mean": [0] * 3, "std": [1] * 3, "pad_value": [124, 116, 104]},
            "decoder": {"mask_size": VIT.mask_size, "num_masks": 4, "mask_threshold": threshold, "point_frame": SIDE},
        }
    )
