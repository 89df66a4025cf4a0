"""Damaged files of every kind, brought by every door: taken, or refused with a sentence; never a crash, in bounded
memory. The seeds make the files; MASKWRIGHT_HOSTILE says how many of each kind."""

from __future__ import annotations

import contextlib
import io
import json
import pickle
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Picture

from annotator.imports.choices import READ
from annotator.imports.models import Import
from annotator.projects.models import Image
from annotator.runs.models import Run
from export import ArchiveError, ArchiveReader, rle
from tests.annotator.hostile.spoilt import TRIES, bounded, damaged
from tests.annotator.imports.conftest import archive, dataset, pictures
from tests.annotator.world import World, client_of, make_user, picture, upload

WorkOff = Callable[[], list[Run]]
SEEDS = range(TRIES)
CRASHED = "Something went wrong inside"


def said(run: Run) -> None:
    """A run that failed says so in a sentence of its own."""
    assert CRASHED not in run.error, run.error + run.log
    assert run.state == "succeeded" or run.error.strip().endswith((".", "”", ")")), run.error


def tall(kind: str, mode: str) -> bytes:
    """A picture of some depth, as this kind of file holds it."""
    out = io.BytesIO()
    values = np.arange(40 * 30).reshape(30, 40)
    deep = {"I;16": np.uint16, "F": np.float32, "I": np.int32}
    plain = Picture.fromarray((values * 50).astype(deep[mode])) if mode in deep else None
    (plain or Picture.open(io.BytesIO(picture((40, 30), seed=3))).convert(mode)).save(out, kind)
    return out.getvalue()


PICTURES = {
    "gif": ("GIF", "P"), "bmp": ("BMP", "RGB"), "jpg": ("JPEG", "RGB"), "cmyk.jpg": ("JPEG", "CMYK"),
    "png": ("PNG", "RGBA"), "deep.png": ("PNG", "I;16"), "webp": ("WEBP", "RGB"), "tif": ("TIFF", "RGB"),
    "deep.tif": ("TIFF", "I;16"), "float.tif": ("TIFF", "F"), "packed.png": ("PNG", "1"),
}  # fmt: skip


@pytest.mark.any_database
@pytest.mark.parametrize("name", PICTURES)
def test_pictures(world: World, name: str) -> None:
    right, path = tall(*PICTURES[name]), f"/api/v1/projects/{world.project.pk}/images/"
    for seed in SEEDS:
        with bounded():
            answer = world.as_alice.post(path, {"file": upload(damaged(right, seed), f"x.{name}")}, "multipart")
        assert answer.status_code in (200, 201, 400, 409, 413), (seed, answer.content)
        assert answer.status_code < 300 or f"x.{name}" in answer.json()["message"], (seed, answer.content)
    assert all(image.width > 0 for image in Image.objects.all())


@cache
def brought(kind: str) -> bytes:
    whole = dataset()
    return archive(whole, pictures([image.file_name for image in whole.images]), kind)


@pytest.mark.parametrize("kind", sorted(dict(READ)))
def test_archives(world: World, work_off: WorkOff, kind: str) -> None:
    """The zip itself is damaged, or a file in it; what can still be read is imported."""
    world.project.model_version = None
    world.project.save()
    path = f"/api/v1/projects/{world.project.pk}/imports/"
    for seed in SEEDS:
        right = brought(kind)
        data = damaged(right, seed) if seed % 3 == 0 else inside(right, seed)
        with bounded():
            sent = world.as_alice.post(path, {"file": upload(data, "x.zip")}, "multipart")
            assert sent.status_code in (202, 400, 413), (seed, sent.content)
            for run in work_off():
                said(run)
            row = Import.objects.order_by("created").last()
            if row is not None and row.import_run is None:
                started = world.as_alice.post(f"/api/v1/imports/{row.pk}/start/", {}, "json")
                assert started.status_code in (202, 400, 409), (seed, started.content)
            for run in work_off():
                said(run)


