"""FiftyOne's own format (`fiftyone.types.FiftyOneDataset`): metadata.json, samples.json, data/<image>.

- A sample per image. `ground_truth` holds the objects as Detections: `bounding_box` [x, y, w, h] as shares of the
  image, and `mask`, the pixels inside that box: a NumPy file, deflated, in base64. One of which only the box is known
  has no mask; a crowd has `iscrowd`.
- A split and tags of an image are the sample's tags, the split first.
- Attributes are fields of a detection where their names and values can be that, else they stand in `maskwright`.
- metadata.json is the data set's document as FiftyOne 1.0 has it; later versions take it over. Ids are the numbers of
  images and objects. Beyond the standard: `maskwright` with what else the data set knows.
"""

from __future__ import annotations

import base64
import io
import json
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from export import rle
from export.archive import ArchiveReader, ArchiveWriter, dump_json
from export.crops import cut
from export.dataset import Dataset, ImageRecord, Instance
from export.formats.base import DEFAULT, Format, Report, WriteOptions, add_images, is_writable
from export.formats.fiftyone_reader import FIELD, METADATA, SAMPLES, is_plain, mask_of, read_fiftyone
from export.formats.own import of_image, of_instance
from export.formats.painting import by_image

VERSION = "1.0.0"
RULES: dict[str, str] = {}
OWN = frozenset({"scores", "prompts", "stacking", "ids"})


def write(dataset: Dataset, archive: ArchiveWriter, options: WriteOptions = DEFAULT) -> Report:
    """Writes the data set's document, the samples as a stream, and the images when asked for."""
    report = Report(RULES, categories=len(dataset.categories))
    archive.add_json(METADATA, _metadata(dataset))
    archive.add(SAMPLES, (piece.encode("utf-8") for piece in _samples(dataset, options, report)))
    add_images(dataset, archive, options, _path)
    return report


def replay(archive: ArchiveReader) -> Iterator[tuple[int, rle.Rle]]:
    """Each annotation's id and mask. Relies on this module's own layout: one sample per line."""
    with archive.open(SAMPLES) as file:
        for line in file:
            if line.startswith(b'{"_id":'):
                sample = json.loads(line.rstrip().rstrip(b","))
                size = (sample["metadata"]["height"], sample["metadata"]["width"])
                for detection in sample[FIELD]["detections"]:
                    yield detection["maskwright"]["number"], mask_of(detection, archive, "", size)


FORMAT = Format(
    "fiftyone",
    "FiftyOne",
    "FiftyOne's own data set: samples with detections and instance masks; nothing is lost.",
    write,
    replay,
    read_fiftyone,
    RULES,
    OWN,
)


def _path(image: ImageRecord) -> str:
    return f"data/{image.file_name}"


def _samples(dataset: Dataset, options: WriteOptions, report: Report) -> Iterator[str]:
    names = {category.id: category.name for category in dataset.categories}
    yield '{"samples":['
    for index, (image, instances) in enumerate(by_image(dataset, options)):
        kept = [item for item in instances if is_writable(item, report, needs_category=False)]
        yield ("," if index else "") + "\n" + dump_json(_sample(image, kept, names))
        report.add_image(image)
        report.instances += len(kept)
    yield "\n]}\n"


def _sample(image: ImageRecord, instances: list[Instance], names: dict[int, str]) -> dict[str, Any]:
    own = {key: value for key, value in of_image(image, numbered=True).items() if key != "tags"}
    tags = dict.fromkeys(([image.split] if image.split else []) + list(image.tags))
    return {
        "_id": _id(image.id),
        "filepath": _path(image),
        "tags": list(tags),
        "metadata": {"_cls": "ImageMetadata", "width": image.width, "height": image.height},
        "_media_type": "image",
        "_rand": image.id * 0.618033988749895 % 1,  # spread evenly, and the same each time
        FIELD: {"_cls": "Detections", "detections": [_detection(item, names) for item in instances]},
        "maskwright": own | ({"tags": list(image.tags)} if image.tags else {}),
    }


