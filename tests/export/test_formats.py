"""What every format must stand, on the awkward masks; and what is special in each."""

from __future__ import annotations

import base64
import dataclasses
import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image
from skimage.draw import polygon as fill_by_centres

from export import FORMATS, Dataset, Instance, rle
from export.archive import ArchiveReader
from export.formats import yolo
from export.png import decode, encode_gray, encode_palette, encode_rgb
from export.polygons import trace

LOSSLESS = {name for name, entry in FORMATS.items() if not {"overlap", "masks", "objects"} & set(entry.rules)}


WITH_PICTURES = [name for name in FORMATS if name not in {"cutouts", "parquet"}]
"""Cut-outs take pictures apart, Parquet has them inside."""


@pytest.mark.parametrize("name", FORMATS)
def test_replaying_gives_every_mask_that_was_not_reported(
    write_archive: Callable[..., Any], dataset: Dataset, name: str
) -> None:
    archive, report = write_archive(FORMATS[name].write, dataset)
    replayed = list(FORMATS[name].replay(archive))
    order = [instance_id for instance_id, _ in replayed]
    assert order == sorted(order)
    masks = dict(replayed)
    changed = {item.id for item in dataset.instances if masks.get(item.id) != item.rle}
    assert changed == report.altered
    assert (not changed) == (name in LOSSLESS)
    assert report.instances == len(replayed) + report.lost["objects"]  # joined ones have no mask of their own


@pytest.mark.parametrize("name", WITH_PICTURES)
def test_pictures_come_along_and_the_archive_is_whole(
    write_archive: Callable[..., Any], dataset: Dataset, name: str
) -> None:
    archive, _ = write_archive(FORMATS[name].write, dataset, read_image=lambda image: [image.key.encode()])
    archive.verify()
    contents = {b"".join(archive.chunks(path)) for path in archive.paths()}
    assert {b"image-1", b"image-2"} <= contents


@pytest.mark.parametrize("name", WITH_PICTURES)
def test_folders_are_kept_and_files_of_one_name_stay_apart(
    write_archive: Callable[..., Any], dataset: Dataset, name: str
) -> None:
    places = ["set/left/0001.png", "set/right/0001.png"]
    images = tuple(
        dataclasses.replace(image, file_name=place) for image, place in zip(dataset.images, places, strict=True)
    )
    inside = dataclasses.replace(dataset, images=images)
    archive, report = write_archive(FORMATS[name].write, inside, read_image=lambda image: [image.key.encode()])
    plain, plain_report = write_archive(FORMATS[name].write, dataset)
    assert list(FORMATS[name].replay(archive)) == list(FORMATS[name].replay(plain))
    assert report.altered == plain_report.altered
    pictures = {b"".join(archive.chunks(path)): path for path in archive.paths()}
    flat = name == "supervisely"  # knows no folders inside a data set
    for side, key in (("left", b"image-1"), ("right", b"image-2")):
        kept = f"/set/{side}/" if name == "mots" else f"/set/{side}/0001"  # which numbers the frames of a sequence
        assert kept.replace("/", "_" if flat else "/")[1:] in pictures[key]


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("voc", "SegmentationClass/photo1{}.png SegmentationObject/photo1{}.png JPEGImages/photo1{}{}"),
        ("panoptic", "annotations/panoptic_default/photo1{}.png"),
        ("labelme", "labelme/photo1{}.json labelme/photo1{}{}"),
        ("sa1b", "sa1b/photo1{}.json sa1b/photo1{}{}"),
    ],
)
def test_files_that_stand_for_a_picture_are_called_as_it_is_without_its_extension(
    write_archive: Callable[..., Any], dataset: Dataset, name: str, made: str
) -> None:
    names = ["photo1.jpg", "photo1.png"]
    images = tuple(dataclasses.replace(image, file_name=n) for image, n in zip(dataset.images, names, strict=True))
    archive, _ = write_archive(
        FORMATS[name].write, dataclasses.replace(dataset, images=images), read_image=lambda image: [b"x"]
    )
    wanted = {file.format(*parts) for file in made.split() for parts in (("", ".jpg"), ("-2", ".png"))}
    assert wanted <= set(archive.paths())
    assert not [path for path in archive.paths() if ".jpg." in path or ".png." in path]
    if name == "voc":
        assert b"".join(archive.chunks("ImageSets/Segmentation/train.txt")) == b"photo1\nphoto1-2\n"


