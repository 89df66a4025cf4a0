"""SAM 3's folder becomes a model that is asked in words, once somebody accepts its licence."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from safetensors.numpy import save_file

from annotator.inference.models import ModelVersion
from annotator.lib import storage
from annotator.runs.models import Run
from annotator.suggestions.models import Suggestion
from sam_backend.adopt import PARTS, About, adopt
from sam_backend.archive import zip_package
from tests.annotator.world import World, client_of, make_user

WorkOff = Callable[[], list[Run]]


def models(*args: object) -> str:
    out = io.StringIO()
    call_command("models", *map(str, args), stdout=out)
    return out.getvalue()


@pytest.fixture
def folder(db: None, settings: Any, tmp_path: Path) -> Path:
    """As much of SAM 3 as can be told without loading it."""
    settings.MASKWRIGHT_VAR = tmp_path / "var"
    home = tmp_path / "sam3"
    home.mkdir()
    save_file({f"{part}weight": np.zeros(1, np.float32) for part in PARTS}, home / "model.safetensors")
    (home / "config.json").write_text(json.dumps({"model_type": "sam3"}))
    (home / "vocab.json").write_text("{}")
    (home / "merges.txt").write_text("")
    (home / "LICENSE").write_text("SAM License, in full")
    return home


def test_pulling_it_says_how_it_is_had_and_listing_names_it(db: None) -> None:
    with pytest.raises(CommandError, match=r"accepted its own licence, the SAM License .*--accept-licence"):
        models("pull", "sam3")
    assert "sam3" in models("list")
    status = client_of(make_user("Root", is_staff=True)).post("/api/v1/models/pull/", {"name": "sam3"}, format="json")
    assert (status.status_code, status.json()["code"]) == (409, "licence")


def test_nothing_is_installed_before_its_licence_is_accepted(folder: Path) -> None:
    with pytest.raises(CommandError, match=r"SAM License: read it at https://.* Nothing was installed"):
        models("add", folder)
    assert not ModelVersion.objects.exists()
    said = models("add", folder, "--name", "SAM 3", "--accept-licence")
    made = ModelVersion.objects.get()
    assert f"{made} is installed" in said
    assert "can ask it in words" in said
    assert (made.prompts, made.family, made.licence, made.name) == ("words", "sam3", "SAM License", "SAM 3")
    assert made.manifest["input"]["size"] == 1008
    assert storage.has_blob(made.files["LICENSE"]["sha256"])
    assert models("add", folder, "--name", "SAM 3", "--accept-licence")
    assert ModelVersion.objects.count() == 1


def test_a_folder_of_another_model_is_a_sentence(folder: Path) -> None:
    (folder / "config.json").write_text(json.dumps({"model_type": "sam2"}))
    with pytest.raises(CommandError, match="only SAM 3 is taken"):
        models("add", folder, "--accept-licence")


def test_an_upload_needs_the_box_to_be_ticked(folder: Path, tmp_path: Path, work_off: WorkOff) -> None:
    file = zip_package(adopt(folder, tmp_path / "package", About("SAM 3")).path, tmp_path / "words.zip")
    admin = client_of(make_user("Root", is_staff=True))

    def upload(**more: Any) -> Run:
        body = {"file": SimpleUploadedFile("words.zip", file.read_bytes()), **more}
        assert admin.post("/api/v1/models/upload/", body, "multipart").status_code == 202
        (run,) = work_off()
        return run

    refused = upload()
    assert (refused.state, ModelVersion.objects.count()) == ("failed", 0)
    assert "ticking the box" in refused.error
    assert upload(accept_licence="true").state == "succeeded"
    assert ModelVersion.objects.get().prompts == "words"


@pytest.mark.torch
def test_a_tiny_sam_3_is_asked_from_file_to_suggestion(
    world: World, settings: Any, tmp_path: Path, work_off: WorkOff
) -> None:
    """Random weights, everything else as it is: added, asked in words and by example, its masks stored."""
    torch, transformers = pytest.importorskip("torch"), pytest.importorskip("transformers")
    from tests.sam_backend.words.tiny import oracle, save

    settings.MASKWRIGHT_VAR = tmp_path / "var"
    models("add", save(oracle(torch, transformers, 3), tmp_path / "tiny"), "--accept-licence")
    phrases = [{"words": "cat", "label": str(world.label.pk)}, {"boxes": [[5, 5, 20, 20]]}]
    body = {"phrases": phrases, "threshold": 0.0}
    client = client_of(world.bob)
    assert client.post(f"/api/v1/images/{world.image.pk}/words/", body, format="json").status_code == 202
    (run,) = work_off()
    assert run.state == "succeeded", run.error
    assert run.result["suggestions"] > 0
    scores = list(Suggestion.objects.order_by("rank").values_list("predicted_iou", flat=True))
    assert scores == sorted(scores, reverse=True)
    assert {row.label for row in Suggestion.objects.all()} == {world.label, None}
    too_long = {"phrases": [{"words": "antidisestablishmentarianism is long"}]}
    client.post(f"/api/v1/images/{world.image.pk}/words/", too_long, format="json")
    (failed,) = work_off()
    assert "the model reads 32" in failed.error
