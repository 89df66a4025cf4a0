"""What Pillow ignores: 12 bits in 16, white by 0, floats, planes, Lab, large profiles. Files come from tifffile or are
built by hand; the expected values are worked out here, from the numbers that were written."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as PillowImage
from PIL import ImageCms

from annotator.lib.errors import ApiError
from annotator.projects.pixels import Prepared, prepare

ROOT = Path(__file__).resolve().parents[3]
SPARE = 90 << 20
Array = npt.NDArray[Any]
GREY = np.linspace(0, 1, 40 * 30).reshape(30, 40)
COLOURS = np.stack([GREY, GREY[::-1], GREY[:, ::-1]], axis=2)


def tiff(values: Array, **options: Any) -> bytes:
    """Return a TIFF as tifffile writes it."""
    out = io.BytesIO()
    tifffile.imwrite(out, values, **options)
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a PNG chunk."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png16(values: Array, *more: bytes) -> bytes:
    """Return a PNG of 16 bits a sample, RGB or RGBA."""
    height, width, channels = values.shape
    head = struct.pack(">II5B", width, height, 16, {3: 2, 4: 6}[channels], 0, 0, 0)
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    body = chunk(b"IHDR", head) + b"".join(more) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def pixels(prepared: Prepared) -> Array:
    """Return the stored picture's pixels."""
    return np.asarray(PillowImage.open(io.BytesIO(prepared.data))).astype(int)


def near(found: Array, expected: Array, most: int = 1) -> bool:
    """Tell whether two pictures differ by rounding only."""
    return found.shape == expected.shape and bool(np.abs(found - np.rint(expected)).max() <= most)


@pytest.mark.parametrize("bits", [10, 12, 14, 16])
@pytest.mark.parametrize("options", [{}, {"compression": "zlib"}, {"planarconfig": "separate"}, {"byteorder": ">"}])
def test_colour_of_a_sensor_fills_its_range(bits: int, options: dict[str, Any]) -> None:
    values = np.rint(COLOURS * ((1 << bits) - 1)).astype(np.uint16)
    sent = values.transpose(2, 0, 1) if "planarconfig" in options else values
    prepared = prepare("a.tif", tiff(sent, photometric="rgb", **options))
    assert near(pixels(prepared), COLOURS * 255)
    assert ("Only values up to" in " ".join(prepared.notes)) == (bits < 16)


@pytest.mark.parametrize(("bits", "most"), [(10, 1), (12, 1), (14, 1), (16, 1)])
@pytest.mark.parametrize("channels", [3, 4])
def test_the_same_holds_for_png(bits: int, most: int, channels: int) -> None:
    values = np.rint(COLOURS * ((1 << bits) - 1)).astype(np.uint16)
    if channels == 4:
        values = np.concatenate([values, np.full((30, 40, 1), 65535, np.uint16)], axis=2)
    assert near(pixels(prepare("a.png", png16(values))), COLOURS * 255, most)


def lzw(data: bytes) -> bytes:
    """Pack bytes as TIFF's LZW, literally: a code of 9 bits each, the table cleared before codes would grow."""
    codes = [code for at in range(0, len(data), 200) for code in (256, *data[at : at + 200])]
    bits = "".join(f"{code:09b}" for code in [*codes, 257])
    return int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")


def packed_tiff(values: Array, photometric: int) -> bytes:
    """Return a TIFF of 16-bit samples in one LZW strip, which tifffile cannot read without help."""
    height, width, channels = values.shape
    strip = lzw(values.astype("<u2").tobytes())
    entries = [(256, 4, 1, width), (257, 4, 1, height), (259, 3, 1, 5), (262, 3, 1, photometric), (277, 3, 1, channels)]
    after = 8 + 2 + 12 * 9 + 4
    entries += [(258, 3, channels, 16 if channels == 1 else after), (278, 4, 1, height), (279, 4, 1, len(strip))]
    entries += [(273, 4, 1, after + 2 * channels)]
    fields = b"".join(struct.pack("<HHII", *entry) for entry in sorted(entries))
    head = b"II*\0" + struct.pack("<IH", 8, len(entries)) + fields + bytes(4)
    return head + struct.pack(f"<{channels}H", *[16] * channels) + strip


