"""Our SAM 3 tracker against Hugging Face's, an independent implementation, with the same random weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from safetensors.torch import load_file  # noqa: E402

from sam_backend.checkpoints import load_sam2_state  # noqa: E402
from sam_backend.checkpoints.sam3 import to_official_sam3  # noqa: E402
from sam_backend.config import SAM3_VARIANTS  # noqa: E402
from sam_backend.modeling.sam2 import Sam2  # noqa: E402
from sam_backend.modeling.sam3.rotary import rotate, rotation  # noqa: E402
from tests.sam_backend.sam3.tiny import TINY, oracle, oracle_config  # noqa: E402

pytestmark = pytest.mark.torch
SCALE = TINY.input_size / TINY.point_frame
BOX = (12.5, 30.0, 90.0, 101.25)


@pytest.fixture(scope="module", params=[0, 1, 2])
def pair(request: pytest.FixtureRequest) -> tuple[Any, Any, Any]:
    """(ours, theirs, generator) with equal weights."""
    theirs = oracle(torch, transformers, request.param)
    ours = load_sam2_state(TINY, to_official_sam3(theirs.state_dict()))
    return ours, theirs, torch.Generator().manual_seed(request.param)


def _close(ours: Any, theirs: Any, tolerance: float = 2e-5) -> None:
    assert ours.shape == theirs.shape
    assert float((ours - theirs).abs().max()) <= tolerance * float(theirs.std())


def _pixels(generator: Any, batch: int = 1) -> Any:
    return torch.rand(batch, 3, TINY.input_size, TINY.input_size, generator=generator) * 255


@torch.no_grad()
def test_image_encoder(pair: tuple[Any, Any, Any]) -> None:
    ours, theirs, generator = pair
    pixels = _pixels(generator, batch=2)
    expected = theirs.get_image_embeddings((pixels - ours.pixel_mean) / ours.pixel_std)
    for found, wanted in zip(ours.encode(pixels), reversed(expected), strict=True):
        _close(found, wanted)


def _given(generator: Any, points: int, box: bool) -> tuple[dict[str, Any], Any, Any]:
    """A prompt as theirs takes it, and its coordinates and labels as ours does."""
    coords = torch.rand(1, points, 2, generator=generator) * TINY.input_size
    labels = torch.randint(0, 2, (1, points), generator=generator)
    given: dict[str, Any] = {"input_points": coords[None], "input_labels": labels[None]} if points else {}
    given |= {"input_boxes": torch.tensor([[BOX]])} if box else {}
    # a box ends the prompt, points alone are padded
    end = torch.tensor(BOX).reshape(1, 2, 2) if box else torch.zeros(1, 1, 2)
    kinds = torch.cat([labels, torch.tensor([[2, 3]] if box else [[-1]])], 1).float()
    return given, torch.cat([coords, end], 1) / SCALE, kinds


PROMPTS = [(1, False), (2, False), (7, False), (0, True), (3, True)]


@torch.no_grad()
@pytest.mark.parametrize(("points", "box"), PROMPTS)
def test_prompt_encoder(pair: tuple[Any, Any, Any], points: int, box: bool) -> None:
    """The tokens, and the map of a mask."""
    ours, theirs, generator = pair
    given, coords, kinds = _given(generator, points, box)
    mask = torch.randn(1, 1, TINY.mask_size, TINY.mask_size, generator=generator) * 5
    sparse, dense = theirs.get_prompt_embeddings(**given, input_masks=mask)
    _close(ours.sparse(coords, kinds), sparse[0])
    _close(ours.prompt_encoder.masks(mask), dense)
    _close(ours.prompt_encoder.image_positions()[0].T.reshape(1, -1, TINY.grid, TINY.grid),
           theirs.get_image_wide_positional_embeddings())  # fmt: skip


@torch.no_grad()
@pytest.mark.parametrize("with_mask", [False, True])
@pytest.mark.parametrize(("points", "box"), PROMPTS)
def test_prompts(pair: tuple[Any, Any, Any], points: int, box: bool, with_mask: bool) -> None:
    """From pixels to masks."""
    ours, theirs, generator = pair
    pixels = _pixels(generator)
    given, coords, kinds = _given(generator, points, box)
    mask = torch.randn(1, 1, TINY.mask_size, TINY.mask_size, generator=generator) * 5
    given |= {"input_masks": mask} if with_mask else {}
    normalised = (pixels - ours.pixel_mean) / ours.pixel_std
    one, three = (theirs(pixel_values=normalised, multimask_output=many, **given) for many in (False, True))
    logits, iou = ours.decode(*ours.encode(pixels), coords, kinds, mask, torch.tensor([float(with_mask)]))
    _close(logits, torch.cat([one.pred_masks, three.pred_masks], dim=2)[0], 1e-4)
    _close(iou, torch.cat([one.iou_scores, three.iou_scores], dim=2)[0], 1e-4)


@torch.no_grad()
def test_the_objects_score(pair: tuple[Any, Any, Any]) -> None:
    ours, theirs, generator = pair
    pixels = _pixels(generator)
    given, coords, kinds = _given(generator, 1, False)
    wanted = theirs(pixel_values=(pixels - ours.pixel_mean) / ours.pixel_std, **given).object_score_logits[0]
    embedding, *finer = ours.encode(pixels)
    encoder = ours.sam_prompt_encoder
    *_, score = ours.sam_mask_decoder.all_masks(
        embedding, tuple(finer), encoder.image_positions(), ours.sparse(coords, kinds), encoder.no_mask()
    )
    assert float((score - wanted).abs()) < 1e-5


@torch.no_grad()
def test_a_fourth_map_that_theirs_makes_changes_only_what_is_added_for_a_single_picture(
    pair: tuple[Any, Any, Any],
) -> None:
    """As published, transformers' model adds `no_memory_embedding` to a map that nobody reads; the authors' code adds
    it to the one that is clicked in, as the oracle of these tests does."""
    ours, theirs, generator = pair
    published = transformers.Sam3TrackerModel(oracle_config(transformers, levels=(4.0, 2.0, 1.0, 0.5))).eval()
    published.load_state_dict(theirs.state_dict(), strict=False)
    pixels = _pixels(generator)
    fine, finer, embedding = published.get_image_embeddings((pixels - ours.pixel_mean) / ours.pixel_std)
    found = ours.encode(pixels)
    _close(found[0] - ours.no_mem_embed.reshape(1, -1, 1, 1), embedding)
    _close(found[1], finer)
    _close(found[2], fine)


def test_places_turn_channels_as_in_the_definition() -> None:
    """Each pair of channels is a complex number, turned by its frequency times the column, or the row."""
    side, channels, scale = 5, 8, 0.75
    x = torch.randn(side * side, channels, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    found = rotate(x, rotation(side, channels, scale, torch.device("cpu")))
    for cell in range(side * side):
        for pair_number in range(channels // 2):
            half, index = divmod(pair_number, channels // 4)
            place = (cell % side if half == 0 else cell // side) * scale
            turn = torch.polar(torch.tensor(1.0), torch.tensor(place * 10_000.0 ** (-4 * index / channels)))
            turned = complex(*x[cell, 2 * pair_number : 2 * pair_number + 2].tolist()) * complex(turn)
            assert abs(complex(*found[cell, 2 * pair_number : 2 * pair_number + 2].tolist()) - turned) < 1e-5


def test_half_precision_is_turned_in_float32() -> None:
    """72 columns times a frequency are no number of bfloat16's: only what comes in and goes out is rounded."""
    x = torch.randn(81, 8, generator=torch.Generator().manual_seed(1)).bfloat16()
    turn = rotation(9, 8, 8.0, torch.device("cpu"))
    assert turn[0].dtype == torch.float32
    assert torch.equal(rotate(x, turn), rotate(x.float(), turn).bfloat16())


def test_what_save_pretrained_writes_loads(pair: tuple[Any, Any, Any], tmp_path: Path) -> None:
    ours, theirs, _ = pair
    theirs.save_pretrained(tmp_path)
    official = to_official_sam3(load_file(tmp_path / "model.safetensors"))
    assert set(official) == set(ours.state_dict())
    assert all(torch.equal(value, ours.state_dict()[name]) for name, value in official.items())


def test_the_published_size_has_their_names_and_shapes() -> None:
    config = SAM3_VARIANTS["sam3"]
    with torch.device("meta"):
        ours = {key: value.shape for key, value in Sam2(config).state_dict().items()}
        theirs = to_official_sam3(transformers.Sam3TrackerModel(transformers.Sam3TrackerConfig()).state_dict())
    assert ours == {key: value.shape for key, value in theirs.items()}
