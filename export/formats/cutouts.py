"""Cut-outs: each object as a picture of its own, cutouts/<label>/<image>-<number>.png, transparent where it is not.

- The picture is the object's box. With the images, their colours are in it (the image as it is shown, after its EXIF
  tag turned it); without them it is white.
- cutouts.json tells of each file which object of which image it is, and where its box lies.
- What is fully transparent still is a pixel of the box: alpha is 255 on the object and 0 elsewhere.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from export import rle
from export.archive import ArchiveError, ArchiveReader, ArchiveWriter
from export.crops import cut, place
from export.dataset import Dataset, ImageRecord, Instance
from export.formats.base import DEFAULT, Format, Report, WriteOptions, is_writable, stems_of
from export.formats.painting import by_image
from export.names import unique_names
from export.png import decode, encode_rgba

FOLDER, LIST = "cutouts", "cutouts.json"
UNNAMED = "unlabelled"
RULES = {
    "attributes": "Attributes are left out.",
    "scores": "Scores are left out.",
    "prompts": "The points and the crop are left out.",
    "boxes": "A box is cut out as an object that fills it.",
    "crowds": "A crowd is cut out as any other object.",
    "stacking": "Objects are cut out one by one; which lies on top is not said.",
    "tags": "Tags of images are left out.",
    "splits": "All objects lie together.",
}


def write(dataset: Dataset, archive: ArchiveWriter, options: WriteOptions = DEFAULT) -> Report:
    """Writes a PNG per object, and the list of them."""
    report = Report(RULES, categories=len(dataset.categories))
    folders = dict(zip((one.id for one in dataset.categories), _folders(dataset), strict=True))
    stems = stems_of(dataset)
    listed: list[dict[str, Any]] = []
    for image, instances in by_image(dataset, options):
        kept = [item for item in instances if is_writable(item, report, needs_category=False)]
        photo = _photo(image, options) if kept else None
        for item in kept:
            folder = UNNAMED if item.category_id is None else folders[item.category_id]
            path = f"{FOLDER}/{folder}/{stems[image.id]}-{item.id}.png"
            part, x, y = cut(item.rle)
            archive.add(path, encode_rgba(_cut_out(photo, part, x, y)))
            listed.append(_entry(path, item, image, [x, y, part.shape[1], part.shape[0]]))
        report.add_image(image)
        report.instances += len(kept)
    archive.add_json(LIST, {"cutouts": listed})
    options.progress(1.0)
    return report


def replay(archive: ArchiveReader) -> Iterator[tuple[int, rle.Rle]]:
    """Each annotation's id and mask, picture by picture."""
    for entry in archive.json(LIST)["cutouts"]:
        alpha = decode(b"".join(archive.chunks(entry["file"])))[:, :, 3]
        x, y, _, _ = entry["bbox"]
        height, width = entry["size"]
        yield entry["id"], place(alpha, x, y, height, width)


FORMAT = Format(
    "cutouts",
    "Cut-outs",
    "Each object as a PNG of its own, transparent around it.",
    write,
    replay,
    None,
    RULES,
)


def _folders(dataset: Dataset) -> list[str]:
    """A folder per label, none of them that of objects without one."""
    return unique_names([UNNAMED, *(one.name or "label" for one in dataset.categories)])[1:]


def _photo(image: ImageRecord, options: WriteOptions) -> NDArray[np.uint8] | None:
    """The image as it is shown, uint8 [h, w, 3]; None where images are not asked for."""
    if options.read_image is None:
        return None
    data = b"".join(options.read_image(image))
    try:
        with Image.open(io.BytesIO(data)) as opened:
            pixels = np.asarray(_eight_bits(ImageOps.exif_transpose(opened)).convert("RGB"))
    except Exception as error:  # Pillow's readers raise what they like on damaged files
        raise ArchiveError(f"{image.file_name} is no image that objects can be cut out of.") from error
    if pixels.shape[:2] != (image.height, image.width):
        raise ArchiveError(f"{image.file_name} is {pixels.shape[1]} x {pixels.shape[0]}, not as the data set says.")
    return pixels


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Grey of 16 bits with its upper eight: Pillow would cut it off at white."""
    if not picture.mode.startswith("I"):
        return picture
    return Image.fromarray((np.clip(np.asarray(picture), 0, 65535) >> 8).astype(np.uint8))


def _cut_out(photo: NDArray[np.uint8] | None, part: rle.Mask, x: int, y: int) -> NDArray[np.uint8]:
    height, width = part.shape
    pixels = np.full((height, width, 4), 255, dtype=np.uint8)
    if photo is not None:
        pixels[:, :, :3] = photo[y : y + height, x : x + width]
    pixels[~part] = 0
    return pixels


def _entry(path: str, item: Instance, image: ImageRecord, box: list[int]) -> dict[str, Any]:
    return {
        "file": path, "id": item.id, "image_id": image.id, "image": image.file_name,
        "size": [image.height, image.width], "category_id": item.category_id, "bbox": box,
        "label": PurePosixPath(path).parts[1],
    }  # fmt: skip
