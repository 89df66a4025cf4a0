"""A tuning from masks to a package, what it refuses, and what a kill leaves."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import sam_backend
from sam_backend import Embedding, ModelPackage, Predictor, load_package
from sam_backend.tuning import Example, TuneCancelled, TuneError, TuneOptions, TuneProgress, TuneReport, tune
from sam_backend.tuning.families import load_tunable
from sam_backend.tuning.records import PHASES
from tests.sam_backend.tuning.made import QUICK, disc, discs, embedding_of, rle_of, with_embedding

pytestmark = [pytest.mark.torch, pytest.mark.slow]

POINTS, LABELS = [(30.0, 30.0), (70.0, 60.0)], [1, 0]


class Killed(BaseException):
    """Stands for a worker's death: nothing of ours catches it."""


def blob(example: Example) -> Embedding:
    data = example.embedding()
    assert data is not None
    return Embedding.from_bytes(data)


def answers(package: ModelPackage, embedding: Embedding) -> list[np.ndarray]:
    """Logits of the plain graph (the first prompt on an image) and of the fast one."""
    predictor = Predictor(package, threads=1)
    predictor.set_embedding(embedding)
    return [predictor.predict(POINTS, LABELS).logits for _ in range(2)]


@pytest.fixture(scope="module")
def told() -> list[TuneProgress]:
    return []


@pytest.fixture(scope="module")
def result(
    tiny_sam: ModelPackage, tmp_path_factory: pytest.TempPathFactory, told: list[TuneProgress]
) -> tuple[Path, TuneReport]:
    out = tmp_path_factory.mktemp("result") / "tuned"
    options = replace(QUICK, name="Discs", version="7")
    fixed = discs(tiny_sam, 2, 2)
    return out, tune(tiny_sam, discs(tiny_sam), out, options=options, fixed=fixed, progress=told.append)


def test_the_result_is_a_whole_package_with_the_parents_encoder(
    tiny_sam: ModelPackage, result: tuple[Path, TuneReport]
) -> None:
    out, report = result
    package = load_package(out)
    assert report.written
    assert (package.sha256, package.manifest.parent) == (report.sha256, tiny_sam.sha256)
    assert (package.manifest.name, package.manifest.version) == ("Discs", "7")
    assert package.manifest.training_data[-1] == "discs"
    assert package.encoder_sha256 == tiny_sam.encoder_sha256
    assert set(package.manifest.graphs) == {"encoder", "decode", "prepare", "decode_fast"}
    assert package.manifest.metrics["noc85"] == report.metrics["noc85"].new.mean
    card = (out / "MODEL_CARD.md").read_text()
    assert report.sentence in card
    assert tiny_sam.sha256 in card
    assert list(out.parent.iterdir()) == [out]


def test_plain_and_fast_graph_compute_what_torch_does(tiny_sam: ModelPackage, result: tuple[Path, TuneReport]) -> None:
    package = load_package(result[0])
    embedding = blob(discs(tiny_sam)[0])
    model = load_tunable(package, "cpu")  # read back from the new graph, and compared with it
    model.module.eval()
    frame = Predictor(package).frame(embedding)
    points = np.concatenate([frame.to_input(POINTS), [[0, 0]]]).astype(np.float32)[None]
    with torch.no_grad():
        expected = model.decode(
            model.features(embedding), torch.from_numpy(points), torch.tensor([[*LABELS, -1]]), None, model.input_size
        )[0].numpy()
    for logits in answers(package, embedding):
        np.testing.assert_allclose(logits, expected[0], atol=1e-4 * expected.std())
    assert np.abs(answers(tiny_sam, embedding)[0] - expected[0]).max() > 1e-3 * expected.std()


def test_the_report_counts_every_side(tiny_sam: ModelPackage, result: tuple[Path, TuneReport]) -> None:
    counts = result[1].counts
    assert counts.train_images + counts.check_images + counts.held_out_images == 6
    assert counts.train_masks == 3 * counts.train_images
    assert counts.measured_masks == QUICK.most_measured
    assert (counts.fixed_images, counts.fixed_masks) == (2, 4)
    assert set(result[1].forgetting) == set(result[1].metrics)


def test_progress_goes_through_the_phases_in_order(result: tuple[Path, TuneReport], told: list[TuneProgress]) -> None:
    first = {phase: next(n for n, one in enumerate(told) if one.phase == phase) for phase in PHASES}
    assert list(first.values()) == sorted(first.values())
    assert all(0 <= one.done <= one.total for one in told)
    assert any(one.loss is not None and one.seconds_left is not None for one in told)


