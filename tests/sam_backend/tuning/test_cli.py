"""`python -m sam_backend tune`."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sam_backend import ModelPackage, load_package
from sam_backend.cli import main
from sam_backend.tuning import TuneReport
from sam_backend.tuning.drawing import drawn_records
from tests.sam_backend.tuning.made import disc, rle_of

pytestmark = pytest.mark.torch


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Six pictures of two discs each."""
    folder = tmp_path / "discs"
    (folder / "images").mkdir(parents=True)
    lines = []
    for number in range(6):
        masks = [disc((30 + 5 * number, 30), 14), disc((40, 90), 12 + number)]
        pixels = np.full((96, 128, 3), 40, np.uint8)
        pixels[np.any(masks, axis=0)] = (220, 200, 60)
        Image.fromarray(pixels).save(folder / f"images/{number}.png")
        rles = [{"rle": rle_of(mask)} for mask in masks]
        lines.append(json.dumps({"image": f"images/{number}.png", "height": 96, "width": 128, "masks": rles}))
    (folder / "annotations.jsonl").write_text("\n".join(lines))
    return folder


def test_a_folder_of_masks_becomes_a_package_and_a_report(
    tiny_sam: ModelPackage, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, report = tmp_path / "tuned", tmp_path / "report.json"
    code = main([
        "tune", str(tiny_sam.path), str(data), "--out", str(out), "--json", str(report), "--steps", "3",
        "--measured", "2", "--clicks", "5", "--rate", "0.01", "--threads", "1", "--name", "Discs",
        "--state", str(tmp_path / "state"),
    ])  # fmt: skip
    assert code == 0
    said = TuneReport.from_json(json.loads(report.read_text()))
    printed = capsys.readouterr()
    assert said.sentence in printed.out
    assert "encode 6/6" in printed.err
    assert "train 3/3" in printed.err
    assert out.exists() == said.written
    if said.written:
        assert load_package(out).manifest.training_data == ("discs",)
    assert not (tmp_path / "state").exists()


def test_too_few_masks_are_an_exit_code_and_a_sentence(
    tiny_sam: ModelPackage, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["tune", str(tiny_sam.path), str(data), "--out", str(tmp_path / "tuned"), "--masks", "3"]
    assert main(arguments) == 2
    assert "There are 3 accepted masks; 10 are the least" in capsys.readouterr().err


def test_masks_are_drawn_up_to_a_number_and_the_same_each_time(data: Path) -> None:
    drawn = drawn_records([data], each=1, most=4)
    assert [len(chosen) for _, chosen in drawn] == [1] * 4
    assert drawn == drawn_records([data], each=1, most=4)
    assert sum(len(chosen) for _, chosen in drawn_records([data], each=9, most=None)) == 12
    with pytest.raises(ValueError, match="At least one mask"):
        drawn_records([data], each=0, most=None)
