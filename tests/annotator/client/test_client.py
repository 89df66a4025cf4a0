"""The command line and the client, against a server that runs: HTTP, keys, files and a worker."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skimage.data
from PIL import Image as Picture
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

import maskwright
from annotator.accounts.choices import Scope
from annotator.accounts.services import issue_token
from annotator.annotations.models import Annotation
from annotator.inference import lending
from annotator.inference.services import ensure_builtin_model
from annotator.projects.ingest import ingest_bytes
from annotator.projects.models import Image, Project
from annotator.runs.models import Run
from annotator.suggestions.models import Trail
from maskwright import Client, MaskwrightError, RunFailed, cli, connection, credentials
from tests.annotator.client.conftest import Do
from tests.annotator.datasets.conftest import mask_on
from tests.annotator.known_words import KnownWords
from tests.annotator.webserver import gives, serving
from tests.annotator.world import World, make_image, make_words_model, picture

pytestmark = pytest.mark.any_database


def photos(folder: Path, count: int = 3) -> Path:
    (folder / "left").mkdir(parents=True)
    for at in range(count):
        (folder / ("left" if at else ".") / f"{at}.png").write_bytes(picture())
    (folder / "notes.txt").write_text("no picture")
    return folder


def test_signing_in_keeps_the_key_for_its_owner_only(
    live_server: LiveServer, world: World, key: str, home: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{key}\n"))
    assert cli.main(["signin", live_server.url, "--key-stdin"]) == 0
    assert capsys.readouterr().out == f"Signed in as Alice on {live_server.url}.\n"
    assert stat.S_IMODE(credentials.place().stat().st_mode) == 0o600
    assert [one.name for one in Client().projects()] == ["Cats"]
    assert cli.main(["signout"]) == 0
    assert cli.main(["projects"]) == 1
    assert "Sign in first" in capsys.readouterr().err


def test_a_wrong_key_is_a_sentence_and_is_not_kept(
    live_server: LiveServer,
    world: World,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("wrong\n"))
    assert cli.main(["signin", live_server.url, "--key-stdin"]) == 1
    assert "not valid" in capsys.readouterr().err
    assert not credentials.place().exists()


def test_projects_are_made_and_listed(do: Do, world: World) -> None:
    assert do("projects", "--new", "Boats", "--label", "boat", "--label", "buoy")[0] == 0
    assert sorted(Project.objects.get(name="Boats").labels.values_list("name", flat=True)) == ["boat", "buoy"]
    _, out, _ = do("projects")
    assert "Cats" in out
    assert "Boats" in out
    listed = json.loads(do("projects", "--json")[1])
    assert {row["name"] for row in listed} == {"Boats", "Cats"}
    code, _, error = do("upload", "Nobody's", ".")
    assert (code, "No project" in error) == (1, True)


def test_folders_are_uploaded_once_and_refusals_keep_nothing_back(do: Do, world: World, home: Path) -> None:
    folder = photos(home / "set")
    (folder / "left" / "broken.png").write_bytes(b"no picture at all")
    code, out, error = do("upload", "Cats", folder)
    assert (code, "3 uploaded, 0 there already, 1 refused." in out) == (1, True)
    assert "broken.png" in error
    made = world.project.images.exclude(pk=world.image.pk)
    assert sorted(image.path for image in made) == ["set/0.png", "set/left/1.png", "set/left/2.png"]
    (folder / "left" / "broken.png").unlink()
    code, out, _ = do("upload", "Cats", folder)
    assert (code, out) == (0, "0 uploaded, 3 there already, 0 refused.\n")


def test_an_upload_that_was_stopped_goes_on(client: Client, world: World, home: Path, monkeypatch: Any) -> None:
    folder, sent = photos(home / "set"), []
    send = connection.Connection.send

    def counted(self: Any, path: str, file: Path, *more: Any) -> Any:
        if len(sent) == 2:
            raise KeyboardInterrupt
        sent.append(file.name)
        return send(self, path, file, *more)

    monkeypatch.setattr(connection.Connection, "send", counted)
    walk = client.upload(str(world.project.pk), [folder])
    assert [next(walk).outcome, next(walk).outcome] == ["new", "new"]
    with pytest.raises(KeyboardInterrupt):
        next(walk)
    monkeypatch.setattr(connection.Connection, "send", send)
    assert [one.outcome for one in client.upload(str(world.project.pk), [folder])] == ["there", "there", "new"]
    assert world.project.images.count() == 4


def test_a_server_that_is_away_for_a_moment_is_asked_again(client: Client, world: World, monkeypatch: Any) -> None:
    calls: list[float] = []
    request = client.connection._request
    wrong = [True, True]

    def away(method: str, address: str, *more: Any) -> Any:
        if wrong and wrong.pop():
            address = "http://127.0.0.1:9/"
        return request(method, address, *more)

    monkeypatch.setattr(client.connection, "_request", away)
    monkeypatch.setattr(client.connection, "_pause", calls.append)
    assert client.me()["name"] == "Alice"
    assert calls == [1.0, 2.0]
    wrong.extend([True] * 9)
    with pytest.raises(MaskwrightError, match="does not answer"):
        client.me()


def test_progress_tells_bytes_up_to_all(client: Client, world: World, home: Path) -> None:
    told: list[tuple[int, int]] = []
    path = home / "one.png"
    path.write_bytes(picture())
    (made,) = client.upload(client.project("Cats"), [path], lambda _, done, whole: told.append((done, whole)))
    assert made.image is not None
    assert told[-1] == (path.stat().st_size, path.stat().st_size)


def test_an_export_is_waited_for_downloaded_and_compared(do: Do, world: World, home: Path) -> None:
    mask_on(world.image, world.bob, world.label)
    target = home / "cats.zip"
    code, out, _ = do("export", "Cats", "--format", "coco", "--images", "--output", target)
    assert (code, "sha256" in out) == (0, True)
    with zipfile.ZipFile(target) as archive:
        assert "images/default/cat.png" in archive.namelist()
    assert [path.name for path in home.iterdir() if path.suffix == ".part"] == []
    code, out, _ = do("export", "Cats")
    assert "Started as run" in out
    _, out, _ = do("runs", "Cats", "--state", "queued")
    assert "export" in out
    assert do("runs", "--cancel", Run.objects.get(state="queued").pk)[0] == 0
    assert do("export", "Cats", "--snapshot", "v9")[2].startswith("No snapshot")


def test_a_damaged_download_is_not_kept(client: Client, world: World, home: Path) -> None:
    made = client.export(str(world.project.pk))
    object.__setattr__(made, "sha256", "0" * 64)
    with pytest.raises(MaskwrightError, match="not the one"):
        client.download(made, home / "a.zip")
    assert not (home / "a.zip").exists()
    assert not (home / "a.zip.part").exists()


def test_a_data_set_is_looked_at_and_imported(do: Do, client: Client, world: World, home: Path) -> None:
    mask_on(world.image, world.bob, world.label)
    target = client.download(client.export(str(world.project.pk), images=True), home)
    client.create_project("Copy")
    other = Project.objects.get(name="Copy")
    code, out, _ = do("import", "Copy", target, "--check")
    assert (code, "1 images (1 new), 1 objects" in out) == (0, True)
    assert not Image.objects.filter(project=other).exists()
    assert do("import", "Copy", target)[0] == 0
    assert Annotation.objects.filter(image__project=other).count() == 1
    code, out, error = do("import", "Copy", "--undo", next(client.imports(str(other.pk))).id)
    assert (code, "1 objects" in out, error) == (0, True, "")
    assert (client.project("Copy").images, client.project("Copy").annotations) == (0, 0)
    assert do("import", "Cats", "--undo", next(client.imports(str(other.pk))).id)[0] == 1
    (home / "odd.json").write_text("[]")
    code, _, error = do("import", "Copy", home / "odd.json")
    assert (code, bool(error)) == (1, True)


def test_the_server_gets_a_data_set_itself_once_it_was_listed(
    do: Do, client: Client, home: Path, settings: Settings
) -> None:
    settings.IMPORT_NETWORKS, settings.IMPORT_FOLDERS = ["127.0.0.1/32"], [str(home / "open")]
    client.create_project("Copy")
    images = Image.objects.filter(project__name="Copy")
    addresses = home / "list.txt"
    with serving() as server:
        server.replies |= {"/a.png": gives(picture((40, 30), seed=5)), "/b.png": gives(b"", 404)}
        addresses.write_text(f"# ours\n{server.at('/a.png')}\n{server.at('/b.png')}\n")
        code, out, _ = do("import", "Copy", "--urls", addresses, "--list")
        assert (code, "2 files" in out, "1 cannot be fetched" in out) == (0, True, True)
        assert do("import", "Copy", "--urls", addresses, "--check")[0] == 0
        assert not images.exists()
        assert do("import", "Copy", "--urls", addresses)[0] == 0
    assert images.count() == 1
    (home / "open").mkdir()
    (home / "open" / "c.png").write_bytes(picture((40, 30), seed=6))
    assert do("import", "Copy", "--folder", home / "open")[0] == 0
    assert images.count() == 2
    code, _, error = do("import", "Copy", "--s3", "s3://closed/set")
    assert (code, "MASKWRIGHT_IMPORT_S3" in error) == (1, True)
    assert do("import", "Copy")[0] == 1


def test_a_run_that_fails_is_its_own_sentence(client: Client, world: World) -> None:
    mask_on(world.image, world.bob)
    Annotation.objects.update(rle={"size": [48, 64], "counts": "5"})
    with pytest.raises(RunFailed, match="cannot be exported"):
        client.export(str(world.project.pk))


def test_a_key_that_only_reads_is_refused_with_the_servers_code(live_server: LiveServer, world: World) -> None:
    client = Client(live_server.url, issue_token(world.alice, "reader", scope=Scope.READ)[1])
    assert client.project("Cats").role == "owner"
    with pytest.raises(MaskwrightError) as caught:
        client.create_project("Dogs")
    assert caught.value.status == 403


def test_models_are_listed_and_the_words_are_told_apart(do: Do, world: World) -> None:
    assert "tiny" in do("models")[1]
    assert cli.is_ours(["models"])
    assert not cli.is_ours(["models", "list"])
    assert not cli.is_ours(["migrate"])
    assert not cli.is_ours([])


def test_a_click_becomes_a_mask_with_the_servers_embedding(
    do: Do, client: Client, world: World, work_off: Callable[[], list[Run]], home: Path
) -> None:
    world.project.model_version = ensure_builtin_model()
    world.project.save()
    out = io.BytesIO()
    Picture.fromarray(skimage.data.coffee()).save(out, "PNG")
    image = ingest_bytes(world.project, world.alice, "coffee.png", out.getvalue())
    code, _, error = do("predict", "Cats", image.path, "--point", "240,180")
    assert (code, "not prepared" in error) == (1, True)
    work_off()
    target = home / "mask.png"
    points = ("--point", "240,180", "--point", "20,20,0")
    code, told, error = do("predict", "Cats", image.path, *points, "--output", target)
    assert code == 0, error
    mask = np.asarray(Picture.open(target)) > 0
    assert mask.shape == (400, 600)
    assert mask[180, 240]
    assert not mask[20, 20]
    assert json.loads(told)["area"] == mask.sum()
    boxed = do("predict", "Cats", str(image.pk), "--box", "75,15,480,385")
    assert json.loads(boxed[1])["area"] > 5000
    assert not list((home / "XDG_CACHE_HOME").rglob("encoder.onnx"))


def test_the_notebook_runs_from_photos_to_samples(
    client: Client, world: World, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    client.create_project("Harbour", ["boat"])
    photos(home / "photos", 2)
    monkeypatch.chdir(home)
    monkeypatch.setattr("maskwright.Client", lambda: client)
    notebook = json.loads((Path(maskwright.__file__).parent / "example.ipynb").read_text())
    names: dict[str, Any] = {}
    sources = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    exec(sources[0].replace("list(client.upload", "made = list(client.upload"), names)
    assert [one.outcome for one in names["made"]] == ["new", "new"]
    image = Image.objects.get(project__name="Harbour", name="0.png")
    mask_on(image, world.alice, image.project.labels.get())
    exec(sources[0], names)
    capsys.readouterr()
    exec(sources[1], names)
    assert capsys.readouterr().out.splitlines() == ["(64, 48) 1 [1]", "(64, 48) 0 []"]


def test_a_detectors_boxes_come_back_as_masks(do: Do, world: World, tmp_path: Path) -> None:
    world.project.model_version = ensure_builtin_model()
    world.project.save()
    boxes, coco, masks = (tmp_path / name for name in ("boxes.json", "coco.json", "masks.json"))
    boxes.write_text(json.dumps([{"image_id": 1, "category_id": 2, "bbox": [10, 10, 30, 20], "score": 0.7}]))
    coco.write_text(json.dumps({"images": [{"id": 1, "file_name": "cat.png"}], "annotations": []}))
    assert do("boxes", "Cats", str(boxes), str(coco), "--output", str(masks))[0] == 0
    (made,) = json.loads(masks.read_text())
    assert (made["image_id"], made["category_id"], made["score"]) == (1, 2, 0.7)
    assert made["segmentation"]["size"] == [48, 64]
    assert do("boxes", "Cats", str(boxes))[0] == 1  # its image has a number, and nothing says which it is
    code, _, said = do("boxes", "Cats", str(tmp_path / "none.json"))
    assert (code, "cannot be read" in said) == (1, True)


def test_words_find_what_they_name(do: Do, client: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lending, "load_in_words", lambda version: KnownWords())
    make_words_model()
    code, out, said = do("find", "Cats", "dog", "--label", "cat", "--image", "cat.png", "--threshold", "0.5", "--wait")
    assert (code, said) == (0, "")
    assert "2 suggestions on 1 image" in out
    assert do("find", "Cats", "--label", "CAT=dog")[0] == 0
    assert Run.objects.get(state="queued").params["phrases"][0] == {
        "words": "dog", "label": str(world.label.pk), "boxes": [], "unlike": [],
    }  # fmt: skip
    assert "No label “yak”" in do("find", "Cats", "--label", "yak")[2]
    assert do("find", "Cats")[0] == 1
    run = client.wait(client.find_like(str(world.image.pk), [(4, 4, 10, 10)], label="CAT"))
    assert run.raw["result"]["suggestions"] == 1


def test_examples_find_what_is_like_them(do: Do, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lending, "load_in_words", lambda version: KnownWords())
    make_words_model()
    drawn = mask_on(world.image, world.alice)
    like = ("--like", "4,5,14,25", "--like", str(drawn.pk), "--unlike", "40,5,50,20")
    code, out, said = do("find", "Cats", "--image", "cat.png", "--label", "cat", *like, "--wait")
    assert (code, said) == (0, "")
    assert "1 suggestion on 1 image" in out
    (phrase,) = Run.objects.get().params["phrases"]
    assert phrase["label"] == str(world.label.pk)
    assert phrase["boxes"] == [[4, 5, 10, 20], [float(side) for side in drawn.bbox]]
    assert phrase["unlike"] == [[40, 5, 10, 15]]
    assert "of one --image" in do("find", "Cats", "--like", "4,5,14,25")[2]
    assert "not “4,5”" in do("find", "Cats", "--image", "cat.png", "--like", "4,5")[2]


def test_a_click_is_followed_along_the_images(do: Do, client: Client, world: World) -> None:
    world.project.model_version = ensure_builtin_model()
    world.project.save()
    for name in ("d.png", "e.png"):
        make_image(world.project, name)
    code, out, said = do("track", "Cats", "cat.png", "--point", "30,20", "--point", "2,2,0", "--label", "cat", "--wait")
    assert (code, said) == (0, ""), said
    assert out.startswith("Track 1.")
    (trail,) = Trail.objects.all()
    assert trail.prompts[0]["points"] == [{"x": 30.0, "y": 20.0, "label": 1}, {"x": 2.0, "y": 2.0, "label": 0}]
    assert (trail.label, trail.track) == (world.label, 1)
    images = list(client.images(str(world.project.pk)))
    run = client.track(images[2], [{"box": (5, 6, 20, 10), "track": 4}], count=1, backwards=True)
    params = run.raw["params"]
    assert (params["tracks"], params["backwards"], params["count"]) == ([4], True, 1)
    assert Trail.objects.get(track=4).prompts[0]["box"] == [5, 6, 25, 16]
    assert "--label and --track are of what is pointed at" in do("track", "Cats", "cat.png", "--label", "cat")[2]
    with pytest.raises(MaskwrightError, match="no object to carry along"):
        client.track(images[0])
