"""Who decodes the grid's prompts: onnxruntime on a CPU, or PyTorch on a GPU."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from sam_backend.amg.decoded import Decoded
from sam_backend.amg.polish import Polish
from sam_backend.amg.staged import StagedDecoder
from sam_backend.finish import Finish
from sam_backend.predictor import Predictor
from sam_backend.prompts import PromptTensors, build_point_batch
from sam_backend.transforms import Frame, prepare_image

if TYPE_CHECKING:
    from torch import nn

    from sam_backend.manifest import Manifest

Points = npt.NDArray[np.float64]
# Cutting and loading a graph takes half a second: done once per predictor. None where it cannot be cut.
_STAGED: WeakKeyDictionary[Predictor, StagedDecoder | None] = WeakKeyDictionary()


class DecoderBackend(Protocol):
    """What the generator needs of a model."""

    def frame(self, height: int, width: int) -> Frame:
        """How an image lies in the square that points are given in."""

    @property
    def threshold(self) -> float:
        """Logits above it belong to the mask."""

    def encode(self, rgb: npt.NDArray[np.uint8]) -> Any:
        """Encodes an upright uint8 RGB image [H, W, 3]; the result is only handed back to ``decode``."""

    def polish(self, encoded: Any, frame: Frame) -> Polish | None:
        """What is to be done to the image's masks before they are shown; None where the model asks for nothing."""

    def decode(self, encoded: Any, frame: Frame, points: Points, min_iou: float) -> Decoded:
        """One positive point per prompt, [B, 2] in the image's pixels, to those of the three candidates each whose
        predicted IoU is at least ``min_iou``."""


class PredictorBackend:
    """A model package through onnxruntime, its decoder in stages (see ``StagedDecoder``) wherever it can be cut.

    ``polished`` does to masks what the package asks for (``decoder.edge_radius`` and ``decoder.tidy_cells``); without
    it they are the decoder's own.
    """

    def __init__(self, predictor: Predictor, polished: bool = True) -> None:
        self.predictor, self.polished = predictor, polished
        if predictor not in _STAGED:
            _STAGED[predictor] = StagedDecoder(predictor.package, predictor.threads)

    @property
    def _staged(self) -> StagedDecoder | None:
        return _STAGED[self.predictor]

    def frame(self, height: int, width: int) -> Frame:
        return self.predictor.manifest.frame(height, width)

    @property
    def threshold(self) -> float:
        return self.predictor.manifest.decoder.mask_threshold

    def encode(self, rgb: npt.NDArray[np.uint8]) -> Any:
        return self.predictor.encode(rgb)

    def polish(self, encoded: Any, frame: Frame) -> Polish | None:
        decoder = self.predictor.manifest.decoder
        if not self.polished or not (decoder.edge_radius or decoder.tidy_cells):
            return None
        return Polish(Finish.of(decoder, frame, encoded.tensors))

    def decode(self, encoded: Any, frame: Frame, points: Points, min_iou: float) -> Decoded:
        staged = self._staged
        if staged is not None:
            try:
                found, refused = staged.run(encoded, self._prompt(frame, points), min_iou)
            except ValueError:  # a graph of another shape than SAM's: whole, it answers all the same
                _STAGED[self.predictor] = None
            else:
                again = [(at, self._whole(encoded, frame, points[at : at + 1], min_iou)) for at in refused]
                return Decoded.joined([*found, *again])
        return self._whole(encoded, frame, points, min_iou)

    def _whole(self, encoded: Any, frame: Frame, points: Points, min_iou: float) -> Decoded:
        logits, scores = self.predictor.decode(encoded, self._prompt(frame, points))
        return Decoded.above(logits[:, 1:], scores[:, 1:], min_iou)

    def _prompt(self, frame: Frame, points: Points) -> PromptTensors:
        return build_point_batch(frame, points, self.predictor.manifest.decoder.mask_size)


class TorchBackend:
    """PyTorch modules with the signatures of a package's ``encoder`` and ``decode`` graphs, on any device.

    Args:
        encoder, decode: the modules, for SAM ``onnx.graphs.EncoderGraph`` and ``DecoderGraph``.
        manifest: the package's, for sizes and threshold.
        device: torch's name of it.
        half: compute in bfloat16 wherever torch's autocast deems it safe: what a GPU is quick at.
    """

    def __init__(
        self, encoder: nn.Module, decode: nn.Module, manifest: Manifest, device: str = "cpu", half: bool = False
    ) -> None:
        self.encoder, self.decoder = encoder.to(device).eval(), decode.to(device).eval()
        self.manifest, self.device, self.half = manifest, device, half

    def frame(self, height: int, width: int) -> Frame:
        return self.manifest.frame(height, width)

    @property
    def threshold(self) -> float:
        return self.manifest.decoder.mask_threshold

    def encode(self, rgb: npt.NDArray[np.uint8]) -> Any:
        import torch

        wanted = self.manifest.input
        image = torch.from_numpy(prepare_image(rgb, wanted.size, wanted.pad_value, self.manifest.stretched))
        with torch.inference_mode(), self._precision():
            features = self.encoder(image.to(self.device))
        return features if isinstance(features, tuple) else (features,)

    def polish(self, encoded: Any, frame: Frame) -> Polish | None:
        return None

    def decode(self, encoded: Any, frame: Frame, points: Points, min_iou: float) -> Decoded:
        import torch

        prompt = build_point_batch(frame, points, self.manifest.decoder.mask_size)
        inputs = [torch.from_numpy(array).to(self.device) for array in prompt.feeds().values()]
        with torch.inference_mode(), self._precision():
            logits, scores = self.decoder(*encoded, *inputs)
        return Decoded.above(logits[:, 1:].float().cpu().numpy(), scores[:, 1:].float().cpu().numpy(), min_iou)

    def _precision(self) -> AbstractContextManager[Any]:
        import torch

        return torch.autocast(torch.device(self.device).type, torch.bfloat16, enabled=self.half)
