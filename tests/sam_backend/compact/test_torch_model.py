"""The PyTorch compact model: shapes, names of weights, gradients, and agreement with the shipped graphs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytestmark = [pytest.mark.torch, pytest.mark.slow]

from safetensors.torch import load_file, save_file  # noqa: E402
from skimage import data  # noqa: E402

from sam_backend import Predictor, compact_package_path, load_package  # noqa: E402
from sam_backend.modeling.compact import CompactSam  # noqa: E402
from sam_backend.modeling.compact.keys import modern_names  # noqa: E402
from sam_backend.modeling.compact.shape import CompactShape  # noqa: E402
from sam_backend.onnx.compact.export import build_package, rounded  # noqa: E402
from sam_backend.onnx.compact.graphs import TENSORS, export_encoder  # noqa: E402
from sam_backend.package import sha256_of  # noqa: E402
from sam_backend.prompts import build_prompt  # noqa: E402
from sam_backend.sessions.options import open_session  # noqa: E402
from sam_backend.transforms import prepare_image  # noqa: E402

WEIGHTS = compact_package_path() / "weights.safetensors"


@pytest.fixture(scope="module")
def model() -> CompactSam:
    torch.set_num_threads(2)
    return CompactSam.from_file(WEIGHTS)


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    return Predictor(load_package(compact_package_path()))


def test_sizes(model: CompactSam) -> None:
    encoder = sum(p.numel() for p in model.encoder.parameters())
    decoder = sum(p.numel() for p in model.decoder.parameters())
    assert 6.8e6 < encoder < 6.9e6
    assert 0.75e6 < decoder < 0.85e6


def test_other_input_sizes_and_several_images(model: CompactSam) -> None:
    with torch.no_grad():
        features = model.encoder(torch.rand(2, 3, 128, 128) * 255)
        assert [tuple(f.shape) for f in features] == [(2, 128, 16, 16), (2, 32, 32, 32), (2, 16, 64, 64)]
        points, labels = torch.rand(6, 2, 2), torch.tensor([[1, -1]] * 6)
        logits, iou = model.decoder(features, points, labels)
        assert logits.shape == (6, 4, 64, 64)
        assert iou.shape == (6, 4)
        second = tuple(f[1:] for f in features)
        alone, _ = model.decoder(second, points[3:], labels[3:])
    torch.testing.assert_close(logits[3:], alone, atol=1e-4, rtol=1e-4)


def test_a_mask_counts_only_where_the_flag_says_so(model: CompactSam) -> None:
    with torch.no_grad():
        features = model.encoder(torch.rand(1, 3, 128, 128) * 255)
        points, labels = torch.rand(2, 1, 2), torch.ones(2, 1)
        mask = torch.randn(2, 1, 64, 64)
        mixed, _ = model.decoder(features, points, labels, mask, torch.tensor([0.0, 1.0]))
        without, _ = model.decoder(features, points, labels)
        given, _ = model.decoder(features, points, labels, mask)
    torch.testing.assert_close(mixed[0], without[0], atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(mixed[1], given[1], atol=1e-4, rtol=1e-4)
    assert not torch.allclose(without[1], given[1], atol=1e-2)


def test_every_parameter_gets_a_gradient() -> None:
    fresh = CompactSam(CompactShape()).train()
    features = fresh.encoder(torch.rand(2, 3, 64, 64) * 255)
    points = torch.tensor([[[0.2, 0.3], [0.1, 0.1], [0.9, 0.8], [0.4, 0.4], [0.0, 0.0]]] * 2)
    labels = torch.tensor([[1, 2, 3, 0, -1]] * 2)
    has_mask = torch.tensor([1.0, 0.0])
    logits, iou = fresh.decoder(features, points, labels, torch.randn(2, 1, 32, 32), has_mask)
    (logits.square().mean() + iou.square().mean()).backward()
    without = [name for name, p in fresh.named_parameters() if p.grad is None]
    assert without == []


@pytest.mark.parametrize("picture", [data.coffee, data.chelsea, data.astronaut])
def test_the_shipped_graphs_give_torchs_masks(
    model: CompactSam, predictor: Predictor, picture: Callable[..., Any]
) -> None:
    """The embedding's bytes move logits a little; masks must not care."""
    rgb = picture()
    embedding = predictor.encode(rgb)
    frame = predictor.frame(embedding)
    image = torch.from_numpy(prepare_image(rgb, 512, (124, 116, 104)))
    h, w = rgb.shape[:2]
    prompts = [
        build_prompt(frame, [[w * 0.4, h * 0.5]], [1]),
        build_prompt(frame, [[w * 0.4, h * 0.5], [w * 0.9, h * 0.1]], [1, 0]),
        build_prompt(frame, box=[w * 0.2, h * 0.2, w * 0.8, h * 0.9]),
        build_prompt(frame, [[w * 0.5, h * 0.5]], [1], [w * 0.1, h * 0.2, w * 0.8, h * 0.9], np.full((256, 256), -2.0)),
    ]
    with torch.no_grad():
        features = model.encoder(image)
        for prompt in prompts:
            inputs = [torch.from_numpy(a) for a in prompt.feeds().values()]
            expected, iou = model.decoder(features, inputs[0] / 512, *inputs[1:])
            logits, scores = predictor.decode(embedding, prompt)
            same = overlap(logits[0] > 0, expected[0].numpy() > 0)
            assert same.mean() > 0.995
            assert same.min() > 0.98
            np.testing.assert_allclose(scores, iou.numpy(), atol=5e-3)


