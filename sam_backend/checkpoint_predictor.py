"""A checkpoint answering prompts as a package does, in PyTorch, without exporting anything: for notebooks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import torch

from sam_backend.acceleration.hq import HqTorchEncoder
from sam_backend.acceleration.maps import MapsEncoder
from sam_backend.acceleration.sam import TorchEncoder
from sam_backend.acceleration.sam2 import Sam2TorchEncoder
from sam_backend.checkpoints import load_model
from sam_backend.embedding import Embedding
from sam_backend.manifest import GraphSpec
from sam_backend.modeling import Sam
from sam_backend.modeling.families import AnySam
from sam_backend.modeling.hq import HqSam
from sam_backend.modeling.sam2 import Sam2
from sam_backend.onnx.export import PackageInfo, describe
from sam_backend.package import ModelPackage
from sam_backend.predictor import Predictor
from sam_backend.prompts import PromptTensors
from sam_backend.transforms import FloatArray

PROMPT = ("point_coords", "point_labels", "mask_input", "has_mask_input")
NO_GRAPHS = {name: GraphSpec(f"{name}.onnx") for name in ("encoder", "decode")}
"""Every manifest names these two; they would be opened at first use, and are not used here."""


class CheckpointPredictor(Predictor):
    """`Predictor` on a float32 model: the same methods, the same answers within rounding.

    Its embeddings carry a hash of the encoder's weights, so they fit every predictor of the same weights here, but no
    package: a package's embeddings carry the hash of its graph.

    Args:
        model: SAM, MobileSAM, HQ-SAM or SAM 2 in evaluation mode.
        device: where torch runs, "cpu" or "cuda"; float32 on either.
        name: what errors call it.
    """

    def __init__(self, model: AnySam, device: str = "cpu", name: str = "checkpoint") -> None:
        manifest = describe(model, PackageInfo(name), NO_GRAPHS)
        manifest = replace(manifest, encoder_sha256=weights_sha256(_encoding_part(model)))
        super().__init__(ModelPackage(Path(name), manifest, weights_sha256(model)))
        names = [spec.name for spec in manifest.embedding]
        self._encoder = _Encoder(model, device, names)  # type: ignore[assignment]
        self._decoder = _Decoder(model, device, names)  # type: ignore[assignment]


def load_predictor(checkpoint: Path | str, device: str = "cpu") -> CheckpointPredictor:
    """Read a checkpoint (`.pth`, `.pt`, `.safetensors`) and answer prompts with it.

    Raises:
        ValueError: as `sam_backend.checkpoints.load_model`.
    """
    path = Path(checkpoint)
    return CheckpointPredictor(load_model(path), device, path.stem)


def _encoding_part(model: AnySam) -> torch.nn.Module:
    """What makes the embedding; of HQ-SAM and SAM 2 some of that lies in the decoder, so all of it counts."""
    return model.image_encoder if isinstance(model, Sam) else model


def weights_sha256(module: torch.nn.Module) -> str:
    """Hash of every name, shape and value of a module's state."""
    digest = hashlib.sha256()
    for name, value in module.state_dict().items():
        digest.update(f"{name} {value.dtype} {list(value.shape)}\n".encode())
        digest.update(value.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


class _Encoder:
    """What `Predictor` asks of `encoder.PackageEncoder`."""

    def __init__(self, model: AnySam, device: str, names: list[str]) -> None:
        self._names = names
        self._torch: TorchEncoder | MapsEncoder
        if isinstance(model, Sam2):
            self._torch = Sam2TorchEncoder(model, device, torch.float32)
        elif isinstance(model, HqSam):
            self._torch = HqTorchEncoder(model, device, torch.float32)
        else:
            self._torch = TorchEncoder(model, device, torch.float32)
        self.backend = f"torch {self._torch.device} {self._torch.dtype}"

    def batch_size(self) -> int:
        """Images worth handing over at once."""
        return self._torch.batch_size()

    def run_all(self, images: Iterable[FloatArray]) -> Iterator[dict[str, FloatArray]]:
        """Tensors by name for each float32 [1, 3, S, S], in order."""
        for made in self._torch.encode_all(images):
            yield dict(zip(self._names, made if isinstance(made, tuple) else (made,), strict=True))


class _Decoder:
    """What `Predictor` asks of `decoder.PackageDecoder`."""

    def __init__(self, model: AnySam, device: str, names: list[str]) -> None:
        self._model, self._device, self._names = model.to(device), device, names

    @torch.inference_mode()
    def run(self, embedding: Embedding, prompt: PromptTensors) -> tuple[FloatArray, FloatArray]:
        """Logits float32 [B, 4, m, m] and predicted IoUs float32 [B, 4] of B prompts."""
        feeds = prompt.feeds()
        arrays = [*(embedding.tensors[name] for name in self._names), *(feeds[name] for name in PROMPT)]
        logits, scores = self._model.decode(*(torch.from_numpy(array).to(self._device) for array in arrays))
        return logits.cpu().numpy(), scores.cpu().numpy()
