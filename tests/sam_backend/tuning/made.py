"""A tiny model of each family and made-up images for it: discs whose embedding shows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from pycocotools import mask as coco_mask

from sam_backend import ModelPackage, load_package
from sam_backend.build import build_random
from sam_backend.config import DecoderConfig, ModelConfig, VitConfig
from sam_backend.embedding import Embedding
from sam_backend.modeling.compact.model import CompactSam
from sam_backend.modeling.compact.shape import CompactShape
from sam_backend.onnx.compact.export import build_package
from sam_backend.onnx.export import PackageInfo, export_package
from sam_backend.tuning import Example, TuneOptions

DECODER = DecoderConfig(width=32, heads=8, mlp_width=64, iou_width=32, mask_prompt_channels=8)
SAM = ModelConfig("tiny", "sam", VitConfig(16, 1, 2, ()), DECODER, input_size=128)
COMPACT = CompactShape(widths=(8, 8, 8, 8, 8), depths=(1, 1, 1, 1), dim=16)
SIZE = (96, 128)
QUICK = TuneOptions(steps=6, clicks=5, most_measured=4, prompts=2, threads=1, learning_rate=1e-3, source="discs")


def sam_package(folder: Path, *, weights: bool = False) -> ModelPackage:
    return load_package(export_package(build_random(SAM), folder, PackageInfo("Tiny SAM"), weights=weights))


def compact_package(folder: Path) -> ModelPackage:
    torch.manual_seed(0)
    folder.mkdir(parents=True)
    CompactSam(COMPACT).save(folder.parent / "tiny.safetensors")
    return build_package(folder.parent / "tiny.safetensors", folder)


def disc(centre: tuple[int, int], radius: int) -> np.ndarray[Any, Any]:
    y, x = np.mgrid[: SIZE[0], : SIZE[1]]
    return (y - centre[0]) ** 2 + (x - centre[1]) ** 2 <= radius**2


def rle_of(mask: np.ndarray[Any, Any]) -> Any:
    rle = coco_mask.encode(np.asfortranarray(mask, np.uint8))
    return {"size": list(mask.shape), "counts": rle["counts"].decode()}


def embedding_of(package: ModelPackage, masks: Sequence[np.ndarray[Any, Any]], seed: int) -> Embedding:
    """Noise, and in the first channels the union of the masks."""
    rng, tensors = np.random.default_rng(seed), {}
    shown = np.zeros((SIZE[1], SIZE[1]), np.float32)
    shown[: SIZE[0]] = np.any(masks, axis=0)
    for spec in package.manifest.embedding:
        side = spec.shape[-1]
        tensors[spec.name] = rng.standard_normal(spec.shape).astype(np.float32)
        small = shown[np.ix_(*[np.arange(side) * SIZE[1] // side] * 2)]
        tensors[spec.name][0, : min(4, spec.shape[1])] += 4 * small
    specs = {spec.name: spec for spec in package.manifest.embedding}
    size = package.manifest.input.size
    return Embedding(tensors, SIZE, package.encoder_sha256, specs, input_size=size)


def discs(package: ModelPackage, count: int = 6, each: int = 3) -> list[Example]:
    """`count` images of `each` discs."""
    return [_image(package, number, each) for number in range(count)]


def _image(package: ModelPackage, number: int, each: int) -> Example:
    masks = [disc((24 + 7 * number % 40, 20 + 36 * i), 10 + number % 5) for i in range(each)]
    blob = embedding_of(package, masks, number).to_bytes()
    return Example(f"image {number}", f"group {number}", lambda: blob, tuple(map(rle_of, masks)))


def with_embedding(example: Example, embedding: Callable[[], bytes | None]) -> Example:
    return replace(example, embedding=embedding)
