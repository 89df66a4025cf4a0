"""Talk to a Maskwright server: a typed client, and the words of the command line. Needs nothing but Python; `predict`
also NumPy and onnxruntime, by `sam_backend`."""

from __future__ import annotations

from maskwright.client import Client
from maskwright.errors import MaskwrightError, RunFailed
from maskwright.records import Export, Image, Import, Model, Project, Run, Uploaded

__all__ = [
    "Client", "Export", "Image", "Import", "MaskwrightError", "Model", "Project", "Run", "RunFailed", "Uploaded",
]  # fmt: skip
