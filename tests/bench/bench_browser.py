"""In Chromium: the fast decoder against the official-style graph, embeddings against base64 JSON, masks to RLE."""

from __future__ import annotations

import base64
import gzip
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page

from sam_backend import Embedding, Prediction, Predictor, compact_package_path, load_package
from sam_backend.onnx.fast.decode import SHOWN
from tests.bench.browser.graphs import SIZES, write_graphs
from tests.bench.measure import Measure
from tests.browser import chromium
from tests.browser.site import site

HERE = Path(__file__).parent / "browser"
TOKENS = (2, 5, 9)
"""Prompt tokens: one click with its padding (T = 7 with the five output tokens), four clicks, eight clicks."""
CORRECTIONS = (2, 4, 6)
"""Points of a correction, which also feeds back the logits of the click before: T = points + 6, and a mask prompt."""
HOVER_OF = {"official": "hover", "official_large": "hover_large"}
HOVERS = {HOVER_OF[name]: size for name, size in SIZES.items()}
"""While hovering only the picture's own rows are upscaled (static/app/sam/fast_path.js)."""
IN_WORKER = """(job) => new Promise((resolve, reject) => {
  const worker = new Worker('/bench/decoder.worker.js', { type: 'module' });
  worker.onerror = (event) => reject(new Error(event.message));
  worker.onmessage = ({ data }) => {
    worker.terminate();
    return data.error ? reject(new Error(data.error)) : resolve(data.result);
  };
  worker.postMessage(job);
})"""


def measure() -> list[Measure]:
    """All of it; nothing where there is no Chromium."""
    if why := chromium.missing():
        print(f"  skipped: {why}", flush=True)
        return []
    return [*decoder(), *transport_and_masks()]


def decoder(rounds: int = 11) -> Iterator[Measure]:
    """One prompt: a ViT-B-sized decoder against the official-style graph, the shipped model against its plain graph."""
    with tempfile.TemporaryDirectory() as scratch:
        files = write_graphs(Path(scratch))
        folders = {"/bench/": HERE, "/graphs/": Path(scratch), "/compact/": compact_package_path()}
        with site(folders) as address, chromium.page(address) as page:
            common = {"runtime": f"{address}static/vendor/ort/", "rounds": rounds, "corrections": CORRECTIONS}
            sam = sam_job(address, files) | {"tokens": TOKENS, "hovers": HOVERS}
            for threads in (1, 2):
                yield from _decoder_rows(page.evaluate(IN_WORKER, {**common, **sam, "threads": threads}))
                shipped = page.evaluate(IN_WORKER, {**common, **shipped_job(address), "threads": threads})
                yield from _shipped_rows(shipped)


def sam_job(address: str, files: dict[str, str]) -> dict[str, Any]:
    """The SAM-sized decoder's part of a job: `files` under graphs/ by what they are called in the page."""
    return {
        "size": 1024, "planes": {"embedding": [1, 256, 64, 64]}, "cells": list(SHOWN),
        "graphs": {name: f"{address}graphs/{file}" for name, file in files.items()},
    }  # fmt: skip


def shipped_job(address: str) -> dict[str, Any]:
    """The shipped model's part of a job."""
    manifest = load_package(compact_package_path()).manifest
    fast = manifest.graphs["decode_fast"]
    files = {"plain": "decode", "prepare": "prepare", "fast": "decode_fast"}
    return {
        "size": manifest.input.size, "planes": {spec.name: spec.shape for spec in manifest.embedding},
        "cells": list(fast.cells), "lender": f"{address}compact/{fast.weights}", "tokens": (2, 9, 19, 35),
        "graphs": {name: f"{address}compact/{manifest.graphs[graph].file}" for name, graph in files.items()},
        "hovers": {"hover": HOVERS["hover"]},
    }  # fmt: skip


