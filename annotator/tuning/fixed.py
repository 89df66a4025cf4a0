"""The demo photos with hand-drawn masks: what a model must not forget while it learns something else."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt
from django.conf import settings
from PIL import Image as Picture

from annotator.inference.lending import Purpose, borrow
from annotator.inference.models import ModelVersion
from sam_backend.rle import Rle

MASKS = Path(__file__).with_name("demo_masks.json")


@dataclass(frozen=True)
class Photo:
    """A photo that scikit-image carries, and COCO's compressed masks on it."""

    name: str
    path: Path
    masks: tuple[Rle, ...]


@cache
def photos() -> tuple[Photo, ...]:
    """Return the photos that are there: none without scikit-image."""
    spec = find_spec("skimage")
    if spec is None or spec.origin is None:
        return ()
    folder = Path(spec.origin).parent / "data"
    known: dict[str, list[Rle]] = json.loads(MASKS.read_text(encoding="utf-8"))
    found = [Photo(name, folder / name, tuple(masks)) for name, masks in known.items()]
    return tuple(photo for photo in found if photo.path.is_file())


def embeddings(version: ModelVersion) -> dict[str, Path]:
    """Return, by photo, the file with its embedding by this version's encoder; made once on each machine.

    Raises ValueError and FileNotFoundError when the package is broken."""
    home: Path = settings.MASKWRIGHT_VAR / "tuning" / "fixed" / version.encoder_sha256
    files = {photo.name: home / f"{photo.name}.safetensors" for photo in photos()}
    missing = [photo for photo in photos() if not files[photo.name].is_file()]
    if missing:
        home.mkdir(parents=True, exist_ok=True)
        with borrow(version, Purpose.ENCODE) as predictor:
            for photo in missing:
                _write(files[photo.name], predictor.encode(_read(photo.path)).to_bytes())
    return files


def _read(path: Path) -> npt.NDArray[np.uint8]:
    with Picture.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


def _write(path: Path, data: bytes) -> None:
    fresh = path.with_suffix(".part")
    fresh.write_bytes(data)
    fresh.replace(path)
