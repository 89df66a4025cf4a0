"""The fast decoder is the plain one: same logits, scores and masks, whatever the prompt."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from sam_backend.build import build_random  # noqa: E402
from sam_backend.config import DecoderConfig, ModelConfig, VitConfig  # noqa: E402
from sam_backend.onnx.export import write_decoder, write_fast  # noqa: E402
from sam_backend.onnx.fast.decode import FAST_OUTPUTS, SHOWN, FastDecoderGraph  # noqa: E402
from sam_backend.onnx.fast.prepare import PREPARED, PrepareGraph  # noqa: E402
from sam_backend.onnx.fast.upscale import NOT_SHOWN  # noqa: E402
from sam_backend.onnx.graphs import PROMPT_INPUTS, example_embedding  # noqa: E402
from sam_backend.sessions.fast import MIN_GUARD, FastDecoder  # noqa: E402
from sam_backend.sessions.session import Session  # noqa: E402

pytestmark = pytest.mark.torch

TOLERANCE = 1e-4
"""Largest difference relative to the logits' standard deviation; measured: about 5e-6."""
# a decoder of SAM's width over a quarter of its pixels
FULL_WIDTH = ModelConfig("decoder", "sam", VitConfig(32, 1, 2, (0,)), input_size=512)
SMALL = replace(FULL_WIDTH, input_size=256)
NARROW = replace(FULL_WIDTH, decoder=DecoderConfig(width=64, heads=2, mlp_width=96, iou_width=40), input_size=144)


def _prompt(config: Any, points: Any, box: Any, with_mask: bool, seed: int) -> Any:
    generator = torch.Generator().manual_seed(seed)
    count = points + (2 if box else 1)
    coords = torch.rand(1, count, 2, generator=generator) * config.input_size
    labels = torch.randint(0, 2, (1, count), generator=generator).float()
    labels[0, points:] = torch.tensor([2.0, 3.0]) if box else -1.0
    mask = torch.randn(1, 1, config.mask_size, config.mask_size, generator=generator) * 8
    return coords, labels, mask, torch.tensor([float(with_mask)])


def _error(ours: Any, reference: Any) -> float:
    return float(np.abs(np.asarray(ours) - np.asarray(reference)).max() / np.asarray(reference).std())


