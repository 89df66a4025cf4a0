"""TIFFs that Pillow takes for something else: it ignores sample formats, planes of 16 bits, and white by 0.

What Pillow reads rightly (unsigned samples of 8 bits or fewer) is left to it. Everything else is read by tifffile, and
what neither can read is refused by its name.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL import Image
from tifffile import TiffFile, TiffPage

from annotator.lib.errors import ApiError
from annotator.projects.deep import in_eight_bits, spread

MOST_BYTES = 1 << 30
"""Of samples in memory, beside their 8-bit copy."""
_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _SEPARATED = 0, 1, 2, 5
_READ_BY_PILLOW = {_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, 3, _SEPARATED, 6, 8}
_COLOURS = {_WHITE_IS_ZERO: 1, _BLACK_IS_ZERO: 1, _RGB: 3, _SEPARATED: 4}
_KINDS = {1: "unsigned", 2: "signed", 3: "floating-point", 4: "untyped", 5: "complex", 6: "complex"}


@dataclass
class Samples:
    """What was read: an 8-bit image (L, RGB, RGBA or CMYK), where its top is, its colour profile, and notes."""

    picture: Image.Image
    notes: list[str] = field(default_factory=list)


def read_deep(name: str, data: bytes, most_pixels: int) -> Samples | None:
    """Read a TIFF that Pillow would misread; None for any other file. Raises ApiError that names what it cannot read;
    what is simply damaged is left to Pillow to say."""
    if data[:4] not in _MAGIC:
        return None
    try:
        with TiffFile(io.BytesIO(data)) as file:
            page = file.pages[0]
            if not isinstance(page, TiffPage) or _is_plain(page):
                return None
            size = page.imagewidth * page.imagelength
            if not 0 < size <= most_pixels:
                return None
            return _read(name, page, len(file.pages))
    except ApiError:
        raise
    except Exception:  # parsers raise whatever comes to them on broken bytes
        return None


def _is_plain(page: TiffPage) -> bool:
    kind = set(np.atleast_1d(page.sampleformat).tolist())
    return page.bitspersample <= 8 and kind <= {1, 4} and int(page.photometric) in _READ_BY_PILLOW


def _read(name: str, page: TiffPage, pages: int) -> Samples | None:
    photometric = int(page.photometric)
    if photometric not in _COLOURS or page.dtype is None or page.imagedepth != 1 or page.dtype.kind not in "iuf":
        raise _unsupported(name, page)
    if page.nbytes > MOST_BYTES:
        raise ApiError(
            "image_too_many_pixels",
            f"“{name}” takes {page.nbytes / 2**20:,.0f} MB when it is unpacked; pictures of more than 8 bits may take "
            f"{MOST_BYTES >> 20:,}. Export it with 8 bits per channel, or cut it into parts.",
        )
    try:
        values = page.asarray()
    except (ValueError, NotImplementedError, ImportError) as error:
        if "imagecodecs" not in str(error) and not isinstance(error, NotImplementedError | ImportError):
            raise
        if page.bitspersample == 16 and page.dtype.kind == "u":
            return None  # Pillow unpacks it, and `deep` helps with the bytes that it leaves out
        raise _unsupported(name, page) from None
    read = _flatten(page, _channels_last(page, values))
    if pages > 1:
        read.notes.insert(0, f"The file has {pages} frames or pages; the first is used.")
    return read


def _channels_last(page: TiffPage, values: Any) -> Any:
    if page.samplesperpixel == 1:
        return values.reshape(page.imagelength, page.imagewidth, 1)
    if page.planarconfig == 2:
        return np.moveaxis(values.reshape(page.samplesperpixel, page.imagelength, page.imagewidth), 0, -1)
    return values.reshape(page.imagelength, page.imagewidth, page.samplesperpixel)


def _flatten(page: TiffPage, values: Any) -> Samples:
    photometric, colours = int(page.photometric), _COLOURS[int(page.photometric)]
    notes: list[str] = []
    extra = [int(one) for one in page.extrasamples]
    if colours == 1:
        image, said = spread(values[..., 0], inverted=photometric == _WHITE_IS_ZERO)
    else:
        limit = page.tags.valueof(281)
        image, said = in_eight_bits(values[..., :colours], _largest(limit))
    notes.append(said)
    if photometric == _SEPARATED:
        image = Image.fromarray(np.asarray(image), "CMYK")
    elif extra[:1] in ([1], [2]) and values.shape[-1] > colours:
        image = _with_alpha(image, values[..., colours], premultiplied=extra[0] == 1)
    elif extra:
        notes.append("Its extra channels were left out.")
    profile = page.tags.valueof(34675)
    if isinstance(profile, bytes):
        image.info["icc_profile"] = profile
    image.getexif()[0x0112] = int(page.tags.valueof(274) or 1)
    return Samples(image, notes)


def _with_alpha(image: Image.Image, alpha: Any, premultiplied: bool) -> Image.Image:
    full = np.iinfo(alpha.dtype).max if alpha.dtype.kind in "iu" else 1.0
    cover = Image.fromarray(np.rint(np.clip(alpha / full, 0, 1) * 255).astype(np.uint8))
    rgba = image.convert("RGBA")
    rgba.putalpha(cover)
    return Image.frombytes("RGBa", rgba.size, rgba.tobytes()).convert("RGBA") if premultiplied else rgba


def _largest(limit: Any) -> int | None:
    found = max(limit) if isinstance(limit, tuple) and limit else limit
    return found if isinstance(found, int) and found > 0 else None


def _unsupported(name: str, page: TiffPage) -> ApiError:
    kind = _KINDS.get(int(np.atleast_1d(page.sampleformat)[0]), "unknown")
    coded = getattr(page.photometric, "name", str(page.photometric))
    packed = getattr(page.compression, "name", str(page.compression))
    return ApiError(
        "image_unsupported",
        f"“{name}” is a TIFF of {page.samplesperpixel} × {page.bitspersample} {kind} bits ({coded}, compression "
        f"{packed}), which Maskwright cannot read. Export it as PNG, or as TIFF of 8 or 16 bits.",
    )
