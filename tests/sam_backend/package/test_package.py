"""Packages are taken only when every file is what the manifest says."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sam_backend import Manifest, compact_package_path, load_package
from sam_backend.package import sha256_of, write_manifest


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the shipped manifest with tiny stand-ins for the files."""
    manifest = load_package(compact_package_path()).manifest
    for name in manifest.files:
        (tmp_path / name).write_bytes(name.encode() * 10)
    write_manifest(tmp_path, manifest)
    return tmp_path


def edit(package: Any, change: Any) -> None:
    path = package / "manifest.json"
    data = json.loads(path.read_text())
    change(data)
    path.write_text(json.dumps(data))


def test_the_shipped_package_is_whole_and_small() -> None:
    package = load_package(compact_package_path())
    assert package.encoder_sha256 == sha256_of(package.file("encoder"))
    assert sum(file.bytes for file in package.manifest.files.values()) <= 40_000_000
    assert {"encoder.onnx", "decode.onnx", "weights.safetensors", "MODEL_CARD.md"} <= set(package.manifest.files)
    assert "research" in package.manifest.notice


def test_manifest_survives_a_round_trip() -> None:
    manifest = load_package(compact_package_path()).manifest
    assert Manifest.from_dict(json.loads(json.dumps(manifest.to_dict()))) == manifest


def test_a_package_gets_another_hash_when_any_file_changes(package: Path) -> None:
    before = load_package(package)
    (package / "decode.onnx").write_bytes(b"other")
    after = write_manifest(package, before.manifest)
    assert after.sha256 != before.sha256
    assert after.encoder_sha256 == before.encoder_sha256


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda p: shutil.rmtree(p), "is not a model package"),
        (lambda p: (p / "manifest.json").write_text('{"format": 1, "na'), "not valid JSON"),
        (lambda p: (p / "manifest.json").write_text("[]"), "must be a JSON object, not list"),
        (lambda p: (p / "decode.onnx").unlink(), "lacks the file decode.onnx"),
        (lambda p: (p / "decode.onnx").write_bytes(b"cut"), "decode.onnx .* has 3 bytes, the manifest says 110"),
        (lambda p: (p / "encoder.onnx").write_bytes(b"x" * 120), "encoder.onnx .* does not match its hash"),
        (lambda p: edit(p, lambda d: d.update(format=4)), "format is 4"),
        (lambda p: edit(p, lambda d: d.pop("decoder")), "lacks the field 'decoder'"),
        (lambda p: edit(p, lambda d: d.update(input=3)), "wrong kind"),
        (lambda p: edit(p, lambda d: d.update(encoder_sha256="0")), "encoder_sha256 is not the hash"),
        (lambda p: edit(p, lambda d: d["graphs"].pop("decode")), "names no 'decode' graph"),
        (lambda p: edit(p, lambda d: d["graphs"]["decode"].update(file="x.onnx")), "'x.onnx' is not among"),
        (
            lambda p: edit(p, lambda d: d["graphs"]["encoder"].update(weights="w.bin")),
            "reads from 'w.bin', which is not",
        ),
        (
            lambda p: edit(p, lambda d: d["input"].update(size=0)),
            "input.size must be a whole number from 16 to 4096, not 0",
        ),
        (lambda p: edit(p, lambda d: d["embedding"].clear()), "names no embedding tensor"),
        (lambda p: edit(p, lambda d: d["embedding"][0].update(encoding="int4")), "'int4' is unknown"),
        (
            lambda p: edit(p, lambda d: d["embedding"][0].update(levels=1)),
            "embedding levels must be a whole number from 2 to 256, not 1",
        ),
        (
            lambda p: edit(p, lambda d: d["files"].update({"../x": {"sha256": "", "bytes": 0}})),
            "plain names in its own folder",
        ),
    ],
)
def test_a_broken_package_is_refused_with_a_sentence(package: Path, damage: Any, sentence: str) -> None:
    damage(package)
    with pytest.raises(ValueError, match=sentence):
        load_package(package)


