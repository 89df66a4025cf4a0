"""Annotation data sets as plain values, and the files other tools read them from."""

from __future__ import annotations

from export.archive import ArchiveError, ArchiveReader, ArchiveWriter
from export.dataset import Category, Dataset, ImageRecord, Instance
from export.formats import FORMATS, Format, Report, WriteOptions
from export.rle import Rle, RleError
from export.validate import validate

__all__ = [
    "FORMATS", "ArchiveError", "ArchiveReader", "ArchiveWriter", "Category", "Dataset", "Format", "ImageRecord",
    "Instance", "Report", "Rle", "RleError", "WriteOptions", "validate",
]  # fmt: skip
