"""An uploaded file → an upright 8-bit picture without metadata, or a refusal that names the file.

Where the pixels need no change the file's own compressed stream is kept (metadata.py). Otherwise they are encoded
anew: a photo that had to be turned stays a JPEG (quality 95, no colour subsampling), everything else becomes a PNG,
which loses nothing.
"""
from __future__ import annotations

import io
import logging
import threading
import warnings
from dataclasses import dataclass, field

import numpy as np
from django.conf import settings
from PIL import Image, ImageCms, UnidentifiedImageError

from annotator.lib.errors import ApiError
from annotator.projects import metadata
from annotator.projects.renditions import thumbnail
from annotator.projects.sniff import describe

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

# A large picture takes a gigabyte while it is turned; a few uploads at once must not take the machine down.
_decoding = threading.BoundedSemaphore(2)


@dataclass
class Prepared:
    """A picture ready to be stored. `notes` are sentences about what was changed."""

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
    with _decoding, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        picture = _open(name, data)
        _check_size(name, picture)
        _load(name, picture)
        return _normalise(name, data, picture)


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


def _check_size(name: str, picture: Image.Image) -> None:
    width, height = picture.size
    if width < 1 or height < 1:
        raise ApiError("image_damaged", f"“{name}” says it is {width} × {height} pixels large; it is damaged.")
    if width * height > settings.MAX_IMAGE_PIXELS or max(width, height) > MAX_SIDE:
        limit = settings.MAX_IMAGE_PIXELS // 1_000_000
        raise ApiError(
            "image_too_many_pixels",
            f"“{name}” is {width} × {height} pixels ({width * height / 1e6:.0f} megapixels). This server takes up to "
            f"{limit} megapixels and {MAX_SIDE} pixels a side. Make it smaller or cut it into parts.",
        )


def _load(name: str, picture: Image.Image) -> None:
    try:
        picture.load()
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


def _normalise(name: str, data: bytes, picture: Image.Image) -> Prepared:
    source = "JPEG" if picture.format == "MPO" else str(picture.format)
    notes = _first_impressions(name, source, picture)
    orientation = _orientation(picture)
    upright = _flat_rgb(source, data, picture, notes)
    if orientation != 1:
        upright = upright.transpose(_TURNS[orientation])
        notes.append("Turned upright, as the camera's orientation mark says.")
    stored = _original_stream(source, data) if upright is picture else None
    if stored is None:
        stored, media = _encode(upright, "JPEG" if source == "JPEG" else "PNG")
    else:
        media = _MEDIA_TYPES[source]
    return Prepared(stored, media, upright.width, upright.height, source, thumbnail(upright), notes)


def _first_impressions(name: str, source: str, picture: Image.Image) -> list[str]:
    notes = []
    suffix = name[name.rfind(".") :].lower() if "." in name else ""
    if suffix not in _EXTENSIONS[source]:
        notes.append(f"The file is a {source} although its name does not say so.")
    frames = getattr(picture, "n_frames", 1)
    if frames > 1 and picture.format != "MPO":
        notes.append(f"The file has {frames} frames or pages; the first is used.")
    return notes


def _orientation(picture: Image.Image) -> int:
    try:
        value = picture.getexif().get(_ORIENTATION, 1)
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


def _flat_rgb(source: str, data: bytes, picture: Image.Image, notes: list[str]) -> Image.Image:
    """Return the very same picture when nothing must change, else an 8-bit grey or RGB one."""
    if picture.mode in ("I", "F") or picture.mode.startswith("I;16"):
        return _spread(picture, notes)
    if picture.has_transparency_data:
        return _on_white(picture, notes)
    if picture.mode == "CMYK":
        notes.append("Converted from CMYK print colours to RGB.")
        return _cmyk_to_rgb(picture)
    if _is_deep(source, data, picture):
        notes.append("Reduced from 16 to 8 bits per channel.")
        return picture.copy()
    keeps = getattr(picture, "n_frames", 1) == 1 or picture.format == "MPO"
    if keeps and picture.mode in ("RGB", "L", "P", "1") and source in metadata.STRIP:
        return picture
    return picture.convert("L" if picture.mode in ("1", "L") else "RGB")


def _is_deep(source: str, data: bytes, picture: Image.Image) -> bool:
    if source == "PNG":
        return data[24:25] == b"\x10"
    if source == "TIFF":
        depth = getattr(picture, "tag_v2", {}).get(258, (8,))
        return bool(max(depth if isinstance(depth, tuple) else (depth,)) > 8)
    return False


def _spread(picture: Image.Image, notes: list[str]) -> Image.Image:
    values = np.nan_to_num(np.asarray(picture, dtype=np.float32), posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    scaled = (values - low) * (255.0 / (high - low)) if high > low else np.zeros_like(values)
    notes.append(f"Values from {low:g} to {high:g} were spread over 256 grey levels.")
    return Image.fromarray(np.rint(scaled).astype(np.uint8))


def _on_white(picture: Image.Image, notes: list[str]) -> Image.Image:
    rgba = picture.convert("RGBA")
    if rgba.getchannel("A").getextrema()[0] == 255:
        return rgba.convert("RGB")
    notes.append("Transparent parts were put on white.")
    ground = Image.new("RGBA", rgba.size, (255, 255, 255, 255))
    return Image.alpha_composite(ground, rgba).convert("RGB")


def _cmyk_to_rgb(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    if profile:
        try:
            ink = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            screen = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(picture, ink, screen, outputMode="RGB")
            if converted is not None:
                converted.info.pop("icc_profile", None)
                return converted
        except (ImageCms.PyCMSError, OSError):
            log.info("A CMYK profile could not be used; converting plainly")
    plain = picture.convert("RGB")
    plain.info.pop("icc_profile", None)
    return plain


def _original_stream(source: str, data: bytes) -> bytes | None:
    try:
        return metadata.STRIP[source](data)
    except (KeyError, ValueError):
        return None


def _encode(picture: Image.Image, kind: str) -> tuple[bytes, str]:
    out = io.BytesIO()
    flat = picture if picture.mode in ("L", "RGB") else picture.convert("RGB")
    profile = picture.info.get("icc_profile") if picture.mode == flat.mode else None
    if kind == "JPEG":
        flat.save(out, "JPEG", quality=JPEG_QUALITY, subsampling=0, icc_profile=profile)
    else:
        # Tighter packing of a large picture takes longer than anybody waits for an upload.
        level = 1 if flat.width * flat.height > LARGE_PIXELS else 6
        flat.save(out, "PNG", compress_level=level, icc_profile=profile)
    return out.getvalue(), _MEDIA_TYPES[kind]
