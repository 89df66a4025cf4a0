"""An uploaded file → an upright 8-bit image without metadata, or a refusal that names the file.

Where the pixels need no change the file's own compressed stream is kept (metadata.py). Otherwise they are encoded
anew: a photo that had to be turned stays a JPEG (quality 95, no colour subsampling), everything else becomes a PNG,
which loses nothing.
"""

from __future__ import annotations

import io
import logging
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from django.conf import settings
from PIL import Image, UnidentifiedImageError

from annotator.lib.errors import ApiError
from annotator.projects import metadata
from annotator.projects.bulky import without_bulk
from annotator.projects.deep import REDUCED, full_range, spread
from annotator.projects.renditions import thumbnail
from annotator.projects.sniff import describe
from annotator.projects.srgb import on_white, to_srgb
from annotator.projects.strips import png_in_strips
from annotator.projects.tiff import read_deep

log = logging.getLogger(__name__)

# The cap is ours, by setting, and checked on the header before a pixel is decoded.
Image.MAX_IMAGE_PIXELS = None
# MPO, what phones and stereo cameras write, is opened as a JPEG by Pillow and has no reader of its own to name here.
FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"]
MAX_SIDE = 65_500
JPEG_QUALITY = 95
LARGE_PIXELS = 8_000_000
_ORIENTATION = 0x0112
_MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_EXTENSIONS = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"), "PNG": (".png", ".apng"), "WEBP": (".webp",),
    "GIF": (".gif",), "BMP": (".bmp", ".dib"), "TIFF": (".tif", ".tiff"),
}  # fmt: skip

# A large image takes a gigabyte while it is turned; a few uploads at once must not take the machine down.
_decoding = threading.BoundedSemaphore(2)


@dataclass
class Prepared:
    """An image ready to be stored. `notes` are sentences about what was changed."""

    data: bytes
    media_type: str
    width: int
    height: int
    source_format: str
    thumb: bytes
    notes: list[str] = field(default_factory=list)


def prepare(name: str, data: bytes) -> Prepared:
    """Check and normalise an uploaded file. Raises ApiError (`image_*`) with a sentence naming the file."""
    if not data:
        raise ApiError("image_empty", f"“{name}” is empty (0 bytes). Perhaps its copy or download was interrupted.")
    data, notes = without_bulk(data)
    with _decoding, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if (read := read_deep(name, data, settings.MAX_IMAGE_PIXELS)) is not None:
            picture, notes = read.picture, read.notes
            picture.format = "TIFF"
        else:
            picture = _open(name, data)
            _check_size(name, picture)
            _load(name, picture, data)
        return _normalise(name, data, picture, notes)


def repainted(prepared: Prepared, paint: Callable[[Image.Image], Image.Image | None]) -> Prepared:
    """Let something be painted over a prepared picture: encoded anew (a JPEG as a JPEG, anything else as PNG), with a
    thumbnail of what it is now. The very same comes back where `paint` returns None. Raises OSError."""
    with _decoding, Image.open(io.BytesIO(prepared.data), formats=FORMATS) as picture:
        picture.load()
        changed = paint(picture)
        if changed is None:
            return prepared
        data, media = _encode(changed, "JPEG" if prepared.media_type == _MEDIA_TYPES["JPEG"] else "PNG")
        return replace(prepared, data=data, media_type=media, thumb=thumbnail(changed))


def _open(name: str, data: bytes) -> Image.Image:
    known = describe(data)
    if known:
        raise ApiError("image_unsupported", f"“{name}” {known}")
    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError:
        raise ApiError(
            "image_unreadable",
            f"“{name}” is not a picture that Maskwright can read, or its beginning is damaged. "
            "JPEG, PNG, WebP, TIFF, BMP and GIF files are accepted.",
        ) from None
    except Exception as error:
        raise _damaged(name, error) from None


def _check_size(name: str, image: Image.Image) -> None:
    width, height = image.size
    if width < 1 or height < 1:
        raise ApiError("image_damaged", f"“{name}” says it is {width} × {height} pixels large; it is damaged.")
    if width * height > settings.MAX_IMAGE_PIXELS or max(width, height) > MAX_SIDE:
        limit = settings.MAX_IMAGE_PIXELS // 1_000_000
        raise ApiError(
            "image_too_many_pixels",
            f"“{name}” is {width} × {height} pixels ({width * height / 1e6:.0f} megapixels). This server takes up to "
            f"{limit} megapixels and {MAX_SIDE} pixels a side. Make it smaller or cut it into parts.",
        )


def _load(name: str, image: Image.Image, data: bytes) -> None:
    try:
        if image.format == "PNG":
            # Pillow decodes pixels without looking at their checksums: of a file whose end an interrupted copy left as
            # zeros it makes wrong pixels. An image is of no use after it was verified, hence another one.
            Image.open(io.BytesIO(data), formats=("PNG",)).verify()
        image.load()
    except MemoryError:
        raise ApiError("image_too_many_pixels", f"“{name}” does not fit into this server's memory.") from None
    except Exception as error:
        # Decoders raise whatever comes to them on broken bytes.
        raise _damaged(name, error) from None


