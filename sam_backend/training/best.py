"""From a training run's checkpoint to weights that can be shipped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from sam_backend.modeling.compact.model import CompactSam
from sam_backend.training.config import TrainConfig


def load_trained(source: Path, config: TrainConfig | None) -> CompactSam:
    """The averaged (EMA) weights of a checkpoint (`.pt`), or the weights of a `.safetensors` file, in evaluation mode.

    Args:
        config: of the run that made the checkpoint; a checkpoint does not know its model's shape.

    Raises:
        ValueError: the file cannot be read, or holds the weights of a model of another shape.
    """
    if source.suffix != ".pt":
        return CompactSam.from_file(source)
    try:
        state = torch.load(source, map_location="cpu", weights_only=True)["ema"]
    except Exception as error:
        raise ValueError(f"{source}: not a readable checkpoint: {error}") from error
    model = CompactSam(config.model) if config else CompactSam()
    try:
        model.load_state_dict({name: tensor.float() for name, tensor in state.items()})
    except RuntimeError as error:
        raise ValueError(f"{source}: weights of another model than the configuration describes: {error}") from error
    return model.eval()


def average(sources: Sequence[Path], config: TrainConfig | None) -> CompactSam:
    """The mean of several runs' weights, in evaluation mode; of one, its own (the averaged weights of a checkpoint).

    Runs that went on from the same weights lie close together, and their mean is often better than each (Wortsman et
    al. 2022, "Model soups").

    Args:
        config: see `load_trained`.

    Raises:
        ValueError: a file cannot be read, or the models differ in shape; names the file.
    """
    mean = load_trained(sources[0], config)
    state = {name: tensor.double() for name, tensor in mean.state_dict().items()}
    for source in sources[1:]:
        other = load_trained(source, config)
        if other.shape != mean.shape:
            raise ValueError(f"{source}: of another shape than {sources[0]}")
        for name, tensor in other.state_dict().items():
            state[name] += tensor.double()
    mean.load_state_dict({name: tensor / len(sources) for name, tensor in state.items()})
    return mean


def without_quality(model: CompactSam) -> CompactSam:
    """The same model, its predicted IoUs from the token alone: automatic masks can then decode scores before masks."""
    plain = CompactSam(replace(model.shape, quality=False))
    plain.load_state_dict({
        name: value for name, value in model.state_dict().items() if not name.startswith("decoder.quality.")
    })  # fmt: skip
    return plain.eval()
