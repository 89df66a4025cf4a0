"""Weights into a model, with every misfit said in one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor

from sam_backend.checkpoints.fit import check
from sam_backend.checkpoints.hugging_face import is_hugging_face, to_official
from sam_backend.checkpoints.hugging_face_sam2 import is_hugging_face_sam2, to_official_sam2
from sam_backend.checkpoints.read import read_weights
from sam_backend.checkpoints.recognise import recognise
from sam_backend.checkpoints.sam2 import VIDEO
from sam_backend.checkpoints.sam3 import to_official_sam3
from sam_backend.config import HQ_VARIANTS, HieraConfig, ModelConfig, RepVitConfig, RopeVitConfig, variant
from sam_backend.modeling import Sam
from sam_backend.modeling.families import AnySam
from sam_backend.modeling.hq import HqSam
from sam_backend.modeling.sam2 import Sam2
from sam_backend.modeling.sam2.video import Sam2Video
from sam_backend.sam3_names import is_sam3

DERIVED = ("pixel_mean", "pixel_std", "attention_bias_idxs")
"""Constants some tools save along; the model makes its own."""
Plain = TypeVar("Plain", Sam, HqSam)


def load_model(path: Path, name: str | None = None) -> AnySam:
    """A model with the weights of `path`, in evaluation mode, float32, on the CPU.

    Args:
        path: official checkpoint or fine-tune (`.pth`, `.pt`, `.safetensors`), also with Hugging Face's names.
        name: the variant; found from the weights when None.

    Raises:
        ValueError: the file is damaged, belongs to another family, or does not fit the variant.
    """
    tensors = _official(read_weights(path))
    config = recognise(tensors)
    if name is not None and variant(name) != config:
        raise ValueError(f"{path.name} holds {config.name} weights, not {name}.")
    if is_sam2(config):
        return load_sam2_state(config, tensors, path.name)
    load = load_hq_state if config in HQ_VARIANTS.values() else load_state
    return load(config, tensors, path.name)


def load_checkpoint(path: Path, name: str | None = None) -> Sam:
    """`load_model` where only SAM and MobileSAM will do.

    Raises:
        ValueError: as `load_model`; and the file holds HQ-SAM, SAM 2, EdgeTAM or SAM 3.
    """
    model = load_model(path, name)
    if not isinstance(model, Sam):
        raise ValueError(f"{path.name} holds {model.config.name} weights; SAM or MobileSAM is wanted here.")
    return model


def is_sam2(config: ModelConfig) -> bool:
    """Whether a variant is one of SAM 2's, or EdgeTAM, or SAM 3's tracker: a `Sam2`."""
    return isinstance(config.encoder, HieraConfig | RepVitConfig | RopeVitConfig)


def load_video_model(path: Path) -> Sam2Video:
    """`load_model` where only a model that remembers earlier frames will do.

    Raises:
        ValueError: as `load_model`; and the file holds no memory, or not all of it.
    """
    tensors = _official(read_weights(path))
    config = recognise(tensors)
    if config.memory is None or not any(name.startswith(VIDEO) for name in tensors):
        raise ValueError(f"{path.name} holds {config.name} weights for single pictures; nothing of a memory for video.")
    return load_video_state(config, tensors, path.name)


def load_state(config: ModelConfig, tensors: Mapping[str, Tensor], source: str = "The checkpoint") -> Sam:
    """A model of `config` with exactly these tensors.

    Raises:
        ValueError: tensors are missing, left over or of another shape.
    """
    return _load(Sam, config, tensors, source)


def load_hq_state(config: ModelConfig, tensors: Mapping[str, Tensor], source: str = "The checkpoint") -> HqSam:
    """An HQ-SAM of `config` with exactly these tensors.

    Raises:
        ValueError: tensors are missing, left over or of another shape.
    """
    return _load(HqSam, config, tensors, source)


def load_sam2_state(config: ModelConfig, tensors: Mapping[str, Tensor], source: str = "The checkpoint") -> Sam2:
    """A SAM 2, EdgeTAM or SAM 3 of `config` with exactly these tensors; with its memory, where all of that is there,
    else without.

    Raises:
        ValueError: tensors are missing, left over or of another shape.
    """
    if config.memory is not None:
        with torch.device("meta"):
            remembering = Sam2Video(config).state_dict()
        if all(key in tensors and tensors[key].shape == value.shape for key, value in remembering.items()):
            return load_video_state(config, tensors, source)
    with torch.device("meta"):
        expected = Sam2(config).state_dict()
    given = {key: value for key, value in tensors.items() if not key.endswith(DERIVED) and not key.startswith(VIDEO)}
    check(expected, given, source)
    model = Sam2(config)
    model.load_state_dict(given, strict=False)  # checked above, but for counts
    return model


def load_video_state(config: ModelConfig, tensors: Mapping[str, Tensor], source: str = "The checkpoint") -> Sam2Video:
    """A SAM 2 of `config` with exactly these tensors, its memory among them.

    Raises:
        ValueError: tensors are missing, left over or of another shape.
    """
    with torch.device("meta"):
        expected = Sam2Video(config).state_dict()
    given = {key: value for key, value in tensors.items() if not key.endswith(DERIVED)}
    check(expected, given, source)
    model = Sam2Video(config)
    model.load_state_dict(given)
    return model


def _load(kind: type[Plain], config: ModelConfig, tensors: Mapping[str, Tensor], source: str) -> Plain:
    with torch.device("meta"):
        expected = kind(config).state_dict()
    given = {key: value for key, value in tensors.items() if not key.endswith(DERIVED)}
    check(expected, given, source)
    model = kind(config)
    model.load_state_dict(dict(given), strict=False)
    return model


def _official(tensors: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
    if is_sam3(tensors):
        return to_official_sam3(tensors)
    if is_hugging_face_sam2(tensors):
        return to_official_sam2(tensors)
    return to_official(tensors) if is_hugging_face(tensors) else tensors