def test_decode_graph_equals_torch_on_the_same_embedding(model: CompactSam, predictor: Predictor) -> None:
    """Given the same features the decoder differs by rounding only: its weights are halves already."""
    embedding = predictor.encode(data.coffee())
    features = tuple(torch.from_numpy(embedding.tensors[name]) for name in TENSORS)
    prompt = build_prompt(predictor.frame(embedding), [[200, 300], [10, 10]], [1, 0])
    with torch.no_grad():
        expected, _ = model.decoder(
            features, torch.from_numpy(prompt.point_coords) / 512, torch.from_numpy(prompt.point_labels)
        )
    logits, _ = predictor.decode(embedding, prompt)
    np.testing.assert_allclose(logits, expected.numpy(), atol=2e-3)


def test_the_encoder_graph_equals_torch(model: CompactSam) -> None:
    """It reads the very weights that torch reads: what is left is the order of additions."""
    image = torch.from_numpy(prepare_image(data.coffee(), 512, (124, 116, 104)))
    graph = open_session(compact_package_path() / "encoder.onnx")
    with torch.no_grad():
        expected = model.encoder(image)
    for name, value in zip(TENSORS, expected, strict=True):
        (found,) = graph.run([name], {"image": image.numpy()})
        assert np.linalg.norm(found - value.numpy()) / np.linalg.norm(value.numpy()) < 1e-5


def test_the_encoders_hash_stands_for_its_weights_alone(model: CompactSam, tmp_path: Path) -> None:
    """Embeddings go stale with another encoder and only with that: both kinds of weights lie in one file."""

    def encoder_sha256(place: str, change: Callable[[Any], object]) -> str:
        other = CompactSam(model.shape)
        other.load_state_dict(model.state_dict())
        with torch.no_grad():
            change(other.eval())
        folder = tmp_path / place
        folder.mkdir()
        rounded(other).save(folder / "weights.safetensors")
        export_encoder(other, folder / "encoder.onnx", lender=folder / "weights.safetensors")
        return sha256_of(folder / "encoder.onnx")

    shipped = load_package(compact_package_path()).encoder_sha256
    assert encoder_sha256("decoder", lambda other: other.decoder.no_mask.weight.add_(1)) == shipped
    assert encoder_sha256("encoder", lambda other: other.encoder.neck.weight.mul_(2)) != shipped


def test_the_package_holds_the_encoders_weights_once() -> None:
    package = load_package(compact_package_path())
    graphs, files = package.manifest.graphs, package.manifest.files
    assert graphs["encoder"].weights == "weights.safetensors"
    assert files["encoder.onnx"].bytes < files["weights.safetensors"].bytes / 100
    graphs_bytes = sum(file.bytes for name, file in files.items() if name.endswith(".onnx"))
    assert graphs_bytes < 0.2 * files["weights.safetensors"].bytes


