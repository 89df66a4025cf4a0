"""How wide and deep a compact model is. Stored with its weights, so that every reader builds the right one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from safetensors import safe_open

KEY = "shape"
"""Entry of the weights' metadata; weights without it have the default shape."""

ENCODERS = ("residual", "lite2")
"""Residual convolutions from random weights (encoder.py), or EfficientNet-Lite2's body (lite_encoder.py)."""


@dataclass(frozen=True)
class CompactShape:
    """Defaults are the shipped model's. The decoder's own sizes follow from ``dim``."""

    widths: tuple[int, int, int, int, int] = (32, 64, 128, 224, 288)
    """Channels at stride 2, 4, 8, 16 and 32; the last a multiple of the 8 attention heads."""
    depths: tuple[int, int, int, int] = (1, 2, 3, 2)
    """Residual blocks at stride 4, 8, 16 and 32."""
    dim: int = 128
    """Channels of the embedding and of the decoder; a multiple of 8."""
    encoder: str = "residual"
    """One of `ENCODERS`; "lite2" has widths and depths of its own and knows no others."""
    quality: bool = False
    """Whether predicted IoUs look at the masks (quality.py)."""

    def __post_init__(self) -> None:
        """Raises ValueError for sizes that no model can have."""
        if self.encoder not in ENCODERS:
            raise ValueError(f"A compact model's encoder is one of {', '.join(ENCODERS)}; received {self.encoder!r}.")
        counts = (*self.widths, *self.depths, self.dim)
        if len(self.widths) != 5 or len(self.depths) != 4 or not all(type(n) is int and 1 <= n <= 4096 for n in counts):
            raise ValueError(f"A compact model has 5 widths, 4 depths and a dim, all whole numbers; received {self}.")
        if self.widths[-1] % 8 or self.dim % 8:
            raise ValueError(f"The last width and dim must be multiples of 8; received {self.widths[-1]}, {self.dim}.")

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> CompactShape:
        """Reads plain data; raises ValueError naming an unknown entry."""
        unknown = sorted(set(values) - {field.name for field in fields(cls)})
        if unknown:
            raise ValueError(f"A compact model has no {unknown[0]!r}; it has widths, depths, dim, encoder and quality.")
        given: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in values.items()}
        return cls(**given)

    @classmethod
    def of(cls, weights: Path | str) -> CompactShape:
        """The shape of the model that a safetensors file holds."""
        with safe_open(str(weights), "np") as file:
            stored = (file.metadata() or {}).get(KEY)
        return cls.from_dict(json.loads(stored)) if stored else cls()

    def to_metadata(self) -> dict[str, str]:
        """What goes into the weights' metadata; nothing for the default shape, whose files stay as they were."""
        return {} if self == DEFAULT_SHAPE else {KEY: json.dumps(asdict(self))}


DEFAULT_SHAPE = CompactShape()
"""The shipped model's."""
