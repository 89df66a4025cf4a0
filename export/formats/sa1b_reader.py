"""Reads SA-1B: JSON files with one `image` and its `annotations`. Objects come without label, scores and prompts stay.

Numbers of objects are unique in one file only, as the original has them; those that meet are numbered anew.
"""

from __future__ import annotations

from typing import Any

from export import rle
from export.dataset import Dataset
from export.files import Files
from export.formats.own import about_image, about_instance, prompts
from export.reading import Builder, Problem, Problems
from export.reading.fields import items, mapping, score, text, whole
from export.reading.pictures import Pictures


def read_sa1b(files: Files) -> tuple[Dataset, list[Problem]]:
    """The data set, and what could not be taken over."""
    problems, builder, pictures = Problems(), Builder(), Pictures(files)
    found = False
    for path in files.paths():
        if path.endswith(".json"):
            with problems.of(path):
                document = files.json(path)
                if isinstance(document, dict) and {"image", "annotations"} <= set(document):
                    found = True
                    _read(path, document, builder, pictures, problems)
    if not found:
        problems.add("", "", 'There is no SA-1B file: no JSON document with "image" and "annotations".')
    return builder.dataset(), problems.listed()


def _read(path: str, document: dict[str, Any], builder: Builder, pictures: Pictures, problems: Problems) -> None:
    entry = mapping(document["image"], '"image"')
    name, width, height = text(entry["file_name"]), whole(entry["width"]), whole(entry["height"])
    picture = pictures.find(name, near=path)
    missing = Problem(path, "", f"There is no image {name!r} beside it.")
    pictures.sized(picture, (height, width), problems, missing)
    about = {"number": whole(entry["image_id"])} | about_image(entry.get("maskwright"))
    place = builder.image(about.pop("name", name), width, height, path=picture, **about)
    seen: set[int] = set()
    for row, annotation in enumerate(items(document["annotations"], '"annotations"'), start=1):
        with problems.of(path, f"annotation {row}"):
            number = whole(annotation["id"])
            if number in seen:
                raise ValueError(f"the id {number} is used twice.")
            scores = {key: score(annotation.get(key)) for key in ("predicted_iou", "stability_score")}
            given = prompts(annotation)
            if given.get("crop_box") == (0, 0, width, height):
                del given["crop_box"]
            mask = rle.validate(annotation["segmentation"], height, width)
            more = about_instance(annotation.get("maskwright")) | scores | given
            builder.add(place, None, mask, number=number, **more)
            seen.add(number)
