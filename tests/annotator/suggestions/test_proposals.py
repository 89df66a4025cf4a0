"""Labels are proposed by what accepted masks look like, not before there are enough of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from annotator.annotations.models import Annotation
from annotator.suggestions.decide import proposals
from annotator.suggestions.decide.calibration import calibrate
from annotator.suggestions.models import MaskVector
from export import rle
from sam_backend import Embedding
from sam_backend.similarity import propose_labels
from tests.annotator.suggestions.conftest import HEIGHT, WIDTH, box_mask
from tests.annotator.world import World, make_label


@pytest.fixture
def left_and_right(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Every image's left half looks one way, its right half another."""
    features = np.zeros((1, 4, 8, 8), np.float32)
    features[0, 0, :, :4] = 1
    features[0, 1, :, 4:] = 1
    loaded = []

    def stored(image: Any, version: Any) -> Embedding:
        loaded.append(image.pk)
        return Embedding({"embedding": features}, (HEIGHT, WIDTH), version.encoder_sha256)

    monkeypatch.setattr(proposals, "stored_embedding", stored)
    return loaded


def accept(image: Any, label: Any, mask: Any, count: int = 1) -> None:
    first = 1 + Annotation.objects.filter(image=image).count()
    for seq in range(first, first + count):
        Annotation.objects.create(
            image=image, label=label, rle=mask.to_json(), bbox=list(rle.bbox(mask)), area=rle.area(mask), revision=1,
            seq=seq,
        )  # fmt: skip


@pytest.fixture
def sides(ready: World, monkeypatch: pytest.MonkeyPatch) -> Any:
    ready.model.manifest = ready.model.manifest | {"input": {"size": WIDTH}}
    ready.model.save()
    ready.project.model_version = ready.model
    ready.project.save()
    monkeypatch.setattr(proposals, "ENOUGH", 3)
    return make_label(ready.project, "left side"), make_label(ready.project, "right side")


def of_row(api: Any, image: Any, left: int) -> Any:
    body = api("get", f"images/{image.pk}/suggestions/")[1]
    return next(row["proposal"] for row in body["results"] if row["bbox"][0] == left)


def test_a_suggestion_gets_the_label_of_its_likes(
    ready: World, api: Callable[..., Any], find_all: Callable[..., Any], sides: Any, left_and_right: Any
) -> None:
    left, right = sides
    find_all()
    accept(ready.image, left, box_mask(0, 44, 6, 3), 3)
    accept(ready.image, right, box_mask(58, 0, 5, 3), 3)
    tree = of_row(api, ready.image, 50)
    assert tree["label"] == str(right.pk)
    assert tree["probability"] > 0.9
    assert of_row(api, ready.image, 5)["label"] == str(left.pk)


def test_too_few_accepted_masks_propose_nothing(
    ready: World, api: Callable[..., Any], find_all: Callable[..., Any], sides: Any, left_and_right: Any
) -> None:
    left, _ = sides
    find_all()
    accept(ready.image, left, box_mask(0, 44, 6, 3), 2)
    assert of_row(api, ready.image, 50) is None
    assert left_and_right == []


def test_a_single_label_is_no_choice_and_is_not_proposed(
    ready: World, api: Callable[..., Any], find_all: Callable[..., Any], sides: Any, left_and_right: Any
) -> None:
    left, _ = sides
    find_all()
    accept(ready.image, left, box_mask(0, 44, 6, 3), 3)
    assert of_row(api, ready.image, 5) is None


def test_masks_of_labels_with_too_few_vote_against(
    ready: World, api: Callable[..., Any], find_all: Callable[..., Any], sides: Any, left_and_right: Any
) -> None:
    """The tree on the right looks like none of the labels that may be proposed."""
    left, _ = sides
    find_all()
    accept(ready.image, left, box_mask(0, 44, 6, 3), 3)
    for name in ("post", "sign"):
        accept(ready.image, make_label(ready.project, name), box_mask(58, 0, 5, 3), 2)
    assert of_row(api, ready.image, 50) is None
    assert of_row(api, ready.image, 5)["label"] == str(left.pk)


def test_vectors_are_kept_and_made_anew_when_a_mask_changes(
    ready: World, api: Callable[..., Any], find_all: Callable[..., Any], sides: Any, left_and_right: Any
) -> None:
    left, right = sides
    find_all()
    accept(ready.image, left, box_mask(0, 44, 6, 3), 3)
    accept(ready.image, right, box_mask(58, 0, 5, 3), 3)
    of_row(api, ready.image, 50)
    assert MaskVector.objects.count() == 6
    calls = len(left_and_right)
    of_row(api, ready.image, 50)
    assert len(left_and_right) == calls + 1  # only the image that is looked at
    changed = Annotation.objects.first()
    changed.revision, changed.rle = 2, box_mask(60, 40, 3, 6).to_json()
    changed.save()
    of_row(api, ready.image, 50)
    vector = np.frombuffer(MaskVector.objects.get(annotation=changed).vector, np.float16)
    assert vector[1] == pytest.approx(1)
    assert MaskVector.objects.count() == 6


def test_without_an_embedding_suggestions_come_without_proposals(
    ready: World, api: Callable[..., Any], find_all: Callable[..., Any], sides: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    left, _ = sides
    find_all()
    accept(ready.image, left, box_mask(0, 44, 6, 3), 3)
    monkeypatch.setattr(proposals, "stored_embedding", lambda image, version: None)
    assert of_row(api, ready.image, 50) is None


def unit(rows: int, seed: int) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(rows, 4)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_labels_that_look_alike_are_proposed_with_a_coin_flips_probability() -> None:
    known, images = unit(400, 1), [number // 4 for number in range(400)]
    labels = ["a" if flip else "b" for flip in np.random.default_rng(2).integers(0, 2, 400)]
    trust = calibrate(known, labels, images)
    votes = propose_labels(known, labels, unit(300, 3))
    assert np.mean([vote.probability for vote in votes]) > 0.6, "neighbours agree by chance"
    assert np.mean([trust.probability(vote.probability) for vote in votes]) == pytest.approx(0.5, abs=0.08)


def test_what_nobody_would_be_told_does_not_make_proposals_trusted() -> None:
    """Masks of rare labels are named rightly as such; that says nothing about the labels that are proposed."""
    rare, common = np.tile([1.0, 0.0], (40, 1)), np.tile([0.0, 1.0], (40, 1))
    known = np.concatenate([rare, common]).astype(np.float32)
    labels = [""] * 40 + ["cat", "dog"] * 20
    images = list(range(80))
    assert calibrate(known, labels, images).probability(0.95) > 0.8
    assert calibrate(known, labels, images, silent="").probability(0.5) < 0.7


def test_labels_that_look_different_are_proposed_with_confidence() -> None:
    known = np.repeat(np.eye(4, dtype=np.float32)[:2], 30, axis=0) + 0.1 * unit(60, 4)
    trust = calibrate(known / np.linalg.norm(known, axis=1, keepdims=True), ["a"] * 30 + ["b"] * 30, list(range(60)))
    assert trust.probability(0.99) > 0.95


def test_masks_of_one_image_alone_say_nothing_about_others() -> None:
    trust = calibrate(unit(10, 5), ["a", "b"] * 5, ["photo"] * 10)
    assert sum(trust.named) == 0
    assert trust.probability(0.8) == pytest.approx(0.8)
