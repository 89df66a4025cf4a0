"""The shipped model and a photo, as the browser gets them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from sam_backend import Embedding, ModelPackage, Predictor, compact_package_path, load_package
from tests.browser import chromium
from tests.browser.site import site


@dataclass
class Photo:
    """A photo with its blob at an address that carries the blob's hash."""

    id: str
    rgb: np.ndarray
    blob: bytes

    @property
    def path(self) -> str:
        return f"/files/embeddings/{self.id}/{hashlib.sha256(self.blob).hexdigest()}/"

    def info(self, encoder_sha256: str) -> dict[str, Any]:
        """What the API says of it, as far as the decoder is concerned."""
        height, width = self.rgb.shape[:2]
        embedding = {"state": "ready", "url": self.path, "encoder_sha256": encoder_sha256, "message": ""}
        return {"id": self.id, "width": width, "height": height, "embedding": embedding}


@dataclass
class World:
    """Package, predictor and the photos that the little site serves."""

    package: ModelPackage
    predictor: Predictor
    photos: dict[str, Photo]
    refused: set[str]

    def add(self, name: str, rgb: np.ndarray) -> Photo:
        """Encode a photo and serve its blob."""
        blob = self.predictor.encode(rgb).to_bytes(image_sha256="0" * 64)
        self.photos[name] = Photo(name, rgb, blob)
        return self.photos[name]

    def embedding(self, name: str) -> Embedding:
        """The embedding as shipped."""
        return Embedding.from_bytes(self.photos[name].blob)

    def answer(self, path: str) -> bytes | None:
        """The blob at a path; nothing for those in `refused`."""
        served = (photo for photo in self.photos.values() if photo.path not in self.refused)
        return next((photo.blob for photo in served if photo.path == path), None)

    def model(self) -> dict[str, Any]:
        """The model as the API describes it."""
        manifest = self.package.manifest.to_dict()
        files = {name: f"/model/{entry['sha256']}/{name}" for name, entry in manifest["files"].items()}
        return {"id": "model", "name": "compact", "version": "1", "manifest": manifest, "files": files}


@pytest.fixture(scope="session")
def world() -> World:
    """The compact model with the cat, its mirror image and a corner of it."""
    from skimage import data

    if why := chromium.missing():
        pytest.skip(why)
    package = load_package(compact_package_path())
    made = World(package, Predictor(package), {}, set())
    cat = np.ascontiguousarray(data.cat())
    made.add("cat", cat)
    made.add("moved", np.ascontiguousarray(np.roll(cat, (4, 12), (0, 1))))
    made.add("corner", np.ascontiguousarray(cat[20:220, 100:400]))
    return made


@pytest.fixture(scope="session")
def sam_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A tiny SAM with random weights, as a package with the fast decoder's graphs."""
    pytest.importorskip("torch")
    from sam_backend.build import build_random
    from tests.sam_backend.modeling.tiny import VIT

    return _noise_world(build_random(VIT), tmp_path_factory.mktemp("package") / "tiny")


@pytest.fixture(scope="session")
def hq_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The same with a tiny HQ-SAM."""
    pytest.importorskip("torch")
    from sam_backend.build import build_random_hq
    from tests.sam_backend.hq.tiny import HQ

    return _noise_world(build_random_hq(HQ), tmp_path_factory.mktemp("package") / "tiny")


@pytest.fixture(scope="session")
def sam3_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The same with SAM 3's tracker, of nine cells a side."""
    pytest.importorskip("torch")
    from sam_backend.build import build_random_sam2
    from tests.sam_backend.sam3.tiny import TINY

    return _noise_world(build_random_sam2(TINY), tmp_path_factory.mktemp("package") / "tiny")


def _noise_world(model: Any, folder: Path) -> World:
    """A model as a package, and a photo of noise."""
    from sam_backend.onnx.export import PackageInfo, export_package

    if why := chromium.missing():
        pytest.skip(why)
    package = load_package(export_package(model, folder, PackageInfo("tiny")))
    made = World(package, Predictor(package), {}, set())
    made.add("noise", np.random.default_rng(0).integers(0, 256, (60, 80, 3), np.uint8))
    return made


@pytest.fixture
def open_page(world: World) -> Iterator[Callable[..., Page]]:
    """Opens pages with the shipped model."""
    yield from _opener(world)


@pytest.fixture
def open_sam_page(sam_world: World) -> Iterator[Callable[..., Page]]:
    """Opens pages with the small SAM."""
    yield from _opener(sam_world)


@pytest.fixture
def open_hq_page(hq_world: World) -> Iterator[Callable[..., Page]]:
    """Opens pages with the small HQ-SAM."""
    yield from _opener(hq_world)


@pytest.fixture
def open_sam3_page(sam3_world: World) -> Iterator[Callable[..., Page]]:
    """Opens pages with the small SAM 3."""
    yield from _opener(sam3_world)


def _opener(world: World) -> Iterator[Callable[..., Page]]:
    """Opens a blank page of the app's origin with a decoder on it; isolated=False for one thread."""
    from contextlib import ExitStack

    with ExitStack() as stack:

        def opened(*flags: str, isolated: bool = True) -> Page:
            folders = {f"/model/{entry.sha256}/": world.package.path for entry in world.package.manifest.files.values()}
            address = stack.enter_context(site(folders, isolated=isolated, answer=world.answer))
            page = stack.enter_context(chromium.page(address, *flags))
            prepare(page, world)
            return page

        yield opened


def prepare(page: Page, world: World) -> None:
    """Put a decoder and the photos on the page; needed again after a reload."""
    page.evaluate(
        Path(__file__).with_name("decoder.js").read_text(),
        {
            "model": world.model(),
            "photos": {name: photo.info(world.package.encoder_sha256) for name, photo in world.photos.items()},
        },
    )
