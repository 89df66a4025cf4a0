"""Reading masks: dataset folders (`images/` + `annotations.jsonl`) and COCO instances JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image
from pycocotools import mask as coco_mask

MIN_AREA = 0.002
"""Smaller masks (share of the image) are left out: at 256-px logits they are a handful of cells."""
MAX_AREA = 0.9
"""Larger masks are left out (paper, appendix A: masks over 90 % of the image are dropped)."""


@dataclass(frozen=True)
class Record:
    """One image and its usable masks.

    Attributes:
        set: name of the dataset the image belongs to.
        path: the image's file.
        height, width: px, as annotated.
        counts: COCO compressed RLE strings at height × width.
        areas: each mask's share of the image.
    """

    set: str
    path: Path
    height: int
    width: int
    counts: tuple[str, ...]
    areas: tuple[float, ...]


def read_records(source: Path) -> list[Record]:
    """Reads one data source.

    Args:
        source: a folder with `annotations.jsonl`, or a COCO instances `.json` beside its images
            (in the same folder or in `images/`).

    Raises:
        ValueError: the source has no masks, or names the first line that cannot be used.
    """
    if source.is_dir():
        listing = source / "annotations.jsonl"
        if not listing.is_file():
            raise ValueError(f"{source}: no annotations.jsonl in this folder")
        records = list(_from_jsonl(source, listing))
    elif source.suffix == ".json" and source.is_file():
        records = list(_from_coco(source))
    else:
        raise ValueError(f"{source}: neither a data folder nor a COCO .json file")
    if not records:
        raise ValueError(f"{source}: no usable masks (each must cover {MIN_AREA:.1%} to {MAX_AREA:.0%} of its picture)")
    return records


def load_pixels(record: Record) -> npt.NDArray[np.uint8]:
    """The image as RGB uint8 [h, w, 3].

    Raises:
        ValueError: it cannot be read, or its size is not the annotated one.
    """
    try:
        with Image.open(record.path) as image:
            pixels = np.array(image.convert("RGB"))
    except OSError as error:
        raise ValueError(f"{record.path}: not a picture that can be read: {error}") from error
    if pixels.shape[:2] != (record.height, record.width):
        raise ValueError(
            f"{record.path}: {pixels.shape[1]}×{pixels.shape[0]} px, annotated as {record.width}×{record.height}"
        )
    return pixels


def _from_jsonl(folder: Path, listing: Path) -> Iterator[Record]:
    for number, line in enumerate(listing.read_text().splitlines(), 1):
        where = f"{listing}:{number}"
        try:
            row = json.loads(line)
            rles = [m["rle"] for m in row["masks"]]
            record = _record(folder.name, folder / row["image"], row["height"], row["width"], rles, where)
        except (KeyError, TypeError, json.JSONDecodeError) as error:
            raise ValueError(f"{where}: not an annotation line: {error!r}") from error
        if record.counts:
            yield record


def _from_coco(source: Path) -> Iterator[Record]:
    data = json.loads(source.read_text())
    try:
        by_image: dict[int, list[Any]] = {}
        for row in data["annotations"]:
            if not row.get("iscrowd"):
                by_image.setdefault(row["image_id"], []).append(row["segmentation"])
        for image in data["images"]:
            height, width = image["height"], image["width"]
            rles = [_to_rle(s, height, width) for s in by_image.get(image["id"], [])]
            path = source.parent / image["file_name"]
            if not path.is_file():
                path = source.parent / "images" / image["file_name"]
            record = _record(source.stem, path, height, width, rles, f"{source}: image {image['id']}")
            if record.counts:
                yield record
    except (KeyError, TypeError) as error:
        raise ValueError(f"{source}: not a COCO instances file: {error!r}") from error


def _to_rle(segmentation: Any, height: int, width: int) -> dict[str, Any]:
    if isinstance(segmentation, list):
        return dict(coco_mask.merge(coco_mask.frPyObjects(segmentation, height, width)))
    if isinstance(segmentation["counts"], list):
        return dict(coco_mask.frPyObjects(segmentation, height, width))
    return dict(segmentation)


def _record(name: str, path: Path, height: int, width: int, rles: list[Any], where: str) -> Record:
    counts, areas = [], []
    for rle in rles:
        if list(rle["size"]) != [height, width]:
            raise ValueError(f"{where}: a mask of {rle['size'][1]}×{rle['size'][0]} px on a {width}×{height} picture")
        share = float(coco_mask.area(rle)) / (height * width)
        if MIN_AREA <= share <= MAX_AREA:
            text = rle["counts"]
            counts.append(text.decode() if isinstance(text, bytes) else text)
            areas.append(share)
    return Record(name, path, height, width, tuple(counts), tuple(areas))
