"""The new package: the parent's encoder as it is, its own decoder, numbers and a card; whole or not there."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from sam_backend.decoder import PackageDecoder
from sam_backend.embedding import Embedding
from sam_backend.onnx.comparison import relative_peak
from sam_backend.package import ModelPackage, write_manifest
from sam_backend.prompts import PromptTensors
from sam_backend.tuning.card import CARD, PARENT_CARD, write_card
from sam_backend.tuning.errors import TuneError
from sam_backend.tuning.model import Tunable
from sam_backend.tuning.records import TuneOptions
from sam_backend.tuning.report import TuneReport

TOLERANCE = 1e-3
"""Largest difference of graph and PyTorch, relative to the logits' deviation; float32 stays under a tenth of it."""


def write_graphs(model: Tunable, parent: ModelPackage, folder: Path, options: TuneOptions) -> ModelPackage:
    """A package in `folder`, which exists and is empty, that can be measured but has no numbers yet."""
    encoder = parent.manifest.graphs["encoder"]
    for name in {encoder.file, encoder.weights} - {None}:
        shutil.copyfile(parent.path / str(name), folder / str(name))
    if (parent.path / CARD).is_file():
        shutil.copyfile(parent.path / CARD, folder / PARENT_CARD)
    graphs = model.write(parent, folder)
    return write_manifest(
        folder,
        replace(
            parent.manifest,
            name=(options.name or parent.manifest.name)[:100],
            version=(options.version or f"{parent.manifest.version}-tuned")[:50],
            graphs={"encoder": encoder, **graphs},
            training_data=(*parent.manifest.training_data, _source(options)),
            metrics={},
            parent=parent.sha256,
        ),
    )


def check_graphs(model: Tunable, package: ModelPackage, embedding: Embedding, threads: int) -> None:
    """Raises TuneError unless plain and fast graph compute what the model does, on one embedding."""
    decoder, size = PackageDecoder(package, threads), model.input_size
    coords = np.array([[[0.3, 0.4], [0.5, 0.2], [0, 0]]], np.float32) * size
    labels = np.array([[1, 0, -1]], np.float32)
    empty = np.zeros((1, 1, model.mask_size, model.mask_size), np.float32)
    prompt = PromptTensors(coords, labels, empty, np.zeros(1, np.float32), ambiguous=False)
    expected = _expected(model, embedding, coords, labels)
    for _ in ("plain", "fast"):  # the second prompt on an image is the fast graph's
        logits, _scores = decoder.run(embedding, prompt)
        error = relative_peak(logits, expected)
        if not error <= TOLERANCE:
            raise TuneError(
                f"The new model's graphs do not compute what was trained (off by {error:.1e} of the logits' "
                "deviation). Nothing was changed; please report this with the model's name."
            )


@torch.no_grad()
def _expected(
    model: Tunable, embedding: Embedding, coords: np.ndarray[Any, Any], labels: np.ndarray[Any, Any]
) -> np.ndarray[Any, Any]:
    model.module.eval()
    features = model.features(embedding)
    device = features[0].device
    points, kinds = torch.from_numpy(coords).to(device), torch.from_numpy(labels).to(device)
    return model.decode(features, points, kinds, None, model.input_size)[0].float().cpu().numpy()


def describe(package: ModelPackage, parent: ModelPackage, report: TuneReport, options: TuneOptions) -> ModelPackage:
    """Writes numbers and card into the package, and its manifest anew."""
    metrics = {name: change.new.mean for name, change in report.metrics.items()}
    manifest = replace(package.manifest, metrics=metrics)
    card = write_card(manifest, parent, report, _source(options), options.clicks)
    (package.path / CARD).write_text(card, encoding="utf-8")
    return write_manifest(package.path, manifest)


def _source(options: TuneOptions) -> str:
    return options.source or "accepted masks"
