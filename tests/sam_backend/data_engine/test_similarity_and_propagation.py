from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from skimage import data as pictures

from sam_backend import Embedding, Predictor, compact_package_path, load_package
from sam_backend.propagate import mask_to_logits, propagate
from sam_backend.similarity import Likeness, coverage_map, describe_under, mean_embedding, propose_labels
from sam_backend.transforms import Frame


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    return Predictor(load_package(compact_package_path()))


def unit(rows: Any) -> Any:
    array = np.asarray(rows, np.float32)
    return array / np.linalg.norm(array, axis=1, keepdims=True)


def test_coverage_counts_shares_of_cells_and_leaves_padding_empty() -> None:
    frame = Frame(32, 64, 64)
    mask = np.zeros((32, 64), bool)
    mask[:, :12] = True
    cells = coverage_map(mask, frame, 8)
    assert cells[:4, 0].tolist() == [1] * 4
    assert cells[:4, 1].tolist() == pytest.approx([0.5] * 4, abs=0.01)
    assert not cells[4:].any()
    assert not cells[:, 2:].any()


def test_the_mean_embedding_is_the_feature_inside_the_mask() -> None:
    tensor = np.zeros((1, 2, 4, 4), np.float32)
    tensor[0, 0, :, :2] = 3
    tensor[0, 1, :, 2:] = 5
    embedding = Embedding({"embedding": tensor}, (40, 40), "x")
    left = np.zeros((40, 40), bool)
    left[:, :20] = True
    frame = Frame(40, 40, 64)
    assert mean_embedding(embedding, left, frame).tolist() == pytest.approx([1, 0])
    assert mean_embedding(embedding, ~left, frame).tolist() == pytest.approx([0, 1])
    with pytest.raises(ValueError, match="empty"):
        mean_embedding(embedding, np.zeros((40, 40), bool), frame)
    with pytest.raises(ValueError, match=r"\[40, 40\]"):
        mean_embedding(embedding, np.ones((4, 4), bool), frame)


def test_the_nearest_accepted_masks_name_a_region_and_numbers_do_not_win() -> None:
    known = unit([[1, 0.0], [1, 0.1], [1, 0.05], [1, 0.2], [0.0, 1]])
    labels = ["car", "car", "car", "car", "cat"]
    sure, other = propose_labels(known, labels, unit([[1, 0.08], [0.1, 1]]))
    assert (sure.label, other.label) == ("car", "cat")
    assert sure.probability > 0.9
    between = propose_labels(known, labels, unit([[0.75, 0.75]]))[0]
    assert between.probability < sure.probability
    with pytest.raises(ValueError, match="at least one"):
        propose_labels(np.zeros((0, 2), np.float32), [], known)


def test_an_object_is_found_again_after_it_moved(predictor: Predictor) -> None:
    photo = pictures.coffee()
    first, second = photo[:, :560], photo[:, 24:584]
    source, target = predictor.encode(first), predictor.encode(second)
    predictor.set_embedding(source)
    cup = predictor.predict(box=[85, 40, 475, 310]).mask()
    found = propagate(predictor, source, cup, target)
    moved = np.zeros_like(cup)
    moved[:, :-24] = cup[:, 24:]
    overlap = (found.mask & moved).sum() / (found.mask | moved).sum()
    assert found.sure
    assert overlap > 0.8  # 0.82 with version 2 of the shipped weights: this asks for the cup, not for its rim


def test_a_different_picture_is_less_sure(predictor: Predictor) -> None:
    source, target = predictor.encode(pictures.coffee()), predictor.encode(pictures.rocket())
    predictor.set_embedding(source)
    cup = predictor.predict(box=[85, 40, 475, 310]).mask()
    same = propagate(predictor, source, cup, source)
    other = propagate(predictor, source, cup, target)
    assert same.sure
    assert not other.sure


def test_an_empty_mask_is_refused(predictor: Predictor) -> None:
    embedding = predictor.encode(pictures.coffee())
    with pytest.raises(ValueError, match="empty"):
        propagate(predictor, embedding, np.zeros((400, 600), bool), embedding)


def test_mask_logits_are_positive_inside_and_negative_outside() -> None:
    mask = np.zeros((50, 100), bool)
    mask[10:40, 20:60] = True
    logits = mask_to_logits(mask, Frame(50, 100, 128), 64)
    assert logits.shape == (64, 64)
    assert logits[16, 25] > 5
    assert logits[2, 2] < -5
    assert (logits[32:] < 0).all()


def test_a_description_knows_the_look_its_spread_and_the_shape() -> None:
    features = np.zeros((2, 8, 8), np.float32)
    features[0, :, :4] = 3
    features[1, ::2] = 2
    weights = np.zeros((8, 8), np.float32)
    weights[2:4, 0:4] = 1
    description = describe_under(features, weights)
    assert description[:2].tolist() == [3, 1]
    assert description[2:4].tolist() == [0, 1]
    assert description[4:].tolist() == pytest.approx([3 / 8, 2 / 8, np.sqrt(8) / 8, 2 / 8, 4 / 8, np.log(0.5)])
    with pytest.raises(ValueError, match="empty"):
        describe_under(features, np.zeros_like(weights))


def test_what_does_not_vary_and_what_is_beyond_measure_does_not_decide() -> None:
    random = np.random.default_rng(0)
    known = random.normal(size=(40, 2 * 5 + 6)).astype(np.float32)
    known[:, 0] = 7
    likeness = Likeness(known)
    last_digit, odd = known[:1].copy(), known[:1].copy()
    last_digit[0, 0] += 1e-5
    odd[0, -1] = 1e4
    first = likeness(known)[0]
    assert np.linalg.norm(likeness(known), axis=1).tolist() == pytest.approx([1] * 40)
    assert float(likeness(last_digit)[0] @ first) > 0.999
    assert float(likeness(odd)[0] @ first) > 0.4
