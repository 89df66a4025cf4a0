"""A small picture and prompts on it, for packages of every family that pads or stretches it."""

from __future__ import annotations

from typing import Any

import numpy as np
from skimage import data
from skimage.transform import resize

PHOTO = (resize(data.coffee(), (90, 135)) * 255).astype(np.uint8)
BOX = (20.5, 10.0, 100.0, 70.25)
PROMPTS: dict[str, dict[str, Any]] = {
    "point": {"points": [[60.5, 30.25]], "labels": [1]},
    "points": {"points": [[60.5, 30.25], [10, 80], [130, 5]], "labels": [1, 0, 1]},
    "box": {"box": BOX},
    "box and points": {"points": [[60.5, 30.25], [10, 80]], "labels": [1, 0], "box": BOX},
    "many points": {"points": [[7.0 * i + 1, 4.0 * i + 2] for i in range(18)], "labels": [1, 0] * 9},
}
