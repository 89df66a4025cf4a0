"""Whether tensors are all that a model needs and nothing else, with the misfit said in one sentence."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

UNUSED = ("image_encoder.norm_head.", "image_encoder.head.")
"""TinyViT's classifier, which trimmed MobileSAM files leave out."""
COUNTS = "num_batches_tracked"
"""How long batch norms were trained: nothing that a trained model reads."""
FLOATS = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
POSITIONS, PATCHES = "image_encoder.pos_embed", "image_encoder.patch_embed.proj.weight"
"""Of a ViT: one position for each patch [1, G, G, width], and a patch's weights [width, 3, P, P]."""
SHOWN = 4


def check(expected: Mapping[str, Tensor], given: Mapping[str, Tensor], source: str) -> None:
    """Compare names, shapes and kinds of numbers.

    Raises:
        ValueError: tensors are missing, left over or of another shape, packed, or hold what is no finite number.
    """
    missing = [k for k in expected if k not in given and not k.startswith(UNUSED) and not k.endswith(COUNTS)]
    if missing:
        raise ValueError(f"{source} lacks {len(missing)} of {len(expected)} tensors: {_some(missing)}.")
    unexpected = [key for key in given if key not in expected]
    if unexpected:
        raise ValueError(f"{source} holds {len(unexpected)} tensors this model does not have: {_some(unexpected)}.")
    wrong = [key for key, value in given.items() if value.shape != expected[key].shape]
    if wrong:
        shapes = [f"{key} is {list(given[key].shape)} instead of {list(expected[key].shape)}" for key in wrong]
        raise ValueError(f"{source} does not fit: {_some(shapes)}.{_picture_size(expected, given, wrong)}")
    _check_numbers(expected, given, source)


def _check_numbers(expected: Mapping[str, Tensor], given: Mapping[str, Tensor], source: str) -> None:
    packed = [
        f"{key} is {_kind(value)}"
        for key, value in given.items()
        if value.is_meta or value.layout != torch.strided
        or (expected[key].is_floating_point() and value.dtype not in FLOATS)
    ]  # fmt: skip
    if packed:
        raise ValueError(
            f"{source} holds weights that are quantised or packed: {_some(packed)}. Save them as plain float16, "
            "bfloat16 or float32."
        )
    broken = [key for key, value in given.items() if value.is_floating_point() and not bool(value.isfinite().all())]
    if broken:
        raise ValueError(f"{source} holds values that are not finite numbers in {_some(broken)}.")


def _kind(value: Tensor) -> str:
    if value.is_meta:
        return "without values"
    kind = str(value.dtype if value.layout == torch.strided else value.layout)
    return kind.removeprefix("torch.")


def _picture_size(expected: Mapping[str, Tensor], given: Mapping[str, Tensor], wrong: list[str]) -> str:
    """What positions of another number of patches mean; "" where they are no misfit."""
    found = given.get(POSITIONS)
    if POSITIONS not in wrong or found is None or found.ndim != 4 or PATCHES not in expected:
        return ""
    patch = expected[PATCHES].shape[-1]
    theirs, ours = (patch * grid for grid in (found.shape[1], expected[POSITIONS].shape[1]))
    return f" It was made for pictures of {theirs} pixels; Maskwright takes this model at {ours} alone."


def _some(items: list[str]) -> str:
    rest = len(items) - SHOWN
    return ", ".join(items[:SHOWN]) + (f" and {rest} more" if rest > 0 else "")
