"""Embeddings in memory and as the blob the browser fetches (safetensors, self-describing)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import safetensors.numpy
from safetensors import SafetensorError

from sam_backend.blob import pack
from sam_backend.manifest import ENCODINGS, TensorSpec
from sam_backend.principal import Principal, from_principal, to_principal
from sam_backend.quantize import dequantize, quantize
from sam_backend.transforms import FloatArray, Frame

BLOB_FORMATS = ("maskwright-embedding/1", "maskwright-embedding/2")
"""The second has tensors that are shipped as principal components; without them the first is written."""
MIXED = (".mix", ".mean")
PARTS = (".scale", ".zero", *MIXED)
PREPROCESSING = "1"


@dataclass(frozen=True)
class Embedding:
    """The encoder's output for one image.

    ``tensors`` are float32 [1, C, H, W] by name; ``original_size`` is (height, width) of the image;
    ``specs`` say how each tensor is shipped (from the model's manifest; int8 where absent).
    """

    tensors: Mapping[str, FloatArray]
    original_size: tuple[int, int]
    encoder_sha256: str
    specs: Mapping[str, TensorSpec] = field(default_factory=dict)
    image_sha256: str = ""
    input_size: int = 0

    def to_bytes(self, image_sha256: str = "", encoding: str | None = None) -> bytes:
        """The blob; ``encoding`` "int8", "fp16" or "fp32" overrides what the specs say for every tensor.

        Raises ValueError for an unknown encoding or values that are not finite.
        """
        if encoding is not None and encoding not in ENCODINGS:
            raise ValueError(f"The encoding must be one of {', '.join(ENCODINGS)}; received {encoding!r}.")
        arrays: dict[str, npt.NDArray[np.generic]] = {}
        for name, tensor in self.tensors.items():
            spec = self.specs.get(name, TensorSpec(name, tensor.shape))
            arrays.update(self._encode(name, tensor, spec, encoding or spec.encoding))
        mixed = any(name.endswith(MIXED) for name in arrays)
        return pack(arrays, {"format": BLOB_FORMATS[mixed], **self._metadata(image_sha256 or self.image_sha256)})

    @classmethod
    def from_bytes(cls, data: bytes) -> Embedding:
        """Reads a blob; raises ValueError with a sentence if it is cut short or no embedding."""
        try:
            arrays = safetensors.numpy.load(data)
            metadata = _read_metadata(data)
        except (SafetensorError, ValueError, KeyError, TypeError) as error:
            raise ValueError("This is not a complete embedding file; compute the embedding again.") from error
        if metadata.get("format") not in BLOB_FORMATS:
            expected = " or ".join(map(repr, BLOB_FORMATS))
            raise ValueError(f"Expected an embedding of format {expected}, received {metadata.get('format')!r}.")
        if metadata.get("preprocessing") != PREPROCESSING:
            raise ValueError("The embedding was made with another pre-processing; compute it again.")
        try:
            size = int(metadata["original_height"]), int(metadata["original_width"])
            encoder = metadata["encoder_sha256"]
        except (KeyError, ValueError) as error:
            raise ValueError("The embedding does not say for which image size or encoder it was made.") from error
        tensors = {name: _decode(name, arrays) for name in arrays if not name.endswith(PARTS)}
        return cls(tensors, size, encoder, image_sha256=metadata.get("image_sha256", ""))

    def _encode(
        self, name: str, tensor: FloatArray, spec: TensorSpec, encoding: str
    ) -> dict[str, npt.NDArray[np.generic]]:
        if not np.isfinite(tensor).all():
            raise ValueError(f"The embedding tensor {name!r} holds NaN or infinity; the model or the image is broken.")
        if encoding == "fp32":
            return {name: np.ascontiguousarray(tensor)}
        if encoding == "fp16":
            return {name: _half(name, tensor)}
        rows, columns = self._visible(tensor, spec)
        if spec.principal:
            found = to_principal(tensor, spec.levels, rows, columns)
            parts: tuple[npt.NDArray[np.generic], ...] = (found.scale, found.zero, found.mix, found.mean)
            return {name: found.planes} | {f"{name}{part}": array for part, array in zip(PARTS, parts, strict=True)}
        quantized, scale, zero = quantize(tensor, spec.levels, rows, columns)
        return {name: quantized, f"{name}.scale": scale, f"{name}.zero": zero}

    def _visible(self, tensor: FloatArray, spec: TensorSpec) -> tuple[int, int]:
        """Rows and columns of ``tensor`` that the image reaches, with one more for interpolation."""
        height, width = tensor.shape[-2:]
        if not spec.local or not self.input_size:
            return height, width
        frame = Frame(*self.original_size, self.input_size)
        return min(frame.cells(height)[0] + 1, height), min(frame.cells(width)[1] + 1, width)

    def _metadata(self, image_sha256: str) -> dict[str, str]:
        return {
            "encoder_sha256": self.encoder_sha256,
            "image_sha256": image_sha256,
            "preprocessing": PREPROCESSING,
            "original_height": str(self.original_size[0]),
            "original_width": str(self.original_size[1]),
        }


def _half(name: str, tensor: FloatArray) -> npt.NDArray[np.float16]:
    if np.abs(tensor).max(initial=0) > np.finfo(np.float16).max:
        raise ValueError(f"The embedding tensor {name!r} holds values beyond half precision; ship it as int8.")
    return tensor.astype(np.float16)


def _read_metadata(data: bytes) -> dict[str, str]:
    length = int.from_bytes(data[:8], "little")
    header: dict[str, dict[str, str]] = json.loads(data[8 : 8 + length])
    return header.get("__metadata__", {})


def _decode(name: str, arrays: Mapping[str, npt.NDArray[np.generic]]) -> FloatArray:
    array = arrays[name]
    if array.dtype != np.int8:
        return array.astype(np.float32)
    scale, zero, mix, mean = (arrays.get(f"{name}{part}") for part in PARTS)
    if scale is None or zero is None:
        raise ValueError(f"The embedding lacks the scale or zero point of {name!r}; compute the embedding again.")
    if mix is None or mean is None:
        return dequantize(array.astype(np.int8), scale.astype(np.float32), zero.astype(np.float32))
    return from_principal(Principal(
        array.astype(np.int8), scale.astype(np.float32), zero.astype(np.float32),
        mix.astype(np.float16), mean.astype(np.float32),
    ))  # fmt: skip
