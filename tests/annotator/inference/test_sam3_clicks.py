"""SAM 3's files become a model that is clicked with, beside the one that is asked in words where both are there."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from annotator.inference import library
from annotator.inference.convert import Description, Told
from annotator.inference.models import ModelVersion
from annotator.runs.models import Run
from tests.annotator.world import World, client_of, make_user

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from sam_backend.archive import zip_package  # noqa: E402
from sam_backend.build import build_random_sam2  # noqa: E402
from sam_backend.checkpoints import load_model  # noqa: E402
from sam_backend.config import SAM3_VARIANTS  # noqa: E402
from sam_backend.onnx.export import PackageInfo, export_package  # noqa: E402
from tests.sam_backend.sam3.layouts import as_authors  # noqa: E402
from tests.sam_backend.sam3.published import published  # noqa: E402
from tests.sam_backend.sam3.tiny import TINY  # noqa: E402
from tests.sam_backend.words.tiny import oracle, save  # noqa: E402

pytestmark = pytest.mark.torch
WorkOff = Callable[[], list[Run]]


def models(*args: object) -> str:
    out = io.StringIO()
    call_command("models", *map(str, args), stdout=out)
    return out.getvalue()


@pytest.fixture
def converted(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that were converted: in this process, where a toy's size counts as a published one."""
    settings.MASKWRIGHT_VAR = tmp_path / "var"
    monkeypatch.setitem(SAM3_VARIANTS, "sam3_toy", TINY)
    files: list[str] = []

    def convert(checkpoint: Path, folder: Path, about: Description, told: Told) -> None:
        files.append(checkpoint.name)
        told(0.5, "Converting")
        export_package(load_model(checkpoint), folder, PackageInfo(about.name, about.version, about.licence))

    monkeypatch.setattr(library, "convert", convert)
    return files


@pytest.fixture
def both(converted: list[str], tmp_path: Path) -> Path:
    """The folder as it is published: detector, tracker and tokenizer."""
    return save(published(torch, transformers, seed=5), tmp_path / "sam3")


@pytest.fixture
def authors(converted: list[str], tmp_path: Path) -> Path:
    """The authors' own file."""
    torch.save({"model": as_authors(torch, build_random_sam2(TINY).state_dict())}, tmp_path / "sam3.pt")
    return tmp_path / "sam3.pt"


def test_a_folder_with_both_parts_becomes_two_models(both: Path, converted: list[str]) -> None:
    said = models("add", both, "--name", "SAM 3", "--accept-licence")
    words, clicks = ModelVersion.objects.order_by("created")
    assert (words.prompts, words.name, words.family) == ("words", "SAM 3", "sam3")
    assert (clicks.prompts, clicks.name, clicks.family) == ("clicks", "SAM 3 clicks", "sam3")
    assert clicks.licence == words.licence == "SAM License"
    assert "can ask it in words" in said
    assert f'Use it with `models use PROJECT "{clicks}"`' in said
    models("add", both, "--name", "SAM 3", "--accept-licence")
    assert ModelVersion.objects.count() == 2
    assert converted == ["model.safetensors"]


def test_without_a_tracker_words_remain_and_a_sentence_says_so(converted: list[str], tmp_path: Path) -> None:
    said = models("add", save(oracle(torch, transformers, 3), tmp_path / "words"), "--accept-licence")
    assert ModelVersion.objects.get().prompts == "words"
    assert "It cannot be clicked with. SAM 3's tracker, which answers clicks, is missing" in said
    assert converted == []


def test_without_pytorch_words_remain_and_a_sentence_says_what_to_install(
    both: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "missing_packages", lambda: ["onnx"])
    said = models("add", both, "--accept-licence")
    assert ModelVersion.objects.get().prompts == "words"
    assert "It cannot be clicked with yet; add it again when this is mended. Converting weights needs onnx" in said


def test_the_authors_file_asks_for_its_licence_before_anything_is_done(authors: Path, converted: list[str]) -> None:
    with pytest.raises(CommandError, match=r"SAM License: read it at https://.* Nothing was installed"):
        models("add", authors)
    assert converted == []
    models("add", authors, "--name", "From the authors", "--accept-licence")
    made = ModelVersion.objects.get()
    assert (made.prompts, made.family, made.name) == ("clicks", "sam3", "From the authors")


def test_a_file_whose_names_say_nothing_asks_after_it_was_read(
    authors: Path, converted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "names_in", lambda path: ())
    with pytest.raises(CommandError, match="Nothing was installed"):
        models("add", authors)
    assert converted == ["sam3.pt"]
    assert not ModelVersion.objects.exists()


def test_a_package_that_is_clicked_with_asks_for_its_licence_too(
    world: World, converted: list[str], tmp_path: Path, work_off: WorkOff
) -> None:
    folder = export_package(build_random_sam2(TINY), tmp_path / "package", PackageInfo("Tracker"))
    file = zip_package(folder, tmp_path / "tracker.zip").read_bytes()
    admin = client_of(make_user("Root", is_staff=True))

    def upload(**more: Any) -> Run:
        body = {"file": SimpleUploadedFile("tracker.zip", file), **more}
        assert admin.post("/api/v1/models/upload/", body, "multipart").status_code == 202
        (run,) = work_off()
        return run

    assert "ticking the box" in upload().error
    run = upload(accept_licence="true")
    assert (run.state, run.result["name"]) == ("succeeded", "Tracker 1")
    assert ModelVersion.objects.get(name="Tracker").prompts == "clicks"


def test_an_upload_with_both_parts_names_both(world: World, both: Path, tmp_path: Path, work_off: WorkOff) -> None:
    from sam_backend.adopt import About, adopt

    file = zip_package(adopt(both, tmp_path / "package", About("SAM 3")).path, tmp_path / "sam3.zip")
    body = {"file": SimpleUploadedFile("sam3.zip", file.read_bytes()), "accept_licence": "true"}
    client_of(make_user("Root", is_staff=True)).post("/api/v1/models/upload/", body, "multipart")
    (run,) = work_off()
    assert run.result["name"] == "SAM 3 1 and SAM 3 clicks 1"
    assert ModelVersion.objects.filter(family="sam3").count() == 2
