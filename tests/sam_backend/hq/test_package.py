"""An HQ-SAM package: its graphs against PyTorch and Hugging Face's own code, from pixels to masks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from transformers.models.sam.image_processing_pil_sam import SamImageProcessorPil  # noqa: E402

from sam_backend import Embedding, Predictor, load_package  # noqa: E402
from sam_backend.acceleration.hq import HqTorchEncoder, load_encoder  # noqa: E402
from sam_backend.amg import AutomaticMasks, PredictorBackend, preset  # noqa: E402
from sam_backend.checkpoint_predictor import CheckpointPredictor  # noqa: E402
from sam_backend.checkpoints import load_hq_state  # noqa: E402
from sam_backend.checkpoints.hugging_face import to_official  # noqa: E402
from sam_backend.config import HQ_VARIANTS  # noqa: E402
from sam_backend.onnx.export import PackageInfo, export_package  # noqa: E402
from sam_backend.onnx.fast.hq import HQ_PREPARED, HQ_SHOWN  # noqa: E402
from sam_backend.onnx.verify import verify_package  # noqa: E402
from sam_backend.postprocess import upsample_rows  # noqa: E402
from sam_backend.prompts import build_prompt  # noqa: E402
from sam_backend.propagate import propagate  # noqa: E402
from sam_backend.sessions.session import Session  # noqa: E402
from sam_backend.transforms import prepare_image  # noqa: E402
from sam_backend.tuning import TuneError  # noqa: E402
from sam_backend.tuning.families import load_tunable  # noqa: E402
from tests.sam_backend.hq.tiny import HQ, best_first, masks_of, oracle  # noqa: E402
from tests.sam_backend.small_photo import PHOTO, PROMPTS  # noqa: E402

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """(ours, theirs, package folder) with the same random weights."""
    theirs = oracle(torch, transformers, 4)
    ours = load_hq_state(HQ, to_official(theirs.state_dict()))
    folder = tmp_path_factory.mktemp("packages") / "tiny"
    return ours, theirs, export_package(ours, folder, PackageInfo("tiny", licence="Apache-2.0"), weights=True)


@pytest.fixture(scope="module")
def predictor(made: Any) -> Predictor:
    return Predictor(load_package(made[2]))


def test_every_graph_is_the_models(made: Any) -> None:
    assert len(verify_package(made[0], made[2])) == 5


def test_the_manifest_says_what_the_graphs_take(predictor: Predictor) -> None:
    manifest = predictor.manifest
    assert manifest.family == "hq_sam"
    assert manifest.input.fit == "pad"
    assert [spec.name for spec in manifest.embedding] == ["embedding", "hq_features"]
    assert manifest.graphs["decode_fast"].max_tokens == 15
    for name in ("encoder", "decode", "prepare", "decode_fast"):
        session, graph = Session(predictor.package.file(name), 1), manifest.graphs[name]
        assert not graph.inputs or list(graph.inputs) == session.input_names


def _expected(theirs: Any, predictor: Predictor, prompt: dict[str, Any], earlier: Any) -> Any:
    """What Hugging Face's code makes of the same picture: logits [1, 4, M, M] and IoUs [1, 4]."""
    spec = predictor.manifest.input
    pixels = prepare_image(PHOTO, spec.size, spec.pad_value)
    mean, std = (np.array(x, np.float32).reshape(1, 3, 1, 1) for x in (spec.mean, spec.std))
    scale = HQ.input_size / max(PHOTO.shape)
    inputs: dict[str, Any] = {"pixel_values": torch.from_numpy((pixels - mean) / std)}
    if "points" in prompt:
        inputs["input_points"] = torch.tensor(np.array(prompt["points"]) * scale)[None, None].float()
        inputs["input_labels"] = torch.tensor(prompt["labels"])[None, None]
    if "box" in prompt:
        inputs["input_boxes"] = torch.tensor(np.array(prompt["box"]) * scale)[None, None].float()
    if earlier is not None:
        inputs["input_masks"] = torch.from_numpy(earlier)[None, None]
    with torch.no_grad():
        return masks_of(torch, theirs, **inputs)


@pytest.mark.parametrize("with_mask", [False, True])
@pytest.mark.parametrize("kind", list(PROMPTS))
def test_predictions_are_hugging_faces(made: Any, predictor: Predictor, kind: str, with_mask: bool) -> None:
    """Both decoders, from pixels to masks: the first prompt goes to the plain graph, the next to the fast one."""
    prompt = PROMPTS[kind]
    predictor.set_image(PHOTO)
    earlier = predictor.predict(**PROMPTS["point"]).logits[1] if with_mask else None
    logits, iou = _expected(made[1], predictor, prompt, earlier)
    embedding = predictor.encode(PHOTO)
    tensors = build_prompt(predictor.frame(embedding), **prompt, mask_input=earlier, mask_size=HQ.mask_size)
    for _ in ("plain", "fast"):
        found, scores = best_first(*map(torch.from_numpy, predictor.decode(embedding, tensors)))
        assert float((found - logits).abs().max()) <= 1e-4 * float(logits.std())
        assert float((scores - iou).abs().max()) < 1e-5
    full = _post_processed(logits)
    frame = predictor.frame(embedding)
    for ours, theirs in zip(found[0].numpy(), full, strict=True):
        drawn = np.concatenate([block for _, block in upsample_rows(ours, frame)])
        assert np.abs(drawn - theirs).max() <= 1e-4 * float(logits.std())


