"""Every odd file is either taken correctly or refused with a sentence that names it; nothing else is affected."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image as PillowImage
from pytest_django import Settings

from annotator.lib.storage import open_blob
from annotator.projects.models import Image
from tests.annotator.world import World, picture, upload

JPEG = picture((64, 48), kind="JPEG", seed=1, quality=95)
PNG = picture((64, 48), seed=1)


def post(world: World, data: bytes, name: str) -> Any:
    url = f"/api/v1/projects/{world.project.pk}/images/"
    return world.as_alice.post(url, {"file": upload(data, name)}, "multipart")


def refused(world: World, data: bytes, name: str) -> str:
    before = Image.objects.count()
    response = post(world, data, name)
    assert response.status_code == 400, response.content
    assert name in response.json()["message"]
    assert Image.objects.count() == before
    return response.json()["code"]


def taken(world: World, data: bytes, name: str) -> tuple[Image, PillowImage.Image]:
    response = post(world, data, name)
    assert response.status_code == 201, response.content
    image = Image.objects.get(pk=response.json()["id"])
    with open_blob(image.sha256) as source:
        stored = PillowImage.open(io.BytesIO(source.read()))
    stored.load()
    assert (image.width, image.height) == stored.size
    assert stored.mode in ("RGB", "L", "P", "1")
    return image, stored


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is enormous."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(64))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        pytest.param(b"", "empty.jpg", "image_empty", id="zero bytes"),
        pytest.param(JPEG[: len(JPEG) // 2], "half.jpg", "image_damaged", id="truncated JPEG"),
        pytest.param(JPEG[:30], "stub.jpg", "image_damaged", id="only a JPEG's head"),
        pytest.param(picture(seed=1, compress_level=0)[:2000], "half.png", "image_damaged", id="truncated PNG"),
        pytest.param(PNG[:-40] + bytes(40), "zeros.png", "image_damaged", id="PNG whose end was never copied"),
        pytest.param(PNG[:-12], "cut.png", "image_damaged", id="PNG without its end"),
        pytest.param(picture(kind="GIF", seed=1)[:900], "half.gif", "image_damaged", id="truncated GIF"),
        pytest.param(picture(kind="WEBP", seed=1)[:80], "half.webp", None, id="truncated WebP"),
        pytest.param(picture(kind="TIFF", seed=1)[:500], "half.tif", None, id="truncated TIFF"),
        pytest.param(b"just words, not a picture", "photo.jpg", "image_unsupported", id="text renamed .jpg"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "drawing.svg", "image_unsupported", id="SVG"),
        pytest.param(
            b"<?xml version='1.0'?>\n<svg onload='alert(1)'/>", "drawing.png", "image_unsupported", id="SVG as .png"
        ),
        pytest.param(b"<!DOCTYPE html><script>1</script>", "page.jpg", "image_unsupported", id="HTML"),
        pytest.param(b"%PDF-1.7\n\xff", "scan.jpg", "image_unsupported", id="PDF"),
        pytest.param(b"\0\0\0\x18ftypheic\0\0", "phone.heic", "image_unsupported", id="HEIC"),
        pytest.param(b"\0\0\0\x18ftypisom\0\0", "clip.mp4", "image_unsupported", id="video"),
        pytest.param(b"PK\x03\x04\0\0", "all.zip", "image_unsupported", id="ZIP"),
        pytest.param(bytes(range(256)) * 4, "noise.png", "image_unreadable", id="noise"),
        pytest.param(bomb(60_000, 60_000), "bomb.png", "image_too_many_pixels", id="decompression bomb"),
        pytest.param(bomb(2**31 - 1, 1), "long.png", "image_too_many_pixels", id="one endless row"),
    ],
)
def test_it_refuses_with_a_sentence_that_names_the_file(world: World, data: bytes, name: str, code: str | None) -> None:
    answer = refused(world, data, name)
    assert code is None or answer == code


def test_it_refuses_a_file_above_the_size_limit(world: World, settings: Settings) -> None:
    settings.MAX_UPLOAD_BYTES = 500
    assert refused(world, picture((200, 200)), "large.png") == "image_too_large"


def test_it_says_the_limit_when_a_picture_has_too_many_pixels(world: World, settings: Settings) -> None:
    settings.MAX_IMAGE_PIXELS = 2_000_000
    message = post(world, bomb(3000, 1000), "big.png").json()["message"]
    assert "3000 × 1000 pixels (3 megapixels)" in message
    assert "up to 2 megapixels" in message


def test_it_takes_a_single_pixel(world: World) -> None:
    image, stored = taken(world, picture((1, 1)), "dot.png")
    assert stored.size == (1, 1)
    thumb = world.as_alice.get(f"/files/images/{image.pk}/{image.sha256}/thumb")
    assert PillowImage.open(io.BytesIO(b"".join(thumb))).size == (1, 1)


def test_it_takes_a_very_long_picture_and_its_thumbnail_has_pixels(world: World) -> None:
    image, _ = taken(world, picture((1, 3000)), "pole.png")
    thumb = world.as_alice.get(f"/files/images/{image.pk}/{image.sha256}/thumb")
    assert PillowImage.open(io.BytesIO(b"".join(thumb))).size == (1, 320)


def test_it_keeps_a_plain_jpeg_pixel_for_pixel(world: World) -> None:
    image, stored = taken(world, JPEG, "cat.jpg")
    assert image.notes == []
    assert (image.media_type, image.source_format) == ("image/jpeg", "JPEG")
    assert np.array_equal(np.asarray(stored), np.asarray(PillowImage.open(io.BytesIO(JPEG))))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_turns_each_orientation_upright(world: World, kind: str, orientation: int) -> None:
    upright = PillowImage.open(io.BytesIO(picture((64, 48), seed=7)))
    exif = PillowImage.Exif()
    exif[0x0112] = orientation
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # the transpose that the orientation asks to be undone
    turned = upright if orientation == 1 else upright.transpose(PillowImage.Transpose(undo[orientation]))
    out = io.BytesIO()
    exact: dict[str, dict[str, Any]] = {"JPEG": {"quality": 98}, "WEBP": {"lossless": True}}
    turned.save(out, kind, exif=exif, **exact.get(kind, {}))
    _, stored = taken(world, out.getvalue(), f"turned.{kind.lower()}")
    assert stored.size == (64, 48)
    assert stored.getexif().get(0x0112, 1) == 1
    difference = np.abs(np.asarray(stored.convert("RGB"), int) - np.asarray(upright, int))
    assert difference.max() <= (16 if kind == "JPEG" else 0)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_it_strips_what_the_camera_wrote(world: World, kind: str) -> None:
    exif = PillowImage.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    out = io.BytesIO()
    PillowImage.open(io.BytesIO(picture(seed=3))).save(out, kind, exif=exif)
    assert b"SecretCamera" in out.getvalue()
    image, stored = taken(world, out.getvalue(), f"cat.{kind.lower()}")
    with open_blob(image.sha256) as source:
        assert b"SecretCamera" not in source.read()
    assert not dict(stored.getexif())


def test_it_strips_comments_and_whatever_follows_the_end(world: World) -> None:
    out = io.BytesIO()
    PillowImage.open(io.BytesIO(picture(seed=4))).save(out, "JPEG", comment="a private note", progressive=True)
    image, stored = taken(world, out.getvalue() + b"trailing secret", "cat.jpg")
    with open_blob(image.sha256) as source:
        data = source.read()
    assert b"private" not in data
    assert b"secret" not in data
    assert np.array_equal(np.asarray(stored), np.asarray(PillowImage.open(io.BytesIO(out.getvalue()))))


def test_it_keeps_the_colour_profile(world: World) -> None:
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    _, stored = taken(world, picture(kind="JPEG", icc_profile=profile), "cat.jpg")
    assert stored.info["icc_profile"] == profile


def test_it_converts_cmyk_and_says_so(world: World) -> None:
    image, stored = taken(world, picture(mode="CMYK", kind="JPEG"), "print.jpg")
    assert stored.mode == "RGB"
    assert image.notes == ["Converted from CMYK print colours to RGB."]


@pytest.mark.parametrize(("kind", "name"), [("PNG", "xray.png"), ("TIFF", "xray.tif")])
def test_it_spreads_16_bit_grey_over_8_bits_and_says_so(world: World, kind: str, name: str) -> None:
    values = np.linspace(100, 4100, 64 * 48).reshape(48, 64).astype(np.uint16)
    out = io.BytesIO()
    PillowImage.fromarray(values).save(out, kind)
    image, stored = taken(world, out.getvalue(), name)
    assert image.notes == ["Values from 100 to 4100 were spread over 256 grey levels."]
    assert np.asarray(stored.convert("L")).min() == 0
    assert np.asarray(stored.convert("L")).max() == 255


def test_it_takes_float_pictures_with_holes(world: World) -> None:
    values = np.linspace(-1, 1, 64 * 48).reshape(48, 64).astype(np.float32)
    values[0, 0], values[0, 1] = np.nan, np.inf
    out = io.BytesIO()
    PillowImage.fromarray(values).save(out, "TIFF")
    _, stored = taken(world, out.getvalue(), "depth.tiff")
    assert stored.mode == "L"


def test_it_reduces_16_bits_per_channel_and_says_so(world: World) -> None:
    import cv2

    values = np.random.default_rng(0).integers(0, 65536, (48, 64, 3), dtype=np.uint16)
    image, stored = taken(world, cv2.imencode(".png", values)[1].tobytes(), "deep.png")
    assert image.notes == ["Reduced from 16 to 8 bits per channel."]
    assert np.abs(np.asarray(stored, int)[..., ::-1] - (values >> 8)).max() <= 1


def test_it_keeps_a_palette(world: World) -> None:
    image, stored = taken(world, picture(mode="P"), "icon.png")
    assert stored.mode == "P"
    assert image.notes == []


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_it_puts_transparent_parts_on_white_and_says_so(world: World, mode: str) -> None:
    clear = PillowImage.new("RGBA", (8, 8), (200, 0, 0, 0))
    clear.putpixel((0, 0), (10, 20, 30, 255))
    out = io.BytesIO()
    clear.convert(mode).save(out, "PNG", **({"transparency": 0} if mode == "P" else {}))
    image, stored = taken(world, out.getvalue(), "logo.png")
    assert image.notes == ["Transparent parts were put on white."]
    assert stored.convert("RGB").getpixel((4, 4)) == (255, 255, 255)


def test_it_drops_an_alpha_channel_that_hides_nothing(world: World) -> None:
    image, stored = taken(world, picture(mode="RGBA"), "cat.png")
    assert (stored.mode, image.notes) == ("RGB", [])


@pytest.mark.parametrize(("kind", "name"), [("GIF", "walk.gif"), ("PNG", "walk.png"), ("WEBP", "walk.webp")])
def test_it_takes_the_first_frame_and_says_so(world: World, kind: str, name: str) -> None:
    frames = [PillowImage.new("RGB", (20, 10), color) for color in ("#d01010", "#10d010", "#1010d0")]
    out = io.BytesIO()
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=50)
    image, stored = taken(world, out.getvalue(), name)
    assert "The file has 3 frames or pages; the first is used." in image.notes
    red, green, _ = np.asarray(stored.convert("RGB"))[5, 5].tolist()
    assert red > 180 > 60 > green


def test_it_takes_a_wrong_extension_and_says_so(world: World) -> None:
    image, _ = taken(world, JPEG, "cat.png")
    assert image.notes == ["The file is a JPEG although its name does not say so."]
    assert image.media_type == "image/jpeg"


def test_it_survives_a_broken_exif_block(world: World) -> None:
    broken = JPEG[:2] + b"\xff\xe1\x00\x0eExif\0\0MM\0\x2a\xff\xff" + JPEG[2:]
    _, stored = taken(world, broken, "odd.jpg")
    assert stored.size == (64, 48)


def test_it_takes_the_first_of_a_phones_several_pictures(world: World) -> None:
    pictures = [PillowImage.open(io.BytesIO(picture((64, 48), seed=number))) for number in (1, 2)]
    out = io.BytesIO()
    pictures[0].save(out, "MPO", save_all=True, append_images=pictures[1:])
    image, stored = taken(world, out.getvalue(), "phone.jpg")
    assert (image.source_format, stored.format, image.notes) == ("JPEG", "JPEG", [])
    assert image.bytes < len(out.getvalue()) * 0.7


@pytest.mark.parametrize("cut", range(2, len(JPEG), 97))
def test_a_jpeg_cut_anywhere_is_refused_or_taken_but_never_an_error(world: World, cut: int) -> None:
    assert post(world, JPEG[:cut], "cut.jpg").status_code == 400
