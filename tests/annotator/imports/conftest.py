"""Data sets that come in: small ones, made here, with masks that are awkward."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from annotator.imports.models import Import
from annotator.runs.choices import State
from annotator.runs.models import Run
from export import FORMATS, ArchiveWriter, Category, Dataset, ImageRecord, Instance, WriteOptions, rle
from tests.annotator.world import World, client_of, picture, upload

WIDTH, HEIGHT = 40, 30
Bring = Callable[..., dict[str, Any]]


def mask(x: int, y: int, side: int = 6) -> rle.Rle:
    """A square with a hole."""
    found = np.zeros((HEIGHT, WIDTH), bool)
    found[y : y + side, x : x + side] = True
    found[y + 2, x + 2] = False
    return rle.encode(found)


def dataset(names: Sequence[str] = ("a.png", "in/b.png"), objects: int = 3, **about: Any) -> Dataset:
    """A data set of some images with as many objects each, of the labels "Cat" and "dog"."""
    images = tuple(ImageRecord(number, name, WIDTH, HEIGHT) for number, name in enumerate(names, start=1))
    instances = tuple(
        Instance(
            image.id * 100 + at, image.id, 1 + at % 2, mask(at * 7, 3 * image.id), **about or {"attributes": {"n": at}}
        )
        for image in images
        for at in range(objects)
    )
    return Dataset("Pets", images, (Category(1, "Cat"), Category(2, "dog")), instances)


def pictures(names: Sequence[str]) -> dict[str, bytes]:
    """A picture for each name, no two alike."""
    return {name: picture((WIDTH, HEIGHT), seed=7 + at) for at, name in enumerate(names)}


def archive(data: Dataset, images: Mapping[str, bytes] | None = None, kind: str = "coco") -> bytes:
    """A data set as the archive that an export writes, with its pictures if they are given."""
    out = io.BytesIO()
    read = None if images is None else lambda record: [images[record.file_name]]
    with ArchiveWriter(out) as writer:
        FORMATS[kind].write(data, writer, WriteOptions(read_image=read))
    return out.getvalue()


def zipped(files: Mapping[str, bytes | str]) -> bytes:
    """Any files as a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as writer:
        for name, data in files.items():
            writer.writestr(name, data)
    return out.getvalue()


def coco(**parts: Any) -> bytes:
    """A COCO document of one image with one object; `parts` replace what it holds."""
    box = [[2, 2, 12, 2, 12, 10, 2, 10]]
    document: dict[str, Any] = {
        "images": [{"id": 1, "file_name": "a.png", "width": WIDTH, "height": HEIGHT}],
        "categories": [{"id": 1, "name": "Cat"}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "segmentation": box, "bbox": [2, 2, 10, 8]}],
    }
    return json.dumps(document | parts).encode()


class Importing:
    """Alice's way through the API, a worker doing every run at once."""

    def __init__(self, world: World, work_off: Callable[[], list[Run]]) -> None:
        self.world, self.work_off = world, work_off
        self.client = client_of(world.alice)

    def send(self, data: bytes, name: str = "pets.zip", status: int = 202, **fields: Any) -> dict[str, Any]:
        """Upload; nobody has looked at it yet."""
        path = f"/api/v1/projects/{self.world.project.pk}/imports/"
        answer = self.client.post(path, {"file": upload(data, name)} | fields, format="multipart")
        assert answer.status_code == status, answer.json()
        found: dict[str, Any] = answer.json()
        return found

    def look(self, key: str) -> dict[str, Any]:
        """The import as it is now."""
        found: dict[str, Any] = self.client.get(f"/api/v1/imports/{key}/").json()
        return found

    def check(self, data: bytes, name: str = "pets.zip", **fields: Any) -> dict[str, Any]:
        """Upload, and have it looked at."""
        key = self.send(data, name, **fields)["id"]
        self.work_off()
        return self.look(key)

    def verb(self, key: str, verb: str, status: int = 202, **body: Any) -> dict[str, Any]:
        """Ask for something, without anybody doing it yet."""
        answer = self.client.post(f"/api/v1/imports/{key}/{verb}/", body, format="json")
        assert answer.status_code == status, answer.json()
        found: dict[str, Any] = answer.json()
        return found

    def do(self, key: str, verb: str, **body: Any) -> dict[str, Any]:
        """Ask for something and have it done."""
        self.verb(key, verb, **body)
        (run,) = [run for run in self.work_off() if run.kind != "embed"]
        assert run.state == State.SUCCEEDED, run.error + run.log
        return self.look(key)

    def bring(self, data: bytes, name: str = "pets.zip", **body: Any) -> dict[str, Any]:
        """Upload, look at it, import."""
        return self.do(self.check(data, name)["id"], "start", **body)

    def problems(self, key: str) -> list[str]:
        """What could not be taken over, a line each."""
        return [": ".join(problem) for problem in Import.objects.get(pk=key).problems]


@pytest.fixture
def importing(world: World, work_off: Callable[[], list[Run]]) -> Importing:
    """A project without model, so that no embedding is asked for, and the way into it."""
    world.project.images.all().delete()
    world.project.model_version = None
    world.project.save()
    return Importing(world, work_off)
