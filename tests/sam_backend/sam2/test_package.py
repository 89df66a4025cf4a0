"""A SAM 2 package: its graphs against PyTorch and Hugging Face's own code, and a picture that is stretched."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from sam_backend import Embedding, Predictor, load_package  # noqa: E402
from sam_backend.acceleration.sam2 import Sam2TorchEncoder, load_encoder  # noqa: E402
from sam_backend.amg import AutomaticMasks, PredictorBackend, preset  # noqa: E402
from sam_backend.checkpoint_predictor import CheckpointPredictor  # noqa: E402
from sam_backend.checkpoints import load_sam2_state  # noqa: E402
from sam_backend.checkpoints.hugging_face_sam2 import to_official_sam2  # noqa: E402
from sam_backend.config import SAM2_SIZES, SAM2_VARIANTS  # noqa: E402
from sam_backend.onnx.export import PackageInfo, export_package  # noqa: E402
from sam_backend.onnx.verify import verify_package  # noqa: E402
from sam_backend.postprocess import upsample_rows  # noqa: E402
from sam_backend.prompts import build_prompt  # noqa: E402
from sam_backend.propagate import propagate  # noqa: E402
from sam_backend.sessions.session import Session  # noqa: E402
from sam_backend.transforms import prepare_image  # noqa: E402
from tests.sam_backend.sam2.stretched import expected  # noqa: E402
from tests.sam_backend.sam2.tiny import TINY, oracle  # noqa: E402
from tests.sam_backend.small_photo import PHOTO, PROMPTS  # noqa: E402

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """(ours, theirs, package folder) with the same random weights."""
    theirs = oracle(torch, transformers, 4)
    ours = load_sam2_state(TINY, to_official_sam2(theirs.state_dict()))
    folder = tmp_path_factory.mktemp("packages") / "tiny"
    return ours, theirs, export_package(ours, folder, PackageInfo("tiny", licence="Apache-2.0"), weights=True)


@pytest.fixture(scope="module")
def predictor(made: Any) -> Predictor:
    return Predictor(load_package(made[2]))


def test_every_graph_is_the_models(made: Any) -> None:
    assert len(verify_package(made[0], made[2])) == 5


def test_the_manifest_says_what_the_graphs_take(made: Any, predictor: Predictor) -> None:
    manifest = predictor.manifest
    assert manifest.to_dict()["format"] == 2
    assert manifest.to_dict()["input"]["fit"] == "stretch"
    assert manifest.decoder.point_frame == manifest.decoder.mask_size == TINY.mask_size
    for name in ("encoder", "decode", "prepare", "decode_fast"):
        session, graph = Session(predictor.package.file(name), 1), manifest.graphs[name]
        assert not graph.inputs or list(graph.inputs) == session.input_names


@pytest.mark.parametrize("with_mask", [False, True])
@pytest.mark.parametrize("kind", list(PROMPTS))
def test_predictions_are_hugging_faces(made: Any, predictor: Predictor, kind: str, with_mask: bool) -> None:
    """Both decoders, from pixels to masks: the first prompt goes to the plain graph, the next to the fast one."""
    prompt = PROMPTS[kind]
    predictor.set_image(PHOTO)
    earlier = np.clip(predictor.predict(**PROMPTS["point"]).logits[1], -32, 32) if with_mask else None
    logits, iou = expected(torch, made[1], predictor, prompt, earlier)
    embedding = predictor.encode(PHOTO)
    tensors = build_prompt(predictor.frame(embedding), **prompt, mask_input=earlier, mask_size=TINY.mask_size)
    for _ in ("plain", "fast"):
        found, scores = predictor.decode(embedding, tensors)
        assert np.abs(found[0] - logits).max() <= 1e-4 * logits.std()
        assert np.abs(scores[0] - iou).max() < 1e-5
    full = torch.nn.functional.interpolate(torch.from_numpy(logits)[None], PHOTO.shape[:2], mode="bilinear")[0].numpy()
    frame = predictor.frame(embedding)
    for ours, theirs in zip(found[0], full, strict=True):
        drawn = np.concatenate([block for _, block in upsample_rows(ours, frame)])
        assert np.abs(drawn - theirs).max() <= 1e-4 * logits.std()


def test_a_stored_embedding_answers_alike(predictor: Predictor) -> None:
    """What shipping costs in masks is measured on photos (measure_embedding.py), not on maps of eight cells."""
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
    monkeypatch.setitem(SAM2_SIZES, "toy", TINY.encoder)
    monkeypatch.setitem(SAM2_VARIANTS, "sam2.1_toy", TINY)
    encoder = load_encoder(made[2] / "weights.safetensors", "cpu")
    assert isinstance(encoder, Sam2TorchEncoder)
    images = [prepare_image(picture, TINY.input_size, (0, 0, 0), True) for picture in (PHOTO, PHOTO[:, ::-1].copy())]
    made_by_graph = [predictor.encode(PHOTO), predictor.encode(PHOTO[:, ::-1].copy())]
    for found, wanted in zip(encoder.encode_all(images, batch=2), made_by_graph, strict=True):
        for ours, theirs in zip(found, wanted.tensors.values(), strict=True):
            assert np.abs(ours - theirs).max() < 1e-4


def test_automatic_masks_and_propagation_run_on_a_stretched_picture(predictor: Predictor) -> None:
    params = preset("quick", points_per_side=2, predicted_iou=0, stability=0)
    records = AutomaticMasks(PredictorBackend(predictor), params).generate(PHOTO)
    assert records
    assert all(record.to_sa1b(1)["segmentation"]["size"] == list(PHOTO.shape[:2]) for record in records)
    embedding = predictor.encode(PHOTO)
    mask = np.zeros(PHOTO.shape[:2], bool)
    mask[20:60, 30:100] = True
    assert propagate(predictor, embedding, mask, embedding).mask.shape == mask.shape


def test_a_picture_of_four_channels_is_refused(predictor: Predictor) -> None:
    with pytest.raises(ValueError, match=r"uint8 array \[height, width, 3\] in RGB; received uint8 \[90, 135, 4\]"):
        predictor.encode(np.zeros((90, 135, 4), np.uint8))


def test_an_older_reader_does_not_pad_what_must_be_stretched(made: Any, tmp_path: Path) -> None:
    folder = shutil.copytree(made[2], tmp_path / "odd")
    text = (folder / "manifest.json").read_text()
    (folder / "manifest.json").write_text(text.replace('"stretch"', '"squeeze"'))
    with pytest.raises(ValueError, match=r"input.fit 'squeeze' is unknown; it must be one of pad, stretch"):
        load_package(folder)