def _decoder_rows(result: dict[str, Any]) -> Iterator[Measure]:
    threads = result["threads"]
    for tokens, found in result["prompts"].items():
        for other, size in SIZES.items():
            baseline = "official-style, {}x{}".format(*size)
            for ours, what in (("fast", "click"), (HOVER_OF[other], "hover")):
                yield _timed(f"{what}, {tokens} tokens, {threads} thread(s)", found, ours, other, baseline)
        yield _timed(f"click, {tokens} tokens, {threads} thread(s)", found, "fast", "plain", "plain graph, 256x256")
        yield Measure(f"logits against plain, {tokens} tokens", found["error"], "of std", "allowed", 1e-4)
    for points, found in result["corrections"].items():
        name = f"correction, {points} points, {threads} thread(s)"
        for other, size in SIZES.items():
            yield _timed(name, found, "fast", other, "official-style with mask input, {}x{}".format(*size))
        yield _timed(name, found, "fast", "plain", "plain graph, 256x256")
        yield Measure(f"logits against plain, {name}", found["error"], "of std", "allowed", 1e-4)
    plain = result["prompts"][str(TOKENS[0])]["ms"]["plain"]
    yield Measure(f"prepare once per image, {threads} thread(s)", result["prepareMs"], "ms", "one plain click", plain)


def _shipped_rows(result: dict[str, Any]) -> Iterator[Measure]:
    for tokens, found in result["prompts"].items():
        for ours, what in (("fast", "click"), ("hover", "hover at 768x1024")):
            name = f"shipped model: {what}, {tokens} tokens, {result['threads']} thread(s)"
            yield _timed(name, found, ours, "plain", "its plain graph")
    for points, found in result["corrections"].items():
        name = f"shipped model: correction, {points} points, {result['threads']} thread(s)"
        yield _timed(name, found, "fast", "plain", "its plain graph")
        yield Measure(f"logits against plain, {name}", found["error"], "of std", "allowed", 1e-4)


def _timed(name: str, found: dict[str, Any], ours: str, other: str, baseline: str) -> Measure:
    """The rounds' median ratio, which shared load does not move, decides; the baseline is stated to match it."""
    ms, ratio = found["ms"][ours], found["ratio"][ours][other]
    return Measure(f"{name}, ratio {ratio:.3f}", ms, "ms", baseline, ms / ratio)


def transport_and_masks(rounds: int = 7) -> Iterator[Measure]:
    """Bytes and decode time of the shipped model's embedding of the cat; masks to RLE at three sizes."""
    from skimage import data

    predictor = Predictor(load_package(compact_package_path()))
    embedding = predictor.encode(np.ascontiguousarray(data.cat()))
    blob = embedding.to_bytes(image_sha256="0" * 64)
    text = _base64_json(embedding)
    predictor.set_embedding(Embedding.from_bytes(blob))
    answer = predictor.predict(points=[(230, 160)], labels=[1])
    served = {"/blob": blob, "/json": text}
    with site({}, answer=served.get) as address, chromium.page(address) as page:
        found = _in_page(page, predictor, answer, rounds)
    yield Measure("embedding, bytes", len(blob), "bytes", "float32 base64 JSON", len(text))
    packed = len(gzip.compress(blob, 6)), len(gzip.compress(text, 6))
    yield Measure("embedding, bytes with gzip", packed[0], "bytes", "the same with gzip", packed[1])
    yield Measure("embedding to floats in the browser", found["blobMs"], "ms", "float32 base64 JSON", found["jsonMs"])
    for entry in found["masks"]:
        size = f"{entry['width']}x{entry['height']}"
        goal = entry["bitmap"] or 300.0
        yield Measure(f"logits to RLE, {size}", entry["rle"], "ms", "float bitmap" if entry["bitmap"] else "goal", goal)


def _in_page(page: Page, predictor: Predictor, answer: Prediction, rounds: int) -> dict[str, Any]:
    argument = {
        "blob": "/blob", "json": "/json", "manifest": predictor.manifest.to_dict(),
        "logits": answer.logits[answer.best].ravel().tolist(), "rounds": rounds,
    }  # fmt: skip
    result: dict[str, Any] = page.evaluate((HERE / "transport.js").read_text(), argument)
    return result


def _base64_json(embedding: Embedding) -> bytes:
    """The rivals' way: float32 planes as base64 text in JSON."""
    planes = {name: base64.b64encode(plane.tobytes()).decode() for name, plane in embedding.tensors.items()}
    return json.dumps(planes).encode()
