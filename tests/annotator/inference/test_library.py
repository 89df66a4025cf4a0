"""The model library: fetching, adding, removing, using; on the command line and over the API."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import pickle
import shutil
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from annotator.inference import library, services
from annotator.inference.convert import Description
from annotator.inference.models import ModelVersion
from annotator.lib import storage
from annotator.projects.models import Project
from annotator.runs.models import Run
from sam_backend.registry import CHECKPOINTS, Checkpoint
from tests.annotator.inference.conftest import make_package
from tests.annotator.world import World, client_of, make_user

pytestmark = pytest.mark.any_database

WorkOff = Callable[[], list[Run]]
WEIGHTS = b"weights, as far as anybody can tell " * 5000


def models(*args: object) -> str:
    out = io.StringIO()
    call_command("models", *map(str, args), stdout=out)
    return out.getvalue()


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """A site that publishes a file; its address, and the ranges that were asked for."""
    asked: list[str] = []

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers.get("Range", "")
            asked.append(wanted)
            start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
            self.send_response(206 if wanted else 200)
            self.send_header("Content-Length", str(len(WEIGHTS) - start))
            self.end_headers()
            self.wfile.write(WEIGHTS[start:])

        def log_message(self, *args: object) -> None:
            """Be quiet."""

    site = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{site.server_port}/tiny.pth", asked
    site.shutdown()
    thread.join()
    site.server_close()


@pytest.fixture
def published(
    server: tuple[str, list[str]], db: None, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> Checkpoint:
    """One published checkpoint, which converts to the tiny package."""
    settings.MASKWRIGHT_VAR = tmp_path / "var"
    one = replace(
        CHECKPOINTS[0], name="tiny_sam", title="Tiny SAM", url=server[0], bytes=len(WEIGHTS),
        sha256=hashlib.sha256(WEIGHTS).hexdigest(),
    )  # fmt: skip
    monkeypatch.setattr(library, "CHECKPOINTS", (one,))
    monkeypatch.setattr(library, "find_checkpoint", lambda name: {"tiny_sam": one}[name])

    def convert(path: Path, sha256: str, about: Description, progress: library.Progress) -> ModelVersion:
        assert path.read_bytes() == WEIGHTS
        package = make_package(tmp_path / f"made-{len(list(tmp_path.iterdir()))}", name=about.name)
        return services.add_package(package, source_sha256=sha256)

    monkeypatch.setattr(library, "_convert", convert)
    return one


def test_pull_fetches_checks_and_installs_once(published: Checkpoint, server: tuple[str, list[str]]) -> None:
    assert "Tiny SAM 1 is installed" in models("pull", "tiny_sam")
    models("pull", "tiny_sam")
    assert len(server[1]) == 1
    assert "installed" in models("list").split("Published")[1]


def test_a_broken_transfer_goes_on_where_it_stopped(published: Checkpoint, server: tuple[str, list[str]]) -> None:
    part = library.checkpoint_folder() / "tiny.pth.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(WEIGHTS[:1000])
    models("pull", "tiny_sam")
    assert server[1] == ["bytes=1000-"]


def test_a_file_with_another_hash_is_refused(published: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = replace(published, sha256="0" * 64)
    monkeypatch.setattr(library, "find_checkpoint", lambda name: wrong)
    with pytest.raises(CommandError, match="sha256 is"):
        models("pull", "tiny_sam")
    assert not ModelVersion.objects.exists()
    assert list(library.checkpoint_folder().iterdir()) == []


def test_without_a_network_the_offline_way_is_said(published: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    away = replace(published, url="http://127.0.0.1:1/tiny.pth")
    monkeypatch.setattr(library, "find_checkpoint", lambda name: away)
    with pytest.raises(CommandError, match=rf"put it at {library.checkpoint_folder() / 'tiny.pth'}"):
        models("pull", "tiny_sam")


def test_a_file_put_there_by_hand_needs_no_network(published: Checkpoint, server: tuple[str, list[str]]) -> None:
    folder = library.checkpoint_folder()
    folder.mkdir(parents=True)
    (folder / "tiny.pth").write_bytes(WEIGHTS)
    models("pull", "tiny_sam")
    assert server[1] == []


def test_without_torch_the_two_ways_out_are_said(published: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "find_spec", lambda name: None if name == "torch" else object())
    with pytest.raises(CommandError, match=r"pip install 'maskwright\[torch\]'.*python -m sam_backend export"):
        models("pull", "tiny_sam")


def test_an_unknown_name_is_said_with_the_known_ones(db: None) -> None:
    with pytest.raises(CommandError, match="mobile_sam, vit_b, vit_l, vit_h"):
        models("pull", "sam_9000")


def test_a_folder_and_a_zip_of_it_are_the_same_model(db: None, tmp_path: Path) -> None:
    folder = make_package(tmp_path / "tiny")
    archive = tmp_path / "tiny.zip"
    with zipfile.ZipFile(archive, "w") as out:
        for path in folder.iterdir():
            out.write(path, f"tiny/{path.name}")
    models("add", folder)
    models("add", archive)
    assert ModelVersion.objects.count() == 1


def test_an_archive_cannot_write_outside_its_folder(db: None, tmp_path: Path) -> None:
    archive = tmp_path / "evil.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("manifest.json", "{}")
        out.writestr("../../../evil.txt", "x")
    with pytest.raises(CommandError):
        models("add", archive)
    assert not list(tmp_path.rglob("evil.txt"))


def test_an_archive_that_unpacks_to_too_much_is_refused(db: None, tmp_path: Path, settings: Any) -> None:
    settings.MAX_MODEL_BYTES = 1000
    archive = tmp_path / "bomb.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("manifest.json", b"0" * 100_000)
    with pytest.raises(CommandError, match="are the most"):
        models("add", archive)


@pytest.mark.parametrize("name", ["model.onnx", "notes.txt"])
def test_other_files_are_refused(db: None, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(CommandError, match=f"{name} is no model"):
        models("add", tmp_path / name)


class Trap:
    """Says so when it is unpickled."""

    sprung = False

    def __reduce__(self) -> tuple[Any, tuple[()]]:
        return spring, ()


def spring() -> Trap:
    Trap.sprung = True
    return Trap()


@pytest.mark.torch
def test_weights_from_strangers_run_no_code(db: None, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    (tmp_path / "trap.pth").write_bytes(pickle.dumps({"image_encoder.x": Trap()}))
    with pytest.raises(CommandError):
        models("add", tmp_path / "trap.pth")
    assert not Trap.sprung


@pytest.mark.torch
@pytest.mark.slow
def test_a_checkpoint_is_converted_compared_and_installed(db: None, tmp_path: Path, settings: Any) -> None:
    torch = pytest.importorskip("torch")
    from sam_backend.build import build_random
    from sam_backend.config import variant

    settings.MASKWRIGHT_VAR = tmp_path / "var"
    torch.save(build_random(variant("mobile_sam")).state_dict(), tmp_path / "mine.pt")
    models("add", tmp_path / "mine.pt", "--licence", "CC0-1.0", "--notice", "Random.")
    version = ModelVersion.objects.get()
    assert (version.name, version.family, version.licence) == ("mine", "mobile_sam", "CC0-1.0")
    assert {"encoder.onnx", "decode.onnx", "manifest.json"} <= set(version.files)
    assert version.source_sha256 == storage.hash_file(tmp_path / "mine.pt")
    assert list((tmp_path / "var" / "incoming").iterdir()) == []


def test_use_and_remove_go_by_name(world: World, other: ModelVersion, work_off: WorkOff) -> None:
    assert "will use Other 1 when a worker has encoded its images" in models("use", "Cats", "other")
    work_off()
    assert Project.objects.get().model_version == other
    with pytest.raises(CommandError, match="used by the project"):
        models("remove", "Other 1")
    models("use", str(world.project.pk), world.model.pk)
    work_off()
    assert "Other 1 was removed." in models("remove", str(other.pk))


def test_a_name_that_could_be_several_is_not_guessed(db: None, tiny: ModelVersion, tmp_path: Path) -> None:
    services.add_package(make_package(tmp_path / "second", version="2", gain=4.0))
    with pytest.raises(CommandError, match="could be any of these"):
        models("remove", "Tiny")
    with pytest.raises(CommandError, match="No installed model is called"):
        models("remove", "Giant")


def test_the_api_lists_the_library(world: World, published: Checkpoint) -> None:
    (row,) = world.as_bob.get("/api/v1/models/library/").json()["results"]
    assert (row["name"], row["licence"], row["bytes"], row["installed"]) == (
        "tiny_sam", "Apache-2.0", len(WEIGHTS), None,
    )  # fmt: skip


def test_an_administrator_pulls_over_the_api(world: World, published: Checkpoint, work_off: WorkOff) -> None:
    admin = client_of(make_user("Root", is_staff=True))
    queued = admin.post("/api/v1/models/pull/", {"name": "tiny_sam"})
    again = admin.post("/api/v1/models/pull/", {"name": "tiny_sam"})
    assert queued.status_code == 202
    assert again.json()["id"] == queued.json()["id"]
    (run,) = work_off()
    assert (run.state, run.error) == ("succeeded", "")
    assert run.message == "Tiny SAM 1 is installed. Projects can use it now."
    (row,) = admin.get("/api/v1/models/library/").json()["results"]
    assert row["installed"] == run.result["model_version"]


def test_what_a_killed_installation_left_is_swept_away(db: None, tmp_path: Path, settings: Any) -> None:
    settings.MASKWRIGHT_VAR = tmp_path / "var"
    old, young = (tmp_path / "var" / "incoming" / name for name in ("old", "young"))
    for folder in (old, young):
        (folder / "package").mkdir(parents=True)
    long_ago = old.stat().st_mtime - library.LONGEST_INSTALLATION - 60
    os.utime(old, (long_ago, long_ago))
    folder = make_package(tmp_path / "tiny")
    with zipfile.ZipFile(tmp_path / "tiny.zip", "w") as out:
        for path in folder.iterdir():
            out.write(path, path.name)
    models("add", tmp_path / "tiny.zip")
    assert [left.name for left in (tmp_path / "var" / "incoming").iterdir()] == ["young"]


def test_a_disk_without_room_is_said_before_the_work(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "find_spec", lambda name: object())
    monkeypatch.setattr("shutil.disk_usage", lambda path: shutil._ntuple_diskusage(10, 10, 0))
    (tmp_path / "mine.pth").write_bytes(bytes(10**6))
    with pytest.raises(CommandError, match=r"Converting mine\.pth needs about 0\.0 GB .* 0\.0 GB are free"):
        models("add", tmp_path / "mine.pth")


def test_a_disk_that_runs_full_is_said(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(library, "find_spec", lambda name: object())
    monkeypatch.setattr(library, "convert", full)
    (tmp_path / "mine.pth").write_bytes(b"weights")
    with pytest.raises(CommandError, match=r"disk is full .* Nothing was installed"):
        models("add", tmp_path / "mine.pth")
