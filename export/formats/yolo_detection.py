"""YOLO detection (Ultralytics): as YOLO segmentation, but each line is a box, `class cx cy w h` in shares.

- Of a mask, its box stays; every mask that does not fill its box is reported.
- `split`, data.yaml and objects.json are those of `yolo`.
"""

from __future__ import annotations

from collections.abc import Iterator

from export import rle
from export.archive import ArchiveReader, ArchiveWriter
from export.dataset import Dataset, ImageRecord, Instance
from export.formats import yolo
from export.formats.base import DEFAULT, Format, Report, WriteOptions
from export.formats.index import replayed
from export.formats.yolo_reader import read_yolo, rectangle

BOXED = "Of a mask, its box is written."
RULES = {kind: rule for kind, rule in yolo.RULES.items() if kind != "boxes"} | {
    "parts": BOXED, "holes": BOXED, "masks": BOXED,
}  # fmt: skip


def write(dataset: Dataset, archive: ArchiveWriter, options: WriteOptions = DEFAULT) -> Report:
    """Writes labels, data.yaml, and the images when asked for."""
    report = Report(RULES)

    def box(item: Instance, image: ImageRecord) -> str:
        x, y, width, height = rle.bbox(item.rle)
        if width * height != rle.area(item.rle):
            report.lose("masks", item, BOXED)
        shares = ((x + width / 2) / image.width, (y + height / 2) / image.height)
        return " ".join(map(yolo.share, (*shares, width / image.width, height / image.height)))

    return yolo.write_lines(dataset, archive, options, report, box)


def replay(archive: ArchiveReader) -> Iterator[tuple[int, rle.Rle]]:
    """Each annotation's id and box, filled, in the order of the images."""
    for path, entry in replayed(archive):
        lines = b"".join(archive.chunks(f"labels/{path}")).decode("ascii").splitlines()
        for line, instance_id in zip(lines, entry.ids, strict=True):
            shares = [float(value) for value in line.split()[1:]]
            yield instance_id, rectangle(shares, entry.height, entry.width)


FORMAT = Format(
    "yolo_detection",
    "YOLO detection",
    "Ultralytics' text files with a box per object.",
    write,
    replay,
    read_yolo,
    RULES,
    yolo.OWN,
)
