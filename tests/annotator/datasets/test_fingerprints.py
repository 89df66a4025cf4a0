"""Which images look the same."""

from __future__ import annotations

import io
from itertools import combinations

import numpy as np
from PIL import Image as Picture

from annotator.datasets.fingerprints import NEAR, fingerprint, near_pairs, take_missing, unsigned
from annotator.datasets.models import Fingerprint
from annotator.lib import storage
from tests.annotator.world import World, make_image


def scene(seed: int, size: tuple[int, int] = (320, 240)) -> Picture.Image:
    """Something like a photo: large soft shapes, a little noise."""
    random = np.random.default_rng(seed)
    coarse = random.uniform(0, 255, (6, 8)).astype(np.uint8)
    return Picture.fromarray(coarse).resize(size, Picture.Resampling.BICUBIC)


def apart(one: int, other: int) -> int:
    return ((one ^ other) & (2**64 - 1)).bit_count()


def test_scaling_packing_and_light_move_few_bits_and_other_pictures_many() -> None:
    for seed in range(6):
        original = scene(seed)
        packed = io.BytesIO()
        original.save(packed, "JPEG", quality=40)
        changed = [original.resize((160, 120)), Picture.open(packed), original.point(lambda value: value * 0.8 + 20)]
        assert max(apart(fingerprint(original), fingerprint(other)) for other in changed) <= NEAR
    marks = [fingerprint(scene(seed)) for seed in range(40)]
    assert min(apart(*pair) for pair in combinations(marks, 2)) > NEAR


def test_pairs_connect_exactly_what_is_near() -> None:
    random = np.random.default_rng(1)
    base = random.integers(0, 2**63, 60, dtype=np.int64)
    flips = np.array([1 << bit for bit in (0, 9, 18, 27, 36, 45)], dtype=np.int64)
    near = base[:20] ^ np.bitwise_or.reduce(flips)  # six bits in six bands
    values = np.concatenate([base, near, base[:5]])
    found = {tuple(sorted(pair)) for pair in near_pairs(unsigned(values.tolist())).tolist()}
    wanted = {(one, other) for one, other in combinations(range(len(values)), 2)
              if apart(int(values[one]), int(values[other])) <= NEAR}  # fmt: skip
    assert found <= wanted
    assert {(at, 60 + at) for at in range(20)} | {(at, 80 + at) for at in range(5)} <= found


def test_what_is_missing_is_made_once_and_a_lost_thumbnail_is_passed_over(world: World) -> None:
    lost = make_image(world.project, "lost.png")
    lost.thumb_sha256 = "f" * 64
    lost.save()
    assert take_missing(world.project) == 1
    assert take_missing(world.project) == 0
    assert Fingerprint.objects.get().image_id == world.image.pk
    assert storage.has_blob(world.image.thumb_sha256)
