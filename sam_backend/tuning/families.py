"""Which family a package's decoder is of."""

from __future__ import annotations

from sam_backend.config import VARIANTS
from sam_backend.package import ModelPackage
from sam_backend.tuning.compact import TunableCompact
from sam_backend.tuning.errors import TuneError
from sam_backend.tuning.model import Tunable
from sam_backend.tuning.sam import TunableSam

SAM_FAMILIES = tuple(sorted({config.family for config in VARIANTS.values()}, reverse=True))
"""Whose decoder is SAM's."""


def load_tunable(package: ModelPackage, device: str) -> Tunable:
    """The package's decoder on a device. Raises TuneError for weights that are not there or do not fit."""
    if package.manifest.family == "compact":
        return TunableCompact.of(package, device)
    if package.manifest.family in SAM_FAMILIES:
        return TunableSam.of(package, device)
    raise TuneError(
        f"The model “{package.manifest.name}” is of the family {package.manifest.family!r}, which cannot be tuned yet; "
        f"possible are compact, {', '.join(SAM_FAMILIES)}."
    )
