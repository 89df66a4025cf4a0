"""Run our SAM on the reference and compare, in torch and through ONNX."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch.nn import functional as F

from sam_backend.checkpoints import load_state
from sam_backend.config import VARIANTS, ModelConfig, variant
from sam_backend.modeling import Sam
from sam_backend.onnx.comparison import (
    EMBEDDING_TOLERANCE,
    IOU_TOLERANCE,
    LOGIT_TOLERANCE,
    Comparison,
    flipped,
    relative_norm,
    relative_peak,
)
from sam_backend.onnx.export import write_decoder, write_encoder
from sam_backend.onnx.graphs import PROMPT_INPUTS
from sam_backend.parity.reference import HEIGHT, PROMPTS, WIDTH, ReferencePrompt, official_keys, rule_weights
from sam_backend.parity.reference import reference_image as make_image
from sam_backend.sessions.options import open_session

Array = NDArray[np.float32]
Decode = Callable[[Array, Array, Array, Array, Array], tuple[Array, Array]]
"""embedding, coords, labels, mask input, flag → logits [1, 4, M, M], IoUs [1, 4]."""


def check_keys(folder: Path, name: str) -> Comparison:
    """Compare names and shapes; the error counts those that differ. Allocates no weights."""
    with torch.device("meta"):
        state = Sam(variant(name)).state_dict()
    ours = {(key, tuple(value.shape)) for key, value in state.items()}
    theirs = {(key, tuple(shape)) for key, shape in official_keys(folder, name).items()}
    return Comparison(f"{name}: checkpoint names and shapes", float(len(ours ^ theirs)), 0)


def available(folder: Path) -> tuple[list[str], list[str]]:
    """Variants with a key list, and those of them with outputs.

    Raises:
        ValueError: the folder holds no reference.
    """
    listed = [name for name in VARIANTS if (folder / f"{name}.keys.json").is_file()]
    if not listed:
        raise ValueError(f"{folder} holds no <variant>.keys.json; known variants: {', '.join(VARIANTS)}.")
    return listed, [name for name in listed if (folder / f"{name}.npz").is_file()]


def check_outputs(folder: Path, name: str, *, onnx: bool = True) -> Iterator[Comparison]:
    """Compare embedding, logits, IoUs and masks with `<name>.npz`."""
    with np.load(folder / f"{name}.npz") as stored:
        reference = dict(stored)
    model = load_state(variant(name), rule_weights(official_keys(folder, name)), name)
    image = square_image(model.config)
    resized = reference["input_resized"]
    off = np.abs(_resized(model.config).astype(int) - resized.astype(int)).max()
    yield Comparison(f"{name}: resized picture", float(off), 0)
    yield from _compare(f"{name} torch", reference, torch_encode(model, image), torch_decoder(model), model.config)
    if onnx:
        with tempfile.TemporaryDirectory() as scratch:
            embedding, decode = _through_onnx(model, image, Path(scratch))
            del model
            yield from _compare(f"{name} onnx", reference, embedding, decode, variant(name))


def _compare(
    title: str, reference: dict[str, Array], embedding: Array, decode: Decode, config: ModelConfig
) -> Iterator[Comparison]:
    error = relative_norm(embedding, reference["embedding"])
    yield Comparison(f"{title}: embedding", error, EMBEDDING_TOLERANCE)
    earlier: dict[str, Array] = {}
    for name, prompt in PROMPTS.items():
        logits, iou = _run(decode, embedding, prompt, earlier, config)
        earlier[name] = logits
        yield from _compare_prompt(f"{title}: {name}", name, reference, logits, iou, config)


def _run(
    decode: Decode, embedding: Array, prompt: ReferencePrompt, earlier: dict[str, Array], config: ModelConfig
) -> tuple[Array, Array]:
    coords, labels = prompt_arrays(prompt, config)
    size = config.mask_size
    mask = np.zeros((1, 1, size, size), np.float32)
    if prompt.mask_from is not None:
        mask = earlier[prompt.mask_from][None]
    flag = np.array([prompt.mask_from is not None], np.float32)
    logits, iou = decode(embedding, coords, labels, mask, flag)
    return logits[0, prompt.masks], iou[0, prompt.masks]


def _compare_prompt(
    title: str, name: str, reference: dict[str, Array], logits: Array, iou: Array, config: ModelConfig
) -> Iterator[Comparison]:
    error = relative_peak(logits[:, ::2, ::2], reference[f"{name}.low_res_logits"])
    yield Comparison(f"{title} logits", error, LOGIT_TOLERANCE)
    yield Comparison(f"{title} IoUs", float(np.abs(iou - reference[f"{name}.iou"]).max()), IOU_TOLERANCE)
    expected = np.unpackbits(reference[f"{name}.mask"].astype(np.uint8), axis=-1, count=WIDTH).astype(bool)
    yield Comparison(f"{title} mask pixels", float(flipped(full_size(logits, config), expected)), 0)


def prompt_arrays(prompt: ReferencePrompt, config: ModelConfig) -> tuple[Array, Array]:
    """Coordinates [1, N, 2] in the input frame and labels [1, N], with SAM's padding point when there is no box."""
    scale = np.array(_scaled_size(config)[::-1]) / (WIDTH, HEIGHT)
    coords = np.array(prompt.points) * scale
    labels = np.array(prompt.labels, np.float32)
    if not prompt.has_box:
        coords, labels = np.vstack([coords, [[0, 0]]]), np.append(labels, -1)
    return coords[None].astype(np.float32), labels[None].astype(np.float32)