@pytest.mark.parametrize("phase", PHASES)
def test_a_kill_leaves_no_half_package_and_the_next_run_goes_on(
    tiny_sam: ModelPackage, tmp_path: Path, result: tuple[Path, TuneReport], phase: str
) -> None:
    out, state = tmp_path / "tuned", tmp_path / "state"
    seen: list[TuneProgress] = []

    def kill(one: TuneProgress) -> None:
        if one.phase == phase and one.done >= min(4, one.total):
            raise Killed

    options = replace(QUICK, name="Discs", version="7")
    fixed = discs(tiny_sam, 2, 2)
    with pytest.raises(Killed):
        tune(tiny_sam, discs(tiny_sam), out, options=options, fixed=fixed, state=state, progress=kill)
    assert list(tmp_path.iterdir()) == [state]
    (tmp_path / ".tuned-left").mkdir()  # what a real kill would leave of the package
    report = tune(tiny_sam, discs(tiny_sam), out, options=options, fixed=fixed, state=state, progress=seen.append)
    assert list(tmp_path.iterdir()) == [out]
    steps = [one.done for one in seen if one.phase == "train" and one.loss is not None]
    assert steps[:1] == {"read": [1], "train": [4]}.get(phase, [])
    old, new = load_package(result[0]), load_package(out)
    assert new.manifest.files["decode.onnx"] == old.manifest.files["decode.onnx"]
    assert report.metrics == result[1].metrics


def test_a_fixed_image_may_be_called_as_an_example_is(tiny_sam: ModelPackage, tmp_path: Path) -> None:
    fixed = [with_embedding(discs(tiny_sam)[0], lambda: None)]
    with pytest.raises(TuneError, match="The embedding of fixed image image 0 is missing"):
        tune(tiny_sam, discs(tiny_sam), tmp_path / "out", options=QUICK, fixed=fixed)


def test_what_was_cancelled_leaves_nothing(tiny_sam: ModelPackage, tmp_path: Path) -> None:
    asked: list[bool] = []
    with pytest.raises(TuneCancelled):
        tune(
            tiny_sam, discs(tiny_sam), tmp_path / "tuned", options=QUICK, state=tmp_path / "state",
            cancelled=lambda: len(asked) > 8 or bool(asked.append(True)),
        )  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def until(step: int, seen: list[TuneProgress]) -> Callable[[TuneProgress], None]:
    """Progress that kills at a step of training."""

    def hear(one: TuneProgress) -> None:
        seen.append(one)
        if one.phase == "train" and one.loss is not None and one.done >= step:
            raise Killed

    return hear


@pytest.mark.parametrize("change", ["other masks", "a checkpoint cut short"])
def test_a_state_that_does_not_fit_is_not_gone_on_from(tiny_sam: ModelPackage, tmp_path: Path, change: str) -> None:
    state, out, seen = tmp_path / "state", tmp_path / "out", list[TuneProgress]()
    with pytest.raises(Killed):
        tune(tiny_sam, discs(tiny_sam), out, options=QUICK, state=state, progress=until(4, []))
    if change == "a checkpoint cut short":
        (state / "last.pt").write_bytes((state / "last.pt").read_bytes()[:1000])
    examples = discs(tiny_sam, 7 if change == "other masks" else 6)
    with pytest.raises(Killed):
        tune(tiny_sam, examples, out, options=QUICK, state=state, progress=until(1, seen))
    assert seen[-1].done == 1


def missing() -> bytes:
    raise FileNotFoundError


@pytest.mark.parametrize(
    ("embedding", "said"),
    [
        (missing, r"The embedding of image 2 is missing\. Let the model encode"),
        (lambda: None, "The embedding of image 2 is missing"),
        (lambda: b"cut short", "image 2: This is not a complete embedding file"),
    ],
)
def test_embeddings_that_cannot_be_read_are_named(
    tiny_sam: ModelPackage, tmp_path: Path, embedding: object, said: str
) -> None:
    examples = discs(tiny_sam)
    examples[2] = with_embedding(examples[2], embedding)
    with pytest.raises(TuneError, match=said):
        tune(tiny_sam, examples, tmp_path / "out", options=QUICK)
    assert list(tmp_path.iterdir()) == []


def test_embeddings_of_another_encoder_are_refused(tiny_sam: ModelPackage, tmp_path: Path) -> None:
    examples = discs(tiny_sam)
    other = replace(embedding_of(tiny_sam, [disc((40, 40), 9)], 0), encoder_sha256="f" * 64).to_bytes()
    examples[1] = with_embedding(examples[1], lambda: other)
    with pytest.raises(TuneError, match="image 1: The embedding was made by another encoder"):
        tune(tiny_sam, examples, tmp_path / "out", options=QUICK)


