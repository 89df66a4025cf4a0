"""A package against the model it was made from, before anyone relies on it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from sam_backend.modeling.families import AnySam
from sam_backend.onnx.comparison import LOGIT_TOLERANCE, Comparison, relative_norm, relative_peak
from sam_backend.onnx.fast.decode import FAST_OUTPUTS
from sam_backend.onnx.graphs import DECODER_OUTPUTS, PROMPT_INPUTS
from sam_backend.onnx.steps import Step, untold
from sam_backend.package import ModelPackage, load_package
from sam_backend.sessions.fast import MIN_GUARD
from sam_backend.sessions.session import Session

ENCODER_TOLERANCE = 1e-4
"""Relative norm: float32 in another order, through a dozen or more layers."""

VERIFYING_STEPS = 2

Array = NDArray[np.float32]


def verify_package(model: AnySam, folder: Path, threads: int = 2, step: Step = untold) -> list[Comparison]:
    """Compare every graph of the package with the model in torch, on an image of waves and noise.

    `step` is told of each of the two steps (`VERIFYING_STEPS`) as it begins.

    Raises:
        ValueError: a graph is out of tolerance; the sentence says which and by how much.
    """
    step("Comparing the encoder with PyTorch")
    package = load_package(folder)
    image = _picture(model.config.input_size)
    with torch.no_grad():
        made = model.encode(torch.from_numpy(image))
    names = [spec.name for spec in package.manifest.embedding]
    tensors = made if isinstance(made, tuple) else (made,)
    embedding = dict(zip(names, (tensor.numpy() for tensor in tensors), strict=True))
    through_onnx = Session(package.file("encoder"), threads).run({"image": image}, names)
    error = max(relative_norm(ours, embedding[name]) for name, ours in zip(names, through_onnx, strict=True))
    comparisons = [Comparison("encoder", error, ENCODER_TOLERANCE)]
    step("Comparing the decoders with PyTorch")
    comparisons += _verify_decoders(model, package, embedding, threads)
    failed = [str(comparison) for comparison in comparisons if not comparison.ok]
    if failed:
        raise ValueError(f"The exported graphs of {folder.name} differ from the model: {'; '.join(failed)}.")
    return comparisons


def _verify_decoders(
    model: AnySam, package: ModelPackage, embedding: dict[str, Array], threads: int
) -> list[Comparison]:
    plain, fast = (Session(package.file(name), threads) for name in ("decode", "decode_fast"))
    names = list(package.manifest.graphs["prepare"].outputs)
    values = Session(package.file("prepare"), threads).run(embedding, names)
    prepared = dict(zip(names, values, strict=True))
    comparisons = []
    for has_mask in (0.0, 1.0):
        prompt = _prompt(model, has_mask)
        with torch.no_grad():
            inputs = (torch.from_numpy(x) for x in (*embedding.values(), *prompt))
            expected = model.decode(*inputs)[0].numpy()
        feeds = dict(zip(PROMPT_INPUTS, prompt, strict=True))
        kind = "with a mask prompt" if has_mask else "with points"
        logits = plain.run({**embedding, **feeds}, list(DECODER_OUTPUTS))[0]
        comparisons.append(Comparison(f"decode {kind}", relative_peak(logits, expected), LOGIT_TOLERANCE))
        logits, _, guard = fast.run({**prepared, **feeds}, list(FAST_OUTPUTS))
        if guard[0] >= MIN_GUARD:  # else the plain graph answers
            comparisons.append(Comparison(f"decode_fast {kind}", relative_peak(logits, expected), LOGIT_TOLERANCE))
    return comparisons


def _picture(size: int) -> Array:
    y, x = np.mgrid[0:size, 0:size].astype(np.float32)
    waves = np.stack([127 + 90 * np.sin(x / 31 + c) * np.cos(y / (17 + 9 * c)) for c in range(3)])
    noise = np.random.default_rng(0).uniform(-20, 20, waves.shape)
    return (waves + noise).clip(0, 255).astype(np.float32)[None]


def _prompt(model: AnySam, has_mask: float) -> tuple[Array, Array, Array, Array]:
    size, side = model.config.point_frame, model.config.mask_size
    coords = np.array([[[0.3, 0.4], [0.7, 0.2], [0, 0]]], np.float32) * size
    mask = np.random.default_rng(1).standard_normal((1, 1, side, side)).astype(np.float32) * 8
    return coords, np.array([[1, 0, -1]], np.float32), mask, np.array([has_mask], np.float32)
