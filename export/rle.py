"""Masks as COCO run lengths, with numpy alone.

Rules of the format, kept everywhere in this package:
- a mask is bool [h, w]; pixels are counted column by column (top to bottom, then the next column to the right);
- runs alternate background, foreground, background, ...; the first may be 0; together they make h*w;
- `bbox` is [x, y, w, h] in whole pixels with w = xmax - xmin + 1; an empty mask has [0, 0, 0, 0];
- one mask has exactly one spelling here: no run but the first is 0 (`validate` brings others to this form).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from export.counts import RleError, Runs, count_runs, is_shortest, pack, unpack

__all__ = [
    "Rle", "RleError", "area", "bbox", "check_text", "decode", "encode", "from_intervals", "from_runs", "iou", "merge",
    "runs", "sample", "subtract", "unread", "validate",
]  # fmt: skip

MAX_PIXELS = 1 << 30
"""A gigapixel: ten times the largest photo the editor promises to hold, and safely inside int64 sums."""
MAX_TEXT = 4_000_000
"""Characters of one mask's counts; a ragged mask on a 100-megapixel photo needs well under a million."""

Mask = NDArray[np.bool_]
Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Rle:
    """One mask: size (height, width) and COCO's compressed counts."""

    size: tuple[int, int]
    counts: str
    known: tuple[int, Box] | None = field(default=None, init=False, compare=False, repr=False)
    """Area and box, once they were taken together with those of other masks (`export.batches`)."""

    def learn(self, area: int, box: Box) -> None:
        """Keep what was measured: it follows from the mask, so the value stays the same."""
        object.__setattr__(self, "known", (area, box))

    def to_json(self) -> dict[str, Any]:
        """The object as COCO files and the HTTP API carry it."""
        return {"size": [self.size[0], self.size[1]], "counts": self.counts}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Rle:
        """What `to_json` gave, unchecked: for masks that were checked when they were stored."""
        height, width = stored["size"]
        return cls((int(height), int(width)), stored["counts"])


def encode(mask: NDArray[Any]) -> Rle:
    """Mask [h, w] (bool, or integers where anything but 0 is foreground) to Rle.

    Raises RleError when it is not two-dimensional or has no pixels."""
    if mask.ndim != 2 or mask.size == 0:
        raise RleError(f"A mask has the shape (height, width) with at least one pixel, not {mask.shape}.")
    flat = np.asarray(mask, dtype=bool).ravel(order="F")
    changes = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    edges = np.concatenate(([0], changes, [flat.size]))
    lengths = np.diff(edges)
    if flat[0]:
        lengths = np.concatenate(([0], lengths))
    return Rle((mask.shape[0], mask.shape[1]), pack(lengths))


def decode(rle: Rle) -> Mask:
    """Rle to a bool mask [h, w] (column-major in memory)."""
    lengths = runs(rle)
    values = np.arange(len(lengths)) % 2 == 1
    mask: Mask = np.repeat(values, lengths).reshape(rle.size, order="F")
    return mask


def runs(rle: Rle) -> Runs:
    """Run lengths [n], background first; raises RleError unless they are non-negative and make h*w."""
    lengths = unpack(rle.counts)
    _check_sum(lengths, rle.size)
    return lengths


