"""The compact family's decoder, tuned."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from sam_backend.embedding import Embedding
from sam_backend.manifest import GraphSpec
from sam_backend.modeling.compact.model import CompactSam
from sam_backend.onnx.compact.export import WEIGHTS, compact_manifest
from sam_backend.onnx.compact.graphs import TENSORS, export_decode, export_fast
from sam_backend.package import ModelPackage
from sam_backend.training.compact_model import decode_compact
from sam_backend.training.model import Features
from sam_backend.tuning.errors import TuneError
from sam_backend.tuning.model import FeaturesOf, stacked
from sam_backend.tuning.weights import patch_weights

DECODER = "decoder."
"""What the names of its weights begin with in the package's file."""


class TunableCompact:
    """`Tunable` over `CompactSam`; the encoder's weights are never touched."""

    mask_size = 256
    features_of: FeaturesOf

    def __init__(self, model: CompactSam, input_size: int, device: str) -> None:
        self.model, self.input_size, self._device = model, input_size, device
        self.model.decoder.to(device)

    @classmethod
    def of(cls, package: ModelPackage, device: str) -> TunableCompact:
        """Raises TuneError for a package without weights."""
        weights = package.path / WEIGHTS
        if WEIGHTS not in package.manifest.files:
            raise TuneError(
                f"The model “{package.manifest.name}” comes without {WEIGHTS}, from which a compact model is tuned. "
                "Add the package that has them."
            )
        try:
            return cls(CompactSam.from_file(weights), package.manifest.input.size, device)
        except ValueError as error:
            raise TuneError(str(error)) from error

    @property
    def module(self) -> nn.Module:
        return self.model.decoder

    def features(self, embedding: Embedding) -> Features:
        return tuple(torch.from_numpy(embedding.tensors[name]).to(self._device) for name in TENSORS)

    def encode(self, images: Tensor) -> Features:
        return stacked(images, self.features_of)

    def decode(
        self, features: Features, points: Tensor, labels: Tensor, mask_input: Tensor | None, size: int
    ) -> tuple[Tensor, Tensor]:
        return decode_compact(self.model, features, points, labels, mask_input, size)

    def write(self, parent: ModelPackage, folder: Path) -> dict[str, GraphSpec]:
        """Weights first: the graphs, and this model from now on, compute with what is left of them in float16."""
        state = {f"{DECODER}{name}": value for name, value in self.module.state_dict().items()}
        changed = {name: value.detach().cpu().float().numpy() for name, value in state.items()}
        patch_weights(parent.path / WEIGHTS, folder / WEIGHTS, changed)
        self.model, self._device = (model := CompactSam.from_file(folder / WEIGHTS)), "cpu"
        export_decode(model, folder / "decode.onnx")
        export_fast(model, folder / "prepare.onnx", folder / "decode_fast.onnx", lender=folder / "decode.onnx")
        graphs = dict(compact_manifest(model.shape).graphs)
        return {name: graphs[name] for name in ("decode", "prepare", "decode_fast")}
