"""Other forms of a stored image: its thumbnail, its pixels for an encoder."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import numpy.typing as npt
from PIL import Image

from annotator.lib.storage import open_blob

THUMB_SIDE = 320
DAMAGED = (
    "Its stored file is damaged. An administrator can bring it back from a backup (`verify` names it); or "
    "delete the image and add it again."
)
_REDUCIBLE = ("L", "RGB", "RGBA")


def thumbnail(image: Image.Image) -> bytes:
    """Return a small JPEG of an image, its longest side 320 pixels at most."""
    profile = image.info.get("icc_profile") if image.mode in ("L", "RGB") else None
    if image.mode in _REDUCIBLE and (factor := max(image.size) // (4 * THUMB_SIDE)) > 1:
        # Band by band, and before any copy in another mode: one of a large image takes a gigabyte.
        bands = [image.getchannel(band).reduce(factor) for band in image.mode.replace("A", "")]
        image = bands[0] if len(bands) == 1 else Image.merge("RGB", bands)
    flat = image if image.mode in ("L", "RGB") else image.convert("RGB")
    scale = min(1.0, THUMB_SIDE / max(flat.size))
    size = (max(1, round(flat.width * scale)), max(1, round(flat.height * scale)))
    small = flat.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=82, icc_profile=profile)
    return out.getvalue()


def read_rgb(sha256: str, region: list[int] | None = None) -> npt.NDArray[np.uint8]:
    """Return a stored image, or its [x, y, w, h], as uint8 RGB [height, width, 3]. Raises FileNotFoundError, and
    ValueError with a sentence when its file went bad in the storage."""
    with open_blob(sha256) as source:
        try:
            with Image.open(source) as image:
                return np.asarray(_cut(image, region).convert("RGB"))
        except (OSError, SyntaxError, struct.error, zlib.error) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # the storage's, and no decoder's
            raise ValueError(DAMAGED) from error


def _cut(image: Image.Image, region: list[int] | None) -> Image.Image:
    if region is None:
        return image
    x, y, width, height = region
    return image.crop((x, y, x + width, y + height))