def overlap(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    both, either = (a & b).sum(axis=(1, 2)), (a | b).sum(axis=(1, 2))
    return np.where(either > 64, both / np.maximum(either, 1), 1.0)


def test_the_package_is_rebuilt_bit_for_bit(tmp_path: Path) -> None:
    package = build_package(WEIGHTS, tmp_path)
    shipped = load_package(compact_package_path()).manifest
    for graph in ("encoder.onnx", "decode.onnx"):
        assert package.manifest.files[graph] == shipped.files[graph]
    again, before = load_file(tmp_path / "weights.safetensors"), load_file(WEIGHTS)
    assert again.keys() == before.keys()
    assert all(torch.equal(again[name], before[name]) for name in before)
    assert replace(package.manifest, files={}) == replace(shipped, files={})


def test_wrong_weights_are_named(model: CompactSam, tmp_path: Path) -> None:
    tensors = load_file(WEIGHTS)
    tensors.pop("decoder.no_mask.weight")
    tensors["surplus"] = torch.zeros(1)
    save_file(tensors, tmp_path / "w.safetensors", model.shape.to_metadata())
    with pytest.raises(ValueError, match=r"missing \['decoder.no_mask.weight'\], unexpected \['surplus'\]"):
        CompactSam.from_file(tmp_path / "w.safetensors")


def test_weights_that_do_not_say_their_shape_are_refused_in_a_sentence(tmp_path: Path) -> None:
    save_file(load_file(WEIGHTS), tmp_path / "w.safetensors")
    with pytest.raises(ValueError, match=r"does not fit the shape it names: .*\[352\].*; \d+ more of") as error:
        CompactSam.from_file(tmp_path / "w.safetensors")
    assert len(str(error.value)) < 400


def test_names_of_the_first_run_are_translated() -> None:
    old = {
        "e.stem.0.weight": "encoder.stem.conv.weight",
        "e.s16.2.b.1.running_var": "encoder.stage16.2.second.norm.running_var",
        "e.tb.1.m.2.bias": "encoder.transformer.1.mlp.2.bias",
        "e.h4.weight": "encoder.skip4.weight",
        "d.layers.0.t2i.o.weight": "decoder.transformer.layers.0.token_to_image.out.weight",
        "d.layers.1.n4.bias": "decoder.transformer.layers.1.norm4.bias",
        "d.layers.1.mlp.2.bias": "decoder.transformer.layers.1.mlp.2.bias",
        "d.fin.q.weight": "decoder.transformer.final.q.weight",
        "d.md.4.n.bias": "decoder.mask_downscale.4.norm.bias",
        "d.pe_pt.weight": "decoder.prompt_encoder.label_embedding.weight",
        "d.G": "decoder.prompt_encoder.position.frequencies",
    }
    assert modern_names(dict.fromkeys(old, 0)).keys() == set(old.values())
    assert modern_names({"e.stem.1.num_batches_tracked": 0, "edge.weight": 0}) == {}
    now = load_file(WEIGHTS)
    assert modern_names(now).keys() == now.keys()


def test_a_wider_model_is_stored_loaded_and_exported_as_what_it_is(tmp_path: Path) -> None:
    shape = CompactShape(widths=(8, 16, 16, 24, 40), depths=(1, 1, 2, 1), dim=64)
    torch.manual_seed(0)
    CompactSam(shape).save(tmp_path / "w.safetensors")
    assert CompactSam.from_file(tmp_path / "w.safetensors").shape == shape
    package = build_package(tmp_path / "w.safetensors", tmp_path / "package")
    assert package.manifest.embedding[0].shape == (1, 64, 64, 64)
    predictor = Predictor(package)
    predictor.set_image(data.coffee())
    assert predictor.predict(points=[(200, 200)], labels=[1]).masks.shape == (4, 400, 600)


def test_a_shape_that_no_model_has_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="multiples of 8"):
        CompactShape(dim=100)
    with pytest.raises(ValueError, match="has no 'colour'"):
        CompactShape.from_dict({"colour": 1})
    tensors = load_file(WEIGHTS)
    save_file(tensors, tmp_path / "w.safetensors", CompactShape(dim=64).to_metadata())
    with pytest.raises(ValueError, match="does not fit the shape it names"):
        CompactSam.from_file(tmp_path / "w.safetensors")


def test_no_decoder_graph_has_an_operator_that_webgpu_refuses() -> None:
    onnx = pytest.importorskip("onnx")
    for name in ("decode", "prepare", "decode_fast"):
        graph = onnx.load(str(compact_package_path() / f"{name}.onnx"), load_external_data=False).graph
        assert "Expand" not in {node.op_type for node in graph.node}, name
