"""What apps above this one add to it: why a model version must stay."""

from __future__ import annotations

from collections.abc import Callable

from annotator.inference.models import ModelVersion

Holder = Callable[[ModelVersion], str]

_HOLDERS: list[Holder] = []


def add_holder(reason: Holder) -> None:
    """Add a function that returns the sentence why this model version must stay, or "" when nothing of its app
    needs it."""
    if reason not in _HOLDERS:
        _HOLDERS.append(reason)


def held(version: ModelVersion) -> str:
    """Return the first reason why some app above needs the version, or ""."""
    return next((said for reason in _HOLDERS if (said := reason(version))), "")
