"""`tune-masks` reads a data folder and prints precision and recall by thresholds."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pycocotools import mask as coco
from skimage import data

from sam_backend.cli import main


def test_it_measures_a_data_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photo = data.coffee()[::4, ::4]
    (tmp_path / "images").mkdir()
    Image.fromarray(photo).save(tmp_path / "images" / "a.png")
    cup = np.zeros(photo.shape[:2], np.uint8, order="F")
    cup[20:80, 40:120] = 1
    runs = coco.encode(cup)["counts"].decode()
    line = {"image": "images/a.png", "height": 100, "width": 150}
    line["masks"] = [{"rle": {"size": [100, 150], "counts": runs}}]
    (tmp_path / "annotations.jsonl").write_text(json.dumps(line) + "\n")
    out = tmp_path / "out.json"
    thresholds = ["--predicted-iou", "0.2", "0.4", "--stability", "0.1", "0.5"]
    assert main(["tune-masks", "compact", str(tmp_path), "--points", "3", *thresholds, "--json", str(out)]) == 0
    assert "(the preset)" in capsys.readouterr().out
    result = json.loads(out.read_text())
    assert result["pictures"] == 1
    assert len(result["thresholds"]) == 4
    assert {"precision", "recall", "f1", "masks"} <= set(result["thresholds"][0])
