"""Training the compact model: data, model, loop and a quick look at the held-out images, put together."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from sam_backend.data.drawn import held_out
from sam_backend.data.pack import TrainingImage, load_data
from sam_backend.training.compact_model import TrainableCompact
from sam_backend.training.config import Phase, TrainConfig
from sam_backend.training.feed import Feed
from sam_backend.training.loop import Evaluate, Trainer
from sam_backend.training.losses import measured_iou
from sam_backend.training.model import PromptableModel
from sam_backend.training.sampler import Sampler

PAD_VALUE = (124, 116, 104)
"""The mean colour: padding then carries no signal after normalisation."""
QUICK_IMAGES = 96
QUICK_PHASE = Phase(until=1.0, size=256, batch=4, masks=2)


def train_compact(
    config: TrainConfig,
    out: Path,
    *,
    resume: bool = False,
    restart: Path | None = None,
    device: str = "auto",
    threads: int = 0,
    workers: int = 0,
    minutes: float = float("inf"),
    report: Callable[[str], None] = lambda line: None,
    progress: Callable[[str], None] | None = None,
) -> Trainer:
    """Trains the compact model as configured; see `Trainer` and `load_data` for what is refused.

    Args:
        restart: a checkpoint of another schedule to go on from; with `config.init` its moments alone are used.
        workers: processes that make batches ahead; 0 = none. The result is the same for any number.
        minutes: stop after so long, with a checkpoint and a last look at the held-out images.
    """
    if threads:
        torch.set_num_threads(threads)
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(config.seed)
    images = load_data(config.data)
    kept = [i for i in images if not held_out(i.name, config.hold_out)]
    unseen = [i for i in images if held_out(i.name, config.hold_out)]
    report(f"{len(kept)} pictures to train on, {len(unseen)} held out")
    model = TrainableCompact(
        config.model, train_encoder=config.train_encoder, frozen_blocks=config.frozen_blocks,
        shipped_levels=config.shipped_levels,
    )  # fmt: skip
    fresh = model.start(Path(config.init) if config.init else None, pretrained=config.pretrained)
    sampler = Sampler(kept, config, model.mask_size, PAD_VALUE)
    if config.compile:
        # In place, so that the weights keep their names; the decoder sees another number of points in each round.
        model.model.encoder.compile()
    with contextlib.ExitStack() as stack:
        feed = stack.enter_context(Feed(sampler, config, workers)) if workers else sampler
        trainer = Trainer(
            model, feed.batch, config, out, device=device, fresh=fresh,
            evaluate=quick_evaluation(unseen, config, device) if unseen else None, report=report, progress=progress,
        )  # fmt: skip
        if resume:
            trainer.resume()
        elif restart:
            trainer.restart(restart, keep_weights=bool(config.init))
        trainer.run(minutes=minutes)
    return trainer


def quick_evaluation(images: Sequence[TrainingImage], config: TrainConfig, device: str) -> Evaluate:
    """A fast look during training: one prompt, at logits' size, always the same prompts.

    Returns oracle, top and box IoU; `score`, their mean, picks the best checkpoint. The real numbers come from
    `python -m sam_backend evaluate`.
    """
    count = min(QUICK_IMAGES, len(images)) // QUICK_PHASE.batch
    sampler = Sampler(images, replace(config, seed=config.seed + 1, weights={}), 256, PAD_VALUE)
    batches = [sampler.batch(step, QUICK_PHASE) for step in range(max(1, count))]

    @torch.no_grad()
    def evaluate(model: PromptableModel) -> dict[str, float]:
        oracle: list[float] = []
        top: list[float] = []
        box: list[float] = []
        for batch in batches:
            features = model.encode(torch.from_numpy(batch.images).to(device))
            points = torch.from_numpy(batch.points).flatten(0, 1).to(device)
            labels = torch.from_numpy(batch.labels).flatten(0, 1).to(device)
            target = torch.from_numpy(batch.masks).flatten(0, 1).to(device).float() / 255
            logits, iou = model.decode(features, points, labels, None, QUICK_PHASE.size)
            measured = measured_iou(logits.flatten(2), target.flatten(1)[:, None]).cpu().numpy()
            choice = iou[:, 1:].float().argmax(1).cpu().numpy()
            boxed = (labels[:, 0] == 2).cpu().numpy()
            rows = np.arange(len(choice))
            box += measured[boxed, 0].tolist()
            oracle += measured[~boxed, 1:].max(1).tolist()
            top += measured[rows, 1 + choice][~boxed].tolist()
        result = {"oracle": float(np.mean(oracle)), "top": float(np.mean(top)), "box": float(np.mean(box))}
        return result | {"score": float(np.mean(list(result.values())))}

    return evaluate
