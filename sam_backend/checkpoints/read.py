"""A weight file on disk to a flat dictionary of tensors. Untrusted files are never unpickled."""

from __future__ import annotations

import pickle
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

WRAPPERS = ("model", "state_dict", "model_state_dict", "params", "teacher")
"""Keys under which training scripts commonly nest the weights."""
PREFIXES = ("module.", "_orig_mod.", "sam_model.", "sam.", "model.")
"""What DataParallel, torch.compile and fine-tuning wrappers put before every name."""
MOST_NAMED = 5
MOST_UNPACKED = 2
PICKLE_START = b"\x80"
"""The first byte of every pickle since protocol 2; torch's old format begins with one too."""


def read_weights(path: Path) -> dict[str, Tensor]:
    """Tensors by name from a `.pth`, `.pt`, `.bin` or `.safetensors` file, wrappers and prefixes removed.

    Raises:
        ValueError: the file is missing, damaged, or holds anything but tensors.
    """
    if not path.is_file():
        raise ValueError(f"There is no weight file at {path}.")
    raw = _read_safetensors(path) if path.suffix == ".safetensors" else _read_torch(path)
    return _strip_prefixes(_unwrap(raw, path))


def _read_safetensors(path: Path) -> Mapping[str, Any]:
    try:
        return load_file(path)
    except (SafetensorError, OSError) as error:
        raise ValueError(f"{path.name} is not a complete safetensors file ({error}). Fetch it again.") from error


def _read_torch(path: Path) -> Any:
    _check_packing(path)
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        if zipfile.is_zipfile(path) or (_is_pickle(path) and "truncated" not in str(error)):
            raise ValueError(
                f"{path.name} holds more than tensors. It was not opened, because such a file can run code. "
                "Save the weights alone (torch.save(model.state_dict(), ...)) or use safetensors."
            ) from error
        raise _damaged(path) from error
    except Exception as error:  # whatever the steps of a broken pickle lead to
        raise _damaged(path) from error


def _check_packing(path: Path) -> None:
    """Refuse an archive that unpacks to much more than it is: torch.save packs nothing, so it is meant to do harm."""
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise _damaged(path) from error
    if unpacked > MOST_UNPACKED * path.stat().st_size:
        raise ValueError(f"{path.name} would unpack to {unpacked:,} bytes. It was not opened: weights are not packed.")


def _is_pickle(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(1) == PICKLE_START


def _damaged(path: Path) -> ValueError:
    size = path.stat().st_size
    return ValueError(
        f"{path.name} is not a complete PyTorch weight file ({size:,} bytes). "
        "The download was probably cut off: remove it and fetch it again."
    )


def _unwrap(raw: Any, path: Path) -> dict[str, Tensor]:
    for _ in range(2):
        inner = next((raw[key] for key in WRAPPERS if isinstance(raw, Mapping) and _is_nested(raw, key)), None)
        raw = raw if inner is None else inner
    if not isinstance(raw, Mapping):
        raise ValueError(f"{path.name} holds a {type(raw).__name__}, not a dictionary of tensors.")
    tensors = {str(key): value for key, value in raw.items() if isinstance(value, Tensor)}
    if not tensors:
        there = ", ".join(map(str, list(raw)[:MOST_NAMED])) or "nothing"
        raise ValueError(
            f"{path.name} holds no tensors, neither by themselves nor under {', '.join(WRAPPERS)}; it has {there}. "
            "Save the model's weights (torch.save(model.state_dict(), ...))."
        )
    return tensors


def _is_nested(raw: Mapping[Any, Any], key: str) -> bool:
    return isinstance(raw.get(key), Mapping)


def _strip_prefixes(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Drop the wrappers' prefixes, outermost first, while every name has one."""
    while prefix := next((p for p in PREFIXES if all(name.startswith(p) for name in tensors)), ""):
        tensors = {name.removeprefix(prefix): value for name, value in tensors.items()}
    return tensors
