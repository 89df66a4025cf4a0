from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from sam_backend.data.pack import load_data  # noqa: E402
from sam_backend.training.checkpoints import save_checkpoint  # noqa: E402
from sam_backend.training.config import parse_config  # noqa: E402
from sam_backend.training.loop import Trainer  # noqa: E402
from sam_backend.training.sampler import Sampler  # noqa: E402
from sam_backend.training.schedule import learning_rate_factor, phase_at  # noqa: E402

CONFIG = parse_config({
    "name": "t", "steps": 60, "hold_out": 0.0, "lr": 5e-2, "warmup": 5, "precision": "fp32", "corrections": 2,
    "checkpoint_every": 20, "evaluate_every": 1000, "phases": [{"until": 1.0, "size": 64, "batch": 2, "masks": 2}],
})  # fmt: skip


class ColourModel:
    """A model small enough to learn discs in seconds: per-pixel colour, and the prompt as a global bias."""

    mask_size = 32

    def __init__(self) -> None:
        torch.manual_seed(0)
        self.module = torch.nn.ModuleDict({"mask": torch.nn.Conv2d(4, 4, 1), "iou": torch.nn.Linear(4, 4)})

    def encode(self, images: Any) -> Any:
        return (torch.nn.functional.avg_pool2d(images.float() / 255 - 0.5, 2),)

    def decode(self, features: Any, points: Any, labels: Any, mask_input: Any, size: tuple[int, int]) -> Any:
        pictures = features[0].repeat_interleave(len(points) // len(features[0]), 0)
        fed = torch.zeros_like(pictures[:, :1]) if mask_input is None else mask_input / 10
        logits = self.module["mask"](torch.cat([pictures, fed], 1)) * 4
        return logits, self.module["iou"](logits.mean((2, 3)))


def trainer(discs: Any, out: Any, config: Any = CONFIG) -> Trainer:
    sampler = Sampler(load_data([str(discs)]), config, 32, (0, 0, 0))
    return Trainer(ColourModel(), sampler.batch, config, out)


def losses(out: Any) -> list[Any]:
    return [json.loads(line)["loss"] for line in (out / "metrics.jsonl").read_text().splitlines()]


def test_the_bar_tells_the_share_and_the_time_left_and_the_plot_lies_beside_the_checkpoint(
    discs: Path, tmp_path: Path
) -> None:
    said = []
    sampler = Sampler(load_data([str(discs)]), CONFIG, 32, (0, 0, 0))
    Trainer(ColourModel(), sampler.batch, CONFIG, tmp_path, progress=said.append).run(until=40)
    assert said[0].startswith("[████████")
    assert "33%  step 20/60  loss" in said[0]
    assert said[-1].endswith("0.0 min left")
    assert (tmp_path / "metrics.svg").read_text().startswith("<svg")


def test_the_loss_falls(discs: Path, tmp_path: Path) -> None:
    trainer(discs, tmp_path / "a").run()
    values = losses(tmp_path / "a")
    assert values[-1] < 0.7 * values[0]


def test_a_resumed_run_continues_bit_for_bit(discs: Path, tmp_path: Path) -> None:
    whole = trainer(discs, tmp_path / "whole")
    whole.run()
    trainer(discs, tmp_path / "parts").run(until=20)
    rest = trainer(discs, tmp_path / "parts")
    rest.resume()
    rest.run()
    for name, value in whole.ema_state.items():
        assert torch.equal(value, rest.ema_state[name]), name


def test_resuming_under_another_configuration_is_refused(discs: Path, tmp_path: Path) -> None:
    trainer(discs, tmp_path / "a").run(until=20)
    other = trainer(discs, tmp_path / "a", replace(CONFIG, lr=1e-3))
    with pytest.raises(ValueError, match=r"another configuration.*--restart"):
        other.resume()
    with pytest.raises(ValueError, match="no checkpoint"):
        trainer(discs, tmp_path / "b").resume()
    (tmp_path / "a" / "last.pt").write_bytes(b"half a file")
    with pytest.raises(ValueError, match="not a readable checkpoint"):
        trainer(discs, tmp_path / "a").resume()


def test_another_schedule_goes_on_from_the_averages_and_the_moments(discs: Path, tmp_path: Path) -> None:
    first = trainer(discs, tmp_path / "a")
    first.run(until=20)
    longer = trainer(discs, tmp_path / "b", replace(CONFIG, steps=40, lr=1e-3, seed=9))
    longer.restart(tmp_path / "a" / "last.pt")
    for name, value in longer._model.module.state_dict().items():
        assert torch.equal(value, first.ema_state[name]), name
    moments = [longer._optimiser.state[p] for p in longer._model.module.parameters()]
    assert [int(m["step"]) for m in moments] == [20] * 4
    assert all(m["exp_avg_sq"].any() for m in moments)
    longer.run()
    assert [json.loads(line)["step"] for line in (tmp_path / "b" / "metrics.jsonl").read_text().splitlines()] == [
        20,
        40,
    ]


def test_another_schedule_may_have_weights_of_its_own_and_must_have_the_same_model(discs: Path, tmp_path: Path) -> None:
    trainer(discs, tmp_path / "a").run(until=20)
    given = trainer(discs, tmp_path / "b")
    before = {name: value.clone() for name, value in given._model.module.state_dict().items()}
    given.restart(tmp_path / "a" / "last.pt", keep_weights=True)
    assert all(torch.equal(value, before[name]) for name, value in given._model.module.state_dict().items())
    assert len(given._optimiser.state) == 4
    other = trainer(discs, tmp_path / "c")
    other._model.module["mask"] = torch.nn.Conv2d(4, 8, 1)
    with pytest.raises(ValueError, match="of another model than the configuration describes"):
        other.restart(tmp_path / "a" / "last.pt")
    with pytest.raises(ValueError, match="no checkpoint"):
        other.restart(tmp_path / "nothing.pt")


def test_the_quicker_precision_is_measured_once_and_kept(
    discs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, clock = [], iter([0, 5, 10, 12, 20, 29, 30, 36])  # bf16: 5 and 9, fp32: 2 and 6
    monkeypatch.setattr("sam_backend.training.loop.time.process_time", lambda: next(clock))
    config = replace(CONFIG, precision="auto", steps=2)
    sampler = Sampler(load_data([str(discs)]), config, 32, (0, 0, 0))
    first = Trainer(ColourModel(), sampler.batch, config, tmp_path, report=told.append)
    first.run(until=1)
    assert told[0] == "training in fp32: a step takes 9.00 s in bf16, 6.00 s in fp32"
    assert not list(clock)
    plain = trainer(discs, tmp_path / "plain", replace(config, precision="fp32"))
    plain.run(until=1)
    assert all(torch.equal(value, plain.ema_state[name]) for name, value in first.ema_state.items())
    again = trainer(discs, tmp_path, config)
    again.resume()
    again.run()  # the clock has nothing left


def test_a_nan_loss_stops_and_keeps_the_checkpoint(discs: Path, tmp_path: Path) -> None:
    first = trainer(discs, tmp_path / "a")
    first.run(until=20)
    kept = (tmp_path / "a" / "last.pt").read_bytes()
    broken = trainer(discs, tmp_path / "a")
    broken.resume()
    with torch.no_grad():
        broken._model.module["mask"].weight.fill_(float("nan"))
    with pytest.raises(FloatingPointError, match="step 21"):
        broken.run()
    assert (tmp_path / "a" / "last.pt").read_bytes() == kept


def test_a_full_disk_keeps_the_previous_checkpoint(
    discs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = trainer(discs, tmp_path / "a")
    run.run(until=20)
    kept = (tmp_path / "a" / "last.pt").read_bytes()

    def full(state: Any, path: Any) -> None:
        path.write_bytes(b"part")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sam_backend.training.checkpoints.torch.save", full)
    with pytest.raises(OSError, match="previous one is kept"):
        run._save("last.pt")
    assert (tmp_path / "a" / "last.pt").read_bytes() == kept
    assert not (tmp_path / "a" / "last.pt.part").exists()
    assert save_checkpoint is not None


def test_phases_and_rates() -> None:
    config = parse_config({
        "name": "t", "steps": 10, "warmup": 2, "lr": 1.0,
        "phases": [
            {"until": 0.5, "size": 32, "batch": 1, "masks": 1},
            {"until": 1.0, "size": 64, "batch": 1, "masks": 1},
        ],
    })  # fmt: skip
    assert [phase_at(config, s).size for s in range(10)] == [32] * 5 + [64] * 5
    rates = [learning_rate_factor(config, s) for s in range(10)]
    assert rates[0] == pytest.approx(0.5)
    assert all(np.diff(rates[1:]) < 0)
    assert rates[-1] > 0.02
