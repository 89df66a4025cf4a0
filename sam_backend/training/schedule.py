"""Where in its schedule a run stands: phase, learning rate, progress; and how many corrections a step makes."""

from __future__ import annotations

import math

import torch

from sam_backend.training.config import Phase, TrainConfig

LOG_MORE = math.log(0.6)
"""After a correction another one follows with probability 0.6: two and a half in the mean (ours)."""


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


def correction_plan(config: TrainConfig, generator: torch.Generator) -> list[bool]:
    """Which corrections a step makes: True with a new point; the last may feed back the logits alone (paper)."""
    most, device = config.corrections, generator.device
    if most == 0:
        return []
    first, later = torch.rand(2, generator=generator, device=device).tolist()
    rounds = 0 if first < config.first_only else min(most, 1 + int(math.log(max(later, 1e-6)) / LOG_MORE))
    plan = [True] * rounds
    if rounds >= 2 and torch.rand(1, generator=generator, device=device).item() < 0.5:
        plan[-1] = False
    return plan
