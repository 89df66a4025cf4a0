"""Checkpoints: complete or not there, and only resumed under the configuration they were made with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch


@dataclass
class Checkpoint:
    """State after `step` finished steps. Random numbers need no state: they follow from (seed, step)."""

    step: int
    digest: str
    model: dict[str, torch.Tensor]
    ema: dict[str, torch.Tensor]
    optimiser: dict[str, Any]
    best: float


def save_checkpoint(checkpoint: Checkpoint, path: Path) -> None:
    """Writes beside the target and renames, so a full disk never destroys the previous checkpoint.

    Raises:
        OSError: naming the file and the reason (no space, no permission).
    """
    partial = path.with_name(path.name + ".part")
    try:
        torch.save(vars(checkpoint), partial)
    except (OSError, RuntimeError) as error:
        partial.unlink(missing_ok=True)
        raise OSError(f"{path}: the checkpoint could not be written ({error}); the previous one is kept") from error
    partial.replace(path)


def load_checkpoint(path: Path, digest: str) -> Checkpoint:
    """Reads a checkpoint made under the same configuration.

    Raises:
        ValueError: no checkpoint, a damaged one, or one of another configuration.
    """
    if not path.is_file():
        raise ValueError(f"{path}: there is no checkpoint to resume from")
    try:
        checkpoint = Checkpoint(**torch.load(path, map_location="cpu", weights_only=True))
    except Exception as error:
        raise ValueError(f"{path}: not a readable checkpoint: {error}") from error
    if checkpoint.digest != digest:
        raise ValueError(
            f"{path}: made under another configuration; resume with the one it was started with, "
            "or start anew in another folder"
        )
    return checkpoint
