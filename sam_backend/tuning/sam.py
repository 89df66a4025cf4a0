"""SAM's decoder, and MobileSAM's, tuned: any package that `export` made, with its weights or without."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from sam_backend.config import DecoderConfig, ModelConfig, VitConfig
from sam_backend.embedding import Embedding
from sam_backend.manifest import GraphSpec
from sam_backend.modeling import Sam
from sam_backend.onnx.comparison import LOGIT_TOLERANCE, relative_peak
from sam_backend.onnx.export import write_decoders
from sam_backend.onnx.graphs import PROMPT_INPUTS, example_embedding, example_prompts
from sam_backend.package import ModelPackage
from sam_backend.sessions.session import Session
from sam_backend.training.model import Features
from sam_backend.tuning.decoder_weights import PARTS, decoder_config, decoder_weights
from sam_backend.tuning.errors import TuneError
from sam_backend.tuning.model import FeaturesOf, stacked
from sam_backend.tuning.weights import patch_weights

NO_ENCODER = VitConfig(width=16, depth=1, heads=2, global_blocks=())
"""Stands where the encoder is: stored embeddings need none."""


class TunableSam:
    """`Tunable` over SAM's prompt encoder and mask decoder. The positional encoding is fixed, as in SAM."""

    features_of: FeaturesOf

    def __init__(self, model: Sam, device: str) -> None:
        self.model, self._device = model, device
        self._module = nn.ModuleDict({part: model.get_submodule(part) for part in PARTS}).to(device)

    @classmethod
    def of(cls, package: ModelPackage, device: str) -> TunableSam:
        """Reads the weights from the package's weights file or, without one, back from its plain decoder graph.

        Raises:
            TuneError: they are of another architecture, or do not compute what the package's graph does.
        """
        try:
            state = decoder_weights(package)
            model = Sam(_config(package, decoder_config(state)))
            model.load_state_dict({name: torch.tensor(value) for name, value in state.items()}, strict=False)
            if missing := {name for name in model.state_dict() if name.startswith(PARTS)} - set(state):
                raise ValueError(f"its graph lacks {min(missing)}")
            _compare(model, package)
        except (ValueError, RuntimeError, KeyError) as error:
            raise TuneError(
                f"The weights of the model “{package.manifest.name}” cannot be read for tuning: {error}. "
                "Export its checkpoint again with this version and --weights."
            ) from error
        return cls(model, device)

    @property
    def module(self) -> nn.Module:
        return self._module

    @property
    def mask_size(self) -> int:
        return self.model.config.mask_size

    @property
    def input_size(self) -> int:
        return self.model.config.input_size

    def features(self, embedding: Embedding) -> Features:
        return (torch.from_numpy(embedding.tensors["embedding"]).to(self._device),)

    def encode(self, images: Tensor) -> Features:
        return stacked(images, self.features_of)

    def decode(
        self, features: Features, points: Tensor, labels: Tensor, mask_input: Tensor | None, size: int
    ) -> tuple[Tensor, Tensor]:
        """Of one image: SAM's decoder takes prompts of one image at a time."""
        prompts, decoder = self.model.prompt_encoder, self.model.mask_decoder
        sparse = prompts.points(points, labels)
        dense = prompts.no_mask() if mask_input is None else prompts.masks(mask_input)
        logits, iou = decoder(features[0], prompts.image_positions(), sparse, dense)
        return logits, iou

    def write(self, parent: ModelPackage, folder: Path) -> dict[str, GraphSpec]:
        """The graphs, and the weights where the parent has them; the model is on the CPU from now on."""
        self._module.to("cpu")
        self._device = "cpu"
        stored = parent.path / "weights.safetensors"
        if stored.name in parent.manifest.files:
            state = self._module.state_dict()
            patch_weights(stored, folder / stored.name, {name: value.numpy() for name, value in state.items()})
        return write_decoders(self.model, folder)


def _config(package: ModelPackage, decoder: DecoderConfig) -> ModelConfig:
    manifest = package.manifest
    return ModelConfig(manifest.name, manifest.family, NO_ENCODER, decoder, manifest.input.size)


def _compare(model: Sam, package: ModelPackage) -> None:
    """Raises ValueError unless the model computes what the package's plain graph does."""
    torch.manual_seed(0)
    embedding, prompts = example_embedding(model), example_prompts(model, batch=1)
    with torch.no_grad():
        expected = model.decode(embedding, *prompts)[0].numpy()
    feeds = {"embedding": embedding.numpy(), **dict(zip(PROMPT_INPUTS, (p.numpy() for p in prompts), strict=True))}
    (through_graph,) = Session(package.file("decode"), threads=1).run(feeds, ["logits"])
    error = relative_peak(np.asarray(through_graph), expected)
    if not error <= 10 * LOGIT_TOLERANCE:
        raise ValueError(f"they do not compute what its graph does (off by {error:.1e} of the logits' deviation)")
