"""Packages are taken only when every file is what the manifest says."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest

from sam_backend import Manifest, compact_package_path, load_package
from sam_backend.package import sha256_of, write_manifest


@pytest.fixture
def package(tmp_path):
    """A copy of the shipped manifest with tiny stand-ins for the files."""
    manifest = load_package(compact_package_path()).manifest
    for name in manifest.files:
        (tmp_path / name).write_bytes(name.encode() * 10)
    write_manifest(tmp_path, manifest)
    return tmp_path


def edit(package, change):
    path = package / "manifest.json"
    data = json.loads(path.read_text())
    change(data)
    path.write_text(json.dumps(data))


def test_the_shipped_package_is_whole_and_small():
    package = load_package(compact_package_path())
    assert package.encoder_sha256 == sha256_of(package.file("encoder"))
    assert sum(file.bytes for file in package.manifest.files.values()) <= 40_000_000
    assert {"encoder.onnx", "decode.onnx", "weights.safetensors", "MODEL_CARD.md"} <= set(package.manifest.files)
    assert "research" in package.manifest.notice


def test_manifest_survives_a_round_trip():
    manifest = load_package(compact_package_path()).manifest
    assert Manifest.from_dict(json.loads(json.dumps(manifest.to_dict()))) == manifest


def test_a_package_gets_another_hash_when_any_file_changes(package):
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
        (lambda p: edit(p, lambda d: d.update(format=2)), "format is 2"),
        (lambda p: edit(p, lambda d: d.pop("decoder")), "lacks the field 'decoder'"),
        (lambda p: edit(p, lambda d: d.update(input=3)), "wrong kind"),
        (lambda p: edit(p, lambda d: d.update(encoder_sha256="0")), "encoder_sha256 is not the hash"),
        (lambda p: edit(p, lambda d: d["graphs"].pop("decode")), "names no 'decode' graph"),
        (lambda p: edit(p, lambda d: d["graphs"]["decode"].update(file="x.onnx")), "'x.onnx' is not among"),
        (lambda p: edit(p, lambda d: d["input"].update(size=0)), "input.size must be a positive whole number"),
        (lambda p: edit(p, lambda d: d["embedding"].clear()), "names no embedding tensor"),
        (lambda p: edit(p, lambda d: d["embedding"][0].update(encoding="int4")), "'int4' is unknown"),
        (lambda p: edit(p, lambda d: d["embedding"][0].update(levels=1)), "between 2 and 256"),
        (
            lambda p: edit(p, lambda d: d["files"].update({"../x": {"sha256": "", "bytes": 0}})),
            "plain names in its own folder",
        ),
    ],
)
def test_a_broken_package_is_refused_with_a_sentence(package, damage, sentence):
    damage(package)
    with pytest.raises(ValueError, match=sentence):
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


def test_packages_work_where_neither_torch_nor_django_can_be_imported(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(tmp_path)], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
