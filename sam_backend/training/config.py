"""The training configuration: one TOML file, checked before anything is computed."""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from sam_backend.modeling.compact.shape import DEFAULT_SHAPE, CompactShape

SHARES = ("ema", "hold_out", "box_share", "explore", "copy_paste", "first_only", "feed_top")


@dataclass(frozen=True)
class Phase:
    """A stretch of training at one image size."""

    until: float
    """Share of all steps at which the phase ends, 0-1."""
    size: int
    """Side of the padded square, px."""
    batch: int
    """Images per step."""
    masks: int
    """Masks (prompts) per image."""


@dataclass(frozen=True)
class TrainConfig:
    """Everything that decides the result of a training run.

    Constants without another note are the paper's (section 3 and appendix A, "Losses", "Training recipe").
    """

    name: str
    data: tuple[str, ...]
    """Packed data files, data folders, COCO files, and "procedural:COUNT" (see procedural.py)."""
    steps: int
    phases: tuple[Phase, ...]
    seed: int = 0
    init: str = ""
    """Weights to start from (.safetensors), empty = random."""
    pretrained: bool = False
    """Whether a "lite2" body starts from ImageNet features (pretrained.py)."""
    model: CompactShape = DEFAULT_SHAPE
    """Width and depth; the default is the shipped model's."""
    train_encoder: bool = True
    frozen_blocks: int = 0
    """The stem and so many first blocks of a pretrained body stay as they are."""
    lr: float = 8e-4
    head_lr_factor: float = 1.0
    """Multiplies the rate of parameters that the initial weights do not have."""
    warmup: int = 250
    final_lr: float = 0.02
    """Share of `lr` left at the end of the cosine (ours: the paper steps down by 10 twice)."""
    weight_decay: float = 0.1
    betas: tuple[float, float] = (0.9, 0.999)
    clip: float = 2.0
    ema: float = 0.998
    focal_weight: float = 20.0
    dice_weight: float = 1.0
    iou_weight: float = 1.0
    explore: float = 0.0
    """Chance that a random candidate, not the best, receives the mask loss: keeps all three heads alive (ours)."""
    corrections: int = 8
    """Most rounds of a new point from the error region; each step draws how many."""
    first_only: float = 0.63
    """Share of steps that train the first prompt alone (ours)."""
    feed_top: float = 0.0
    """Chance per step that the first correction is made to the top-scored candidate, as in the editor, not the best."""
    others_weight: float = 0.0
    """Weight of a mask that a point may have meant beside the one asked for: whole, part and subpart each train a
    candidate (ours; the paper trains the best of three for one mask)."""
    rank_weight: float = 0.0
    """Weight of the IoU lost by the order of the three candidates, see `order_loss` (ours)."""
    box_share: float = 0.5
    precision: str = "auto"
    """"bf16", "fp32", or "auto": what a step takes less time with on this machine."""
    compile: bool = False
    checkpoint_every: int = 500
    evaluate_every: int = 500
    shipped_levels: tuple[int, ...] = ()
    """Steps per channel of the embedding's three tensors when they are shipped as int8: training then sees noise of
    that size, and masks do not depend on finer steps. Empty = no noise (ours)."""
    copy_paste: float = 0.0
    """Chance that an object of another image is pasted onto an image (ours)."""
    area_power: float = 0.25
    """Masks are drawn with probability ~ area to this power: 0.25 in proportion to neither count nor area, 0 by count,
    which are mostly small ones."""
    weights: dict[str, float] = field(default_factory=dict)
    """Sampling weight per set; 1 where none is given."""
    hold_out: float = 0.05
    """Share of each set's images never trained on (chosen by name, so it is the same in every run)."""

    def digest(self) -> str:
        """sha256 over all values: a checkpoint resumes only under the configuration it was made with."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


def load_config(path: Path) -> TrainConfig:
    """Reads a TOML file.

    Raises:
        ValueError: naming the file and the key that is missing, unknown or out of range.
    """
    try:
        raw = tomllib.loads(path.read_text())
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path}: not valid TOML: {error}") from error
    return parse_config(raw, str(path))


def parse_config(raw: dict[str, Any], where: str = "configuration") -> TrainConfig:
    """Builds a checked `TrainConfig` from parsed TOML; see `load_config`."""
    known = {f.name for f in fields(TrainConfig)}
    unknown = sorted(set(raw) - known)
    if unknown:
        raise ValueError(f"{where}: unknown key {', '.join(unknown)}; known are {', '.join(sorted(known))}")
    values = dict(raw)
    try:
        values["phases"] = tuple(Phase(**p) for p in values.get("phases", []))
        values["data"] = tuple(values.get("data", ()))
        values["model"] = CompactShape.from_dict(values.get("model", {}))
        values["shipped_levels"] = tuple(values.get("shipped_levels", ()))
        if "betas" in values:
            values["betas"] = tuple(values["betas"])
        config = TrainConfig(**values)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{where}: {error}") from error
    _check(config, where)
    return config


def _check(config: TrainConfig, where: str) -> None:
    until = [p.until for p in config.phases]
    problems = {
        "steps must be at least 1": config.steps < 1,
        "phases must not be empty": not until,
        "phases must rise to until = 1.0": until != sorted(until) or (bool(until) and until[-1] != 1.0),
        "phase sizes must be multiples of 32, batches and masks at least 1": any(
            p.size % 32 or p.size < 32 or p.batch < 1 or p.masks < 1 for p in config.phases
        ),
        "lr must be above 0": config.lr <= 0,
        "shipped_levels must be three whole numbers of 2 to 256, or none": bool(config.shipped_levels)
        and (len(config.shipped_levels) != 3 or not all(2 <= n <= 256 for n in config.shipped_levels)),
        "precision must be auto, bf16 or fp32": config.precision not in {"auto", "bf16", "fp32"},
        f"{', '.join(SHARES)} must lie in 0..1": not all(0 <= getattr(config, name) <= 1 for name in SHARES),
    }
    found = [text for text, wrong in problems.items() if wrong]
    if found:
        raise ValueError(f"{where}: " + "; ".join(found))
