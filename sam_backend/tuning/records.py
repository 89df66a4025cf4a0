"""What a tuning is given, and what it tells while it works."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sam_backend.rle import Rle

PHASES = ("read", "train", "export", "measure")
"""In their order; "export" is told once, everything else again and again."""


@dataclass(frozen=True)
class Example:
    """One image with accepted masks.

    Attributes:
        key: stable id of the image; it decides draws, and errors name it (a file name reads best).
        group: images of one video or folder share it and never stand on both sides of a split; the key where an image
            stands alone.
        embedding: reads the stored blob (`Embedding.to_bytes`) whenever it is needed, so that memory stays bounded.
            FileNotFoundError, KeyError or None mean that it is gone.
        masks: accepted masks, COCO RLE at the image's own size.
    """

    key: str
    group: str
    embedding: Callable[[], bytes | None]
    masks: tuple[Rle, ...]


@dataclass(frozen=True)
class TuneOptions:
    """How to tune. The defaults suit a laptop; every draw follows from `seed`.

    Attributes:
        name, version: of the new package; empty = the parent's name, and the parent's version with "-tuned".
        source: where the masks come from, for the manifest and the card, such as "Masks of the project Cells".
        steps: of training; None = by the number of masks.
        seconds: most seconds of training alone. Steps are then planned so that they fit; measuring comes on top.
        held_out: share of the groups that only the gate sees.
        check: share of the other groups that choose the weights and are not learnt from.
        learning_rate: at its highest; the decoder starts from good weights, so it is low.
        prompts: masks asked for in one step, all of one image.
        clicks: most clicks simulated per mask in measuring, 5 to 20; a threshold never reached counts as this many.
        most_measured: most masks measured on each side (held out, fixed), spread over images.
        threads: of the CPU. device: "auto", "cpu" or "cuda".
    """

    name: str = ""
    version: str = ""
    source: str = ""
    steps: int | None = None
    seconds: float | None = None
    held_out: float = 0.25
    check: float = 0.2
    seed: int = 0
    learning_rate: float = 2e-4
    prompts: int = 4
    clicks: int = 20
    most_measured: int = 100
    threads: int = 2
    device: str = "auto"


@dataclass(frozen=True)
class TuneProgress:
    """Where a tuning stands.

    Attributes:
        phase: one of `PHASES`.
        done, total: images read, steps trained, files written, masks measured (twice each: parent and new).
        loss: running mean of the training loss; None outside of training.
        seconds_left: of this phase, None where nobody knows yet.
    """

    phase: Literal["read", "train", "export", "measure"]
    done: int
    total: int
    loss: float | None = None
    seconds_left: float | None = None
