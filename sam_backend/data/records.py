"""Reading masks: dataset folders (`images/` + `annotations.jsonl`) and COCO instances JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
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
LABEL = "label"
"""Groups by COCO's category, or a mask's own label."""
MAX_GROUP = 100
"""Characters of a group's name."""


@dataclass(frozen=True)
class Record:
    """One image and its usable masks.

    Attributes:
        set: name of the dataset the image belongs to.
        path: the image's file.
        height, width: px, as annotated.
        counts: COCO compressed RLE strings at height × width.
        areas: each mask's share of the image.
        groups: each mask's group, where they were asked for; blank for a mask without one.
    """

    set: str
    path: Path
    height: int
    width: int
    counts: tuple[str, ...]
    areas: tuple[float, ...]
    groups: tuple[str, ...] = ()


def read_records(source: Path, group: str = "") -> list[Record]:
    """Reads one data source.

    Args:
        source: a folder with `annotations.jsonl`, or a COCO instances `.json` beside its images
            (in the same folder or in `images/`).
        group: what masks are grouped by: "label" (COCO's category), else the name of an attribute: a mask's
            `attributes[group]`, or its own field of that name. Blank: they are not.

    Raises:
        ValueError: the source has no masks, or names the first line that cannot be used.
    """
    if source.is_dir():
        listing = source / "annotations.jsonl"
        if not listing.is_file():
            raise ValueError(f"{source}: no annotations.jsonl in this folder")
        records = list(_from_jsonl(source, listing, group))
    elif source.suffix == ".json" and source.is_file():
        records = list(_from_coco(source, group))
    else:
        raise ValueError(f"{source}: neither a data folder nor a COCO .json file")
    if not records:
        raise ValueError(f"{source}: no usable masks (each must cover {MIN_AREA:.1%} to {MAX_AREA:.0%} of its picture)")
    if group and not any(any(record.groups) for record in records):
        raise ValueError(f"{source}: no mask has anything called “{group}” to be grouped by")
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


Load = Callable[[Record], npt.NDArray[np.uint8]]
"""How an image's pixels are come by: `load_pixels`, or what does for records that are no files."""


def _from_jsonl(folder: Path, listing: Path, group: str) -> Iterator[Record]:
    for number, line in enumerate(listing.read_text().splitlines(), 1):
        where = f"{listing}:{number}"
        try:
            row = json.loads(line)
            rles = [(m["rle"], _group_of(m, group)) for m in row["masks"]]
            record = _record(folder.name, folder / row["image"], row["height"], row["width"], rles, where)
        except (KeyError, TypeError, json.JSONDecodeError) as error:
            raise ValueError(f"{where}: not an annotation line: {error!r}") from error
        if record.counts:
            yield record


def group_name(value: object) -> str:
    """What a value stands for as the name of a group: text as it is, yes and no, numbers; blank for anything else."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).strip()[:MAX_GROUP] if isinstance(value, str | int | float) else ""


def _group_of(mask: Mapping[str, Any], group: str) -> str:
    """What a mask says it belongs to; blank where it says nothing."""
    if not group:
        return ""
    own = mask.get("attributes")
    value = own[group] if isinstance(own, dict) and group in own else mask.get(group)
    return group_name(value)


def _from_coco(source: Path, group: str) -> Iterator[Record]:
    data = json.loads(source.read_text())
    try:
        names = {row["id"]: row["name"] for row in data.get("categories", [])} if group == LABEL else {}
        by_image: dict[int, list[Any]] = {}
        for row in data["annotations"]:
            if not row.get("iscrowd"):
                by_image.setdefault(row["image_id"], []).append(row)
        for image in data["images"]:
            height, width = image["height"], image["width"]
            rles = [
                (
                    to_rle(row["segmentation"], height, width),
                    _group_of(row | {LABEL: names.get(row.get("category_id"))}, group),
                )
                for row in by_image.get(image["id"], [])
            ]
            path = source.parent / image["file_name"]
            if not path.is_file():
                path = source.parent / "images" / image["file_name"]
            record = _record(source.stem, path, height, width, rles, f"{source}: image {image['id']}")
            if record.counts:
                yield record
    except (KeyError, TypeError) as error:
        raise ValueError(f"{source}: not a COCO instances file: {error!r}") from error


def to_rle(segmentation: Any, height: int, width: int) -> dict[str, Any]:
    """COCO's polygons or run lengths as compressed run lengths at height × width."""
    if isinstance(segmentation, list):
        return dict(coco_mask.merge(coco_mask.frPyObjects(segmentation, height, width)))
    if isinstance(segmentation["counts"], list):
        return dict(coco_mask.frPyObjects(segmentation, height, width))
    return dict(segmentation)


def _record(name: str, path: Path, height: int, width: int, rles: list[tuple[Any, str]], where: str) -> Record:
    counts, areas, groups = [], [], []
    for rle, group in rles:
        if list(rle["size"]) != [height, width]:
            raise ValueError(f"{where}: a mask of {rle['size'][1]}×{rle['size'][0]} px on a {width}×{height} picture")
        share = float(coco_mask.area(rle)) / (height * width)
        if MIN_AREA <= share <= MAX_AREA:
            text = rle["counts"]
            counts.append(text.decode() if isinstance(text, bytes) else text)
            areas.append(share)
            groups.append(group)
    return Record(name, path, height, width, tuple(counts), tuple(areas), tuple(groups))
