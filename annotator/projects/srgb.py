"""Colours that are not sRGB, and transparency: to what a screen shows."""

from __future__ import annotations

import io
import logging

from PIL import Image, ImageCms

from annotator.projects.strips import strips_of

log = logging.getLogger(__name__)


def on_white(image: Image.Image, notes: list[str]) -> Image.Image:
    """Return the image as RGBA on white, strip by strip; one whose alpha is full everywhere is only told so."""
    rgba = image if image.mode == "RGBA" else image.convert("RGBA")
    if rgba.getchannel("A").getextrema()[0] == 255:
        return rgba
    notes.append("Transparent parts were put on white.")
    for box in strips_of(rgba.size):
        strip = rgba.crop(box)
        rgba.paste(Image.alpha_composite(Image.new("RGBA", strip.size, (255, 255, 255, 255)), strip), box)
    return rgba


def to_srgb(image: Image.Image) -> Image.Image:
    """Return a CMYK or Lab image as RGB, by its own profile where it has a usable one."""
    if image.mode == "LAB":
        return _by_profile(image, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")))
    profile = image.info.get("icc_profile")
    if profile:
        try:
            return _by_profile(image, ImageCms.ImageCmsProfile(io.BytesIO(profile)))
        except (ImageCms.PyCMSError, OSError):
            log.info("A CMYK profile could not be used; converting plainly")
    plain = image.convert("RGB")
    plain.info.pop("icc_profile", None)
    return plain


def _by_profile(image: Image.Image, source: ImageCms.ImageCmsProfile) -> Image.Image:
    converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    if converted is None:
        raise OSError("The colours could not be converted.")
    converted.info.pop("icc_profile", None)
    return converted
