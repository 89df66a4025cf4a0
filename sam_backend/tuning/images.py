"""Examples with their stored embeddings, checked, and read one by one."""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from sam_backend.embedding import Embedding
from sam_backend.predictor import Predictor
from sam_backend.tuning.errors import TuneError
from sam_backend.tuning.masks import area_of, grid_mask, size_of
from sam_backend.tuning.records import Example

KEPT = 8
"""Embeddings in memory: 9 MB each of the compact model, 4 MB of SAM."""


class StoredImages:
    """Reads embeddings and masks of examples for one package.

    Args:
        predictor: of the parent; it checks that an embedding is of its encoder.
        side: cells of the decoder's logits.
    """

    def __init__(self, predictor: Predictor, side: int) -> None:
        self._predictor, self._side = predictor, side
        self._kept: OrderedDict[str, Embedding] = OrderedDict()
        self._grids: dict[tuple[str, int], bytes] = {}

    def checked(self, examples: Sequence[Example], each: Callable[[], None]) -> tuple[Example, ...]:
        """The examples with the masks that hold a pixel; `each` is called after each of them.

        Raises:
            TuneError: an embedding is missing, damaged or of another encoder; a mask of another size than its image.
        """
        found = []
        for example in examples:
            size = self._read(example).original_size
            found.append(
                replace(example, masks=tuple(rle for rle in example.masks if self._usable(example, rle, size)))
            )
            each()
        return tuple(found)

    def embedding(self, example: Example) -> Embedding:
        """The stored embedding; the last few are kept. Raises TuneError when it has gone since it was checked."""
        if example.key not in self._kept:
            self._kept[example.key] = self._read(example)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(example.key)
        return self._kept[example.key]

    def grid(self, example: Example, index: int) -> npt.NDArray[np.uint8]:
        """Mask `index` on the decoder's grid, see `grid_mask`; kept packed once made."""
        name = example.key, index
        if name not in self._grids:
            frame = self._predictor.frame(self.embedding(example))
            self._grids[name] = zlib.compress(grid_mask(example.masks[index], frame, self._side).tobytes(), 1)
        flat = np.frombuffer(zlib.decompress(self._grids[name]), np.uint8)
        return flat.reshape(self._side, self._side)

    def _read(self, example: Example) -> Embedding:
        try:
            blob = example.embedding()
        except (OSError, KeyError, LookupError) as error:
            raise _missing(example) from error
        if blob is None:
            raise _missing(example)
        try:
            embedding = Embedding.from_bytes(blob)
            self._predictor.check(embedding)
        except ValueError as error:
            raise TuneError(f"{example.key}: {error}") from error
        return embedding

    def _usable(self, example: Example, rle: object, size: tuple[int, int]) -> bool:
        try:
            height, width = size_of(rle)  # type: ignore[arg-type]
            area = area_of(rle)  # type: ignore[arg-type]
        except Exception as error:  # pycocotools raises what it likes
            raise TuneError(f"{example.key}: a mask is no COCO RLE ({error}).") from error
        if (height, width) != size:
            raise TuneError(
                f"{example.key}: a mask is of {width}×{height} px, the embedding's image of {size[1]}×{size[0]} px. "
                "The image was replaced since, or the mask belongs to another one."
            )
        return area > 0


def _missing(example: Example) -> TuneError:
    return TuneError(f"The embedding of {example.key} is missing. Let the model encode the images again, then tune it.")