@pytest.fixture(scope="module", params=[(FULL_WIDTH, 0), (SMALL, 1), (SMALL, 2), (NARROW, 0)])
def exported(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """(model, embedding, plain session, prepared tensors, fast session)."""
    config, seed = request.param
    model, folder = build_random(config, seed), tmp_path_factory.mktemp("fast")
    write_decoder(model, folder / "decode.onnx")
    write_fast(model, folder / "prepare.onnx", folder / "decode_fast.onnx")
    embedding = example_embedding(model)
    values = Session(folder / "prepare.onnx", 2).run({"embedding": embedding.numpy()}, list(PREPARED))
    prepared = dict(zip(PREPARED, values, strict=True))
    return model, embedding, Session(folder / "decode.onnx", 2), prepared, Session(folder / "decode_fast.onnx", 2)


@pytest.mark.parametrize("points", [1, 2, 5, 11, 40])
@pytest.mark.parametrize("box", [False, True])
@pytest.mark.parametrize("with_mask", [False, True])
def test_exact(exported: Any, points: Any, box: Any, with_mask: bool) -> None:
    model, embedding, plain, prepared, fast = exported
    prompt = _prompt(model.config, points, box, with_mask, seed=points)
    feeds = {name: value.numpy() for name, value in zip(PROMPT_INPUTS, prompt, strict=True)}
    logits, iou = plain.run({"embedding": embedding.numpy(), **feeds}, ["logits", "iou"])
    fast_logits, fast_iou, guard = fast.run({**prepared, **feeds}, list(FAST_OUTPUTS))
    assert _error(fast_logits, logits) < TOLERANCE
    assert np.abs(fast_iou - iou).max() < 1e-5 * max(1, np.abs(iou).max())
    assert guard[0] > MIN_GUARD


@pytest.mark.parametrize(("rows", "columns"), [(0.7, 1), (1, 0.7)])
def test_a_pictures_own_rows_and_columns_alone_give_the_same_logits(exported: Any, rows: Any, columns: Any) -> None:
    model, _, _, prepared, fast = exported
    grid = model.config.grid
    rows, columns = int(grid * rows), int(grid * columns)
    prompt = _prompt(model.config, 1, False, False, seed=0)
    feeds = {name: value.numpy() for name, value in zip(PROMPT_INPUTS, prompt, strict=True)}
    (whole,) = fast.run({**prepared, **feeds}, ["logits"])
    shown = {name: np.ascontiguousarray(prepared[name][:rows, :columns]) for name in SHOWN}
    (part,) = fast.run({**prepared, **shown, **feeds}, ["logits"])
    assert part.shape == whole.shape
    assert _error(part[..., : 4 * rows, : 4 * columns], whole[..., : 4 * rows, : 4 * columns]) < TOLERANCE
    assert (part[..., 4 * rows :, :] == NOT_SHOWN).all()
    assert (part[..., :, 4 * columns :] == NOT_SHOWN).all()


@torch.no_grad()
def test_no_further_from_float64_than_the_plain_decoder() -> None:
    model = build_random(FULL_WIDTH, seed=4)
    embedding, prompt = example_embedding(model), _prompt(FULL_WIDTH, 3, False, True, seed=1)
    fast, _, _ = FastDecoderGraph(model)(*PrepareGraph(model)(embedding), *prompt)
    plain, _ = model.decode(embedding, *prompt)
    exact, _ = model.double().decode(embedding.double(), *(value.double() for value in prompt))
    assert _error(fast, exact) < 3 * _error(plain, exact)


def _cancelling(strength: float) -> Any:
    """A decoder whose image tokens nearly vanish when the first layer's answer is added."""
    model = build_random(FULL_WIDTH, seed=0)
    attention = model.mask_decoder.transformer.layers[0].cross_attn_image_to_token
    with torch.no_grad():
        push = torch.randn(attention.v_proj.bias.shape, generator=torch.Generator().manual_seed(0)) * strength
        attention.v_proj.bias += push
        shift = attention.out_proj.weight @ push
    return model, example_embedding(model) - shift[None, :, None, None]


@torch.no_grad()
@pytest.mark.parametrize("strength", [1, 10, 100])
def test_the_guard_bounds_the_error(strength: float) -> None:
    model, embedding = _cancelling(strength)
    prompt = _prompt(FULL_WIDTH, 1, False, False, seed=2)
    fast, _, guard = FastDecoderGraph(model)(*PrepareGraph(model)(embedding), *prompt)
    plain, _ = model.decode(embedding, *prompt)
    assert _error(fast, plain) < TOLERANCE or float(guard) < MIN_GUARD
    assert (float(guard) < MIN_GUARD) == (strength > 10)


class _Recorder:
    """A graph that answers with constants and remembers being asked."""

    def __init__(self, name: str, log: Any, guard: float = 1.0) -> None:
        self.name, self.log, self.guard = name, log, guard

    def run(self, feeds: Any, outputs: Any) -> list[Any]:
        self.log.append(self.name)
        values = {"logits": np.zeros((len(feeds.get("point_coords", [0])), 4, 2, 2), np.float32)}
        values |= {"iou": values["logits"][:, :, 0, 0], "guard": np.array([self.guard], np.float32)}
        return [values.get(name, np.zeros(1, np.float32)) for name in outputs]


def _ask(decoder: Any, embedding: Any, batch: int = 1, points: int = 2) -> None:
    prompts = {"point_coords": np.zeros((batch, points, 2), np.float32), "point_labels": np.zeros((batch, points))}
    logits, iou = decoder.run(embedding, prompts)
    assert logits.shape == (batch, 4, 2, 2)
    assert iou.shape == (batch, 4)


def _decoder(log: Any, guard: float = 1.0) -> FastDecoder:
    return FastDecoder(
        _Recorder("prepare", log), _Recorder("fast", log, guard), _Recorder("plain", log), ["k0"], max_tokens=10
    )


def test_preparing_waits_for_the_second_prompt() -> None:
    log = []
    decoder, embedding = _decoder(log), {"embedding": np.zeros(3, np.float32)}
    for _ in range(3):
        _ask(decoder, embedding)
    assert log == ["plain", "prepare", "fast", "fast"]
    _ask(decoder, dict(embedding))
    assert log[4:] == ["plain"]


def test_a_batch_is_worth_preparing_at_once() -> None:
    log = []
    _ask(_decoder(log), {"embedding": np.zeros(3, np.float32)}, batch=3)
    assert log == ["prepare", "fast", "fast", "fast"]


def test_many_points_take_the_plain_graph() -> None:
    log = []
    decoder, embedding = _decoder(log), {"embedding": np.zeros(3, np.float32)}
    for points in (5, 5, 6):
        _ask(decoder, embedding, points=points)
    assert log == ["plain", "prepare", "fast", "plain"]


@pytest.mark.parametrize("guard", [MIN_GUARD / 2, float("nan"), -1.0])
def test_a_low_guard_is_answered_by_the_plain_graph(guard: Any) -> None:
    log = []
    decoder, embedding = _decoder(log, guard), {"embedding": np.zeros(3, np.float32)}
    for _ in range(2):
        _ask(decoder, embedding)
    assert log == ["plain", "prepare", "fast", "plain"]


def test_a_decoder_of_another_depth_is_refused() -> None:
    deeper = replace(NARROW, decoder=replace(NARROW.decoder, depth=3))
    with pytest.raises(ValueError, match="derived for two layers, not 3"):
        FastDecoderGraph(build_random(deeper))