def test_voc_numbers_classes_by_their_place_and_not_by_their_id(
    write_archive: Callable[..., Any], dataset: Dataset
) -> None:
    far = tuple(dataclasses.replace(category, id=category.id + 1000) for category in dataset.categories)
    objects = tuple(dataclasses.replace(item, category_id=(item.category_id or 0) + 1000) for item in dataset.instances)
    archive, report = write_archive(
        FORMATS["voc"].write, dataclasses.replace(dataset, categories=far, instances=objects)
    )
    plain, plain_report = write_archive(FORMATS["voc"].write, dataset)
    assert report.lost == plain_report.lost
    assert b"".join(archive.chunks("SegmentationClass/b.png")) == b"".join(plain.chunks("SegmentationClass/b.png"))


def test_yolo_finds_the_labels_of_a_picture_in_a_folder(write_archive: Callable[..., Any], dataset: Dataset) -> None:
    images = (dataclasses.replace(dataset.images[0], file_name="a/0001.png"), dataset.images[1])
    inside = dataclasses.replace(dataset, images=images)
    archive, _ = write_archive(FORMATS["yolo"].write, inside, read_image=lambda image: [image.key.encode()])
    picture = next(path for path in archive.paths() if b"".join(archive.chunks(path)) == b"image-1")
    # Ultralytics takes the last "/images/" of a path for "/labels/" and the extension for ".txt".
    assert f"{picture.replace('images/', 'labels/').rsplit('.', 1)[0]}.txt" in archive.paths()


def test_labelme_names_the_picture_that_lies_beside_its_file(
    write_archive: Callable[..., Any], dataset: Dataset
) -> None:
    images = (dataclasses.replace(dataset.images[0], file_name="a/0001.png"), dataset.images[1])
    inside = dataclasses.replace(dataset, images=images)
    archive, _ = write_archive(FORMATS["labelme"].write, inside, read_image=lambda image: [image.key.encode()])
    assert archive.json("labelme/a/0001.json")["imagePath"] == "0001.png"
    assert "labelme/a/0001.png" in archive.paths()


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_data_set_is_the_same_file(write_archive: Callable[..., Any], dataset: Dataset, name: str) -> None:
    first, again = (write_archive(FORMATS[name].write, dataset)[0].verify() for _ in range(2))
    assert first == again


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_to_write_is_no_error(write_archive: Callable[..., Any], dataset: Dataset, name: str) -> None:
    for bare in (dataclasses.replace(dataset, instances=()), dataclasses.replace(dataset, images=(), instances=())):
        archive, report = write_archive(FORMATS[name].write, bare)
        assert list(FORMATS[name].replay(archive)) == []
        assert report.images == len(bare.images)


@pytest.mark.parametrize("name", FORMATS)
def test_empty_masks_are_reported(write_archive: Callable[..., Any], dataset: Dataset, name: str) -> None:
    empty = Instance(1, 1, 1, rle.encode(np.zeros((30, 41), bool)))
    archive, report = write_archive(FORMATS[name].write, dataclasses.replace(dataset, instances=(empty,)))
    assert report.lost == {"empty": 1}
    assert list(FORMATS[name].replay(archive)) == []


def pixels(archive: ArchiveReader, path: str) -> Image.Image:
    return Image.open(io.BytesIO(b"".join(archive.chunks(path))))


def test_voc_is_read_by_others_with_the_top_object_on_top(write_archive: Callable[..., Any], dataset: Dataset) -> None:
    archive, report = write_archive(FORMATS["voc"].write, dataset)
    classes = pixels(archive, "SegmentationClass/b.png")
    owners = np.array(pixels(archive, "SegmentationObject/b.png"))
    assert classes.mode == "P"
    assert classes.getpalette()[3:9] == [0xFF, 0x88, 0x00, 0x00, 0x88, 0xFF]
    disc = rle.decode(dataset.instances[11].rle)
    assert (np.array(classes)[disc] == 2).all()
    ids = archive.json("objects.json")["b"]["ids"]
    assert (owners[disc] == ids.index(12) + 1).all()
    assert report.lost["covered"] == 8
    assert b"".join(archive.chunks("ImageSets/Segmentation/train.txt")).decode() == "größe 😀\nb\n"
    assert "Katze 猫:255,136,0::" in b"".join(archive.chunks("labelmap.txt")).decode()


