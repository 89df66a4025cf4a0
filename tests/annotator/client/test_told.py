"""What the command line says: snapshots, losses, and one sentence for what cannot be used."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from annotator.runs.models import Run
from maskwright import Client
from tests.annotator.client.conftest import Do
from tests.annotator.datasets.conftest import mask_on
from tests.annotator.world import World

pytestmark = pytest.mark.any_database


def test_a_snapshot_is_made_and_exported_by_its_name(do: Do, client: Client, world: World, home: Path) -> None:
    mask_on(world.image, world.bob, world.label)
    code, out, _ = do("snapshot", "Cats", "v1")
    assert (code, out.startswith("v1: "), "1 objects, sha256 " in out) == (0, True, True)
    code, out, error = do("snapshot", "Cats", "v2")
    assert (code, out.startswith("v1: ")) == (0, True)
    assert "There is no snapshot “v2”: nothing has changed since “v1”" in error
    mask_on(world.image, world.bob, world.label)
    target = client.download(client.export(str(world.project.pk), snapshot="v1"), home)
    with zipfile.ZipFile(target) as archive:
        assert len(json.loads(archive.read("annotations/instances_default.json"))["annotations"]) == 1


def test_an_export_says_what_its_format_could_not_hold(do: Do, world: World, home: Path) -> None:
    for _ in range(2):  # one under the other: Pascal VOC has one object a pixel
        mask_on(world.image, world.bob, world.label)
    code, out, error = do("export", "Cats", "--format", "voc", "--output", home / "voc.zip")
    assert (code, "1 images, 1 objects; 1 masks read back identical" in out) == (0, True)
    assert "1 objects left out" in error
    assert "1 objects left out" not in do("export", "Cats", "--format", "coco", "--output", home / "coco.zip")[2]


def test_what_cannot_be_used_is_one_sentence(do: Do, world: World, home: Path) -> None:
    (home / "none").mkdir()
    (home / "brøken file.zip").write_bytes(b"PK\x03\x04 and no end")
    (home / "odd.json").write_text(
        json.dumps({"images": [{"id": 1, "file_name": "cat.png", "width": 64, "height": 48}], "categories": [],
                    "annotations": [{"id": 7, "image_id": 9, "category_id": 1, "bbox": [0, 0, 1, 1]}]})
    )  # fmt: skip
    missing = home / "no such" / "x.zip"
    for words, told in (
        (("upload", "Cats", home / "none"), f"There is no picture in {home / 'none'}."),
        (("export", "Cats", "--output", missing), f"There is no folder {missing.parent}."),
        (("import", "Cats", missing), f"{missing}: No such file or directory."),
        (("import", "Cats", home / "brøken file.zip"), "The file is not a zip archive, or its end is missing."),
        (("export", "Cats", "--format", "nope"), 'format: "nope" is not a valid choice.'),
    ):
        code, _, error = do(*words)
        assert (code, error) == (1, f"{told}\n")
    assert not Run.objects.filter(kind="export").exists(), "nothing is made for a folder that is not there"
    assert "there is no image 9" in do("import", "Cats", home / "odd.json", "--check")[2]