def _damaged(name: str, error: Exception) -> ApiError:
    log.info("Refused an image: %r", error)
    return ApiError(
        "image_damaged", f"“{name}” is damaged or cut off and cannot be read to its end. Copy or export it again."
    )


def _normalise(name: str, data: bytes, image: Image.Image, known: list[str]) -> Prepared:
    source = "JPEG" if image.format == "MPO" else str(image.format)
    notes = [*_first_impressions(name, source, image), *known]
    orientation = _orientation(image)
    upright = _flat_rgb(source, data, image, notes)
    if orientation != 1:
        upright = upright.transpose(_TURNS[orientation])
        notes.append("Turned upright, as the camera's orientation mark says.")
    stored = _original_stream(source, data) if upright is image and image.mode != "RGBA" else None
    if stored is None:
        stored, media = _encode(upright, "JPEG" if source == "JPEG" else "PNG")
    else:
        media = _MEDIA_TYPES[source]
    return Prepared(stored, media, upright.width, upright.height, source, thumbnail(upright), notes)


def _first_impressions(name: str, source: str, image: Image.Image) -> list[str]:
    notes = []
    suffix = name[name.rfind(".") :].lower() if "." in name else ""
    if suffix not in _EXTENSIONS[source]:
        notes.append(f"The file is a {source} although its name does not say so.")
    frames = getattr(image, "n_frames", 1)
    if frames > 1 and image.format != "MPO":
        notes.append(f"The file has {frames} frames or pages; the first is used.")
    return notes


def _orientation(image: Image.Image) -> int:
    try:
        value = image.getexif().get(_ORIENTATION, 1)
    except Exception:
        # A broken EXIF block is no reason to refuse good pixels.
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _flat_rgb(source: str, data: bytes, image: Image.Image, notes: list[str]) -> Image.Image:
    """Return the very same image when nothing must change, else an 8-bit grey or RGB one.

    An RGBA one comes back as RGBA without transparency: another copy of a large image would take its memory twice."""
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        flat, said = spread(np.asarray(image), inverted=_tag(image, 262) == 0)  # PhotometricInterpretation
        notes.append(said)
        return flat
    if _is_deep(source, data, image):
        image = _eight_of_sixteen(data, image, notes)
    if image.has_transparency_data:
        return on_white(image, notes)
    if image.mode == "CMYK":
        notes.append("Converted from CMYK print colours to RGB.")
        return to_srgb(image)
    if image.mode == "LAB":
        notes.append("Converted from CIE Lab colours to RGB.")
        return to_srgb(image)
    if _is_deep(source, data, image):
        return image.copy()
    keeps = getattr(image, "n_frames", 1) == 1 or image.format == "MPO"
    if keeps and image.mode in ("RGB", "L", "P", "1") and source in metadata.STRIP:
        return image
    return image.convert("L" if image.mode in ("1", "L") else "RGB")


def _is_deep(source: str, data: bytes, image: Image.Image) -> bool:
    if source == "TIFF":
        depth = _tag(image, 258)  # BitsPerSample
        return bool(max(depth if isinstance(depth, tuple) else (depth or 8,)) > 8)
    return source == "PNG" and data[24:25] == b"\x10"


def _tag(image: Image.Image, number: int) -> Any:
    return getattr(image, "tag_v2", {}).get(number)


def _eight_of_sixteen(data: bytes, image: Image.Image, notes: list[str]) -> Image.Image:
    """Pillow has kept the upper bytes, which is right unless only a sensor's lower bits are used."""
    colour = image.mode in ("RGB", "RGBA") and (image.format != "PNG" or data[25] in (2, 6))
    helped = full_range(image, Image.open(io.BytesIO(data), formats=FORMATS)) if colour else None
    flat, said = helped or (image, REDUCED)
    notes.append(said)
    flat.info |= {key: value for key, value in image.info.items() if key == "icc_profile"}
    return flat


def _original_stream(source: str, data: bytes) -> bytes | None:
    try:
        return metadata.STRIP[source](data)
    except (KeyError, ValueError):
        return None


def _encode(image: Image.Image, kind: str) -> tuple[bytes, str]:
    profile = image.info.get("icc_profile") if image.mode in ("L", "RGB") else None
    if kind == "PNG" and image.width * image.height > LARGE_PIXELS:
        return png_in_strips(image), _MEDIA_TYPES[kind]
    out = io.BytesIO()
    flat = image if image.mode in ("L", "RGB") else image.convert("RGB")
    if kind == "JPEG":
        flat.save(out, "JPEG", quality=JPEG_QUALITY, subsampling=0, icc_profile=profile)
    else:
        flat.save(out, "PNG", compress_level=6, icc_profile=profile)
    return out.getvalue(), _MEDIA_TYPES[kind]
