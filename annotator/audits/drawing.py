"""Which masks are drawn, and who is to correct which: plain arithmetic, the same for the same seed."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Drawable:
    """A mask that may be drawn."""

    id: uuid.UUID
    image: uuid.UUID
    label: str


def drawn(masks: Sequence[Drawable], size: int, seed: int, *, by_label: bool) -> list[Drawable]:
    """Return `size` of the masks, which are at least as many. By label: each label has its share of the sample, to a
    whole mask (largest remainders), and the draw is within labels."""
    rng, ordered = Random(seed), sorted(masks, key=lambda mask: mask.id.bytes)
    if not by_label:
        return rng.sample(ordered, size)
    strata: dict[str, list[Drawable]] = defaultdict(list)
    for mask in ordered:
        strata[mask.label].append(mask)
    return [
        mask
        for label, count in shares({label: len(rows) for label, rows in strata.items()}, size).items()
        for mask in rng.sample(strata[label], count)
    ]


def shares(counts: Mapping[str, int], size: int) -> dict[str, int]:
    """Divide `size` in proportion to these counts; no share is larger than its count, and they add up to `size`."""
    total = sum(counts.values())
    found = {name: size * count // total for name, count in counts.items()}
    for name in sorted(counts, key=lambda name: (-(size * counts[name] % total), name))[: size - sum(found.values())]:
        found[name] += 1
    return dict(sorted(found.items()))


def dealt(
    images: Mapping[uuid.UUID, int], able: Mapping[uuid.UUID, Sequence[uuid.UUID]], seed: int
) -> dict[uuid.UUID, uuid.UUID]:
    """Return who gets which image: of those who may have it, whoever has the fewest masks so far.

    `images`: how many drawn masks are on each; `able`: who may have it, one person at least."""
    rng, load, found = Random(seed), Counter[uuid.UUID](), dict[uuid.UUID, uuid.UUID]()
    order = sorted(images, key=lambda pk: pk.bytes)
    rng.shuffle(order)
    for image in sorted(order, key=lambda pk: len(able[pk])):  # the choosy ones first
        person = min(able[image], key=lambda pk: (load[pk], pk.bytes))
        found[image] = person
        load[person] += images[image]
    return found
