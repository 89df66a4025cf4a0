"""A SAM 3 package that is clicked with: its graphs against PyTorch and Hugging Face's own code."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from sam_backend import Embedding, Predictor, load_package  # noqa: E402
from sam_backend.acceleration.sam2 import Sam2TorchEncoder  # noqa: E402
from sam_backend.amg import AutomaticMasks, PredictorBackend, preset  # noqa: E402
from sam_backend.checkpoint_predictor import CheckpointPredictor  # noqa: E402
from sam_backend.checkpoints import load_sam2_state  # noqa: E402
from sam_backend.checkpoints.sam3 import to_official_sam3  # noqa: E402
from sam_backend.config import SAM3_VARIANTS  # noqa: E402
from sam_backend.encoder import PackageEncoder  # noqa: E402
from sam_backend.onnx.export import PackageInfo, export_package  # noqa: E402
from sam_backend.onnx.verify import verify_package  # noqa: E402
from sam_backend.postprocess import upsample_rows  # noqa: E402
from sam_backend.prompts import build_prompt  # noqa: E402
from sam_backend.propagate import propagate  # noqa: E402
from sam_backend.sessions.session import Session  # noqa: E402
from sam_backend.transforms import prepare_image  # noqa: E402
from tests.sam_backend.sam2.stretched import expected  # noqa: E402
from tests.sam_backend.sam3.tiny import TINY, oracle  # noqa: E402
from tests.sam_backend.small_photo import PHOTO, PROMPTS  # noqa: E402

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """(ours, theirs, package folder) with the same random weights."""
    theirs = oracle(torch, transformers, 4)
    ours = load_sam2_state(TINY, to_official_sam3(theirs.state_dict()))
    folder = tmp_path_factory.mktemp("packages") / "tiny"
    return ours, theirs, export_package(ours, folder, PackageInfo("tiny", licence="SAM License"), weights=True)


@pytest.fixture(scope="module")
def predictor(made: Any) -> Predictor:
    return Predictor(load_package(made[2]))


def test_every_graph_is_the_models(made: Any, predictor: Predictor) -> None:
    assert len(verify_package(made[0], made[2])) == 5
    manifest = predictor.manifest
    assert (manifest.family, manifest.input.fit, manifest.input.mean) == ("sam3", "stretch", (127.5, 127.5, 127.5))
    assert manifest.decoder.point_frame == manifest.decoder.mask_size == TINY.mask_size == 36
    assert [spec.shape for spec in manifest.embedding] == [(1, 32, 9, 9), (1, 8, 18, 18), (1, 4, 36, 36)]
    assert not manifest.remembers


def test_the_graph_takes_the_heads_of_a_global_block_in_parts(made: Any, predictor: Predictor) -> None:
    """Their scores together would be most of the memory that encoding takes."""
    onnx = pytest.importorskip("onnx")
    encoder = onnx.load(str(predictor.package.file("encoder")))
    softmaxes = [node for node in encoder.graph.node if node.op_type == "Softmax"]
    assert len(softmaxes) == 2 + 2  # two windowed blocks, and one of six heads, four and two


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
    """What shipping costs in masks is measured on photos, by the program that measures SAM 2's. Here it is the
    rounding: of values spread over 80 steps or more, 0.29 steps."""
    embedding = predictor.encode(PHOTO)
    stored = Embedding.from_bytes(embedding.to_bytes())
    for name, tensor in embedding.tensors.items():
        assert np.linalg.norm(stored.tensors[name] - tensor) < 0.03 * np.linalg.norm(tensor)
    mask = np.zeros(PHOTO.shape[:2], bool)
    mask[20:60, 30:100] = True
    assert propagate(predictor, stored, mask, stored).mask.shape == mask.shape


def test_automatic_masks_run(predictor: Predictor) -> None:
    params = preset("quick", points_per_side=2, predicted_iou=0, stability=0)
    records = AutomaticMasks(PredictorBackend(predictor), params).generate(PHOTO)
    assert records
    assert all(record.to_sa1b(1)["segmentation"]["size"] == list(PHOTO.shape[:2]) for record in records)


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
    """A worker finds the encoder of this family by its name."""
    monkeypatch.setitem(SAM3_VARIANTS, "sam3_toy", TINY)
    encoder = PackageEncoder(predictor.package, 1, device="cpu")
    assert isinstance(encoder._torch, Sam2TorchEncoder)
    images = [prepare_image(picture, TINY.input_size, (0, 0, 0), True) for picture in (PHOTO, PHOTO[:, ::-1].copy())]
    graph = Session(predictor.package.file("encoder"), 1)
    for found, image in zip(encoder.run_all(images), images, strict=True):
        names = list(found)
        for ours, theirs in zip(found.values(), graph.run({"image": image}, names), strict=True):
            assert np.abs(ours - theirs).max() < 1e-4
