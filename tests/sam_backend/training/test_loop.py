from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from sam_backend.training.checkpoints import save_checkpoint  # noqa: E402
from sam_backend.training.config import parse_config  # noqa: E402
from sam_backend.training.loop import Trainer, learning_rate_factor, phase_at  # noqa: E402
from sam_backend.training.pack import load_data  # noqa: E402
from sam_backend.training.sampler import Sampler  # noqa: E402

CONFIG = parse_config({
    "name": "t", "steps": 60, "hold_out": 0.0, "lr": 5e-2, "warmup": 5, "precision": "fp32", "corrections": 2,
    "checkpoint_every": 20, "evaluate_every": 1000, "phases": [{"until": 1.0, "size": 64, "batch": 2, "masks": 2}],
})  # fmt: skip


class ColourModel:
    """A model small enough to learn discs in seconds: per-pixel colour, and the prompt as a global bias."""

    mask_size = 32

    def __init__(self):
        torch.manual_seed(0)
        self.module = torch.nn.ModuleDict(
            {"mask": torch.nn.Conv2d(4, 4, 1), "iou": torch.nn.Linear(4, 4)}
        )

    def encode(self, images):
        return (torch.nn.functional.avg_pool2d(images.float() / 255 - 0.5, 2),)

    def decode(self, features, points, labels, mask_input, size):
        pictures = features[0].repeat_interleave(len(points) // len(features[0]), 0)
        fed = torch.zeros_like(pictures[:, :1]) if mask_input is None else mask_input / 10
        logits = self.module["mask"](torch.cat([pictures, fed], 1)) * 4
        return logits, self.module["iou"](logits.mean((2, 3)))


def trainer(discs, out, config=CONFIG):
    sampler = Sampler(load_data([str(discs)]), config, 32, (0, 0, 0))
    return Trainer(ColourModel(), sampler.batch, config, out)


def losses(out):
    return [json.loads(line)["loss"] for line in (out / "metrics.jsonl").read_text().splitlines()]


def test_the_bar_tells_the_share_and_the_time_left_and_the_plot_lies_beside_the_checkpoint(discs, tmp_path):
    said = []
    sampler = Sampler(load_data([str(discs)]), CONFIG, 32, (0, 0, 0))
    Trainer(ColourModel(), sampler.batch, CONFIG, tmp_path, progress=said.append).run(until=40)
    assert said[0].startswith("[████████")
    assert "33%  step 20/60  loss" in said[0]
    assert said[-1].endswith("0.0 min left")
    assert (tmp_path / "metrics.svg").read_text().startswith("<svg")


def test_the_loss_falls(discs, tmp_path):
    trainer(discs, tmp_path / "a").run()
    values = losses(tmp_path / "a")
    assert values[-1] < 0.7 * values[0]


def test_a_resumed_run_continues_bit_for_bit(discs, tmp_path):
    whole = trainer(discs, tmp_path / "whole")
    whole.run()
    trainer(discs, tmp_path / "parts").run(until=20)
    rest = trainer(discs, tmp_path / "parts")
    rest.resume()
    rest.run()
    for name, value in whole.ema_state.items():
        assert torch.equal(value, rest.ema_state[name]), name


def test_resuming_under_another_configuration_is_refused(discs, tmp_path):
    trainer(discs, tmp_path / "a").run(until=20)
    other = trainer(discs, tmp_path / "a", replace(CONFIG, lr=1e-3))
    with pytest.raises(ValueError, match="another configuration"):
        other.resume()
    with pytest.raises(ValueError, match="no checkpoint"):
        trainer(discs, tmp_path / "b").resume()
    (tmp_path / "a" / "last.pt").write_bytes(b"half a file")
    with pytest.raises(ValueError, match="not a readable checkpoint"):
        trainer(discs, tmp_path / "a").resume()


def test_a_nan_loss_stops_and_keeps_the_checkpoint(discs, tmp_path):
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


def test_a_full_disk_keeps_the_previous_checkpoint(discs, tmp_path, monkeypatch):
    run = trainer(discs, tmp_path / "a")
    run.run(until=20)
    kept = (tmp_path / "a" / "last.pt").read_bytes()

    def full(state, path):
        path.write_bytes(b"part")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sam_backend.training.checkpoints.torch.save", full)
    with pytest.raises(OSError, match="previous one is kept"):
        run._save("last.pt")
    assert (tmp_path / "a" / "last.pt").read_bytes() == kept
    assert not (tmp_path / "a" / "last.pt.part").exists()
    assert save_checkpoint is not None


def test_phases_and_rates():
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
