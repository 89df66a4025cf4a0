"""A package's encoder: onnxruntime on the CPU, or PyTorch on a GPU where there is one and the package has weights."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import sys
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Protocol, cast

from sam_backend.package import ModelPackage
from sam_backend.sessions.session import Session
from sam_backend.transforms import FloatArray

log = logging.getLogger(__name__)

WEIGHTS = "weights.safetensors"
TORCH_FAMILIES = {
    "sam": "sam_backend.acceleration.sam",
    "mobile_sam": "sam_backend.acceleration.sam",
    "hq_sam": "sam_backend.acceleration.hq",
    "sam2": "sam_backend.acceleration.sam2",
    "edgetam": "sam_backend.acceleration.sam2",
    "sam3": "sam_backend.acceleration.sam2",
    "compact": "sam_backend.acceleration.compact",
}
"""Who encodes a family in PyTorch."""


class BatchEncoder(Protocol):
    """What this module needs of an encoder in PyTorch (`acceleration.batches.BatchedEncoder`)."""

    device: object
    dtype: object

    def encode_all(self, images: Iterable[FloatArray]) -> Iterator[FloatArray | tuple[FloatArray, ...]]:
        """Embeddings in order: one tensor each, or several in the manifest's order."""

    def batch_size(self) -> int:
        """Images that fit the device's free memory at once."""


class PackageEncoder:
    """Prepared images to embedding tensors. Loads at first use; not safe to share between threads.

    Args:
        package: the model package.
        threads: CPU threads.
        device: a torch device to insist on; None takes a GPU if torch, a GPU and the package's weights are there.
        compiled: let torch.compile prepare the encoder: minutes at the first batch, faster from then on.
    """

    def __init__(self, package: ModelPackage, threads: int, device: str | None = None, compiled: bool = False) -> None:
        self._package, self._device, self._compiled = package, device, compiled
        self._names = [spec.name for spec in package.manifest.embedding]
        self._session = Session(package.file("encoder"), threads)

    @property
    def backend(self) -> str:
        """What encodes, for logs: "onnxruntime" or torch's device and precision."""
        return "onnxruntime" if self._torch is None else f"torch {self._torch.device} {self._torch.dtype}"

    def batch_size(self) -> int:
        """Images worth handing over at once: as many as fit a GPU's memory, one on a CPU."""
        return 1 if self._torch is None else self._torch.batch_size()

    def run_all(self, images: Iterable[FloatArray]) -> Iterator[dict[str, FloatArray]]:
        """Tensors by name for each float32 [1, 3, S, S], in order; in batches on a GPU."""
        if self._torch is not None:
            for made in self._torch.encode_all(images):
                # a compact package of the first version does not want the guide, which comes last
                yield dict(zip(self._names, made if isinstance(made, tuple) else (made,), strict=False))
            return
        for image in images:
            values = self._session.run({self._session.input_names[0]: image}, self._names)
            yield dict(zip(self._names, values, strict=True))

    @cached_property
    def _torch(self) -> BatchEncoder | None:
        manifest = self._package.manifest
        if WEIGHTS not in manifest.files or manifest.family not in TORCH_FAMILIES:
            return None
        if importlib.util.find_spec("torch") is None or (self._device is None and not _may_have_gpu()):
            return None
        # by name: a package must work, and its imports be checked, without PyTorch
        accelerate = importlib.import_module(TORCH_FAMILIES[manifest.family])
        try:
            made = accelerate.load_encoder(self._package.path / WEIGHTS, self._device, self._compiled)
        except RuntimeError as error:  # what torch raises for a driver that does not fit and for a GPU that is full
            if self._device is not None:
                raise ValueError(f"{manifest.name} cannot be loaded on {self._device}: {error}") from error
            log.warning("%s is encoded on the processor, for the GPU cannot take it: %s", manifest.name, error)
            return None
        return cast("BatchEncoder | None", made)


def _may_have_gpu() -> bool:
    """Whether it is worth asking torch, whose import alone takes seconds and 300 MB: drivers show up in /dev."""
    nodes = ("nvidiactl", "kfd", "dxg")  # NVIDIA, AMD, either under WSL
    return sys.platform != "linux" or any(Path("/dev", node).exists() for node in nodes)
