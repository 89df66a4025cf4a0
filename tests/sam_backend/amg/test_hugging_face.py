"""Automatic masks against Hugging Face's mask generation, with the same random weights on the same picture.

Only its suppression needs torchvision, which is not installed here. Compared is everything before that,
with the thresholds off (it judges stability at image size and we on the logits, which differ by definition).
"""

from __future__ import annotations

import json

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
from tests.sam_backend.modeling.test_hugging_face_parity import pair  # noqa: E402, F401
from tests.sam_backend.modeling.tiny import VIT  # noqa: E402

pytestmark = pytest.mark.torch

HEIGHT, WIDTH = 200, 288
SIDE = VIT.input_size
OFF = Params(points_per_side=4, predicted_iou=-1, stability=0, nms=1)
PROCESSOR = theirs_module.SamImageProcessorPil(size={"longest_edge": SIDE}, pad_size={"height": SIDE, "width": SIDE})


@pytest.mark.parametrize(("height", "width"), [(200, 288), (1333, 800)])
@pytest.mark.parametrize("layers", [0, 1, 2])
def test_crops_and_points_are_the_same(height, width, layers):
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
def models(pair):  # noqa: F811
    """The pair, with predicted IoUs around a half: random weights give them any sign, and thresholds have limits."""
    ours, theirs, generator = pair
    last = ours.mask_decoder.iou_prediction_head.layers[-1], theirs.mask_decoder.iou_prediction_head.proj_out
    with torch.no_grad():
        for layer in last:
            layer.weight *= 0.1
            layer.bias.fill_(0.5)
    return ours.eval(), theirs, generator


def test_masks_and_scores_are_the_same(models):
    ours, theirs, generator = models
    image = torch.randint(0, 256, (HEIGHT, WIDTH, 3), generator=generator, dtype=torch.uint8).numpy()
    backend = TorchBackend(EncoderGraph(ours), DecoderGraph(ours), manifest())
    embedding = backend.encode(image)
    found = AutomaticMasks(backend, OFF).candidates(image, encoded=embedding)
    records = make_records(found, HEIGHT, WIDTH, 0.0, OFF)

    masks, scores, boxes = their_masks(theirs, embedding[0])
    filled = [i for i, mask in enumerate(masks) if mask.any()]
    order = sorted(filled, key=lambda i: -scores[i])
    # A mask with a pixel or two at image size may have no cell above the threshold, which we take for empty.
    assert len(order) - 2 <= len(records) <= len(order)
    for record in records:
        index = min(order, key=lambda i: abs(scores[i] - record.predicted_iou))
        assert record.predicted_iou == pytest.approx(scores[index], abs=1e-5)
        mask = coco.decode(record.segmentation).astype(bool)
        assert (mask != masks[index]).sum() <= max(3, 0.002 * mask.sum())
        x, y, w, h = record.bbox
        # Theirs ends at the last pixel, ours after it.
        assert (x, y, x + w - 1, y + h - 1) == pytest.approx(tuple(boxes[index]), abs=1)


def test_filters_agree_where_they_mean_the_same(models):
    ours, theirs, generator = models
    image = torch.randint(0, 256, (HEIGHT, WIDTH, 3), generator=generator, dtype=torch.uint8).numpy()
    backend = TorchBackend(EncoderGraph(ours), DecoderGraph(ours), manifest())
    embedding = backend.encode(image)
    found = AutomaticMasks(backend, OFF).candidates(image, encoded=embedding)
    _, everything, _ = their_masks(theirs, embedding[0])
    limit = float(np.median(everything)) + 1e-6
    assert 0 < limit < 1
    _, passed, _ = their_masks(theirs, embedding[0], limit)
    chosen = filter_candidates(found, Params(predicted_iou=limit, stability=0, nms=1, crop_nms=1), HEIGHT, WIDTH)
    assert abs(len(chosen) - len(passed)) <= 2
    assert {round(c.predicted_iou, 4) for c in chosen} <= {round(float(s), 4) for s in passed}


def test_the_stability_score_is_the_same_on_the_same_logits():
    logits = torch.randn(20, 30, 40, generator=torch.Generator().manual_seed(0)) * 2
    theirs = theirs_module._compute_stability_score(logits, 0.0, 1)
    assert stability_scores(logits.numpy(), 0.0, 1.0) == pytest.approx(theirs.numpy(), abs=1e-6)


@torch.no_grad()
def their_masks(model, embedding, limit=0.0):
    """Bitmaps, scores and boxes of the grid's masks by the oracle's model and filters."""
    _, points, _, _ = PROCESSOR.generate_crop_boxes(np.zeros((HEIGHT, WIDTH, 3), np.uint8), SIDE, points_per_crop=4)
    answer = model(image_embeddings=embedding, input_points=points.float().reshape(1, -1, 1, 2), multimask_output=True)
    frame = Frame(HEIGHT, WIDTH, SIDE)
    scaled = [(frame.scaled_height, frame.scaled_width)]
    full = PROCESSOR.post_process_masks(answer.pred_masks, [(HEIGHT, WIDTH)], scaled, binarize=False)
    runs, scores, boxes = PROCESSOR.filter_masks(
        full[0], answer.iou_scores[0], (HEIGHT, WIDTH), [0, 0, WIDTH, HEIGHT], limit, 0.0
    )
    return [theirs_module._rle_to_mask(run) for run in runs], scores.numpy(), boxes.numpy()


def manifest():
    """A manifest around the small model's sizes."""
    return Manifest.from_dict(
        {
            **json.loads((compact_package_path() / "manifest.json").read_text()),
            "input": {"size": SIDE, "mean": [], "std": [], "pad_value": [124, 116, 104]},
            "decoder": {"mask_size": VIT.mask_size, "num_masks": 4, "mask_threshold": 0.0, "point_frame": SIDE},
        }
    )
