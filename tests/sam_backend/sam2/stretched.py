"""What Hugging Face's code makes of a picture that a package stretches: SAM 2's and EdgeTAM's."""

from __future__ import annotations

from typing import Any

import numpy as np

from sam_backend import Predictor
from sam_backend.transforms import prepare_image
from tests.sam_backend.small_photo import PHOTO


def expected(torch: Any, theirs: Any, predictor: Predictor, prompt: dict[str, Any], earlier: Any) -> tuple[Any, Any]:
    """Logits [4, M, M] and IoUs [4] of `PHOTO`; `earlier` are logits [M, M] to go on from, or None."""
    spec = predictor.manifest.input
    pixels = prepare_image(PHOTO, spec.size, spec.pad_value, stretched=True)
    mean, std = (np.array(x, np.float32).reshape(1, 3, 1, 1) for x in (spec.mean, spec.std))
    scale = np.array([spec.size / PHOTO.shape[1], spec.size / PHOTO.shape[0]])
    inputs: dict[str, Any] = {}
    if "points" in prompt:
        inputs["input_points"] = torch.tensor(np.array(prompt["points"]) * scale)[None, None].float()
        inputs["input_labels"] = torch.tensor(prompt["labels"])[None, None]
    if "box" in prompt:
        inputs["input_boxes"] = torch.tensor(np.array(prompt["box"]) * np.tile(scale, 2))[None, None].float()
    if earlier is not None:
        inputs["input_masks"] = torch.from_numpy(earlier)[None, None]
    with torch.no_grad():
        normalised = torch.from_numpy((pixels - mean) / std)
        many, one = (theirs(pixel_values=normalised, multimask_output=flag, **inputs) for flag in (True, False))
    logits, iou = (
        torch.cat([getattr(one, name), getattr(many, name)], 2)[0, 0].numpy() for name in ("pred_masks", "iou_scores")
    )
    return logits, iou
