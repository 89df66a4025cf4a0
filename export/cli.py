"""The command line: `python -m export formats | validate | stats | convert`. Nothing here needs the app."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from export.archive import ArchiveWriter
from export.dataset import Dataset, ImageRecord
from export.files import Files, open_files
from export.formats import FORMATS, Report, WriteOptions
from export.formats.base import Segmentation
from export.formats.detect import detect
from export.formats.table import loss_table
from export.reading import Problem
from export.reading.tables import with_tables
from export.rle import area
from export.validate import validate

SHOWN = 50
"""Problems printed one by one."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command. The exit code is 0, 1 where something is wrong with the data, 2 where it cannot be read."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
        return code
    except OSError as error:
        print(f"export: {error.filename}: {error.strerror}." if error.filename else f"export: {error}", file=sys.stderr)
        return 2
    except ValueError as error:
        print(f"export: {error}", file=sys.stderr)
        return 2


def read_dataset(files: Files, name: str | None = None) -> tuple[Dataset, list[Problem], str]:
    """The data set in files of the format `name` (told from them where it is None), what could not be taken over, and
    the format's name. Raises ArchiveError where there is nothing to read."""
    known = name or detect(files)
    read = FORMATS[known].read
    if read is None:
        raise ValueError(f"{FORMATS[known].title} is written, not read.")
    if lack := FORMATS[known].lack():
        raise ValueError(lack)
    dataset, problems = read(files)
    if not dataset.images and problems:
        raise ValueError(f"Nothing could be read as {FORMATS[known].title}. {problems[0]}")
    return dataset, problems, known


def _formats(options: argparse.Namespace) -> int:
    if options.losses:
        print(loss_table(FORMATS))
        return 0
    for entry in FORMATS.values():
        print(f"{entry.name:<16}{'read, write' if entry.read else 'write':<13}{entry.title}. {entry.description}")
    return 0


def _validate(options: argparse.Namespace) -> int:
    dataset, problems, name = read_dataset(with_tables(open_files(options.file)), options.source)
    found = [*map(str, problems), *validate(dataset)]
    print("\n".join(_shown(found)) or f"Nothing is wrong: {FORMATS[name].title}, {_size(dataset)}.")
    return 1 if found else 0


def _stats(options: argparse.Namespace) -> int:
    dataset, problems, name = read_dataset(with_tables(open_files(options.file)), options.source)
    print("\n".join(_shown(map(str, problems))), end="\n" if problems else "", file=sys.stderr)
    print(f"{FORMATS[name].title}: {_size(dataset)}\n")
    counts: Counter[int | None] = Counter()
    pixels: Counter[int | None] = Counter()
    for instance in dataset.instances:
        counts[instance.category_id] += 1
        pixels[instance.category_id] += area(instance.rle)
    print(f"{'label':<32}{'objects':>10}{'mean area, px':>16}")
    rows: list[tuple[int | None, str]] = [(category.id, category.name) for category in dataset.categories]
    for key, label in [*rows, *([(None, "(no label)")] if counts[None] else [])]:
        print(f"{label:<32}{counts[key]:>10}{pixels[key] / max(1, counts[key]):>16.1f}")
    for split, count in Counter(image.split for image in dataset.images if image.split).items():
        print(f"split {split}: {count} images")
    return 0


def _convert(options: argparse.Namespace) -> int:
    if options.target.exists():
        raise ValueError(f"There is a file at {options.target} already. Name another one, or remove it first.")
    if not options.target.parent.is_dir():
        raise ValueError(f"There is no folder {options.target.parent}.")
    files = with_tables(open_files(options.file))
    dataset, problems, _ = read_dataset(files, options.source)
    print("\n".join(_shown(map(str, problems))), end="\n" if problems else "", file=sys.stderr)
    if wrong := validate(dataset):
        print("\n".join(_shown(wrong)), file=sys.stderr)
        return 1
    report = _write(dataset, files, options)
    print(f"Wrote {options.target}: {report.images} images, {report.instances} objects.")
    for kind, count in sorted(report.lost.items()):
        print(f"{count} × {kind}: {next((loss.message for loss in report.losses if loss.kind == kind), '')}")
    return 1 if problems else 0


def _write(dataset: Dataset, files: Files, options: argparse.Namespace) -> Report:
    if lack := FORMATS[options.to].lack():
        raise ValueError(lack)
    known: Segmentation = options.segmentation
    wanted = WriteOptions(known, _Images(options.images, dataset, files).reader())
    partial = options.target.with_name(options.target.name + ".part")
    try:
        with partial.open("wb") as file, ArchiveWriter(file) as archive:
            report = FORMATS[options.to].write(dataset, archive, wanted)
        partial.replace(options.target)
    finally:
        partial.unlink(missing_ok=True)
    return report


class _Images:
    """Images in pieces: out of a folder that was named, else from beside the annotations if all are there."""

    def __init__(self, folder: Path | None, dataset: Dataset, files: Files) -> None:
        self._folder, self._files = folder, files
        self._there = folder is not None or (len(dataset.images) > 0 and all(image.path for image in dataset.images))

    def reader(self) -> _Images | None:
        """Itself, or None where there are no images to take along."""
        return self if self._there else None

    def __call__(self, image: ImageRecord) -> Iterator[bytes]:
        if self._folder is None:
            yield from self._files.chunks(image.path)
            return
        with (self._folder / image.file_name).open("rb") as file:
            while piece := file.read(1 << 20):
                yield piece


def _shown(lines: Iterable[str]) -> list[str]:
    listed = list(lines)
    more = len(listed) - SHOWN
    return [*listed[:SHOWN], f"... and {more} more."] if more > 0 else listed


def _size(dataset: Dataset) -> str:
    return f"{len(dataset.images)} images, {len(dataset.instances)} objects, {len(dataset.categories)} labels"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m export", description="Annotation files: look, check, convert.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    formats = commands.add_parser("formats", help="list the formats")
    formats.add_argument("--losses", action="store_true", help="as a table of what each holds")
    formats.set_defaults(run=_formats)
    readable = [name for name, entry in FORMATS.items() if entry.read]
    for name, run, about in (
        ("validate", _validate, "say what is wrong with a data set, as sentences"),
        ("stats", _stats, "count images and objects, label by label"),
        ("convert", _convert, "write a data set in another format"),
    ):
        command = commands.add_parser(name, help=about)
        command.add_argument("file", type=Path, help="an archive (.zip), a folder, or a file alone")
        command.add_argument("--from", dest="source", choices=readable, help="its format, where it cannot be told")
        command.set_defaults(run=run)
    command.add_argument("target", type=Path, help="NAME.zip")
    command.add_argument("--to", choices=list(FORMATS), required=True)
    command.add_argument("--segmentation", choices=["rle", "uncompressed", "auto", "polygons"], default="rle")
    command.add_argument("--images", type=Path, help="folder of the images, if not beside the annotations")
    return parser
