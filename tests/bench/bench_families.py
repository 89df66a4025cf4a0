"""In Chromium: one click on the families whose embedding is several tensors, their fast path against their plain graph.

Weights are random: how long a graph takes does not depend on them. The sizes of a family share one decoder.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from sam_backend.bench.families import random_family
from tests.bench.bench_browser import HERE, IN_WORKER
from tests.bench.measure import Measure
from tests.browser import chromium
from tests.browser.site import site

FAMILIES = {"HQ-SAM": "hq_vit_tiny", "SAM 2.1": "sam2.1_tiny", "EdgeTAM": "edgetam"}
TOKENS = (2, 5)
"""Prompt tokens: one click with its padding, four clicks."""
CORRECTIONS = (2,)
"""Points of a correction, which also feeds back the logits of the click before."""
PHOTO = (768, 1024)
"""Height and width of the photo that is hovered over: while hovering only its own rows are upscaled."""
BASELINE = "its plain graph, 256x256"


def measure(rounds: int = 11) -> list[Measure]:
    """All of it; nothing where there is no Chromium."""
    if why := chromium.missing():
        print(f"  skipped: {why}", flush=True)
        return []
    found = []
    for family, name in FAMILIES.items():
        with tempfile.TemporaryDirectory() as scratch:
            job = _write(name, Path(scratch))
            with site({"/bench/": HERE, "/graphs/": Path(scratch)}) as address, chromium.page(address) as page:
                for threads in (1, 2):
                    found += _rows(family, _ask(page, address, job, threads, rounds))
    return found


def _write(name: str, folder: Path) -> dict[str, Any]:
    """The family's decoder graphs, and what a job says of them."""
    graphs, model = random_family(name)
    graphs.write_decoder(model, folder / "plain.onnx")
    graphs.write_fast(model, folder / "prepare.onnx", folder / "fast.onnx")
    example = zip(graphs.embedding, graphs.example(model), strict=True)
    return {
        "size": model.config.point_frame, "planes": {tensor: list(value.shape) for tensor, value in example},
        "cells": list(graphs.shown), "tokens": TOKENS, "corrections": CORRECTIONS,
        "hovers": {"hover": PHOTO} if graphs.shown else {},
    }  # fmt: skip


def _ask(page: Page, address: str, job: dict[str, Any], threads: int, rounds: int) -> dict[str, Any]:
    graphs = {one: f"{address}graphs/{one}.onnx" for one in ("plain", "prepare", "fast")}
    ours = {"runtime": f"{address}static/vendor/ort/", "graphs": graphs, "threads": threads, "rounds": rounds}
    result: dict[str, Any] = page.evaluate(IN_WORKER, job | ours)
    return result


def _rows(family: str, result: dict[str, Any]) -> Iterator[Measure]:
    threads = f"{result['threads']} thread(s)"
    clicks = [(f"click, {tokens} tokens", found) for tokens, found in result["prompts"].items()]
    corrections = [(f"correction, {points} points", found) for points, found in result["corrections"].items()]
    for what, found in clicks + corrections:
        yield _timed(f"{family}: {what}, {threads}", found, "fast")
        if "hover" in found["ms"]:
            yield _timed(f"{family}: the same while hovering, {threads}", found, "hover")
        yield Measure(f"{family}: logits against plain, {what}", found["error"], "of std", "allowed", 1e-4)
    plain = result["prompts"][str(TOKENS[0])]["ms"]["plain"]
    yield Measure(f"{family}: prepare once per image, {threads}", result["prepareMs"], "ms", "one plain click", plain)


def _timed(name: str, found: dict[str, Any], way: str) -> Measure:
    """The rounds' median ratio, which shared load does not move, decides; the baseline is stated to match it."""
    ms, ratio = found["ms"][way], found["ratio"][way]["plain"]
    return Measure(f"{name}, ratio {ratio:.3f}", ms, "ms", BASELINE, ms / ratio)