HUGE = 10**9
LONG = 10**400
"""Written into JSON it is read back as a whole number of 401 digits."""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d["decoder"].update(mask_size=HUGE), "decoder.mask_size must be a whole number from 1 to 1024"),
        (lambda d: d["decoder"].update(num_masks=HUGE), "decoder.num_masks"),
        (lambda d: d["decoder"].update(num_masks=True), "decoder.num_masks .* not True"),
        (lambda d: d["decoder"].update(point_frame=HUGE), "decoder.point_frame"),
        (lambda d: d["decoder"].update(point_frame=1.5), "decoder.point_frame .* not 1.5"),
        (lambda d: d["decoder"].update(mask_threshold=HUGE), "decoder.mask_threshold must be a number"),
        (lambda d: d["decoder"].update(mask_threshold="0"), "decoder.mask_threshold .* not '0'"),
        (lambda d: d["decoder"].update(tidy_cells=-1), "decoder.tidy_cells"),
        (lambda d: d["decoder"].update(edge_radius=HUGE), "decoder.edge_radius"),
        (lambda d: d["input"].update(size=HUGE), "input.size"),
        (lambda d: d["input"].update(mean=[1, 2]), "input.mean must be three numbers"),
        (lambda d: d["input"].update(std=[1, 0, 1]), "input.std"),
        (lambda d: d["input"].update(pad_value=[1, HUGE, 1]), "input.pad_value"),
        (lambda d: d["embedding"][0].update(shape=[HUGE, HUGE]), "embedding shape"),
        (lambda d: d["embedding"][0].update(shape=[1, 64, 1024, 1024]), "numbers together"),
        (lambda d: d["embedding"][0].update(shape=[1] * 9), "9 axes"),
        (lambda d: d["embedding"].extend(d["embedding"] * 5), "24 tensors"),
        (lambda d: d["graphs"]["decode_fast"].update(max_tokens=HUGE), "max_tokens of decode_fast"),
        (lambda d: d["graphs"]["decode_fast"].update(min_guard="low"), "min_guard of decode_fast"),
        (lambda d: d["files"]["decode.onnx"].update(bytes=-1), "size of decode.onnx"),
        (lambda d: d["files"]["decode.onnx"].update(bytes=2.5), "size of decode.onnx"),
        (lambda d: d["files"].update({f"{n}.bin": {"sha256": "", "bytes": 0} for n in range(51)}), "50 are the most"),
        (lambda d: d["metrics"].update(miou=float("nan")), "must be finite"),
        (lambda d: d["metrics"].update(miou=[{"deep": float("inf")}]), "must be finite"),
        (lambda d: d["metrics"].update(miou=LONG), "a number of 1329 bits, which is too large"),
        (lambda d: d["decoder"].update(mask_size=LONG), "a number of 1329 bits, which is too large"),
        (lambda d: d.update(name="x" * 101), "name has 101 characters; 100 are the most"),
        (lambda d: d.update(notice="a\x00b"), "NUL"),
    ],
)
def test_every_number_of_a_manifest_is_within_bounds(package: Path, change: Any, said: str) -> None:
    edit(package, change)
    with pytest.raises(ValueError, match=said):
        load_package(package)


def test_a_manifest_nested_without_end_is_refused(package: Path) -> None:
    path = package / "manifest.json"
    path.write_text(path.read_text().replace('"metrics": {', '"metrics": {"a": ' + "[" * 200 + "]" * 200 + ", ", 1))
    with pytest.raises(ValueError, match="nested more than 20 deep"):
        load_package(package)
    path.write_text("[" * 200_000 + "]" * 200_000)
    with pytest.raises(ValueError, match="not valid JSON"):
        load_package(package)
    path.write_text(" " * 2_000_000)
    with pytest.raises(ValueError, match="larger than 1 MB"):
        load_package(package)


ALONE = """
import sys
absent = "torch onnx transformers django celery rest_framework annotator cv2"
sys.modules.update(dict.fromkeys(absent.split()))
import numpy as np
from sam_backend import Embedding, Predictor, compact_package_path, load_package
from sam_backend.archive import unzip_package, zip_package
from sam_backend.amg import AutomaticMasks, PredictorBackend, preset
from pathlib import Path

archive = zip_package(compact_package_path(), Path(sys.argv[1], "model.zip"))
predictor = Predictor(unzip_package(archive, Path(sys.argv[1], "model"), 10**9), threads=1)
photo = np.zeros((40, 60, 3), np.uint8)
predictor.set_image(photo)
assert predictor.backend == "onnxruntime"
assert predictor.predict([[30, 20]], [1]).masks.shape == (4, 40, 60)
predictor.set_embedding(Embedding.from_bytes(predictor.encode(photo).to_bytes()))
logits = predictor.predict(box=(5, 5, 50, 30)).logits[0]
assert predictor.predict([[30, 20]], [1], mask_input=logits).mask().dtype == bool
AutomaticMasks(PredictorBackend(predictor), preset("quick", points_per_side=2)).generate(photo)
"""


def test_packages_work_where_neither_torch_nor_django_can_be_imported(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(tmp_path)], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
