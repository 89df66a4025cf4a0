"""The compact model as one module, and its weights on disk."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from sam_backend.modeling.compact.decoder import CompactDecoder
from sam_backend.modeling.compact.encoder import CompactEncoder
from sam_backend.modeling.compact.keys import modern_names
from sam_backend.modeling.compact.lite_encoder import LiteEncoder
from sam_backend.modeling.compact.shape import DEFAULT_SHAPE, CompactShape

INPUT_SIZE = 512


def encoder_of(shape: CompactShape) -> CompactEncoder | LiteEncoder:
    """A new encoder of the kind that a shape names."""
    if shape.encoder == "lite2":
        return LiteEncoder(shape.dim)
    return CompactEncoder(shape.widths, shape.depths, shape.dim)


class CompactSam(nn.Module):
    """Encoder (6.9 M parameters as shipped) and decoder (0.8 M). Any input side divisible by 32; shipped at 512."""

    def __init__(self, shape: CompactShape = DEFAULT_SHAPE) -> None:
        super().__init__()
        self.shape = shape
        self.encoder = encoder_of(shape)
        self.decoder = CompactDecoder(shape.dim, shape.quality)

    def forward(self, image: Tensor, points: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Logits [P, 4, S/2, S/2] and predicted IoU [P, 4] for prompts ``points`` [P, N, 2] in 0..1."""
        logits, iou = self.decoder(self.encoder(image), points, labels)
        return logits, iou

    @classmethod
    def from_file(cls, path: Path | str) -> CompactSam:
        """Loads safetensors weights (any float dtype; the prototype's names are understood) in evaluation mode.

        Raises ValueError naming what is missing or left over.
        """
        try:
            tensors = modern_names(load_file(str(path)))
            model = cls(CompactShape.of(path))
        except (SafetensorError, OSError) as error:
            raise ValueError(f"{path}: not a safetensors file that can be read: {error}") from error
        try:
            missing, unexpected = model.load_state_dict({name: t.float() for name, t in tensors.items()}, strict=False)
        except RuntimeError as error:
            _, first, *others = str(error).split("\n\t")
            more = f"; {len(others)} more of its weights do not either" if others else ""
            raise ValueError(f"{path} does not fit the shape it names: {first.rstrip('. ')}{more}.") from error
        missing = [name for name in missing if not name.endswith("num_batches_tracked")]
        if missing or unexpected:
            raise ValueError(
                f"{path} does not hold the compact model's weights: missing {missing[:5]}, unexpected {unexpected[:5]}."
            )
        return model.eval()

    def save(self, path: Path | str, dtype: torch.dtype = torch.float16) -> None:
        """Writes the weights as safetensors in ``dtype``; batch counters are left out, nothing reads them."""
        state = {n: t.to(dtype).contiguous() for n, t in self.state_dict().items() if t.is_floating_point()}
        metadata = {"format": "pt", "model": "maskwright-compact/1", **self.shape.to_metadata()}
        save_file(state, str(path), metadata=metadata)