def _post_processed(logits: Any) -> Any:
    """Hugging Face's own way from logits [1, 4, M, M] to the picture [4, height, width]."""
    height, width = PHOTO.shape[:2]
    scale = HQ.input_size / max(height, width)
    reached = (int(height * scale + 0.5), int(width * scale + 0.5))
    square = {"height": HQ.input_size, "width": HQ.input_size}
    full = SamImageProcessorPil().post_process_masks(
        [logits], [(height, width)], [reached], binarize=False, pad_size=square
    )
    return full[0][0].numpy()


def test_only_what_the_photo_covers_need_be_given_while_hovering(made: Any, predictor: Predictor) -> None:
    """The two convolutions reach two logits beyond the last that is shown; the upsampling reads one more."""
    embedding = predictor.encode(PHOTO)
    feeds = build_prompt(predictor.frame(embedding), **PROMPTS["points"], mask_size=HQ.mask_size).feeds()
    prepare, fast = (Session(predictor.package.file(name), 1) for name in ("prepare", "decode_fast"))
    prepared = dict(zip(HQ_PREPARED, prepare.run(embedding.tensors, list(HQ_PREPARED)), strict=True))
    whole = fast.run({**prepared, **feeds}, ["logits"])[0]
    rows = 7  # of 9; the photo's 96 of 144 pixels are the first 24 of 36 logits, and 24 + 1 + 2 reach into the seventh
    cut = {name: np.ascontiguousarray(prepared[name][:rows]) for name in HQ_SHOWN}
    shown = fast.run({**prepared, **cut, **feeds}, ["logits"])[0]
    assert np.abs(shown[:, :, :26] - whole[:, :, :26]).max() <= 1e-4 * whole.std()
    assert (shown[:, :, 4 * rows :] == -32).all()


def test_a_stored_embedding_answers_alike(predictor: Predictor) -> None:
    """What shipping costs in masks is measured on photos (measure_embedding.py), not on maps of nine cells."""
    embedding = predictor.encode(PHOTO)
    stored = Embedding.from_bytes(embedding.to_bytes())
    for name, tensor in embedding.tensors.items():
        assert np.linalg.norm(stored.tensors[name] - tensor) < 0.02 * np.linalg.norm(tensor)
    predictor.set_embedding(stored)
    assert predictor.predict(**PROMPTS["box"]).mask().shape == PHOTO.shape[:2]


def test_a_checkpoint_answers_without_export(made: Any, predictor: Predictor) -> None:
    direct = CheckpointPredictor(made[0])
    for model in (direct, predictor):
        model.set_image(PHOTO)
    for prompt in PROMPTS.values():
        ours, packaged = direct.predict(**prompt), predictor.predict(**prompt)
        assert np.abs(ours.logits - packaged.logits).max() <= 1e-4 * packaged.logits.std()


def test_batches_in_pytorch_are_the_graphs_embeddings(
    made: Any, predictor: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(HQ_VARIANTS, "hq_toy", HQ)
    encoder = load_encoder(made[2] / "weights.safetensors", "cpu")
    assert isinstance(encoder, HqTorchEncoder)
    fill = predictor.manifest.input.pad_value
    images = [prepare_image(picture, HQ.input_size, fill) for picture in (PHOTO, PHOTO[:, ::-1].copy())]
    expected = [predictor.encode(PHOTO), predictor.encode(PHOTO[:, ::-1].copy())]
    for found, wanted in zip(encoder.encode_all(images, batch=2), expected, strict=True):
        for ours, theirs in zip(found, wanted.tensors.values(), strict=True):
            assert np.abs(ours - theirs).max() < 1e-4


def test_automatic_masks_and_propagation_run(predictor: Predictor) -> None:
    params = preset("quick", points_per_side=2, predicted_iou=0, stability=0)
    records = AutomaticMasks(PredictorBackend(predictor), params).generate(PHOTO)
    assert records
    embedding = predictor.encode(PHOTO)
    mask = np.zeros(PHOTO.shape[:2], bool)
    mask[20:60, 30:100] = True
    assert propagate(predictor, embedding, mask, embedding).mask.shape == mask.shape


def test_its_decoder_is_not_taken_for_sams_by_tuning(predictor: Predictor) -> None:
    with pytest.raises(TuneError, match=r"of the family 'hq_sam', which cannot be tuned yet"):
        load_tunable(predictor.package, "cpu")
