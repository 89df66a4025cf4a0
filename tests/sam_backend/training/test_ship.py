"""From a configuration to a package whose card says what was measured."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from sam_backend.evaluation.card import replace_part

torch = pytest.importorskip("torch")
pytestmark = [pytest.mark.torch, pytest.mark.slow]

from PIL import Image  # noqa: E402

from sam_backend import compact_package_path, load_package  # noqa: E402
from sam_backend.cli import main  # noqa: E402
from sam_backend.training import ship  # noqa: E402

TOML = """
name = "tiny"
data = ["{data}"]
steps = 2
hold_out = 0.3
precision = "fp32"
corrections = 1
checkpoint_every = 2
evaluate_every = 2
phases = [{{ until = 1.0, size = 64, batch = 2, masks = 2 }}]
[model]
widths = [8, 16, 16, 24, 40]
depths = [1, 1, 1, 1]
dim = 64
"""


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One command, from random weights to the package of a model of another width."""
    from tests.sam_backend.training.conftest import make_discs

    folder = tmp_path_factory.mktemp("ship")
    data = make_discs(folder)
    (folder / "run.toml").write_text(TOML.format(data=data))
    pack = folder / "dev.safetensors"
    assert main(["pack", str(data), "--size", "80", "--webp", "90", "--out", str(pack)]) == 0
    code = main([
        "train", str(folder / "run.toml"), "--out", str(folder / "run"), "--package", str(folder / "package"),
        "--workers", "1", "--dev", str(pack), "--held-out", str(data), "--hold-out", "0.3", "--baselines", "1",
        "--version", "7", "--training", "Two steps.", "--licence", "CC0", "--notice", "",
        "--training-data", "discs",
    ])  # fmt: skip
    assert code == 0
    return folder


def test_the_package_is_the_trained_model_and_complete(shipped: Any) -> None:
    package = load_package(shipped / "package")
    manifest = package.manifest
    assert manifest.embedding[0].shape == (1, 64, 64, 64)
    assert (manifest.version, manifest.licence, manifest.notice, manifest.training_data) == ("7", "CC0", "", ("discs",))
    assert {"MODEL_CARD.md", "facts.json", "answers.jpg", "failures.jpg", "weights.safetensors"} <= set(manifest.files)
    assert Image.open(shipped / "package" / "answers.jpg").size[0] == 6 * 246


def test_the_card_says_what_was_measured(shipped: Any) -> None:
    facts = json.loads((shipped / "package" / "facts.json").read_text())
    card = (shipped / "package" / "MODEL_CARD.md").read_text()
    overall = facts["measured"]["dev"]["overall"]
    assert f"| 1 click, top-scored | {overall['miou_1_top']:.3f} (" in card
    assert "Two steps." in card
    assert "residual stages of 1/1/1/1 blocks at stride 4 to 32 (16/16/24/40 channels)" in " ".join(card.split())
    assert "[64, 64, 64]" in card
    assert "9.0 M" not in card
    assert "| GrabCut |" in card
    assert "discs 0.png" in card
    assert load_package(shipped / "package").manifest.metrics == overall
    assert facts["measured"]["dev"]["n"] == 6


def test_measuring_anew_gives_the_same_numbers_and_a_failure_changes_nothing(shipped: Any, tmp_path: Path) -> None:
    # A copy: other tests read the card that came first, in any order.
    package = shutil.copytree(shipped / "package", tmp_path / "package")
    before = {path.name: path.read_bytes() for path in package.iterdir()}
    assert main(["ship", "--out", str(package), "--dev", str(shipped / "nothing")]) == 2
    assert {path.name: path.read_bytes() for path in package.iterdir()} == before
    pack = str(shipped / "dev.safetensors")
    assert main(["ship", "--out", str(package), "--dev", pack, "--measure-workers", "2"]) == 0
    again = json.loads((package / "facts.json").read_text())["measured"]["dev"]
    assert again["overall"] == json.loads(before["facts.json"])["measured"]["dev"]["overall"]
    assert main(["ship", str(shipped / "run.toml"), "--out", str(package), "--dev", str(shipped / "discs")]) == 2
    assert not list(tmp_path.glob("package.new"))


def test_a_checkpoint_of_another_shape_is_refused(shipped: Any, tmp_path: Path) -> None:
    from sam_backend.training.best import load_trained

    with pytest.raises(ValueError, match="weights of another model"):
        load_trained(shipped / "run" / "last.pt", None)
    (tmp_path / "x.pt").write_bytes(b"nothing")
    with pytest.raises(ValueError, match="not a readable checkpoint"):
        load_trained(tmp_path / "x.pt", None)


def test_the_shipped_card_is_what_its_facts_make_of_it() -> None:
    """The card's numbers cannot drift: each generated part is made again from the facts beside it."""
    folder = compact_package_path()
    facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    card = (folder / "MODEL_CARD.md").read_text(encoding="utf-8")
    again = card
    for name, part in ship.card_parts(facts).items():
        again = replace_part(again, name, part)
    assert again == card
    manifest = load_package(folder).manifest
    assert manifest.metrics == facts["measured"]["dev"]["overall"]
    assert sum(file.bytes for file in manifest.files.values()) <= ship.PACKAGE_BYTES
