"""One click on a family whose embedding is several tensors: its plain graph and its fast one, with random weights."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np

from sam_backend.bench.decoders import Array, prompt_of
from sam_backend.bench.timing import Row, interleaved_ms
from sam_backend.build import build_random_hq, build_random_sam2
from sam_backend.config import (
    EDGETAM_VARIANTS,
    HQ_VARIANTS,
    SAM2_VARIANTS,
    SAM3_VARIANTS,
    ModelConfig,
    RopeVitConfig,
    variant,
)
from sam_backend.onnx.comparison import relative_peak
from sam_backend.onnx.fast.decode import FAST_OUTPUTS
from sam_backend.onnx.hq.write import HQ_GRAPHS
from sam_backend.onnx.sam2.write import SAM2_GRAPHS
from sam_backend.sessions.options import open_session

TOKENS = 7
"""One click with its padding point."""


def bench_clicks(names: Sequence[str], threads: int, repeats: int) -> Iterator[Row]:
    """Rows for each variant of HQ-SAM, SAM 2, EdgeTAM or SAM 3; `prepare` is done once per picture.

    Raises:
        ValueError: no variant of these families has this name.
    """
    for name in names:
        graphs, model = random_family(name)
        with tempfile.TemporaryDirectory() as scratch:
            yield from _bench(name, graphs, model, Path(scratch), threads, repeats)


def random_family(name: str) -> tuple[Any, Any]:
    """The graphs of such a variant, to write, and its model with random weights.

    Raises:
        ValueError: no variant of these families has this name.
    """
    config = variant(name)
    if name in HQ_VARIANTS:
        return HQ_GRAPHS, build_random_hq(config)
    if name in SAM2_VARIANTS | EDGETAM_VARIANTS | SAM3_VARIANTS:
        return SAM2_GRAPHS, build_random_sam2(_shallow(config))
    raise ValueError(f"{name} has one embedding: the rows of the decoder are its clicks.")


def _shallow(config: ModelConfig) -> ModelConfig:
    """The same decoder behind a single block where SAM 3 has 32, which a click does not ask and 1.8 GB would hold."""
    encoder = config.encoder
    return replace(config, encoder=replace(encoder, depth=1)) if isinstance(encoder, RopeVitConfig) else config


def _bench(name: str, graphs: Any, model: Any, folder: Path, threads: int, repeats: int) -> Iterator[Row]:
    graphs.write_decoder(model, folder / "decode.onnx")
    graphs.write_fast(model, folder / "prepare.onnx", folder / "decode_fast.onnx")
    sessions = {one: open_session(folder / f"{one}.onnx", threads) for one in ("decode", "prepare", "decode_fast")}
    embedding = dict(zip(graphs.embedding, (one.numpy() for one in graphs.example(model)), strict=True))
    prepare = partial(sessions["prepare"].run, list(graphs.prepared), embedding)
    prepared = dict(zip(graphs.prepared, prepare(), strict=True))
    prompt = prompt_of(TOKENS, False, model.config)
    runs = {
        "plain": partial(sessions["decode"].run, None, {**embedding, **prompt}),
        "fast": partial(sessions["decode_fast"].run, list(FAST_OUTPUTS), {**prepared, **prompt}),
    }
    times = interleaved_ms({"prepare, once per picture": prepare, **runs}, repeats)
    plain, fast = (cast(list[Array], runs[one]()) for one in ("plain", "fast"))
    for one, value in times.items():
        ratio = None if one not in runs else value / times["plain"]
        error = relative_peak(fast[0], np.asarray(plain[0])) if one == "fast" else None
        yield Row("decoder", f"{name}, {one}", "onnxruntime CPU", threads, f"T={TOKENS}", value, ratio, error)
