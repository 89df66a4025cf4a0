"""CVAT for video: tracks become objects with a `track_id` on the images that are frames."""

from __future__ import annotations

from typing import Any

import pytest

from export import rle
from export.formats.detect import detect
from tests.export.foreign import picture, taken
from tests.export.test_hostile import read, zipped

SIZE = "<original_size><width>10</width><height>8</height></original_size>"


def shape(frame: object, left: int, **more: object) -> str:
    about = {"frame": frame, "keyframe": 1, "outside": 0, "occluded": 0, "z_order": 0, "width": 2, "height": 2} | more
    written = " ".join(f'{name}="{value}"' for name, value in about.items())
    return f'<mask {written} left="{left}" top="1" rle="0, 4"><attribute name="age">3</attribute></mask>'


def video(*tracks: str, size: str = SIZE) -> bytes:
    labels = "<labels><label><name>cat</name></label><label><name>dog</name></label></labels>"
    named = (f'<track id="{n}" label="{("cat", "dog")[n % 2]}">{shapes}</track>' for n, shapes in enumerate(tracks))
    meta = f"<meta><task><name>Clip</name>{size}{labels}</task></meta>"
    return f"<annotations><version>1.1</version>{meta}{''.join(named)}</annotations>".encode()


def seen(dataset: Any) -> list[tuple[str, str, int, tuple[int, ...]]]:
    labels = {category.id: category.name for category in dataset.categories}
    names = {image.id: image.file_name for image in dataset.images}
    return [
        (names[item.image_id], labels[item.category_id or 0], item.attributes["track_id"], rle.bbox(item.rle))
        for item in dataset.instances
    ]


def test_a_track_is_an_object_on_each_frame_where_it_is_seen() -> None:
    first = shape(0, 1) + shape(2, 3, occluded=1, z_order=4) + shape(3, 3, outside=1)
    files: dict[str, Any] = {"annotations.xml": video(first, shape(2, 6))}
    assert detect(zipped(files)) == "cvat"
    dataset = taken("cvat", files)
    assert seen(dataset) == [
        ("frame_000000.png", "cat", 1, (1, 1, 2, 2)),
        ("frame_000002.png", "cat", 1, (3, 1, 2, 2)),
        ("frame_000002.png", "dog", 2, (6, 1, 2, 2)),
    ]
    assert dataset.instances[1].attributes == {"age": "3", "occluded": True, "track_id": 1}
    assert (dataset.instances[1].z_order, dataset.name) == (4, "Clip")


def test_boxes_and_polygons_are_tracked_too() -> None:
    box = '<box frame="0" outside="0" occluded="0" xtl="1.0" ytl="2.0" xbr="4.0" ybr="6.0" z_order="0"/>'
    ring = '<polygon frame="1" outside="0" occluded="0" points="1,1;5,1;5,4;1,4" z_order="0"/>'
    dataset = taken("cvat", {"annotations.xml": video(box + ring)})
    assert [(entry[3], item.is_box) for entry, item in zip(seen(dataset), dataset.instances, strict=True)] == [
        ((1, 2, 3, 4), True),
        ((1, 1, 4, 3), False),
    ]


def test_images_are_found_by_their_frame_and_empty_frames_are_images() -> None:
    pictures = {f"images/frame_{number:06d}.PNG": picture(10, 8) for number in range(3)}
    dataset = taken("cvat", {"annotations.xml": video(shape(1, 2)), **pictures})
    assert [(image.file_name, image.path) for image in dataset.images] == [
        (f"frame_{number:06d}.PNG", f"images/frame_{number:06d}.PNG") for number in range(3)
    ]
    assert [name for name, *_ in seen(dataset)] == ["frame_000001.PNG"]


def test_two_videos_stay_apart() -> None:
    files: dict[str, Any] = {"a/annotations.xml": video(shape(0, 1)), "b/annotations.xml": video(shape(0, 3))}
    dataset = taken("cvat", files)
    assert [(name, track) for name, _, track, _ in seen(dataset)] == [
        ("a/frame_000000.png", 1),
        ("b/frame_000000.png", 2),
    ]


def test_a_size_that_nobody_says_is_measured() -> None:
    files: dict[str, Any] = {"x.xml": video(shape(0, 1), size=""), "images/frame_000000.png": picture(10, 8)}
    assert (taken("cvat", files).images[0].width, taken("cvat", files).images[0].height) == (10, 8)


@pytest.mark.parametrize(
    ("track", "size", "words"),
    [
        (shape("x", 1), SIZE, "does not say on which frame"),
        (shape(-3, 1), SIZE, "does not say on which frame"),
        (shape(0, 9), SIZE, "does not lie inside"),
        (shape(0, 1), "", "has no size"),
        ('<polyline frame="0" outside="0" points="1,1;2,2"/>', SIZE, "A <polyline> is no mask"),
        ('<skeleton frame="0" outside="0"/>', SIZE, "A <skeleton> is no mask"),
        (shape(0, 1), "<original_size><width>9999999</width><height>9999999</height></original_size>", "no size of a"),
    ],
)
def test_what_cannot_be_taken_over_is_a_problem_and_the_rest_comes_in(track: str, size: str, words: str) -> None:
    dataset, problems = read("cvat", zipped({"a.xml": video(track + shape(1, 1), size=size)}))
    assert words in " ".join(str(problem) for problem in problems)
    assert len(dataset.instances) == (1 if size == SIZE else 0)