def sample(rle: Rle, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> Mask:
    """Look up the mask at the crossings of pixel `rows` [h] and `columns` [w]; returns bool [h, w]. Costs what is
    asked for, however large the mask is."""
    positions = columns[None, :] * rle.size[0] + rows[:, None]
    passed = np.searchsorted(np.cumsum(runs(rle)), positions, side="right")
    return np.asarray((passed & 1).astype(bool))


def from_runs(size: tuple[int, int], lengths: Sequence[int] | Runs) -> Rle:
    """Run lengths in any spelling (zero runs inside allowed) to the one spelling used here."""
    counts = np.asarray(lengths, dtype=np.int64)
    _check_sum(counts, size)
    return Rle(size, pack(_canonical(counts)))


def from_intervals(size: tuple[int, int], starts: Runs, ends: Runs) -> Rle:
    """Foreground as half-open ranges [start, end) of the column-major pixel index, in order and apart or touching."""
    lengths = np.empty(2 * len(starts) + 1, dtype=np.int64)
    lengths[0::2] = np.append(starts, size[0] * size[1]) - np.append(0, ends)
    lengths[1::2] = ends - starts
    return from_runs(size, lengths)


def area(rle: Rle) -> int:
    """Number of foreground pixels."""
    if rle.known is not None:
        return rle.known[0]
    return int(runs(rle)[1::2].sum())


def bbox(rle: Rle) -> Box:
    """Smallest box around the foreground, (x, y, w, h)."""
    if rle.known is not None:
        return rle.known[1]
    starts, ends = _intervals(rle)
    if len(starts) == 0:
        return (0, 0, 0, 0)
    height = rle.size[0]
    first, last = starts // height, (ends - 1) // height
    x0, x1 = int(first[0]), int(last[-1])
    if (first != last).any():  # a run that goes round a column's end touches both borders
        y0, y1 = 0, height - 1
    else:
        y0, y1 = int((starts % height).min()), int(((ends - 1) % height).max())
    return (x0, y0, x1 - x0 + 1, y1 - y0 + 1)


def iou(first: Rle, second: Rle) -> float:
    """Intersection over union without decoding; 0.0 when both are empty."""
    _check_same_size([first, second])
    starts, ends = _intervals(first)
    common = int((_covered(second, ends) - _covered(second, starts)).sum())
    union = area(first) + area(second) - common
    return common / union if union else 0.0


def merge(masks: Iterable[Rle], *, intersect: bool = False) -> Rle:
    """Union (or intersection) of masks of one size, without decoding."""
    parts = list(masks)
    _check_same_size(parts)
    return _sweep(parts[0].size, [_intervals(part) for part in parts], len(parts) if intersect else 1)


def subtract(mask: Rle, other: Rle) -> Rle:
    """What of `mask` is not in `other`."""
    lengths = runs(other)
    outside = Rle(other.size, pack(_canonical(np.concatenate(([0], lengths)))))
    return merge([mask, outside], intersect=True)


def validate(obj: object, height: int, width: int) -> Rle:
    """A client's {"size": [h, w], "counts": text or list} to a trusted Rle of the image's size.

    Raises RleError with a sentence for whatever is wrong: shape of the object, size, characters, sum, sign, caps."""
    if not isinstance(obj, dict) or set(obj) != {"size", "counts"}:
        raise RleError('A mask is an object with exactly "size" and "counts".')
    size = _checked_size(obj["size"], height, width)
    counts = obj["counts"]
    if isinstance(counts, str):
        check_text(counts)
        _check_number(count_runs(counts), size)
        return _spelled_our_way(size, counts)
    if isinstance(counts, list):
        _check_number(len(counts), size)
        return from_runs(size, _checked_list(counts))
    raise RleError("The mask's counts must be a COCO string or a list of whole numbers.")


def check_text(counts: str) -> None:
    """Raise RleError for counts that are longer than any real mask's."""
    if len(counts) > MAX_TEXT:
        raise RleError(f"The mask's counts have {len(counts)} characters; {MAX_TEXT} are the most.")


def unread(obj: object, height: int, width: int) -> Rle:
    """The mask of a file as it is spelled there, to be compared with one that was checked: equal text is an equal mask.

    Raises RleError for another size than the image's, and for what `validate` refuses where runs are a list."""
    if isinstance(obj, dict) and isinstance(obj.get("counts"), str):
        return Rle(_checked_size(obj.get("size"), height, width), obj["counts"])
    return validate(obj, height, width)


def _spelled_our_way(size: tuple[int, int], text: str) -> Rle:
    lengths = unpack(text)
    _check_sum(lengths, size)
    if lengths[1:].all() and is_shortest(text, lengths):
        return Rle(size, text)
    return Rle(size, pack(_canonical(lengths)))


def _checked_size(size: object, height: int, width: int) -> tuple[int, int]:
    whole = isinstance(size, list | tuple) and len(size) == 2 and all(type(side) is int for side in size)
    if not whole:
        raise RleError("The mask's size must be [height, width] in whole pixels.")
    if list(size) != [height, width]:  # type: ignore[call-overload]  # narrowed by `whole` above
        raise RleError(f"The mask's size is {list(size)}, but the image is {height} high and {width} wide.")  # type: ignore[call-overload]
    if height * width > MAX_PIXELS:
        raise RleError(f"A mask of {height * width} pixels is larger than the {MAX_PIXELS} that can be stored.")
    return (height, width)


def _check_number(number: int, size: tuple[int, int]) -> None:
    """Before anything is done with them: a mask has one run a pixel at most, and zero runs are not for stuffing."""
    most = min(MAX_TEXT, 2 * size[0] * size[1] + 2)
    if number > most:
        raise RleError(f"The mask has {number} runs; {most} are the most for an image of {size[0]} x {size[1]}.")


def _checked_list(counts: list[object]) -> list[int]:
    checked = [run for run in counts if type(run) is int and 0 <= run <= MAX_PIXELS]
    if len(checked) != len(counts):
        raise RleError("The mask's counts must be whole numbers, none of them negative or larger than an image.")
    return checked


def _check_sum(lengths: Runs, size: tuple[int, int]) -> None:
    if len(lengths) and lengths.min() < 0:
        raise RleError(f"The mask has a negative run ({int(lengths.min())}).")
    total, pixels = int(lengths.sum()), size[0] * size[1]
    if total != pixels:
        raise RleError(f"The mask's runs make {total} pixels, but {size[0]} x {size[1]} are {pixels}.")


def _check_same_size(masks: Sequence[Rle]) -> None:
    if not masks:
        raise RleError("There is no mask to merge.")
    if len({mask.size for mask in masks}) > 1:
        raise RleError(f"Masks of different sizes cannot be compared: {sorted({mask.size for mask in masks})}.")


def _canonical(lengths: Runs) -> Runs:
    """The same mask with no zero run but possibly the first."""
    borders = np.cumsum(lengths)
    values = np.arange(len(lengths)) % 2
    solid = lengths > 0
    ends, colours = borders[solid], values[solid]
    keep = np.append(colours[1:] != colours[:-1], True)
    merged = np.diff(np.concatenate(([0], ends[keep])))
    return np.concatenate(([0], merged)) if colours[0] == 1 else merged


def _intervals(rle: Rle) -> tuple[Runs, Runs]:
    """Foreground as half-open ranges [start, end) of the column-major pixel index."""
    borders = np.cumsum(runs(rle))
    return borders[0::2][: len(borders) // 2], borders[1::2]


def _covered(rle: Rle, positions: Runs) -> Runs:
    """How many foreground pixels lie before each position."""
    starts, ends = _intervals(rle)
    if len(starts) == 0:
        return np.zeros_like(positions)
    before = np.concatenate(([0], np.cumsum(ends - starts)))
    index = np.searchsorted(starts, positions, side="right") - 1
    inside = np.minimum(positions, ends[np.maximum(index, 0)]) - starts[np.maximum(index, 0)]
    covered: Runs = np.where(index < 0, 0, before[np.maximum(index, 0)] + inside)
    return covered


def _sweep(size: tuple[int, int], intervals: Sequence[tuple[Runs, Runs]], needed: int) -> Rle:
    """Pixels that at least `needed` of the interval lists cover."""
    starts = np.concatenate([pair[0] for pair in intervals])
    ends = np.concatenate([pair[1] for pair in intervals])
    positions, where = np.unique(np.concatenate((starts, ends)), return_inverse=True)
    change = np.zeros(len(positions), dtype=np.int64)
    np.add.at(change, where, np.repeat([1, -1], [len(starts), len(ends)]))
    inside = np.cumsum(change) >= needed
    edges = np.concatenate((positions, [size[0] * size[1]]))
    lengths, colours = np.diff(edges), inside
    head = int(positions[0]) if len(positions) else size[0] * size[1]
    return from_runs(size, _alternate(head, lengths, colours))


def _alternate(head: int, lengths: Runs, colours: Mask) -> Runs:
    """Pieces with colours to alternating runs, by zero runs between equal neighbours."""
    pieces = np.zeros(2 * len(lengths) + 1, dtype=np.int64)
    pieces[0] = head
    pieces[1::2] = np.where(colours, lengths, 0)
    pieces[2::2] = np.where(colours, 0, lengths)
    return pieces
