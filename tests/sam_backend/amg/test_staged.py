"""A decoder in stages answers what the whole graph answers, and cutting it needs nothing but the standard library."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sam_backend import Predictor, compact_package_path, load_package
from sam_backend.amg import PredictorBackend
from sam_backend.amg.grid import point_grid
from sam_backend.amg.split import split_decoder
from sam_backend.amg.wire import BYTES, FIXED32, FIXED64, VARINT, Graph, read_fields, write_fields
from sam_backend.package import ModelPackage

FIELDS = st.lists(
    st.one_of(
        st.tuples(st.integers(1, 500), st.just(VARINT), st.integers(0, 2**64 - 1)),
        st.tuples(st.integers(1, 500), st.just(BYTES), st.binary(max_size=300)),
        st.tuples(st.integers(1, 500), st.just(FIXED32), st.binary(min_size=4, max_size=4)),
        st.tuples(st.integers(1, 500), st.just(FIXED64), st.binary(min_size=8, max_size=8)),
    )
)


@given(FIELDS)
def test_fields_survive_writing_and_reading(fields: list[Any]) -> None:
    assert list(read_fields(write_fields(fields))) == fields


@given(st.binary(max_size=60))
def test_other_bytes_are_refused_or_read_but_never_crash(data: bytes) -> None:
    with suppress(ValueError):
        Graph.read(data)


def test_a_file_cut_short_is_refused() -> None:
    data = (compact_package_path() / "decode.onnx").read_bytes()
    with pytest.raises(ValueError, match="cut short"):
        Graph.read(data[:-100])


def test_weights_that_lie_elsewhere_are_put_in_or_missed(tmp_path: Path) -> None:
    tensor = [(8, BYTES, b"w"), (14, VARINT, 1)]
    entries = {"location": b"lender.bin", "offset": b"2", "length": b"4"}
    tensor += [(13, BYTES, write_fields([(1, BYTES, k.encode()), (2, BYTES, v)])) for k, v in entries.items()]
    model = write_fields([(7, BYTES, write_fields([(5, BYTES, write_fields(tensor))]))])
    (tmp_path / "lender.bin").write_bytes(b"..abcd")
    whole = Graph.read(model, tmp_path).initializers["w"]
    assert list(read_fields(whole)) == [(8, BYTES, b"w"), (9, BYTES, b"abcd")]
    (tmp_path / "lender.bin").write_bytes(b"..abc")
    with pytest.raises(ValueError, match="fewer weights"):
        Graph.read(model, tmp_path)
    with pytest.raises(ValueError, match="of its own"):
        Graph.read(model.replace(b"lender.bin", b"../der.bin"), tmp_path)


def test_a_graph_without_scores_is_refused() -> None:
    with pytest.raises(ValueError, match="no outputs 'iou' and 'logits'"):
        split_decoder(compact_package_path() / "encoder.onnx")


def test_the_shipped_decoder_in_stages_gives_the_whole_ones_answers() -> None:
    backend = PredictorBackend(Predictor(load_package(compact_package_path())))
    image = np.random.default_rng(0).integers(0, 256, (90, 150, 3), dtype=np.uint8)
    assert_like_the_whole(backend, image)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> ModelPackage:
    """A package of a small random SAM with both of its decoders."""
    pytest.importorskip("torch")
    from sam_backend.build import build_random
    from sam_backend.onnx.export import PackageInfo, export_package
    from tests.sam_backend.modeling.tiny import VIT

    folder = tmp_path_factory.mktemp("tiny") / "package"
    return load_package(export_package(build_random(VIT, seed=1).eval(), folder, PackageInfo("tiny")))


IMAGE = np.random.default_rng(1).integers(0, 256, (70, 101, 3), dtype=np.uint8)


@pytest.mark.torch
def test_the_fast_decoder_in_stages_gives_the_whole_ones_answers(tiny: ModelPackage) -> None:
    assert_like_the_whole(PredictorBackend(Predictor(tiny)), IMAGE)


@pytest.mark.torch
def test_the_plain_decoder_of_a_sam_in_stages_gives_the_whole_ones_answers(tiny: ModelPackage) -> None:
    graphs = {name: tiny.manifest.graphs[name] for name in ("encoder", "decode")}
    package = replace(tiny, manifest=replace(tiny.manifest, graphs=graphs))
    assert_like_the_whole(PredictorBackend(Predictor(package)), IMAGE)


@pytest.mark.torch
def test_what_the_fast_decoder_does_not_vouch_for_the_plain_one_answers(tiny: ModelPackage) -> None:
    graphs = dict(tiny.manifest.graphs)
    graphs["decode_fast"] = replace(graphs["decode_fast"], min_guard=2.0)
    package = replace(tiny, manifest=replace(tiny.manifest, graphs=graphs))
    assert_like_the_whole(PredictorBackend(Predictor(package)), IMAGE)


@pytest.mark.torch
def test_a_predictors_graph_is_cut_once(tiny: ModelPackage) -> None:
    predictor = Predictor(tiny)
    assert PredictorBackend(predictor)._staged is PredictorBackend(predictor)._staged
    assert PredictorBackend(Predictor(tiny))._staged is not PredictorBackend(predictor)._staged


@pytest.mark.torch
def test_a_graph_that_cannot_be_cut_answers_whole(tiny: ModelPackage, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> None:
        raise ValueError("cannot be cut")

    monkeypatch.setattr("sam_backend.amg.staged.split_decoder", refuse)
    backend = PredictorBackend(Predictor(tiny))
    encoded, frame = backend.encode(IMAGE), backend.frame(70, 101)
    assert len(backend.decode(encoded, frame, np.array([[30.0, 20.0], [9, 9]]), -np.inf)) == 6
    assert backend._staged is None


def assert_like_the_whole(backend: PredictorBackend, image: np.ndarray) -> None:
    """In every share of passing masks: all, some, none."""
    encoded, frame = backend.encode(image), backend.frame(image.shape[0], image.shape[1])
    points = point_grid(3) * (frame.width, frame.height)
    scores = np.sort(backend._whole(encoded, frame, points, -np.inf).scores)
    middle = float(scores[len(scores) // 2 - 1 : len(scores) // 2 + 1].mean())  # between two scores
    for limit in (-np.inf, middle, np.inf):
        expected = backend._whole(encoded, frame, points, limit)
        found = backend.decode(encoded, frame, points, limit)
        # Scores right at the limit may fall on either side of it by their last bit.
        near = np.abs(expected.scores - limit).min(initial=1)
        assert near < 1e-4 or np.array_equal(found.prompt, expected.prompt)
        pairs = {(p, m): i for i, (p, m) in enumerate(zip(expected.prompt, expected.mask, strict=True))}
        for index, pair in enumerate(zip(found.prompt, found.mask, strict=True)):
            if pair in pairs:
                assert found.scores[index] == pytest.approx(expected.scores[pairs[pair]], abs=1e-4)
                spread = expected.logits.std()
                assert np.abs(found.logits[index] - expected.logits[pairs[pair]]).max() < 1e-3 * spread
    assert backend._staged is not None