def test_embeddings_deleted_half_way_end_with_a_sentence(tiny_sam: ModelPackage, tmp_path: Path) -> None:
    gone: list[bool] = []

    def fading(example: Example) -> Example:
        read = example.embedding
        return with_embedding(example, lambda: None if gone else read())

    def wipe(one: TuneProgress) -> None:
        if one.phase == "train":
            gone.append(True)

    examples = [fading(example) for example in discs(tiny_sam, 12, 2)]
    with pytest.raises(TuneError, match="is missing"):
        tune(tiny_sam, examples, tmp_path / "out", options=QUICK, progress=wipe, state=tmp_path / "state")
    assert list(tmp_path.iterdir()) == []


def test_a_mask_of_another_size_than_its_image_is_refused(tiny_sam: ModelPackage, tmp_path: Path) -> None:
    examples = discs(tiny_sam)
    examples[3] = replace(examples[3], masks=(*examples[3].masks, rle_of(np.ones((50, 40), np.bool_))))
    with pytest.raises(TuneError, match=r"image 3: a mask is of 40×50 px, the embedding's image of 128×96 px"):
        tune(tiny_sam, examples, tmp_path / "out", options=QUICK)


def test_a_loss_that_is_no_number_ends_with_a_sentence(tiny_sam: ModelPackage, tmp_path: Path) -> None:
    with pytest.raises(TuneError, match=r"the loss is not a number any more\. Nothing was changed"):
        tune(tiny_sam, discs(tiny_sam), tmp_path / "out", options=replace(QUICK, learning_rate=1e30))
    assert list(tmp_path.iterdir()) == []


def test_what_looks_no_better_is_not_written(
    tiny_sam: ModelPackage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = iter((0.9, *[0.1] * 20))
    monkeypatch.setattr("sam_backend.tuning.learn.look", lambda *_: next(looks))
    report = tune(tiny_sam, discs(tiny_sam), tmp_path / "out", options=QUICK, state=tmp_path / "state")
    assert (report.written, report.better, report.share, report.metrics) == (False, False, 0.0, {})
    assert report.sentence.startswith("Nothing was gained")
    assert list(tmp_path.iterdir()) == []
    assert TuneReport.from_json(report.to_json()) == report


def test_the_readmes_example_runs_and_empty_masks_count_for_nothing(
    tiny_sam: ModelPackage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readme = (Path(sam_backend.__file__).parent / "README.md").read_text(encoding="utf-8")
    examples = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    [example] = [text for text in examples if "sam_backend.tuning" in text]
    empty = rle_of(np.zeros((96, 128), np.bool_))
    accepted = [(e.key, e.group, e.embedding(), (*e.masks, empty)) for e in discs(tiny_sam, 5, 2)]
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"package": tiny_sam, "accepted": accepted}
    quick = example.replace("TuneOptions(", "TuneOptions(steps=3, clicks=5, ")
    exec(compile(quick, "README.md", "exec"), names)
    counts = names["report"].counts
    assert counts.train_masks + counts.check_masks + counts.held_out_masks == 10
    assert Path("tuned").exists() == names["report"].written


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (TuneOptions(held_out=1.0), "held_out and check must lie"),
        (TuneOptions(steps=0), "steps and seconds"),
        (TuneOptions(seconds=-1.0), "steps and seconds"),
        (TuneOptions(learning_rate=float("nan")), "learning_rate"),
        (TuneOptions(clicks=4), "clicks must lie in 5..20"),
        (TuneOptions(threads=0), "threads must be at least 1"),
        (TuneOptions(device="tpu"), 'device must be "auto"'),
    ],
)
def test_options_without_sense_are_refused(
    tiny_sam: ModelPackage, tmp_path: Path, options: TuneOptions, said: str
) -> None:
    with pytest.raises(TuneError, match=said):
        tune(tiny_sam, discs(tiny_sam), tmp_path / "out", options=options)


def test_a_place_that_is_taken_is_refused(tiny_sam: ModelPackage, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "file").touch()
    with pytest.raises(TuneError, match="is not an empty folder"):
        tune(tiny_sam, discs(tiny_sam), tmp_path / "out", options=QUICK)


def test_without_pytorch_a_sentence_says_what_to_install(
    tiny_sam: ModelPackage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(TuneError, match=r"needs torch, onnx, cv2.+pip install 'maskwright\[train\]'"):
        tune(tiny_sam, discs(tiny_sam), tmp_path / "out", options=QUICK)


def test_time_shortens_the_training(tiny_sam: ModelPackage, tmp_path: Path) -> None:
    seen: list[TuneProgress] = []

    def stop(one: TuneProgress) -> None:
        seen.append(one)
        if one.phase == "train":
            raise Killed

    options = replace(QUICK, steps=10**6, seconds=0.5)
    with pytest.raises(Killed):
        tune(tiny_sam, discs(tiny_sam), tmp_path / "out", options=options, progress=stop)
    assert 3 <= seen[-1].total < 1000
