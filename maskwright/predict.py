"""Masks for clicks on an image of the server, computed here: its embedding and its model are fetched, the model once.

Needs NumPy, Pillow and onnxruntime, as they come with Maskwright."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from maskwright.client import Client
from maskwright.errors import MaskwrightError
from maskwright.records import Image
from sam_backend import Embedding, ModelPackage, Predictor
from sam_backend.package import MANIFEST, parse_manifest, sha256_of
from sam_backend.predictor import Prediction

Point = tuple[float, float]


class RemotePredictor:
    """Answers prompts on images of one server. An image must be prepared: its embedding is made by the server."""

    def __init__(self, client: Client, threads: int = 2) -> None:
        self._client, self._threads = client, threads
        self._predictors: dict[str, Predictor] = {}

    def predict(
        self, image: Image | str, points: Sequence[Point] = (), labels: Sequence[int] | None = None,
        box: tuple[float, float, float, float] | None = None,
    ) -> Prediction:  # fmt: skip
        """Return the answer to points (x, y in image pixels; label 1 belongs to it, 0 does not) or a box. Raises
        MaskwrightError while the image is not prepared, ValueError for a prompt that makes no sense."""
        connection = self._client.connection
        about = connection.json("GET", f"images/{image if isinstance(image, str) else image.id}/")["embedding"]
        if about["state"] != "ready":
            says = about["message"] or f"it is {about['state']}"
            raise MaskwrightError(f"The image is not prepared for clicks yet: {says}.", code="not_ready")
        blob = io.BytesIO()
        connection.fetch(about["url"], blob)
        predictor = self._predictor(about["model_version"])
        predictor.set_embedding(Embedding.from_bytes(blob.getvalue()))
        chosen = list(labels) if labels is not None else [1] * len(points)
        return predictor.predict(points=list(points) or None, labels=chosen if points else None, box=box)

    def _predictor(self, version: str) -> Predictor:
        if version not in self._predictors:
            self._predictors[version] = Predictor(self._package(version), threads=self._threads)
        return self._predictors[version]

    def _package(self, version: str) -> ModelPackage:
        """The part of the model that answers prompts, in the cache: each file fetched once and held against its hash.
        The encoder stays where it is, for the server has used it already."""
        about: dict[str, Any] = self._client.connection.json("GET", f"models/{version}/")
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        folder = Path(base) / "maskwright" / "models" / str(about["sha256"])
        folder.mkdir(parents=True, exist_ok=True)
        self._fetch(folder / MANIFEST, about["files"][MANIFEST], about["sha256"])
        manifest = parse_manifest((folder / MANIFEST).read_bytes(), str(folder))
        graphs = [spec for name, spec in manifest.graphs.items() if name != "encoder"]
        for name in {name for spec in graphs for name in (spec.file, spec.weights) if name}:
            self._fetch(folder / name, about["files"][name], manifest.files[name].sha256)
        return ModelPackage(folder, manifest, about["sha256"])

    def _fetch(self, target: Path, address: str, sha256: str) -> None:
        if target.exists() and sha256_of(target) == sha256:
            return
        part = target.with_name(target.name + ".part")
        with part.open("wb") as out:
            self._client.connection.fetch(address, out)
        if sha256_of(part) != sha256:
            raise MaskwrightError(f"{target.name} of the model does not match its hash. Try again.", code="damaged")
        part.replace(target)
