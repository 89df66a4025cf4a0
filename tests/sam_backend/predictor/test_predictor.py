"""The shipped model through the public API."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from skimage import data

from sam_backend import Embedding, Predictor, compact_package_path, load_package
from sam_backend.prompts import build_point_batch, build_prompt


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    return Predictor(load_package(compact_package_path()), threads=2)


@pytest.fixture(scope="module")
def coffee(predictor: Predictor) -> Any:
    return predictor.encode(data.coffee())


def test_a_click_on_the_cup_covers_the_cup(predictor: Predictor, coffee: Any) -> None:
    predictor.set_embedding(coffee)
    prediction = predictor.predict([[300, 130]], [1])
    assert prediction.masks.shape == (4, 400, 600)
    assert prediction.masks.dtype == np.bool_
    assert prediction.logits.shape == (4, 256, 256)
    assert prediction.scores.shape == (4,)
    assert prediction.best == 1 + prediction.scores[1:].argmax()
    assert (prediction.mask() == prediction.masks[prediction.best]).all()
    assert prediction.mask()[130, 300]


def test_more_than_one_prompt_means_the_unambiguous_mask(predictor: Predictor, coffee: Any) -> None:
    predictor.set_embedding(coffee)
    first = predictor.predict([[300, 130]], [1])
    for more in (
        {"points": [[300, 130], [20, 20]], "labels": [1, 0]},
        {"box": (60, 10, 490, 390)},
        {"points": [[300, 130]], "labels": [1], "mask_input": first.logits[first.best]},
    ):
        assert predictor.predict(**more).best == 0


def test_a_box_round_the_saucer_gives_it(predictor: Predictor, coffee: Any) -> None:
    predictor.set_embedding(coffee)
    mask = predictor.predict(box=(75, 15, 480, 385)).mask()
    rows, columns = np.nonzero(mask)
    inside = (columns > 55) & (columns < 500) & (rows > 5) & (rows < 395)
    assert inside.mean() > 0.97
    assert mask.sum() > 0.5 * 405 * 370


def test_a_click_alone_gets_the_part_under_it(predictor: Predictor, coffee: Any) -> None:
    predictor.set_embedding(coffee)
    whole = predictor.predict([[300, 130]], [1], parts="all")
    kept = predictor.predict([[300, 130]], [1]).mask()
    assert kept[130, 300]
    assert (whole.mask() | ~kept).all()
    assert np.array_equal(whole.mask(parts="clicked"), kept)
    boxed = predictor.predict([[300, 130]], [1], box=(75, 15, 480, 385))
    assert boxed.parts == "all"


def test_the_stored_embedding_answers_like_the_fresh_one(predictor: Predictor, coffee: Any) -> None:
    stored = Embedding.from_bytes(coffee.to_bytes("a" * 64, encoding="fp32"))
    predictor.set_embedding(stored)
    again = predictor.predict([[300, 130]], [1])
    predictor.set_image(data.coffee())
    fresh = predictor.predict([[300, 130]], [1])
    np.testing.assert_allclose(again.logits, fresh.logits, atol=1e-4)


def test_a_batch_equals_single_prompts(predictor: Predictor, coffee: Any) -> None:
    frame = predictor.frame(coffee)
    points = np.random.default_rng(0).random((5, 2)) * (600, 400)
    logits, scores = predictor.decode(coffee, build_point_batch(frame, points))
    for index, point in enumerate(points):
        single_logits, single_scores = predictor.decode(coffee, build_prompt(frame, [point], [1]))
        np.testing.assert_allclose(logits[index], single_logits[0], atol=2e-4)
        np.testing.assert_allclose(scores[index], single_scores[0], atol=1e-5)


def test_an_embedding_of_another_encoder_is_refused(predictor: Predictor, coffee: Any) -> None:
    with pytest.raises(ValueError, match="made by another encoder"):
        predictor.set_embedding(replace(coffee, encoder_sha256="0" * 64))
    with pytest.raises(ValueError, match=r"'embedding' must be \[1, 128, 64, 64\]; received nothing"):
        predictor.set_embedding(replace(coffee, tensors={}))
    with pytest.raises(ValueError, match=r"received bytes. Embedding.from_bytes reads"):
        predictor.set_embedding(coffee.to_bytes())


def test_asking_before_an_image_is_set_says_so() -> None:
    with pytest.raises(RuntimeError, match="set_image or set_embedding"):
        Predictor(load_package(compact_package_path())).predict([[1, 1]], [1])


@pytest.mark.parametrize("shape", [(1, 1), (1, 700), (900, 2), (513, 511)])
def test_odd_pictures_work(predictor: Predictor, shape: Any) -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    predictor.set_image(rgb)
    prediction = predictor.predict([[shape[1] / 2, shape[0] / 2]], [1])
    assert prediction.masks.shape == (4, *shape)


def test_a_graph_that_is_no_onnx_says_so(tmp_path: Path) -> None:
    from sam_backend.sessions.session import Session

    (tmp_path / "decode.onnx").write_bytes(b"not a graph")
    with pytest.raises(ValueError, match=r"decode.onnx cannot be loaded"):
        Session(tmp_path / "decode.onnx", 1).run({}, [])
