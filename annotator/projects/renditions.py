"""Other forms of a stored picture: its thumbnail, its pixels for an encoder."""
from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
from PIL import Image

from annotator.lib.storage import open_blob

THUMB_SIDE = 320


def thumbnail(picture: Image.Image) -> bytes:
    """Return a small JPEG of a picture, its longest side 320 pixels at most."""
    profile = picture.info.get("icc_profile") if picture.mode in ("L", "RGB") else None
    flat = picture if picture.mode in ("L", "RGB") else picture.convert("RGB")
    scale = min(1.0, THUMB_SIDE / max(flat.size))
    size = (max(1, round(flat.width * scale)), max(1, round(flat.height * scale)))
    small = flat.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=82, icc_profile=profile)
    return out.getvalue()


def read_rgb(sha256: str, region: list[int] | None = None) -> npt.NDArray[np.uint8]:
    """Return a stored picture, or its [x, y, w, h], as uint8 RGB [height, width, 3]. Raises FileNotFoundError."""
    with open_blob(sha256) as source, Image.open(source) as picture:
        return np.asarray(_cut(picture, region).convert("RGB"))


def _cut(picture: Image.Image, region: list[int] | None) -> Image.Image:
    if region is None:
        return picture
    x, y, width, height = region
    return picture.crop((x, y, x + width, y + height))