@pytest.mark.parametrize("bits", [10, 12, 14, 16])
def test_packed_colour_of_a_sensor_fills_its_range(bits: int) -> None:
    values = np.rint(COLOURS * ((1 << bits) - 1)).astype(np.uint16)
    assert near(pixels(prepare("a.tif", packed_tiff(values, 2))), COLOURS * 255)


def test_packed_white_by_zero_is_turned_over() -> None:
    values = np.rint(GREY[..., None] * 65535).astype(np.uint16)
    assert near(pixels(prepare("a.tif", packed_tiff(values, 0))), 255 - GREY * 255)


def test_a_stated_largest_value_is_believed() -> None:
    values = np.rint(COLOURS * 300).astype(np.uint16)
    data = tiff(values, photometric="rgb", extratags=[(281, "H", 3, (600, 600, 600), True)])
    assert near(pixels(prepare("a.tif", data)), COLOURS * 127.5)


@pytest.mark.parametrize("dtype", [np.uint16, np.uint32, np.float32])
def test_white_by_zero_is_turned_over(dtype: type) -> None:
    values: Array = (GREY * 60000).astype(dtype)
    prepared = prepare("a.tif", tiff(values, photometric="miniswhite"))
    assert near(pixels(prepared), 255 - GREY * 255)
    assert "counts from white" in " ".join(prepared.notes)


def test_white_by_zero_of_8_bits_is_turned_over_too() -> None:
    values = np.rint(GREY * 255).astype(np.uint8)
    assert near(pixels(prepare("a.tif", tiff(values, photometric="miniswhite"))), 255 - GREY * 255)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int8, np.int16, np.int32, np.uint32])
@given(low=st.integers(-100, 20), high=st.integers(21, 120))
def test_grey_of_any_number_is_spread_over_its_range(dtype: Any, low: int, high: int) -> None:
    low = max(low, 0) if np.dtype(dtype).kind == "u" else low
    values = (low + GREY * (high - low)).astype(dtype)
    wide = values.astype(np.float64)
    expected = (wide - wide.min()) / (wide.max() - wide.min()) * 255
    assert near(pixels(prepare("a.tif", tiff(values, photometric="minisblack"))), expected)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_floating_point_colours_from_0_to_1_are_taken_as_they_are(dtype: Any) -> None:
    values = (COLOURS * 0.5).astype(dtype)
    assert near(pixels(prepare("a.tif", tiff(values, photometric="rgb"))), COLOURS * 127.5)


def test_what_is_no_number_is_black_and_does_not_spoil_the_rest() -> None:
    values = GREY.astype(np.float32)
    values[0, 0], values[0, 1] = np.nan, np.inf
    found = pixels(prepare("a.tif", tiff(values, photometric="minisblack")))
    assert found[0, 0] == found[0, 1] == 0
    assert found[-1, -1] == 255


def test_alpha_of_16_bits_is_put_on_white() -> None:
    cover = np.full((30, 40, 1), 32768)
    values: Array = np.concatenate([COLOURS * 65535, cover], axis=2).astype(np.uint16)
    found = pixels(prepare("a.tif", tiff(values, photometric="rgb", extrasamples=["unassalpha"])))
    assert near(found, (COLOURS * 255 + 255) / 2, 2)


def test_channels_that_are_no_colours_are_left_out_with_a_note() -> None:
    values = np.concatenate([COLOURS * 65535, COLOURS[..., :1] * 0], axis=2).astype(np.uint16)
    prepared = prepare("a.tif", tiff(values, photometric="rgb", extrasamples=["unspecified"]))
    assert near(pixels(prepared), COLOURS * 255)
    assert "extra channels were left out" in " ".join(prepared.notes)


def test_print_colours_of_16_bits_are_print_colours() -> None:
    values = np.zeros((8, 8, 4), np.uint16)
    values[..., 1] = values[..., 2] = 65535  # magenta and yellow ink are red
    red = pixels(prepare("a.tif", tiff(values, photometric="separated")))
    assert red[0, 0].tolist() == [255, 0, 0]


@pytest.mark.parametrize(
    ("lab", "rgb"), [((100, 0, 0), (255, 255, 255)), ((0, 0, 0), (0, 0, 0)), ((53.24, 80.09, 67.2), (255, 0, 0))]
)
def test_lab_colours_become_what_they_look_like(lab: tuple[float, ...], rgb: tuple[int, ...]) -> None:
    out = io.BytesIO()
    sample = (round(lab[0] * 2.55), round(lab[1]) + 128, round(lab[2]) + 128)
    PillowImage.new("LAB", (8, 8), sample).save(out, "TIFF")
    found = pixels(prepare("a.tif", out.getvalue()))
    # The Lab values are those of D65; the white of a profile is D50, which moves a red by a few steps.
    assert np.abs(found[0, 0] - rgb).max() <= 24


