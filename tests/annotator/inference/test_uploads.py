"""Models uploaded over the API: packages and checkpoints, and every way they can be wrong."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from annotator.inference import library
from annotator.lib import storage
from annotator.runs.models import Run
from tests.annotator.inference.conftest import make_package
from tests.annotator.world import World, client_of, make_user

WorkOff = Callable[[], list[Run]]


def test_an_administrator_uploads_a_package(world: World, tmp_path: Path, work_off: WorkOff) -> None:
    admin = client_of(make_user("Root", is_staff=True))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path in make_package(tmp_path / "up", name="Uploaded").iterdir():
            archive.write(path, path.name)
    body = {"file": SimpleUploadedFile("up.zip", out.getvalue())}
    response = admin.post("/api/v1/models/upload/", body, "multipart")
    assert response.status_code == 202, response.content
    blob = response.json()["params"]["blob"]
    (run,) = work_off()
    assert (run.state, run.result["name"]) == ("succeeded", "Uploaded 1")
    assert not storage.has_blob(blob)


def test_an_upload_that_is_no_model_fails_in_a_sentence(world: World, work_off: WorkOff) -> None:
    admin = client_of(make_user("Root", is_staff=True))
    refused = admin.post("/api/v1/models/upload/", {"file": SimpleUploadedFile("a.exe", b"x")}, "multipart")
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_model_file")
    admin.post("/api/v1/models/upload/", {"file": SimpleUploadedFile("a.zip", b"no archive")}, "multipart")
    (run,) = work_off()
    assert run.state == "failed"
    assert "a.zip is no model" in run.error
    assert not storage.has_blob(run.params["blob"])


def test_an_uploaded_package_that_was_cut_short_says_which_file(
    world: World, tmp_path: Path, work_off: WorkOff
) -> None:
    folder = make_package(tmp_path / "cut")
    graph = folder / "encoder.onnx"
    graph.write_bytes(graph.read_bytes()[:100])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path in folder.iterdir():
            archive.write(path, path.name)
    admin = client_of(make_user("Root", is_staff=True))
    admin.post("/api/v1/models/upload/", {"file": SimpleUploadedFile("cut.zip", out.getvalue())}, "multipart")
    (run,) = work_off()
    assert run.state == "failed"
    assert "encoder.onnx" in run.error
    assert "has 100 bytes, the manifest says" in run.error


@pytest.mark.torch
@pytest.mark.slow
@pytest.mark.parametrize(
    ("tensors", "said"),
    [
        ({"sam_mask_decoder.hf_token.weight": (1, 256)}, "This is an HQ-SAM 2 checkpoint."),
        ({"memory_attention.norm.weight": (8,), "spatial_perceiver.latents": (8, 8)}, "This is an EdgeTAM checkpoint,"),
        ({"image_encoder.patch_embed.proj.weight": (768, 3, 16, 16)}, "given.safetensors lacks 313 of 314 tensors"),
    ],
)
def test_an_uploaded_checkpoint_that_does_not_fit_says_what_it_is(
    world: World, tmp_path: Path, work_off: WorkOff, tensors: dict[str, tuple[int, ...]], said: str
) -> None:
    pytest.importorskip("torch")
    from safetensors.numpy import save

    blob = save({name: np.zeros(shape, np.float32) for name, shape in tensors.items()})
    admin = client_of(make_user("Root", is_staff=True))
    admin.post("/api/v1/models/upload/", {"file": SimpleUploadedFile("given.safetensors", blob)}, "multipart")
    (run,) = work_off()
    assert run.state == "failed"
    assert said in run.error
    assert not storage.has_blob(run.params["blob"])


def test_an_upload_that_may_work_later_is_kept(
    world: World, work_off: WorkOff, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = client_of(make_user("Root", is_staff=True))
    monkeypatch.setattr(library, "find_spec", lambda name: None)
    admin.post("/api/v1/models/upload/", {"file": SimpleUploadedFile("a.pth", b"weights")}, "multipart")
    (run,) = work_off()
    assert "needs torch and onnx" in run.error
    assert storage.has_blob(run.params["blob"])
