"""The training loop (paper, appendix A "Training algorithm"): prompts, corrections with fed-back logits, EMA.

It knows neither the dataset nor the model: batches come from a function of the step, the model is a
`PromptableModel`. The same loop trains from scratch and fine-tunes a decoder.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from torch import Tensor

from sam_backend.training.batch import Batch
from sam_backend.training.checkpoints import (
    Checkpoint,
    load_checkpoint,
    moments_of,
    read_checkpoint,
    save_checkpoint,
    take_moments,
)
from sam_backend.training.config import Phase, TrainConfig
from sam_backend.training.losses import LossTerms, mask_losses
from sam_backend.training.model import Ema, PromptableModel, parameter_groups
from sam_backend.training.plot import write_plot
from sam_backend.training.prompts import error_point
from sam_backend.training.schedule import bar, correction_plan, learning_rate_factor, phase_at

LOGIT_CLAMP = 20.0
"""Logits fed back are limited to this: beyond it a sigmoid is saturated and gradients of the mask stem explode."""
LOG_EVERY = 20

Batches = Callable[[int, Phase], Batch]
Evaluate = Callable[[PromptableModel], dict[str, float]]
AfterStep = Callable[[int, float], None]
"""Called after each step with how many are finished and the step's loss."""


class Trainer:
    """Trains a model to the end of its configuration, or resumes where a checkpoint stopped.

    Args:
        fresh: names of parameters that did not come from the initial weights.
        evaluate: called with the EMA weights loaded; returns named metrics, `score` decides the best checkpoint.
        report: hears what should stay readable; `progress` hears the bar, each time anew (default: as `report`).

    Raises:
        FloatingPointError: the loss is NaN or infinite; nothing is overwritten, the last checkpoint stays.
    """

    def __init__(
        self,
        model: PromptableModel,
        batches: Batches,
        config: TrainConfig,
        out: Path,
        *,
        device: str = "cpu",
        fresh: set[str] | None = None,
        evaluate: Evaluate | None = None,
        report: Callable[[str], None] = lambda line: None,
        progress: Callable[[str], None] | None = None,
    ) -> None:
        self._model, self._batches, self._config, self._out = model, batches, config, out
        self._device, self._evaluate, self._report = device, evaluate, report
        self._progress = progress or report
        model.module.to(device)
        groups = parameter_groups(model.module, fresh or set(), config.lr, config.weight_decay, config.head_lr_factor)
        self._optimiser = torch.optim.AdamW(groups, betas=config.betas)
        self._ema = Ema(model.module, config.ema)
        self._step, self._best, self._precision = 0, -math.inf, config.precision
        self._started = time.monotonic()
        out.mkdir(parents=True, exist_ok=True)

    @property
    def ema_state(self) -> dict[str, Tensor]:
        """The averaged weights: what is evaluated and shipped."""
        return self._ema.state

    def resume(self) -> None:
        """Continues from `last.pt` in the output folder; see `load_checkpoint` for what is refused."""
        checkpoint = load_checkpoint(self._out / "last.pt", self._config.digest())
        self._model.module.load_state_dict(checkpoint.model)
        take_moments(self._optimiser, self._model.module, checkpoint.optimiser)
        for name, value in checkpoint.ema.items():
            self._ema.state[name].copy_(value)
        self._step, self._best, self._precision = checkpoint.step, checkpoint.best, checkpoint.precision

    def restart(self, source: Path, *, keep_weights: bool = False) -> None:
        """Begins this configuration's schedule with the averaged weights and the optimiser's moments of a checkpoint,
        made under whatever configuration.

        Args:
            keep_weights: take over the moments alone.

        Raises:
            ValueError: no readable checkpoint, or one of a model of another shape.
        """
        checkpoint = read_checkpoint(source)
        if not keep_weights:
            try:
                self._model.module.load_state_dict(checkpoint.ema)
            except RuntimeError as error:
                raise ValueError(f"{source}: a checkpoint of another model than the configuration describes") from error
            self._ema = Ema(self._model.module, self._config.ema)
        try:
            take_moments(self._optimiser, self._model.module, checkpoint.optimiser)
        except ValueError as error:
            raise ValueError(f"{source}: {error}") from error

    @property
    def step(self) -> int:
        """Finished steps."""
        return self._step

    def run(
        self,
        until: int | None = None,
        minutes: float = math.inf,
        after: AfterStep = lambda step, loss: None,
    ) -> None:
        """Trains up to `until` finished steps (default: all), or until the time is up, and leaves a checkpoint.

        What `after` raises ends the training at once; the last checkpoint stays.
        """
        last = min(self._config.steps, until or self._config.steps)
        if self._precision == "auto" and self._step < last:
            self._precision = self._quicker()
        self._started, first = time.monotonic(), self._step
        while self._step < last:
            terms, rounds = self._train_step()
            self._step += 1
            after(self._step, terms.total.item())
            if time.monotonic() - self._started > 60 * minutes:
                last = self._step
            if self._step % LOG_EVERY == 0 or self._step == last:
                left = (time.monotonic() - self._started) / (self._step - first) * (last - self._step)
                self._log(terms, rounds, left)
            if self._step % self._config.evaluate_every == 0 or self._step == last:
                self._evaluate_now()
            if self._step % self._config.checkpoint_every == 0 or self._step == last:
                self._save("last.pt")
                if (self._out / "metrics.jsonl").is_file():  # the first rows come later than a short run's checkpoint
                    write_plot(self._out)

    def _quicker(self) -> str:
        """Which precision the next step is computed in less time with. bf16 is half the time on some processors, and
        longer than float32 on others; time of other programs on the same processor does not count."""
        phase = phase_at(self._config, self._step)
        batch = self._batches(self._step, phase)
        seconds: dict[str, float] = {}
        for self._precision in ("bf16", "fp32") * 2:  # the first of each warms up
            generator = torch.Generator(self._device).manual_seed(self._config.seed)
            began = time.process_time()
            self._forward(batch, phase, generator)
            if self._device != "cpu":
                torch.cuda.synchronize()
            seconds[self._precision] = time.process_time() - began
            self._optimiser.zero_grad(set_to_none=True)
        found = min(seconds, key=lambda name: seconds[name])
        self._report(
            f"training in {found}: a step takes " + ", ".join(f"{s:.2f} s in {name}" for name, s in seconds.items())
        )
        return found

    def _train_step(self) -> tuple[LossTerms, int]:
        phase = phase_at(self._config, self._step)
        seed = self._config.seed * 1_000_003 + self._step
        generator = torch.Generator(self._device).manual_seed(seed)
        torch.manual_seed(seed)  # for what a model draws itself
        self._set_rate()
        self._model.module.train(True)
        self._optimiser.zero_grad(set_to_none=True)
        loss, terms, rounds = self._forward(self._batches(self._step, phase), phase, generator)
        if not torch.isfinite(loss):
            raise FloatingPointError(
                f"step {self._step + 1}: the loss is {loss.item()}; lower the learning rate or use fp32. "
                f"The last checkpoint in {self._out} is untouched"
            )
        torch.nn.utils.clip_grad_norm_(self._model.module.parameters(), self._config.clip)
        self._optimiser.step()
        self._ema.update(self._model.module, self._step)
        return terms, rounds

    def _forward(self, batch: Batch, phase: Phase, generator: torch.Generator) -> tuple[Tensor, LossTerms, int]:
        """The loss of a batch, its last round's terms, and how many corrections it had; gradients are left behind."""
        images = torch.from_numpy(batch.images).to(self._device)
        target = torch.from_numpy(batch.masks).flatten(0, 1).to(self._device).float() / 255
        points = torch.from_numpy(batch.points).flatten(0, 1).to(self._device)
        labels = torch.from_numpy(batch.labels).flatten(0, 1).to(self._device)
        plan = correction_plan(self._config, generator)
        with self._autocast():
            features = self._model.encode(images)
            logits, iou = self._model.decode(features, points, labels, None, phase.size)
        others = torch.from_numpy(batch.others).flatten(0, 1).to(self._device).float() / 255
        terms = self._losses(logits, iou, target, labels, generator, others if self._config.others_weight else None)
        # Rounds meet in the features alone. Where those have no gradient, each is propagated by itself, and memory does
        # not grow with the rounds.
        apart = not any(feature.requires_grad for feature in features)
        loss = _taken(terms.total / (1 + len(plan)), apart)
        if plan and torch.rand(1, generator=generator, device=self._device).item() < self._config.feed_top:
            terms.best.copy_(iou[:, 1:].argmax(1))
        for new_point in plan:
            fed = self._chosen(logits, terms.best, labels)
            if new_point:
                point, label = error_point(fed[:, 0], target, phase.size, generator)
                points, labels = torch.cat([points, point], 1), torch.cat([labels, label], 1)
            with self._autocast():
                logits, iou = self._model.decode(features, points, labels, fed, phase.size)
            later = self._losses(logits, iou, target, labels, generator)
            loss = loss + _taken(later.total / (1 + len(plan)), apart)
            terms.best.copy_(later.best)
        if not apart:
            loss.backward()  # type: ignore[no-untyped-call]
        return loss.detach(), terms, len(plan)

    def _losses(
        self, logits: Tensor, iou: Tensor, target: Tensor, labels: Tensor, generator: torch.Generator,
        others: Tensor | None = None,
    ) -> LossTerms:  # fmt: skip
        config = self._config
        several = (labels >= 0).sum(1) > 1
        swap = None
        if config.explore > 0:
            draw = torch.rand(len(target), 2, generator=generator, device=target.device)
            swap = torch.where((draw[:, 0] < config.explore) & ~several, (draw[:, 1] * 3).long(), -1)
        return mask_losses(
            logits, iou, target, focal_weight=config.focal_weight, dice_weight=config.dice_weight,
            iou_weight=config.iou_weight, rank_weight=config.rank_weight, single=several, swap=swap,
            others=others, others_weight=config.others_weight,
        )  # fmt: skip

    def _chosen(self, logits: Tensor, best: Tensor, labels: Tensor) -> Tensor:
        """The mask a person would see: the best candidate after one prompt, the unambiguous mask after more."""
        rows = torch.arange(len(best), device=best.device)
        single = (labels >= 0).sum(1) > 1
        index = torch.where(single, torch.zeros_like(best), 1 + best)
        return logits[rows, index][:, None].detach().float().clamp(-LOGIT_CLAMP, LOGIT_CLAMP)

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self._device, torch.bfloat16, enabled=self._precision == "bf16")

    def _set_rate(self) -> None:
        factor = learning_rate_factor(self._config, self._step)
        for group in self._optimiser.param_groups:
            group["lr"] = group["base_lr"] * factor

    def _log(self, terms: LossTerms, rounds: int, left: float) -> None:
        row = {
            "step": self._step,
            "loss": round(terms.total.item(), 4),
            "focal": round(terms.focal.item(), 5),
            "dice": round(terms.dice.item(), 4),
            "iou_error": round(terms.iou_error.item(), 4),
            "order": round(terms.order.item(), 4),
            "iou_best": round(terms.true_iou[:, 1:].amax(1).mean().item(), 4),
            "rounds": rounds,
            "seconds": round(time.monotonic() - self._started, 1),
        }
        self._append(row)
        steps = self._config.steps
        told = f"step {self._step}/{steps}  loss {row['loss']:.4f}  {left / 60:.1f} min left"
        self._progress(f"{bar(self._step / steps)}  {told}")

    def _evaluate_now(self) -> None:
        if self._evaluate is None:
            return
        kept = {k: v.clone() for k, v in self._model.module.state_dict().items()}
        self._model.module.load_state_dict(self._ema.state)
        self._model.module.train(False)
        metrics = self._evaluate(self._model)
        self._model.module.load_state_dict(kept)
        self._append({"step": self._step, "eval": {k: round(v, 4) for k, v in metrics.items()}})
        self._report(f"step {self._step}: " + "  ".join(f"{k} {v:.3f}" for k, v in metrics.items()))
        if metrics.get("score", -math.inf) > self._best:
            self._best = metrics["score"]
            self._save("best.pt")

    def _save(self, name: str) -> None:
        state = self._model.module.state_dict()
        moments = moments_of(self._optimiser, self._model.module)
        save_checkpoint(
            Checkpoint(self._step, self._config.digest(), state, self._ema.state, moments, self._best, self._precision),
            self._out / name,
        )

    def _append(self, row: Mapping[str, object]) -> None:
        with (self._out / "metrics.jsonl").open("a") as log:
            log.write(json.dumps(row) + "\n")


def _taken(loss: Tensor, apart: bool) -> Tensor:
    """One round's share of the loss; its gradients at once where it stands apart."""
    if not apart:
        return loss
    loss.backward()  # type: ignore[no-untyped-call]
    return loss.detach()
