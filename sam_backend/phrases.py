"""What a model can be asked in words, and the way to `sam_backend.words` for those who must work without PyTorch."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from sam_backend.word_package import WordPackage

Box = tuple[float, float, float, float]
NEEDED = ("torch", "transformers")
INSTALL = 'pip install "maskwright[words]"'
"""What brings them."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """What to look for: words, example boxes of the same image (x0, y0, x1, y1 in pixels), or both.

    Attributes:
        words: a short noun phrase; "" when the boxes alone say it.
        boxes: around objects of the kind.
        unlike: around what is not meant.
    """

    words: str = ""
    boxes: tuple[Box, ...] = ()
    unlike: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """One object that was found: its mask bool [H, W] at image size, score and stability, both 0 to 1."""

    mask: npt.NDArray[np.bool_]
    score: float
    stability: float


class Finder(Protocol):
    """A model that is asked in words."""

    def check(self, words: str) -> None:
        """Raise ValueError with a sentence where these words are too long for the model."""

    def look(self, rgb: npt.NDArray[np.uint8]) -> Any:
        """What the model sees in an image uint8 [H, W, 3]; asked about by `find`, any number of times."""

    def find(self, looked: Any, phrase: Phrase, *, threshold: float | None, nms: float | None) -> Iterator[Seen]:
        """What it finds there, the best score first: above `threshold` (the package's when None), and of masks that
        overlap with an IoU above `nms` (never when None) the best."""


def missing() -> list[str]:
    """What asking in words needs and this installation lacks."""
    return [name for name in NEEDED if importlib.util.find_spec(name) is None]


def load_finder(package: WordPackage) -> Finder:
    """`sam_backend.words.load_finder`, found by name.

    Raises:
        ValueError: something it needs is not installed, or the package's files do not fit together.
    """
    if lacking := missing():
        raise ValueError(f"Asking in words needs {' and '.join(lacking)} on the worker. Install with `{INSTALL}`.")
    finder: Finder = importlib.import_module("sam_backend.words").load_finder(package)
    return finder
