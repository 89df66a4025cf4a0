"""One click on a SAM-sized decoder: the official-style graph, the plain one, the fast one."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from sam_backend.bench.timing import Row, interleaved_ms
from sam_backend.build import build_random
from sam_backend.config import ModelConfig, VitConfig
from sam_backend.onnx.comparison import relative_peak
from sam_backend.onnx.export import write_decoder, write_fast
from sam_backend.onnx.fast.decode import FAST_OUTPUTS
from sam_backend.onnx.fast.prepare import PREPARED
from sam_backend.onnx.official import write_official
from sam_backend.sessions.fast import OUTPUT_TOKENS
from sam_backend.sessions.options import open_session

# SAM's decoder behind an encoder too small to matter
DECODER_ONLY = ModelConfig("decoder", "sam", VitConfig(32, 1, 2, (0,)))
SMALL_IMAGE, LARGE_IMAGE = (768, 1024), (3300, 4950)
PROMPTS: tuple[tuple[int, bool], ...] = ((7, False), (8, True), (11, False), (16, False))
"""Tokens, and whether there is a mask prompt. Seven is one click with its padding point."""
BASELINE = "official-style 768×1024"

Array = NDArray[np.float32]
Session = Any


def write_graphs(folder: Path, seed: int = 0) -> None:
    """Write official.onnx, decode.onnx, prepare.onnx and decode_fast.onnx with random weights."""
    folder.mkdir(parents=True, exist_ok=True)
    model = build_random(DECODER_ONLY, seed)
    write_official(model, folder / "official.onnx")
    write_decoder(model, folder / "decode.onnx")
    write_fast(model, folder / "prepare.onnx", folder / "decode_fast.onnx")


def bench_decoders(threads: list[int], repeats: int) -> Iterator[Row]:
    """Rows for every thread count; `prepare` is a row of its own, once per image."""
    with tempfile.TemporaryDirectory() as scratch:
        write_graphs(Path(scratch))
        for count in threads:
            yield from _bench(Path(scratch), count, repeats)


def _bench(folder: Path, threads: int, repeats: int) -> Iterator[Row]:
    names = ("official", "decode", "prepare", "decode_fast")
    sessions = {name: open_session(folder / f"{name}.onnx", threads) for name in names}
    embedding = np.random.default_rng(0).standard_normal((1, 256, 64, 64)).astype(np.float32)
    prepare = partial(sessions["prepare"].run, list(PREPARED), {"embedding": embedding})
    yield _row("prepare, once per picture", threads, "", interleaved_ms({"": prepare}, repeats)[""])
    prepared = dict(zip(PREPARED, prepare(), strict=True))
    for tokens, has_mask in PROMPTS:
        prompt = prompt_of(tokens, has_mask)
        runs = _rivals(sessions, embedding, prepared, prompt)
        times = interleaved_ms(runs, repeats)
        plain, fast = (cast(list[Array], runs[name]()) for name in ("plain", "fast"))
        detail = f"T={tokens}" + (", mask prompt" if has_mask else "")
        for name, value in times.items():
            error = relative_peak(fast[0], plain[0]) if name == "fast" else None
            yield _row(name, threads, detail, value, value / times[BASELINE], error)


def _row(
    name: str, threads: int, detail: str, value: float, ratio: float | None = None, error: float | None = None
) -> Row:
    return Row("decoder", name, "onnxruntime CPU", threads, detail, value, ratio, error)


def _rivals(
    sessions: dict[str, Session], embedding: Array, prepared: dict[str, Array], prompt: dict[str, Array]
) -> dict[str, Callable[[], object]]:
    runs: dict[str, Callable[[], object]] = {}
    for height, width in (SMALL_IMAGE, LARGE_IMAGE):
        feeds = {"image_embeddings": embedding, **prompt, "orig_im_size": np.array([height, width], np.float32)}
        runs[f"official-style {height}×{width}"] = partial(sessions["official"].run, None, feeds)
    runs["plain"] = partial(sessions["decode"].run, None, {"embedding": embedding, **prompt})
    runs["fast"] = partial(sessions["decode_fast"].run, list(FAST_OUTPUTS), {**prepared, **prompt})
    return runs


def prompt_of(tokens: int, has_mask: bool, config: ModelConfig = DECODER_ONLY) -> dict[str, Array]:
    """Points and a mask at random, float32: `tokens` less the decoder's own, the last of them padding."""
    random, points = np.random.default_rng(tokens), tokens - OUTPUT_TOKENS
    labels = np.ones((1, points), np.float32)
    labels[0, -1] = -1
    return {
        "point_coords": random.uniform(0, config.point_frame, (1, points, 2)).astype(np.float32),
        "point_labels": labels,
        "mask_input": random.standard_normal((1, 1, config.mask_size, config.mask_size)).astype(np.float32),
        "has_mask_input": np.array([has_mask], np.float32),
    }