def test_voc_leaves_out_what_does_not_fit_and_says_so(write_archive: Callable[..., Any], dataset: Dataset) -> None:
    dots = []
    for number in range(300):
        mask = np.zeros((30, 41), bool)
        mask[number // 41, number % 41] = True
        dots.append(Instance(number + 1, 1, 1, rle.encode(mask)))
    archive, report = write_archive(FORMATS["voc"].write, dataclasses.replace(dataset, instances=tuple(dots)))
    assert (report.instances, report.lost) == (254, {"too_many_objects": 46})
    assert np.array(pixels(archive, "SegmentationObject/größe 😀.png")).max() == 254


def test_panoptic_segments_and_pixels_name_the_same_ids(write_archive: Callable[..., Any], dataset: Dataset) -> None:
    archive, _ = write_archive(FORMATS["panoptic"].write, dataset)
    document = archive.json("annotations/panoptic_default.json")
    for entry in document["annotations"]:
        rgb = np.array(pixels(archive, f"annotations/panoptic_default/{entry['file_name']}")).astype(int)
        ids = rgb @ [1, 256, 65536]
        assert set(np.unique(ids)) - {0} == {segment["id"] for segment in entry["segments_info"]}
        for segment in entry["segments_info"]:
            assert segment["area"] == (ids == segment["id"]).sum()
            assert segment["iscrowd"] == 0
    assert document["categories"][0] | {"supercategory": 0} == {
        "id": 1, "name": "Katze 猫", "supercategory": 0, "isthing": 1, "color": [255, 136, 0],
    }  # fmt: skip


def test_labelme_shapes_hold_the_bitmap_of_their_box(write_archive: Callable[..., Any], dataset: Dataset) -> None:
    archive, _ = write_archive(FORMATS["labelme"].write, dataset)
    document = archive.json("labelme/b.json")
    assert (document["imagePath"], document["imageHeight"], document["imageWidth"]) == ("b.png", 50, 37)
    assert document["imageData"] is None
    shape = document["shapes"][1]
    bitmap = np.array(Image.open(io.BytesIO(base64.b64decode(shape["mask"]))))
    mask = rle.decode(dataset.instances[7].rle)
    (x0, y0), (x1, y1) = shape["points"]
    assert (bitmap.astype(bool) == mask[y0 : y1 + 1, x0 : x1 + 1]).all()
    assert mask[y0 : y1 + 1, x0 : x1 + 1].sum() == mask.sum()
    assert (shape["shape_type"], shape["label"], shape["flags"]) == ("mask", "dog & co", {"occluded": True})


def test_yolo_has_what_ultralytics_asks_for(write_archive: Callable[..., Any], dataset: Dataset) -> None:
    archive, _ = write_archive(FORMATS["yolo"].write, dataset, read_image=lambda image: b"x")
    config = yaml.safe_load(b"".join(archive.chunks("data.yaml")))
    assert config["names"] == {0: "Katze 猫", 1: "dog & co"}
    labels = [path for path in archive.paths() if path.startswith("labels/")]
    pictures = [path for path in archive.paths() if path.startswith("images/")]
    assert [path.removesuffix(".txt").replace("labels/", "images/") for path in labels] == [
        path.rpartition(".")[0] for path in pictures
    ]
    for line in b"".join(archive.chunks(labels[0])).decode().splitlines():
        number, *shares = line.split()
        assert number in {"0", "1"}
        assert len(shares) >= 6
        assert len(shares) % 2 == 0
        assert all(0 <= float(share) <= 1 for share in shares)


@given(hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=12)).filter(np.any))
def test_one_ring_filled_by_others_is_the_mask(mask: np.ndarray) -> None:
    ring = yolo.one_ring(trace(mask))
    rows, columns = fill_by_centres(ring[:, 1] - 0.5, ring[:, 0] - 0.5, mask.shape)
    filled = np.zeros_like(mask)
    filled[rows, columns] = True
    assert (filled == mask).all()


sides = st.integers(1, 9)
flats = st.tuples(sides, sides).flatmap(lambda shape: hnp.arrays(np.uint8, shape))
colours = st.tuples(sides, sides, st.just(3)).flatmap(lambda shape: hnp.arrays(np.uint8, shape))


@given(flats, colours)
def test_png_files_are_read_by_others_and_by_us(flat: np.ndarray, colour: np.ndarray) -> None:
    palette = [(n, 255 - n, n // 2) for n in range(256)]
    for data, expected in (
        (encode_palette(flat, palette), flat), (encode_gray(flat), flat), (encode_rgb(colour), colour),
    ):  # fmt: skip
        assert (np.array(Image.open(io.BytesIO(data))) == expected).all()
        assert (decode(data) == expected).all()


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n" + b"\0" * 30])
def test_a_file_that_is_no_png_of_ours_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="PNG"):
        decode(data)
