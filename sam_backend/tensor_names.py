"""The names of a weight file's tensors, without PyTorch and without reading the tensors."""

from __future__ import annotations

import json
import pickletools
import struct
import zipfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

MAX_HEADER = 100 << 20
"""What safetensors itself allows; a pickle of names is smaller yet."""
UNKNOWN = (OSError, zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError)
"""What damaged or packed archives lead to."""


def safetensors_names(path: Path) -> Collection[str]:
    """From the header of a safetensors file, whose length has to agree with it. Raises ValueError."""
    size = path.stat().st_size
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            if length > MAX_HEADER:
                raise ValueError("its header is too long")
            header: dict[str, Any] = json.loads(file.read(length))
        header.pop("__metadata__", None)
        end = max((int(one["data_offsets"][1]) for one in header.values()), default=0)
    except (struct.error, ValueError, RecursionError, AttributeError, KeyError, TypeError, IndexError) as error:
        raise ValueError(f"{path.name} is not a safetensors file. Fetch it again.") from error
    if size != 8 + length + end:
        raise ValueError(f"{path.name} has {size:,} bytes and should have {8 + length + end:,}. Fetch it again.")
    return header.keys()


def names_in(path: Path) -> Collection[str]:
    """Names in a `.safetensors`, or in what torch.save wrote as an archive, among other texts there; none where that
    cannot be told. Nothing of a pickle is carried out: its texts are read off."""
    try:
        return safetensors_names(path) if path.suffix.lower() == ".safetensors" else _pickled_texts(path)
    except UNKNOWN:
        return ()


def _pickled_texts(path: Path) -> Collection[str]:
    with zipfile.ZipFile(path) as archive:
        entry = next((one for one in archive.infolist() if one.filename.endswith("/data.pkl")), None)
        if entry is None or entry.file_size > MAX_HEADER:
            return ()
        pickled = archive.read(entry)
    return {text for _, text, _ in pickletools.genops(pickled) if isinstance(text, str)}
