from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis.extra import numpy as hnp
from pycocotools import mask as coco
from scipy import ndimage

from export import rle
from export.formats.yolo import one_ring
from export.polygons import Polygon, fill, filled, rasterise, trace

masks = hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=14))


def picture(*rows: str) -> np.ndarray:
    return np.array([[pixel == "#" for pixel in row] for row in rows])


def signed_area(ring: np.ndarray) -> float:
    x, y = ring[:, 0], ring[:, 1]
    return float((x * np.roll(y, -1) - y * np.roll(x, -1)).sum()) / 2


@given(masks)
def test_it_gives_back_the_mask_it_traced(mask: np.ndarray) -> None:
    assert (fill(trace(mask), *mask.shape) == mask).all()


@given(masks)
def test_run_lengths_of_polygons_are_those_of_their_mask(mask: np.ndarray) -> None:
    polygons = trace(mask)
    assert filled(polygons, *mask.shape) == rle.encode(mask)
    if polygons:  # also with bridges, which are run along twice
        assert filled([Polygon(one_ring(polygons))], *mask.shape) == rle.encode(mask)


@given(masks)
def test_its_parts_are_the_connected_components(mask: np.ndarray) -> None:
    polygons = trace(mask)
    labelled, count = ndimage.label(mask)
    assert len(polygons) == count
    for polygon in polygons:
        part = fill([polygon], *mask.shape)
        assert len(np.unique(labelled[part])) == 1
        assert part.sum() == (labelled == labelled[part][0]).sum()
        assert signed_area(polygon.outer) > 0
        assert all(signed_area(hole) < 0 for hole in polygon.holes)


@given(masks)
def test_pycocotools_reads_the_outer_rings_as_meant(mask: np.ndarray) -> None:
    polygons = [polygon for polygon in trace(mask) if not polygon.holes]
    if not polygons:
        return
    flat = [polygon.outer.ravel().astype(float).tolist() for polygon in polygons]
    theirs = coco.decode(coco.merge(coco.frPyObjects(flat, *mask.shape)))
    assert (theirs.astype(bool) == fill(polygons, *mask.shape)).all()


@given(masks)
def test_pixel_centres_give_back_outer_rings(mask: np.ndarray) -> None:
    polygons = [polygon for polygon in trace(mask) if not polygon.holes]
    rings = [polygon.outer.astype(float) for polygon in polygons]
    assert (rasterise(rings, *mask.shape) == fill(polygons, *mask.shape)).all()


def test_it_puts_a_hole_into_its_own_part() -> None:
    outer, inner = trace(picture("#######", "#     #", "# ### #", "# # # #", "# ### #", "#     #", "#######"))
    assert [len(outer.holes), len(inner.holes)] == [1, 1]
    assert outer.outer.tolist() == [[0, 0], [7, 0], [7, 7], [0, 7]]
    assert inner.outer.tolist() == [[2, 2], [5, 2], [5, 5], [2, 5]]
    assert sorted(map(tuple, inner.holes[0].tolist())) == [(3, 3), (3, 4), (4, 3), (4, 4)]


def test_it_shifts_a_crop_back() -> None:
    (polygon,) = trace(picture("##"), x=10, y=20)
    assert polygon.outer.tolist() == [[10, 20], [12, 20], [12, 21], [10, 21]]


def test_it_finds_nothing_in_nothing() -> None:
    assert trace(np.zeros((3, 4), bool)) == []


def test_a_pixel_belongs_to_a_ring_when_its_centre_does() -> None:
    triangle = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 4.0]])
    assert rasterise([triangle], 4, 4).sum(axis=1).tolist() == [3, 2, 1, 0]
