"""Checkpoints: complete or not there, and only resumed under the configuration they were made with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn


@dataclass
class Checkpoint:
    """State after `step` finished steps. Random numbers need no state: they follow from (seed, step).

    Attributes:
        digest: of the configuration.
        precision: what it was trained with, so that a resumed run does not choose anew.
        optimiser: AdamW's moments and step per parameter name, so that other groups can take them over.
    """

    step: int
    digest: str
    model: dict[str, torch.Tensor]
    ema: dict[str, torch.Tensor]
    optimiser: dict[str, Any]
    best: float
    precision: str


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
    checkpoint = read_checkpoint(path)
    if checkpoint.digest != digest:
        raise ValueError(
            f"{path}: made under another configuration; resume with the one it was started with, start a new schedule "
            "from it in another folder with --restart, or start anew"
        )
    return checkpoint


def read_checkpoint(path: Path) -> Checkpoint:
    """Reads any checkpoint of this trainer.

    Raises:
        ValueError: no checkpoint, or a damaged one.
    """
    if not path.is_file():
        raise ValueError(f"{path}: there is no checkpoint to resume from")
    try:
        return Checkpoint(**torch.load(path, map_location="cpu", weights_only=True))
    except Exception as error:
        raise ValueError(f"{path}: not a readable checkpoint: {error}") from error


def moments_of(optimiser: torch.optim.Optimizer, module: nn.Module) -> dict[str, Any]:
    """The optimiser's state per parameter name."""
    names: dict[Tensor, str] = {parameter: name for name, parameter in module.named_parameters()}
    return {names[parameter]: state for parameter, state in optimiser.state.items()}


def take_moments(optimiser: torch.optim.Optimizer, module: nn.Module, moments: Mapping[str, Any]) -> None:
    """Gives the optimiser the state of all parameters it trains that `moments` has; others start anew.

    Raises:
        ValueError: a parameter has another shape there.
    """
    trained = {parameter for group in optimiser.param_groups for parameter in group["params"]}
    for name, parameter in module.named_parameters():
        if parameter in trained and name in moments:
            if moments[name]["exp_avg"].shape != parameter.shape:
                raise ValueError(f"{name} has another shape than in the model that the configuration describes")
            optimiser.state[parameter] = {
                key: value.to(parameter.device) if value.ndim else value.clone() for key, value in moments[name].items()
            }
