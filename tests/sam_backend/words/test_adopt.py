"""A folder as `transformers` saves it becomes a package; what is no whole SAM 3 is refused with a sentence."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from sam_backend import load_package  # noqa: E402
from sam_backend.adopt import WEIGHTS, About, adopt, is_transformers_folder  # noqa: E402
from sam_backend.archive import is_zipped_package, unzip_package, zip_package  # noqa: E402
from sam_backend.cli import main  # noqa: E402
from sam_backend.phrases import Phrase  # noqa: E402
from sam_backend.word_package import WordPackage, load_any_package, load_word_package  # noqa: E402
from sam_backend.words import SamFinder, load_finder  # noqa: E402
from tests.sam_backend.words.tiny import SIDE  # noqa: E402

pytestmark = pytest.mark.torch


@pytest.fixture
def copy(published: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(published, tmp_path / "copy"))


def test_a_package_says_what_the_configuration_said(published: Path, package: WordPackage) -> None:
    assert is_transformers_folder(published)
    assert not is_transformers_folder(package.path)
    manifest = load_word_package(package.path).manifest
    assert (manifest.family, manifest.licence) == ("sam3", "SAM License")
    assert (manifest.input.size, manifest.tokens) == (SIDE, 32)
    assert package.encoder_sha256 == manifest.files[WEIGHTS].sha256
    assert {"config.json", WEIGHTS, "vocab.json", "merges.txt"} <= set(manifest.files)
    assert isinstance(load_any_package(package.path), WordPackage)


def test_it_is_no_model_for_clicks(package: WordPackage) -> None:
    with pytest.raises(ValueError, match="asked in words; it has no decoder for clicks"):
        load_package(package.path)


def test_it_travels_as_one_file(package: WordPackage, tmp_path: Path) -> None:
    file = zip_package(package.path, tmp_path / "words.zip")
    assert is_zipped_package(file)
    there = unzip_package(file, tmp_path / "there", 1 << 30)
    assert isinstance(there, WordPackage)
    assert there.sha256 == package.sha256


def test_the_published_form_with_a_tracker_beside_it_is_taken(theirs: Any, published: Path, copy: Path) -> None:
    """Its configuration nests the detector's, its weights name it."""
    from safetensors.torch import load_file, save_file

    tensors = {f"detector_model.{name}": value for name, value in load_file(copy / WEIGHTS).items()}
    tensors["tracker_model.mask_decoder.x"] = torch.zeros(1)
    save_file(tensors, copy / WEIGHTS, {"format": "pt"})
    inner = json.loads((published / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps({"model_type": "sam3_video", "detector_config": inner}))
    made = adopt(copy, copy.parent / "package", About("Video"))
    assert made.manifest.input.size == SIDE
    both = dict(load_finder(made, "cpu")._model.state_dict())
    assert all(bool((both[name] == value).all()) for name, value in theirs.state_dict().items())


def cut(folder: Path) -> None:
    path = folder / WEIGHTS
    path.write_bytes(path.read_bytes()[:-10])


def other_kind(folder: Path) -> None:
    (folder / "config.json").write_text(json.dumps({"model_type": "sam2"}))


def half(folder: Path) -> None:
    from safetensors.torch import load_file, save_file

    tensors = load_file(folder / WEIGHTS)
    save_file({name: value for name, value in tensors.items() if not name.startswith("text")}, folder / WEIGHTS)


@pytest.mark.parametrize(("spoil", "said"), [
    (cut, "Fetch it again"),
    (other_kind, "only SAM 3 is taken"),
    (half, "lacks text_encoder"),
    (lambda folder: (folder / WEIGHTS).unlink(), "lacks model.safetensors"),
    (lambda folder: (folder / WEIGHTS).rename(folder / f"{WEIGHTS}.index.json"), "weights in several files"),
    (lambda folder: (folder / WEIGHTS).write_bytes(b"\xff" * 20), "not a safetensors file"),
    (lambda folder: (folder / "merges.txt").unlink(), "lacks the tokenizer"),
    (lambda folder: (folder / "config.json").write_text("[]"), "no JSON object"),
    (lambda folder: (folder / "config.json").write_text("{"), "cannot be read"),
])  # fmt: skip
def test_what_is_no_whole_sam_3_is_refused(copy: Path, spoil: Callable[[Path], Any], said: str) -> None:
    spoil(copy)
    with pytest.raises(ValueError, match=said):
        adopt(copy, copy.parent / "package", About("Broken"))


def test_weights_of_another_shape_are_a_sentence(theirs: Any, copy: Path) -> None:
    config = json.loads((copy / "config.json").read_text())
    config["detr_decoder_config"]["num_layers"] = 2
    (copy / "config.json").write_text(json.dumps(config))
    made = adopt(copy, copy.parent / "package", About("Broken"))
    with pytest.raises(ValueError, match=r"lacks .* tensors, detr_decoder"):
        load_finder(made, "cpu")


def test_words_that_are_too_long_are_a_sentence(finder: SamFinder, theirs: Any) -> None:
    """A letter is a token here; begin and end count."""
    finder.check("a" * 30)
    with pytest.raises(ValueError, match=r"makes 33 tokens.* reads 32"):
        finder.check("a" * 31)
    with pytest.raises(ValueError, match="…” makes 502 tokens"):
        finder.check("b" * 500)


def test_nothing_above_the_threshold_is_nothing(finder: SamFinder) -> None:
    import numpy as np

    looked = finder.look(np.zeros((20, 30, 3), np.uint8))
    assert list(finder.find(looked, Phrase("cat"), threshold=1.0)) == []


def test_without_transformers_there_is_a_sentence(package: WordPackage, monkeypatch: pytest.MonkeyPatch) -> None:
    from sam_backend import phrases

    monkeypatch.setattr(phrases, "missing", lambda: ["transformers"])
    with pytest.raises(ValueError, match=r'needs transformers on the worker. Install with `pip install "maskwright'):
        phrases.load_finder(package)


def test_the_command_line_writes_a_package_of_a_folder(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(published), str(tmp_path / "made.zip"), "--name", "Words"]) == 0
    assert "come under the SAM License" in capsys.readouterr().out
    assert unzip_package(tmp_path / "made.zip", tmp_path / "made", 1 << 30).manifest.name == "Words"
