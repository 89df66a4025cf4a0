"""A package's encoder: onnxruntime on the CPU, or PyTorch on a GPU where there is one and the package has weights."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Protocol, cast

from sam_backend.package import ModelPackage
from sam_backend.session import Session
from sam_backend.transforms import FloatArray

WEIGHTS = "weights.safetensors"
TORCH_FAMILIES = ("sam", "mobile_sam")


class BatchEncoder(Protocol):
    """What this module needs of `modeling.accelerate.TorchEncoder`."""

    device: object
    dtype: object

    def encode_all(self, pictures: Iterable[FloatArray]) -> Iterator[FloatArray]:
        """Embeddings in order."""


class PackageEncoder:
    """Prepared pictures to embedding tensors. Loads at first use; not safe to share between threads.

    Args:
        package: the model package.
        threads: CPU threads.
        device: a torch device to insist on; None takes a GPU if torch, a GPU and the package's weights are there.
    """

    def __init__(self, package: ModelPackage, threads: int, device: str | None = None) -> None:
        self._package, self._device = package, device
        self._names = [spec.name for spec in package.manifest.embedding]
        self._session = Session(package.file("encoder"), threads)

    @property
    def backend(self) -> str:
        """What encodes, for logs: "onnxruntime" or torch's device and precision."""
        return "onnxruntime" if self._torch is None else f"torch {self._torch.device} {self._torch.dtype}"

    def run_all(self, pictures: Iterable[FloatArray]) -> Iterator[dict[str, FloatArray]]:
        """Tensors by name for each float32 [1, 3, S, S], in order; in batches on a GPU."""
        if self._torch is not None:
            for embedding in self._torch.encode_all(pictures):
                yield {self._names[0]: embedding}
            return
        for picture in pictures:
            values = self._session.run({self._session.input_names[0]: picture}, self._names)
            yield dict(zip(self._names, values, strict=True))

    @cached_property
    def _torch(self) -> BatchEncoder | None:
        manifest = self._package.manifest
        if WEIGHTS not in manifest.files or manifest.family not in TORCH_FAMILIES:
            return None
        if importlib.util.find_spec("torch") is None:
            return None
        # by name: a package must work, and its imports be checked, without PyTorch
        accelerate = importlib.import_module("sam_backend.modeling.accelerate")
        return cast("BatchEncoder | None", accelerate.load_encoder(self._package.path / WEIGHTS, self._device))