@pytest.mark.parametrize("photometric", [32803, 34892, 32844])
def test_what_cannot_be_read_is_named(photometric: int) -> None:
    data = bytearray(tiff(np.zeros((30, 40), np.uint16), photometric="minisblack"))
    at = data.index(struct.pack("<HHI", 262, 3, 1)) + 8
    data[at : at + 2] = struct.pack("<H", photometric)
    with pytest.raises(ApiError) as refused:
        prepare("raw.tif", bytes(data))
    assert refused.value.code == "image_unsupported"
    assert "“raw.tif” is a TIFF of 1 × 16 unsigned bits" in refused.value.message


def test_a_tiff_that_unpacks_to_too_much_is_a_limit_and_no_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotator.projects.tiff.MOST_BYTES", 1000)
    with pytest.raises(ApiError) as refused:
        prepare("a.tif", tiff(GREY.astype(np.float64), photometric="minisblack"))
    assert refused.value.code == "image_too_many_pixels"
    assert "damaged" not in refused.value.message


def profile_chunk(profile: bytes) -> bytes:
    """Return an iCCP chunk."""
    return chunk(b"iCCP", b"ICC\0\0" + zlib.compress(profile))


SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
BULK = {
    "a large profile": profile_chunk(SRGB + bytes(2 << 20)),
    "a broken profile": chunk(b"iCCP", b"ICC\0\0garbage"),
    "a large text": chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(3 << 20))),
}


@pytest.mark.parametrize("what", BULK)
def test_good_pixels_are_read_whatever_stands_beside_them(what: str) -> None:
    values = np.rint(COLOURS * 255).astype(np.uint16) * 257
    prepared = prepare("a.png", png16(values, BULK[what]))
    assert near(pixels(prepared), COLOURS * 255)
    assert ("colour profile" in " ".join(prepared.notes)) == ("profile" in what)


def test_a_profile_that_can_be_used_stays() -> None:
    values = np.rint(COLOURS * 65535).astype(np.uint16)
    stored = PillowImage.open(io.BytesIO(prepare("a.png", png16(values, profile_chunk(SRGB))).data))
    assert stored.info["icc_profile"] == SRGB


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_a_large_picture_is_packed_in_strips_without_a_change(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from annotator.projects import strips

    monkeypatch.setattr(strips, "STRIP_BYTES", 4 * 40 * 7)
    picture = PillowImage.fromarray(np.rint(COLOURS * 255).astype(np.uint8)).convert(mode)
    again = PillowImage.open(io.BytesIO(strips.png_in_strips(picture)))
    wanted = picture.convert("RGB") if mode == "RGBA" else picture
    assert again.mode == wanted.mode
    assert again.tobytes() == wanted.tobytes()


PEAK = """
import io, resource, sys
from annotator.projects.pixels import prepare
from PIL import Image
Image.preinit()
data = open(sys.argv[1], "rb").read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
prepare("large.png", data)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * (1 if sys.platform == "darwin" else 1024))
"""


@pytest.mark.parametrize(
    ("pixel", "copies"),
    [
        pytest.param(b"\x12\x34\x56\x78\x9a\xbc\x80\0", 1, id="all 16 bits"),
        pytest.param(b"\x02\x34\x01\x78\x03\xbc\x80\0", 2, id="10 bits of 16, whose halves are read apart"),
    ],
)
def test_a_large_picture_takes_few_bytes_a_pixel(tmp_path: Path, pixel: bytes, copies: int) -> None:
    side = 5000
    row = b"\0" + pixel * side
    packer = zlib.compressobj(1)
    packed = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    head = chunk(b"IHDR", struct.pack(">II5B", side, side, 16, 6, 0, 0, 0))
    file = tmp_path / "large.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", packed) + chunk(b"IEND", b""))
    command = [sys.executable, "-c", f"import django; django.setup()\n{PEAK}", str(file)]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "annotator.settings"}
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    # Four bytes a pixel and copy; read without strips it takes five of them.
    assert int(done.stdout) <= copies * 4 * side * side + SPARE
