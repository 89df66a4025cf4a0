"""Which images look the same: 64 bits of each image's coarse light and dark, compared by how many differ.

The bits are the signs of the 8 × 8 lowest cosine frequencies of the thumbnail at 32 × 32, against their median:
scaling, packing and small changes of light move few of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
from PIL import Image as Picture

from annotator.datasets.models import Fingerprint
from annotator.lib import storage
from annotator.projects.models import Image, Project

NEAR = 6
"""How many of the 64 bits may differ between images that count as near-duplicates."""
_SIDE, _KEPT = 32, 8
_BANDS = 8
_CHUNK = 200
_MOST_PAIRS = 1 << 22

Bits = npt.NDArray[np.uint64]


def fingerprint(picture: Picture.Image) -> int:
    """Return an image's 64 bits as a signed number."""
    small = picture.convert("L").resize((_SIDE, _SIDE), Picture.Resampling.BILINEAR)
    light = np.asarray(small, dtype=np.float64)
    low = (_cosines() @ light @ _cosines().T).ravel()
    # The first is the mean brightness: it says nothing of what is where. Rounded, so that a flat image has one answer.
    low = np.round(low, 6)
    bits = low > np.median(low[1:])
    return int(np.packbits(bits).view(">i8")[0])


def take_missing(project: Project, progress: Callable[[float], None] = lambda share: None) -> int:
    """Make the fingerprints that the project's images lack. Returns how many were made; an image whose thumbnail is
    missing or unreadable is passed over. Whatever `progress` raises stops it; what was made stays."""
    lacking = list(project.images.filter(fingerprint=None).values_list("pk", "thumb_sha256"))
    made = 0
    for start in range(0, len(lacking), _CHUNK):
        rows = [Fingerprint(image_id=pk, bits=bits) for pk, sha in lacking[start : start + _CHUNK]
                if (bits := _of_thumb(sha)) is not None]  # fmt: skip
        still = set(Image.objects.filter(pk__in=[row.image_id for row in rows]).values_list("pk", flat=True))
        Fingerprint.objects.bulk_create([row for row in rows if row.image_id in still], ignore_conflicts=True)
        made += len(rows)
        progress(min(1.0, (start + _CHUNK) / len(lacking)))
    return made


def near_pairs(bits: Bits, near: int = NEAR) -> npt.NDArray[np.int64]:
    """Return the pairs [n, 2] of places whose bits differ in at most `near` (below 8) of 64, enough of them to connect
    all that are alike. Two numbers that differ in fewer bits than there are bands agree in one band: only those are
    compared."""
    found = [np.empty((0, 2), dtype=np.int64)]
    # The very same bits are a chain: of a thousand black images not each with each.
    order = np.argsort(bits, kind="stable")
    same = np.flatnonzero(bits[order][1:] == bits[order][:-1])
    found.append(np.stack([order[same], order[same + 1]], axis=1))
    firsts = np.unique(bits, return_index=True)[1]
    for band in range(_BANDS):
        keys = (bits[firsts] >> np.uint64(band * 8)) & np.uint64(0xFF)
        ranked = firsts[np.argsort(keys, kind="stable")]
        for bucket in np.split(ranked, np.flatnonzero(np.diff(np.sort(keys, kind="stable"))) + 1):
            found.extend(_pairs_in(bucket, bits, near))
    return np.concatenate(found)


def _pairs_in(bucket: npt.NDArray[np.int64], bits: Bits, near: int) -> list[npt.NDArray[np.int64]]:
    found = []
    step = max(1, _MOST_PAIRS // max(len(bucket), 1))
    for start in range(0, len(bucket), step):
        rows = bucket[start : start + step]
        apart = np.bitwise_count(bits[rows][:, None] ^ bits[bucket][None, :])
        left, right = np.nonzero(apart <= near)
        keep = rows[left] < bucket[right]
        found.append(np.stack([rows[left][keep], bucket[right][keep]], axis=1))
    return found


def unsigned(values: Sequence[int]) -> Bits:
    """Return stored bits as the numbers that are compared."""
    return np.array(values, dtype=np.int64).view(np.uint64)


def _of_thumb(sha256: str) -> int | None:
    try:
        with storage.open_blob(sha256) as source, Picture.open(source) as picture:
            return fingerprint(picture)
    except (OSError, ValueError):
        return None


@cache
def _cosines() -> npt.NDArray[np.float64]:
    places, waves = np.arange(_SIDE) + 0.5, np.arange(_KEPT)[:, None]
    return np.cos(np.pi * waves * places / _SIDE)