def inside(data: bytes, seed: int) -> bytes:
    """Damage one file of the archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        names = source.namelist()
        for at, name in enumerate(names):
            content = source.read(name)
            target.writestr(name, damaged(content, seed) if at == seed % len(names) else content)
    return out.getvalue()


def packed() -> bytes:
    """A small zip, one file in each way of packing."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for way in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
            target.writestr(f"ü{way}.txt", "hello " * 20, way)
        target.writestr("manifest.json", "{}")
    return out.getvalue()


def test_zips_for_every_reader(tmp_path: Path) -> None:
    """Whatever zipfile raises for a damaged archive leaves each reader as its own refusal."""
    from sam_backend.archive import is_zipped_package, unzip_package

    right, path, refused = packed(), tmp_path / "x.zip", 0
    for seed in range(TRIES * 300):
        path.write_bytes(damaged(right, seed))
        try:
            with ArchiveReader(path) as archive:
                for name in archive.paths():
                    archive.read(name)
        except ArchiveError:
            refused += 1
        if is_zipped_package(path):
            with contextlib.suppress(ValueError):
                unzip_package(path, tmp_path / str(seed), 1 << 20)
    assert refused > TRIES * 100


def package(folder: Path) -> bytes:
    from tests.annotator.inference.conftest import make_package

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for path in make_package(folder).iterdir():
            target.write(path, path.name)
    return out.getvalue()


def weights(folder: Path) -> bytes:
    from safetensors.numpy import save

    return save({"image_encoder.pos_embed": np.zeros((1, 4, 4, 8), np.float32), "x": np.zeros(3, np.float32)})


def pickled(folder: Path) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        target.writestr("archive/data.pkl", pickle.dumps({"image_encoder.pos_embed": [1, 2, 3]}))
        target.writestr("archive/version", "3")
    return out.getvalue()