def _scaled_size(config: ModelConfig) -> tuple[int, int]:
    """(height, width) of the reference image with its longest side at the input size."""
    scale = config.input_size / max(HEIGHT, WIDTH)
    return int(HEIGHT * scale + 0.5), int(WIDTH * scale + 0.5)


def _resized(config: ModelConfig) -> NDArray[np.uint8]:
    height, width = _scaled_size(config)
    return np.asarray(Image.fromarray(make_image()).resize((width, height), Image.Resampling.BILINEAR))


def square_image(config: ModelConfig) -> Array:
    """The reference image as the encoder takes it: float32 [1, 3, S, S], padded with the mean."""
    resized = _resized(config)
    mean = np.array(config.pixel_mean, np.float32)
    square = np.tile(mean, (config.input_size, config.input_size, 1))
    square[: resized.shape[0], : resized.shape[1]] = resized
    return np.ascontiguousarray(square.transpose(2, 0, 1)[None])


def full_size(logits: Array, config: ModelConfig) -> Array:
    """SAM's postprocess_masks on [masks, M, M], without the threshold: [masks, 600, 800]."""
    size = (config.input_size, config.input_size)
    height, width = _scaled_size(config)
    square = F.interpolate(torch.from_numpy(logits)[None], size, mode="bilinear", align_corners=False)
    square = square[..., :height, :width]
    return F.interpolate(square, (HEIGHT, WIDTH), mode="bilinear", align_corners=False)[0].numpy()


@torch.no_grad()
def torch_encode(model: Sam, image: Array) -> Array:
    """The model's embedding, in torch."""
    embedding: Array = model.encode(torch.from_numpy(image)).numpy()
    return embedding


def torch_decoder(model: Sam) -> Decode:
    """The model's decoder, in torch."""

    @torch.no_grad()
    def decode(*arrays: Array) -> tuple[Array, Array]:
        logits, iou = model.decode(*(torch.from_numpy(a) for a in arrays))
        return logits.numpy(), iou.numpy()

    return decode


def _through_onnx(model: Sam, image: Array, folder: Path) -> tuple[Array, Decode]:
    """Embedding and decoder from freshly exported graphs."""
    write_encoder(model, folder / "encoder.onnx")
    write_decoder(model, folder / "decode.onnx")
    (embedding,) = open_session(folder / "encoder.onnx").run(None, {"image": image})
    return embedding, onnx_decoder(folder / "decode.onnx")


def onnx_decoder(path: Path) -> Decode:
    """A plain decoder graph as a function of arrays."""
    session = open_session(path)

    def decode(*arrays: Array) -> tuple[Array, Array]:
        logits, iou = session.run(None, dict(zip(("embedding", *PROMPT_INPUTS), arrays, strict=True)))
        return logits, iou

    return decode
