"""Between the image's pixels and the encoder's square, both ways.

The rule is SAM's: scale the longest side to ``size``, keep the image at the top left, pad below and to the right; or,
where a package says so, SAM 2's: scale each side to ``size`` by its own factor, so that nothing is padding.
All coordinates are continuous: x to the right and y down from the top-left corner of the top-left pixel, so the
centre of the first pixel is (0.5, 0.5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Frame:
    """How an image of ``height`` x ``width`` lies in the square of side ``input_size``: at its top left and padded, or
    ``stretched`` over it."""

    height: int
    width: int
    input_size: int
    stretched: bool = False

    @property
    def scaled_height(self) -> int:
        return self._scaled(self.height)

    @property
    def scaled_width(self) -> int:
        return self._scaled(self.width)

    def cells(self, side: int) -> tuple[int, int]:
        """Rows and columns that the image reaches in a map of side x side cells over the padded square."""
        return -(-self.scaled_height * side // self.input_size), -(-self.scaled_width * side // self.input_size)

    def to_input(self, xy: npt.ArrayLike) -> FloatArray:
        """Image coordinates [..., 2] to coordinates in the padded square."""
        return np.asarray(np.asarray(xy, np.float64) * self._ratio(), np.float32)

    def to_image(self, xy: npt.ArrayLike) -> FloatArray:
        """Coordinates in the padded square [..., 2] to image coordinates."""
        return np.asarray(np.asarray(xy, np.float64) / self._ratio(), np.float32)

    def _ratio(self) -> npt.NDArray[np.float64]:
        return np.array([self.scaled_width / self.width, self.scaled_height / self.height])

    def _scaled(self, side: int) -> int:
        if self.stretched:
            return self.input_size
        # Rounds half up like SAM's get_preprocess_shape; a very thin image keeps at least one row.
        return max(1, int(side * self.input_size / max(self.height, self.width) + 0.5))


def check_image(rgb: object) -> npt.NDArray[np.uint8]:
    """Returns ``rgb`` if it is a uint8 array [H, W, 3]; raises ValueError with a sentence otherwise."""
    if not isinstance(rgb, np.ndarray) or rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3:
        received = f"{rgb.dtype} {list(rgb.shape)}" if isinstance(rgb, np.ndarray) else type(rgb).__name__
        raise ValueError(f"An image must be a uint8 array [height, width, 3] in RGB; received {received}.")
    if rgb.size == 0:
        raise ValueError(f"An image needs at least one pixel; received {list(rgb.shape)}.")
    return rgb


def prepare_image(
    rgb: npt.NDArray[np.uint8], size: int, pad_value: Sequence[float], stretched: bool = False
) -> FloatArray:
    """Scales (Pillow's antialiased bilinear filter) and pads to float32 [1, 3, size, size], values 0..255."""
    image = check_image(rgb)
    frame = Frame(image.shape[0], image.shape[1], size, stretched)
    scaled = Image.fromarray(image).resize((frame.scaled_width, frame.scaled_height), Image.Resampling.BILINEAR)
    square = np.empty((size, size, 3), np.float32)
    square[:] = pad_value
    square[: frame.scaled_height, : frame.scaled_width] = np.asarray(scaled)
    return np.ascontiguousarray(square.transpose(2, 0, 1)[None])