@pytest.mark.any_database
@pytest.mark.parametrize(("make", "name"), [(package, "x.zip"), (weights, "x.safetensors"), (pickled, "x.pth")])
def test_models(world: World, work_off: WorkOff, tmp_path: Path, make: Callable[[Path], bytes], name: str) -> None:
    pytest.importorskip("onnx")
    admin, right = client_of(make_user("Root", is_staff=True)), make(tmp_path / "package")
    for seed in range(TRIES if name == "x.zip" else (TRIES + 2) // 3):  # each of the others starts a process
        data = inside(right, seed) if name == "x.zip" and seed % 2 else damaged(right, seed)
        with bounded():
            sent = admin.post("/api/v1/models/upload/", {"file": upload(data, name)}, "multipart")
            assert sent.status_code in (202, 400), (seed, sent.content)
            for run in work_off():
                said(run)


@pytest.mark.any_database
@pytest.mark.parametrize(("kind", "codec"), [("mp4", "libx264"), ("matroska", "libvpx"), ("avi", "mjpeg")])
def test_videos(world: World, work_off: WorkOff, kind: str, codec: str) -> None:
    pytest.importorskip("av")
    from tests.annotator.projects.video.films import film

    right, path = film(6, kind=kind, codec=codec), f"/api/v1/projects/{world.project.pk}/videos/"
    world.project.model_version = None
    world.project.save()
    for seed in SEEDS:
        with bounded():
            sent = world.as_alice.post(path, {"file": upload(damaged(right, seed), "x.mp4"), "every": 1}, "multipart")
            assert sent.status_code in (202, 400), (seed, sent.content)
            for run in work_off():
                said(run)


@pytest.mark.any_database
def test_masks(world: World) -> None:
    height, width = world.image.height, world.image.width
    shape = np.zeros((height, width), bool)
    shape[5:30:2, 7:40] = True
    right, path = rle.encode(shape).to_json(), f"/api/v1/images/{world.image.pk}/annotations/"
    for seed in range(TRIES * 20):
        counts = damaged(right["counts"].encode(), seed).decode("latin-1")
        with bounded():
            answer = world.as_bob.post(path, {"rle": right | {"counts": counts}}, "json")
        assert answer.status_code in (201, 400, 413), (seed, answer.content)
        if answer.status_code == 201:
            stored = answer.json()
            mask = rle.decode(rle.validate(stored["rle"], height, width))
            assert mask.sum() == stored["area"], seed


def test_bodies(world: World) -> None:
    body = json.dumps({"operations": [{"key": "0" * 8, "op": "create", "data": {"rle": {"size": [48, 64]}}}]}).encode()
    path = f"/api/v1/images/{world.image.pk}/annotations/bulk/"
    for seed in range(TRIES * 20):
        with bounded():
            answer = world.as_bob.generic("POST", path, damaged(body, seed), content_type="application/json")
        assert 400 <= answer.status_code < 500, (seed, answer.content)


def addresses(world: World) -> list[str]:
    """Addresses of every sort: pages, a static file, the API, a file of the storage."""
    project, image = world.project.pk, world.image
    return [
        "/", "/signin/?next=/a", f"/projects/{project}/?state=new", "/static/css/tokens.css", "/healthz", "/readyz",
        "/api/v1/me/", f"/api/v1/projects/{project}/images/?search=a", f"/files/images/{image.pk}/{image.sha256}/full",
    ]  # fmt: skip


FORM = "application/x-www-form-urlencoded; charset="
VALUES = [  # gunicorn hands on no value with a zero byte or a line's end
    "", " ", "\x7f", "\xff\xfe", "x" * 9000, "-1", "9" * 400, "NaN", "*", "*/*;q=x", "bytes=0-", "bytes=9-1",
    "bytes=0-1,2-3" + ",4-5" * 500, f"bytes={'9' * 50}-", "bytes=a-b", '"', 'W/"', "Token", "Token ", "Bearer ü",
    "Basic ====", "gzip;q=nan", "application/json; charset=nothing", "multipart/form-data", "text/html,;",
    "multipart/form-data; boundary=" + "-" * 500, "Thu, 99 Foo 2026 99:99:99 GMT", "Sun, 06 Nov 0000 00:00:00 GMT",
    "null", "http://[", "https://a:b@c:99999/", "::1", "1.2.3.4, 5.6.7.8" * 99, "sessionid=\x01; csrftoken=",
    "sessionid=" + "a" * 5000, "=;=;=", "evil.example.org:99999", f"{FORM}idna", f"{FORM}utf-16",
]  # fmt: skip
NAMES = [
    "ACCEPT", "ACCEPT_ENCODING", "ACCEPT_LANGUAGE", "AUTHORIZATION", "COOKIE", "HOST", "IDEMPOTENCY_KEY",
    "IF_MATCH", "IF_MODIFIED_SINCE", "IF_NONE_MATCH", "IF_RANGE", "IF_UNMODIFIED_SINCE", "LAST_EVENT_ID", "ORIGIN",
    "RANGE", "REFERER", "USER_AGENT", "X_CSRFTOKEN", "X_FORWARDED_FOR", "X_FORWARDED_HOST", "X_FORWARDED_PROTO",
    "X_HTTP_METHOD_OVERRIDE", "X_REQUEST_ID", "X_REQUESTED_WITH", "CONTENT_TYPE",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_header_values(world: World, name: str) -> None:
    """Each value once, at an address of each sort in turn, and with a body."""
    client = world.as_alice
    client.force_login(world.alice)
    for at, value in enumerate(VALUES):
        where = addresses(world)
        for path in (where[(at + len(name)) % len(where)], ""):
            extra: dict[str, Any] = {"CONTENT_TYPE" if name == "CONTENT_TYPE" else f"HTTP_{name}": value}
            if path:
                answer = client.get(path, **extra)
            else:
                kind = extra.pop("CONTENT_TYPE", "application/json")
                path = f"/api/v1/images/{world.image.pk}/presence/"
                answer = client.generic("POST", path, b'{"client": "a"}', content_type=kind, **extra)
            for close in getattr(answer, "_resource_closers", []):
                close()
            assert answer.status_code < 500 or path == "/readyz", (path, value)
            assert not any("\n" in one or "\r" in one for pair in answer.items() for one in pair)
