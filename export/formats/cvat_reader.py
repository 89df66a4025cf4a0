"""Reads CVAT for images, XML 1.1: masks, polygons, boxes and ellipses; lines, points, cuboids and skeletons are listed
as problems.

- Attributes are text, but for those that were written here. `occluded` and `group_id` become attributes where set.
- An image's `subset` is its split.
- CVAT for video, whose XML has tracks in place of images, is read by `cvat_video.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from xml.etree.ElementTree import Element

from export.dataset import Dataset
from export.files import Files
from export.formats.cvat_shapes import OWN_FIELD, attributes_of, is_upright_box, json_value, mask_of
from export.formats.cvat_video import Video
from export.formats.own import about_image, about_instance
from export.reading import Builder, Place, Problem, Problems
from export.reading.builder import GREY
from export.reading.fields import shortened, text, whole, whole_numeral
from export.reading.markup import children
from export.reading.pictures import Pictures

FILE = "annotations.xml"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def read_cvat(files: Files) -> tuple[Dataset, list[Problem]]:
    """The data set of all XML files of this kind, and what could not be taken over."""
    problems, builder, pictures = Problems(), Builder(), Pictures(files)
    video = Video(builder, pictures, problems)
    name, created, found = "", "", False
    for path in files.paths():
        if path.endswith(".xml"):
            with problems.of(path):
                if next(children(files.chunks(path), path)).tag != "annotations":
                    continue
                found = True
                # Once before anything is taken over: it is XML to its end, and which frames its tracks are on.
                video.look(path, children(files.chunks(path), path))
                about = _read(path, children(files.chunks(path), path), video)
                name, created = name or about[0], created or about[1]
    if not found:
        problems.add("", "", "There is no CVAT file: no XML document with <annotations>.")
    return builder.dataset(name, created=created), problems.listed()


def _read(path: str, elements: Iterable[Element], video: Video) -> tuple[str, str]:
    """Takes over labels, images and tracks; returns the task's name, and when it was made."""
    builder, pictures, problems = video.builder, video.pictures, video.problems
    name, created, row = "", "", 0
    for element in elements:
        if element.tag == "meta":
            _labels(path, element, builder, problems)
            about = element.find("*")
            if about is not None:
                name, created = name or about.findtext("name", ""), created or about.findtext("created", "")
        elif element.tag == "image":
            row += 1
            with problems.of(path, f"image {row}"):
                place = _image(path, element, builder, pictures, problems)
                for number, shape in enumerate(element, start=1):
                    if shape.tag != "tag":
                        with problems.of(path, f"image {row}, shape {number}"):
                            _add(shape, place, builder)
        elif element.tag == "track":
            video.add(path, element)
    return name, created


def _labels(path: str, meta: Element, builder: Builder, problems: Problems) -> None:
    for label in meta.iterfind("*/labels/label"):
        if label.findtext("type", "any") != "tag":
            with problems.of(path, "labels"):
                colour = label.findtext("color") or ""
                name = label.findtext("name") or ""
                builder.label(name, color=colour.lower() if _COLOUR.fullmatch(colour) else GREY)


def _image(path: str, image: Element, builder: Builder, pictures: Pictures, problems: Problems) -> Place:
    name = text(image.get("name"), "The image's name")
    width, height = whole_numeral(image.get("width")), whole_numeral(image.get("height"))
    picture = pictures.find(name, near=path)
    missing = Problem(path, name, "There is no such image beside the annotations.")
    pictures.sized(picture, (height, width), problems, missing)
    own = _json(image.get(OWN_FIELD, "{}"))
    about = about_image({key: value for key, value in own.items() if key != "number"})
    about |= {"number": whole(own["number"])} if "number" in own else {}
    about |= {"split": image.get("subset", "").replace("default", ""), "path": picture}
    about["tags"] = [text(tag.get("label"), "The tag's label") for tag in image.iterfind("tag")]
    return builder.image(name, width, height, **about)


def _add(shape: Element, place: Place, builder: Builder) -> None:
    mask = mask_of(shape, place.height, place.width)
    label = builder.label(text(shape.get("label"), "The label"))
    attributes = attributes_of(shape)
    given = shape.get(f"{OWN_FIELD}-number")
    if given is None:
        attributes |= {"occluded": True} if shape.get("occluded") == "1" else {}
        attributes |= {"group_id": whole_numeral(shape.get("group_id"))} if shape.get("group_id") else {}
    about = about_instance(_json(shape.get(OWN_FIELD, "{}")))
    about |= {"z_order": whole_numeral(shape.get("z_order", "0")), "is_box": is_upright_box(shape)}
    builder.add(
        place, label, mask, number=None if given is None else whole_numeral(given), attributes=attributes, **about
    )


def _json(raw: str) -> dict[str, Any]:
    value = json_value(raw)
    if not isinstance(value, dict):
        raise ValueError(f"{shortened(raw)} is no object.")
    return value
