"""Where in its schedule a run stands: phase, learning rate, progress."""

from __future__ import annotations

import math

from sam_backend.training.config import Phase, TrainConfig


def bar(share: float) -> str:
    """A progress bar of 24 characters and the per cent."""
    full = int(24 * share)
    return f"[{'█' * full}{'░' * (24 - full)}] {share:4.0%}"


def phase_at(config: TrainConfig, step: int) -> Phase:
    """The phase a step (counted from 0) belongs to."""
    share = (step + 1) / config.steps
    return next(p for p in config.phases if share <= p.until + 1e-12)


def learning_rate_factor(config: TrainConfig, step: int) -> float:
    """Linear warm-up (paper), then a cosine down to `final_lr`."""
    warm = min(1.0, (step + 1) / max(1, config.warmup))
    cosine = 0.5 * (1 + math.cos(math.pi * step / config.steps))
    return warm * (config.final_lr + (1 - config.final_lr) * cosine)
