"""Training on the one side, choosing the weights on the other: nobody is handed a worse model without knowing.

The trainer is the one that made the embedded model (`sam_backend/training/loop.py`): prompts and corrections as in SAM,
averaged weights. The rate is low. `LOOKS` times the averaged weights are looked at on the check images, and what is
taken in the end is the best of them, whole or half-way back to the parent (Wortsman et al. 2022, "Robust fine-tuning");
if none is ahead of the parent there, the parent stays.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from sam_backend.training.checkpoints import Checkpoint, read_checkpoint
from sam_backend.training.config import Phase, TrainConfig
from sam_backend.training.loop import Trainer
from sam_backend.tuning.batches import StoredBatches
from sam_backend.tuning.errors import TuneError
from sam_backend.tuning.images import StoredImages
from sam_backend.tuning.look import drawn, look
from sam_backend.tuning.model import Tunable
from sam_backend.tuning.records import TuneOptions
from sam_backend.tuning.split import Split
from sam_backend.tuning.state import State

LOOKS = 3
CHECKPOINTS = 10
HALF = 0.5
LEAST_STEPS, MOST_STEPS = 40, 300
STEPS_PER_MASK = 1.0
ROUNDS = 2.0
"""Decoding rounds of a step in the mean, for what a step will take."""
LOOK_SHARE = 0.3
"""Part of the time that looks take."""

Tell = Callable[[int, int, float | None, float | None], None]
"""Steps done, steps in all, loss, seconds left. What it raises ends the work."""


@dataclass(frozen=True)
class Learnt:
    """What was taken; `share` 0 means the parent itself. `before` and `after` are the looks at both."""

    steps: int
    best_step: int
    share: float
    before: float
    after: float
    seconds: float


def learn(
    model: Tunable, stored: StoredImages, split: Split, options: TuneOptions, device: str, state: State, tell: Tell
) -> Learnt:  # fmt: skip
    """Trains, chooses, and leaves what was chosen in `model`.

    Raises:
        TuneError: the loss is not a number.
    """
    began = time.monotonic()
    examples = (*split.train, *split.check)
    model.features_of = lambda number: model.features(stored.embedding(examples[number]))
    numbers = range(len(split.train), len(examples))
    seen = drawn(stored, split.check, numbers, options.seed)
    config = _config(model, stored, split, options, device, state)
    parent = {name: value.detach().clone() for name, value in model.module.state_dict().items()}
    clock = _Clock(config.steps, tell)

    def score() -> float:
        model.module.eval()
        return look(model, seen, model.input_size, device, clock.again)

    before = state.get("before")
    if before is None:
        state.put("before", before := score())
    best = _train(model, stored, split, config, device, state, clock, score)
    trained = {name: value.to(device) for name, value in best.ema.items()}
    share, after = _choose(model, parent, trained, {0.0: before, 1.0: best.best}, score)
    return Learnt(config.steps, best.step if share else 0, share, before, after, time.monotonic() - began)


def _train(
    model: Tunable, stored: StoredImages, split: Split, config: TrainConfig, device: str, state: State, clock: _Clock,
    score: Callable[[], float],
) -> Checkpoint:  # fmt: skip
    """Runs the trainer to its end, or from where a checkpoint stopped; returns what looked best."""
    batches = StoredBatches(stored, split.train, config)
    trainer = Trainer(
        model, batches.batch, config, state.folder, device=device, evaluate=lambda _: {"score": score()}
    )  # fmt: skip
    with contextlib.suppress(ValueError):  # none there, cut short, or of an older version of this code: from the start
        trainer.resume()
    clock.begin_at(trainer.step)
    try:
        trainer.run(after=clock)
    except FloatingPointError as error:
        raise TuneError(
            "Training stopped: the loss is not a number any more. Nothing was changed. Try a lower learning rate "
            f"than {config.lr:g}, or look for masks that do not belong to their images."
        ) from error
    return read_checkpoint(state.folder / "best.pt")


def _choose(
    model: Tunable, parent: Mapping[str, Tensor], trained: Mapping[str, Tensor], known: Mapping[float, float],
    score: Callable[[], float],
) -> tuple[float, float]:  # fmt: skip
    """The share of the way from the parent to the trained weights that looks best; leaves it in the model.

    Args:
        known: looks at the parent (0) and the trained weights (1).
    """
    model.module.load_state_dict(between(parent, trained, HALF))
    looks = {**known, HALF: score()}
    best = max(looks, key=lambda share: (looks[share], -share))
    model.module.load_state_dict(between(parent, trained, best))
    return best, looks[best]


def between(parent: Mapping[str, Tensor], trained: Mapping[str, Tensor], share: float) -> dict[str, Tensor]:
    """parent + share · (trained − parent), tensor by tensor."""
    return {name: torch.lerp(value, trained[name].to(value), share) for name, value in parent.items()}


class _Clock:
    """Tells of each step with a running mean of the loss and the time left."""

    def __init__(self, steps: int, tell: Tell) -> None:
        self._done, self._steps, self._tell = 0, steps, tell
        self._loss: float | None = None
        self._began, self._first = time.monotonic(), -1

    def __call__(self, step: int, loss: float) -> None:
        if self._first < 0:
            self._first, self._began = step, time.monotonic()
        self._done = step
        self._loss = loss if self._loss is None else 0.9 * self._loss + 0.1 * loss
        self.again()

    def begin_at(self, step: int) -> None:
        """A killed run had come so far."""
        self._done = step

    def again(self) -> None:
        """Tells where it stands, while something other than a step is done."""
        made = self._done - self._first if self._first >= 0 else 0
        left = (time.monotonic() - self._began) / made * (self._steps - self._done) if made else None
        self._tell(self._done, self._steps, self._loss, left)


def _config(
    model: Tunable, stored: StoredImages, split: Split, options: TuneOptions, device: str, state: State
) -> TrainConfig:
    """The trainer's settings; the number of steps is kept, so that a resumed run has the same schedule."""
    masks = sum(len(example.masks) for example in split.train)
    phase = Phase(1.0, model.input_size, 1, options.prompts)
    steps = state.get("steps") or options.steps or int(min(max(masks * STEPS_PER_MASK, LEAST_STEPS), MOST_STEPS))
    config = TrainConfig(
        name="tuning", data=(), steps=steps, phases=(phase,), seed=options.seed, lr=options.learning_rate,
        warmup=max(1, steps // 5), final_lr=0.02, weight_decay=0.01, clip=1.0, ema=0.98,
        rank_weight=0.5, corrections=8, first_only=0.5, feed_top=0.5, others_weight=0.5, box_share=0.35,
        precision="fp32" if device == "cpu" else "bf16", checkpoint_every=max(1, steps // CHECKPOINTS),
        evaluate_every=max(1, steps // LOOKS), hold_out=0.0,
    )  # fmt: skip
    if options.seconds and not state.get("steps"):
        config = _within(options.seconds, model, StoredBatches(stored, split.train, config), config, device)
    state.put("steps", config.steps)
    return config


def _within(
    seconds: float, model: Tunable, batches: StoredBatches, config: TrainConfig, device: str
) -> TrainConfig:  # fmt: skip
    """As many steps as fit, but no more than planned: one round is timed."""
    batch = batches.batch(0, config.phases[0])
    for _ in range(2):  # the first warms up
        began = time.monotonic()
        points, labels = (torch.from_numpy(values).flatten(0, 1).to(device) for values in (batch.points, batch.labels))
        logits, _iou = model.decode(
            model.encode(torch.from_numpy(batch.images)), points, labels, None, model.input_size
        )
        logits.mean().backward()  # type: ignore[no-untyped-call]
        taken = time.monotonic() - began
    model.module.zero_grad(set_to_none=True)
    steps = max(LOOKS, min(config.steps, int(seconds * (1 - LOOK_SHARE) / (taken * ROUNDS))))
    return replace(
        config, steps=steps, warmup=max(1, steps // 5), checkpoint_every=max(1, steps // CHECKPOINTS),
        evaluate_every=max(1, steps // LOOKS),
    )  # fmt: skip
