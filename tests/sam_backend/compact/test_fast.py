"""The shipped fast decoder is the shipped plain one: 200 prompts on photos, with points, boxes and masks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.random._generator import Generator
from skimage import data

from sam_backend import Predictor, compact_package_path, load_package
from sam_backend.package import ModelPackage
from sam_backend.prompts import build_prompt
from sam_backend.sessions.fast import FastDecoder
from sam_backend.sessions.session import Session
from sam_backend.transforms import Frame

TOLERANCE = 1e-4
"""Largest difference relative to the logits' standard deviation; measured: 1e-5."""
PHOTOS = (data.cat, data.coffee, data.rocket, data.astronaut)
PROMPTS = 50
NOT_SHOWN = -32.0
THREADS = 2


@pytest.fixture(scope="module")
def package() -> ModelPackage:
    return load_package(compact_package_path())


@pytest.fixture(scope="module")
def sessions(package: ModelPackage) -> dict[str, Session]:
    return {name: Session(package.file(name), THREADS) for name in ("decode", "prepare", "decode_fast")}


def _feeds(
    rng: Generator, frame: Frame, size: tuple[int, int], number: int, logits: np.ndarray
) -> dict[str, np.ndarray]:
    """One prompt: 1 to 40 points, every third with a box, every other refining an earlier answer."""
    height, width = size
    count = number % 40 + 1
    points = rng.uniform(0, 1, (count, 2)) * (width, height)
    corners = np.sort(rng.uniform(0, 1, (2, 2)), 0) * (width - 2, height - 2)
    box = [*corners[0], *(corners[1] + 2)] if number % 3 == 0 else None
    mask = logits[number % 4] if number % 2 else None
    return build_prompt(frame, points, [1, *rng.integers(0, 2, count - 1)], box, mask).feeds()


@pytest.mark.parametrize("photo", PHOTOS, ids=lambda photo: photo.__name__)
def test_exact(package: ModelPackage, sessions: dict[str, Session], photo: Callable[..., Any]) -> None:
    predictor, image = Predictor(package), np.ascontiguousarray(photo())
    embedding, rng = predictor.encode(image), np.random.default_rng(0)
    frame, logits = predictor.frame(embedding), np.zeros((4, 256, 256), np.float32)
    names = list(package.manifest.graphs["prepare"].outputs)
    prepared = dict(zip(names, sessions["prepare"].run(embedding.tensors, names), strict=True))
    outputs, worst, least = ["logits", "iou"], 0.0, 1.0
    for number in range(PROMPTS):
        feeds = _feeds(rng, frame, image.shape[:2], number, logits)
        plain, scores = sessions["decode"].run({**embedding.tensors, **feeds}, outputs)
        tensors = {**embedding.tensors, **prepared, **feeds}
        fast, fast_scores, guard = sessions["decode_fast"].run(tensors, [*outputs, "guard"])
        worst = max(worst, float(np.abs(fast - plain).max() / plain.std()))
        least = min(least, float(guard[0]))
        assert np.abs(fast_scores - scores).max() < 1e-5
        logits = plain[0]
    print(f"{photo.__name__}: error {worst:.1e} of the standard deviation, guard {least:.1e}")
    assert worst < TOLERANCE
    promised = package.manifest.graphs["decode_fast"].min_guard
    assert promised is not None
    assert least > promised


def test_the_predictor_takes_the_fast_graph_from_the_second_prompt_on(
    package: ModelPackage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    plain, fast = FastDecoder._run_plain, FastDecoder._run_fast
    monkeypatch.setattr(FastDecoder, "_run_plain", lambda *args: asked.append("plain") or plain(*args))
    monkeypatch.setattr(FastDecoder, "_run_fast", lambda *args: asked.append("fast") or fast(*args))
    predictor = Predictor(package)
    predictor.set_image(np.ascontiguousarray(data.cat()))
    answers = [predictor.predict(points=[(230, 160)], labels=[1]) for _ in range(2)]
    assert asked == ["plain", "fast"]
    assert np.abs(answers[0].logits - answers[1].logits).max() < TOLERANCE * answers[0].logits.std()


@pytest.mark.parametrize(("rows", "columns"), [(44, 64), (64, 44), (20, 30)])
def test_the_pictures_own_cells_alone_give_the_same_logits_there(
    package: ModelPackage, sessions: dict[str, Session], rows: int, columns: int
) -> None:
    embedding = Predictor(package).encode(np.ascontiguousarray(data.cat()))
    graphs = package.manifest.graphs
    names = list(graphs["prepare"].outputs)
    prepared = dict(zip(names, sessions["prepare"].run(embedding.tensors, names), strict=True))
    feeds = build_prompt(Predictor(package).frame(embedding), [[200, 150]], [1]).feeds()
    (whole,) = sessions["decode_fast"].run({**embedding.tensors, **prepared, **feeds}, ["logits"])
    shown = {name: np.ascontiguousarray(prepared[name][:rows, :columns]) for name in graphs["decode_fast"].cells}
    (part,) = sessions["decode_fast"].run({**embedding.tensors, **prepared, **shown, **feeds}, ["logits"])
    assert part.shape == whole.shape
    # the smoothing reads two logits further, which are missing at a cut
    down, across = (4 * n - 2 if n < 64 else 256 for n in (rows, columns))
    assert np.abs(part - whole)[..., :down, :across].max() < TOLERANCE * whole.std()
    assert (part[..., 4 * rows :, :] == NOT_SHOWN).all()
    assert (part[..., :, 4 * columns :] == NOT_SHOWN).all()


def test_the_fast_graphs_borrow_the_plain_ones_weights(package: ModelPackage) -> None:
    files = package.manifest.files
    for name in ("prepare", "decode_fast"):
        graph = package.manifest.graphs[name]
        assert graph.weights == package.manifest.graphs["decode"].file
        assert files[graph.file].bytes < files[graph.weights].bytes / 5
