"""Which family a package's decoder is of."""

from __future__ import annotations

from sam_backend.package import ModelPackage
from sam_backend.tuning.compact import TunableCompact
from sam_backend.tuning.model import Tunable
from sam_backend.tuning.sam import TunableSam


def load_tunable(package: ModelPackage, device: str) -> Tunable:
    """The package's decoder on a device. Raises TuneError for weights that are not there or do not fit."""
    if package.manifest.family == "compact":
        return TunableCompact.of(package, device)
    return TunableSam.of(package, device)
