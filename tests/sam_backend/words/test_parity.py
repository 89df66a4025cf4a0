"""Words and example boxes answer as `transformers` does with the same random weights: scores, masks, thresholds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from sam_backend.phrases import Phrase  # noqa: E402
from sam_backend.word_package import WordPackage  # noqa: E402
from sam_backend.words import SamFinder  # noqa: E402
from sam_backend.words.choose import chosen  # noqa: E402
from sam_backend.words.finder import Looked  # noqa: E402
from tests.sam_backend.words.theirs import pixels, post_process  # noqa: E402
from tests.sam_backend.words.tiny import SIDE  # noqa: E402

pytestmark = pytest.mark.torch
HEIGHT, WIDTH = 90, 130
BOX, OTHER = (13.0, 9.0, 65.0, 54.0), (78.0, 45.0, 117.0, 72.0)
# Their masks are upsampled in float32, ours too but in another order: a pixel on the very border may differ.
PIXELS = 3


@pytest.fixture(scope="module")
def photo() -> Any:
    """Of the model's own size, so that no resampling stands between the two; what it shows counts as larger."""
    return np.random.default_rng(5).integers(0, 256, (SIDE, SIDE, 3), np.uint8)


def seen(finder: SamFinder, photo: Any) -> Looked:
    return replace(finder.look(photo), height=HEIGHT, width=WIDTH)


def ask(theirs: Any, package: WordPackage, photo: Any, words: str, boxes: Any = None, labels: Any = None) -> Any:
    """Their model, asked as their processor would."""
    tokenizer = transformers.CLIPTokenizer.from_pretrained(str(package.path))
    text = tokenizer([words], return_tensors="pt", padding="max_length", max_length=32)
    extra = {}
    if boxes:
        sides = torch.tensor([boxes]) / torch.tensor([WIDTH, HEIGHT, WIDTH, HEIGHT])
        centres = torch.cat([(sides[..., :2] + sides[..., 2:]) / 2, sides[..., 2:] - sides[..., :2]], -1)
        extra = {"input_boxes": centres, "input_boxes_labels": torch.tensor([labels])}
    with torch.inference_mode():
        return theirs(pixel_values=pixels(torch, photo, SIDE), **text, **extra)


@pytest.mark.parametrize(("phrase", "words", "boxes", "labels"), [
    (Phrase("yellow school bus"), "yellow school bus", None, None),
    (Phrase("고양이"), "고양이", None, None),
    (Phrase("", (BOX,)), "visual", [BOX], [1]),
    (Phrase("a cat", (BOX,), (OTHER,)), "a cat", [BOX, OTHER], [1, 0]),
])  # fmt: skip
@pytest.mark.parametrize("threshold", [0.0, 0.02])
def test_scores_and_masks_are_theirs(
    theirs: Any, package: WordPackage, finder: SamFinder, photo: Any, phrase: Phrase, words: str, boxes: Any,
    labels: Any, threshold: float,
) -> None:  # fmt: skip
    wanted = post_process(torch, ask(theirs, package, photo, words, boxes, labels), threshold, (HEIGHT, WIDTH))
    ours = list(finder.find(seen(finder, photo), phrase, threshold=threshold))
    order = torch.argsort(wanted["scores"], descending=True, stable=True)
    assert len(ours) == len(order) > 0
    np.testing.assert_allclose([one.score for one in ours], wanted["scores"][order], atol=1e-5)
    for one, mask in zip(ours, wanted["masks"][order].bool().numpy(), strict=True):
        assert one.mask.shape == (HEIGHT, WIDTH)
        assert (one.mask != mask).sum() <= PIXELS


def test_a_picture_is_resampled_as_theirs(finder: SamFinder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within one of 255 levels: their resize rounds on its way, ours at the end."""
    rgb = np.random.default_rng(6).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    given: list[Any] = []
    monkeypatch.setattr(finder._model, "get_vision_features", lambda pixel_values: given.append(pixel_values))
    finder.look(rgb)
    (ours,) = given
    assert float((ours - pixels(torch, rgb, SIDE)).abs().max()) <= 1.001 * 2 / 255


def test_phrases_answer_alike_whatever_was_asked_before(finder: SamFinder, photo: Any) -> None:
    looked = finder.look(photo)
    first = [one.score for one in finder.find(looked, Phrase("cat"), threshold=0.0)]
    other = [one.score for one in finder.find(looked, Phrase("dog"), threshold=0.0)]
    again = [one.score for one in finder.find(looked, Phrase("cat"), threshold=0.0)]
    assert first == again != other


def test_of_masks_that_overlap_the_best_is_left(finder: SamFinder, photo: Any) -> None:
    looked = finder.look(photo)
    every = list(finder.find(looked, Phrase("cat"), threshold=0.0))
    few = list(finder.find(looked, Phrase("cat"), threshold=0.0, nms=0.1))
    assert every[0].score == few[0].score
    assert 0 < len(few) < len(every)


def test_suppression_is_greedy_by_score() -> None:
    """Against a plain loop over every pair, with the masks' IoU counted in NumPy."""
    random = np.random.default_rng(0)
    logits, scores = random.normal(0, 1, (20, 6, 6)).astype(np.float32), random.random(20).astype(np.float32)
    masks = logits > 0
    kept: list[int] = []
    for one in np.argsort(-scores):
        overlaps = [(masks[one] & masks[other]).sum() / (masks[one] | masks[other]).sum() for other in kept]
        if scores[one] > 0.2 and not any(value > 0.35 for value in overlaps):
            kept.append(int(one))
    assert chosen(torch.from_numpy(scores), torch.from_numpy(logits), 0.2, 0.35) == kept
    assert len(kept) < int((scores > 0.2).sum())