def _detection(item: Instance, names: dict[int, str]) -> dict[str, Any]:
    height, width = item.rle.size
    part, x, y = cut(item.rle)
    entry: dict[str, Any] = {
        "_id": _id(item.id),
        "_cls": "Detection",
        "attributes": {},
        "tags": [],
        "label": None if item.category_id is None else names[item.category_id],
        "bounding_box": [x / width, y / height, part.shape[1] / width, part.shape[0] / height],
    }
    if not item.is_box:
        entry["mask"] = {"$binary": {"base64": _packed(part), "subType": "00"}}
    if item.is_crowd:
        entry["iscrowd"] = True
    plain = {name: value for name, value in item.attributes.items() if is_plain(name, value)}
    own = {key: value for key, value in of_instance(item).items() if key not in {"box", "crowd"}}
    rest = {name: value for name, value in item.attributes.items() if name not in plain}
    own |= {"attributes": rest} if rest else {}
    return entry | plain | {"maskwright": own | {"number": item.id}}


def _packed(part: rle.Mask) -> str:
    target = io.BytesIO()
    np.save(target, np.ascontiguousarray(part), allow_pickle=False)
    return base64.b64encode(zlib.compress(target.getvalue())).decode("ascii")


def _id(number: int) -> dict[str, str]:
    return {"$oid": f"{number:024x}"}


def _metadata(dataset: Dataset) -> dict[str, Any]:
    labels = [{"name": one.name, "color": one.color} for one in dataset.categories]
    return {
        "name": dataset.name,
        "version": VERSION,
        "media_type": "image",
        "group_media_types": {},
        "description": dataset.description or None,
        "tags": [],
        "info": {"maskwright": {"labels": labels}},
        "app_config": {},
        "classes": {},
        "default_classes": [one.name for one in dataset.categories],
        "mask_targets": {},
        "default_mask_targets": {},
        "skeletons": {},
        "sample_fields": _FIELDS,
        "frame_fields": [],
        "saved_views": [],
        "workspaces": [],
        "annotation_runs": {},
        "brain_methods": {},
        "evaluations": {},
        "runs": {},
    }


def _field(name: str, kind: str, *, of: str | None = None, document: str | None = None, **more: Any) -> dict[str, Any]:
    """A field of the schema. `of` is what a list holds, `document` the class of an embedded document."""
    return {
        "name": name,
        "ftype": f"fiftyone.core.fields.{kind}Field",
        "embedded_doc_type": document and f"fiftyone.core.{document}",
        "subfield": of and f"fiftyone.core.fields.{of}Field",
        "fields": [],
        "db_field": {"id": "_id"}.get(name, name),
        "description": None,
        "info": None,
        "read_only": False,
        "created_at": None,
    } | more


_DETECTION = [
    _field("id", "ObjectId"),
    _field("tags", "List", of="String"),
    _field("attributes", "Dict", of="EmbeddedDocument", document="labels.Attribute"),
    _field("label", "String"),
    _field("bounding_box", "List", of="Float"),
    _field("mask", "Array"),
    _field("mask_path", "String"),
    _field("confidence", "Float"),
    _field("index", "Int"),
]
_SIZE = [
    _field("size_bytes", "Int"), _field("mime_type", "String"), _field("width", "Int"), _field("height", "Int"),
    _field("num_channels", "Int"),
]  # fmt: skip
_FIELDS = [
    _field("id", "ObjectId"),
    _field("filepath", "String"),
    _field("tags", "List", of="String"),
    _field("metadata", "EmbeddedDocument", document="metadata.ImageMetadata", fields=_SIZE),
    _field("_media_type", "String"),
    _field("_rand", "Float"),
    _field("_dataset_id", "ObjectId"),
    _field("created_at", "DateTime", read_only=True),
    _field("last_modified_at", "DateTime", read_only=True),
    _field(
        FIELD, "EmbeddedDocument", document="labels.Detections",
        fields=[
            _field("detections", "List", of="EmbeddedDocument", document="labels.Detection", fields=_DETECTION),
        ],
    ),
    _field("maskwright", "Dict"),
]  # fmt: skip
"""The schema of the samples, as FiftyOne 1.0 writes it."""
