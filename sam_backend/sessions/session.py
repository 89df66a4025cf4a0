"""One ONNX graph, loaded at first use."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import cast

import onnxruntime

from sam_backend.sessions.options import is_large, session_options
from sam_backend.transforms import FloatArray


class Session:
    """An onnxruntime CPU session with a fixed number of threads."""

    def __init__(self, path: Path, threads: int) -> None:
        self.path = path
        self.threads = threads

    @cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        options = session_options(self.threads, spare_memory=is_large(self.path))
        try:
            return onnxruntime.InferenceSession(str(self.path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's own exceptions share no public base class
            raise ValueError(f"The ONNX graph {self.path} cannot be loaded: {error}") from error

    @property
    def input_names(self) -> list[str]:
        return [entry.name for entry in self._session.get_inputs()]

    def run(self, feeds: Mapping[str, FloatArray], outputs: list[str]) -> list[FloatArray]:
        """Runs the graph; inputs it does not have are left out."""
        known = set(self.input_names)
        return cast(
            list[FloatArray],
            self._session.run(outputs, {name: value for name, value in feeds.items() if name in known}),
        )
