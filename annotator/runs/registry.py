"""Kind of run → its Runner. Apps register in `AppConfig.ready`, by dotted path, so nothing heavy is imported early."""

from __future__ import annotations

from django.utils.module_loading import import_string

from annotator.runs.runner import Runner

_PATHS: dict[str, str] = {}


def register(kind: str, path: str) -> None:
    """Make a kind known. Raises ValueError when another runner already has it."""
    if _PATHS.setdefault(kind, path) != path:
        raise ValueError(f"Runs of kind {kind!r} already belong to {_PATHS[kind]}.")


def runner_class(kind: str) -> type[Runner]:
    """Return the Runner of a kind. Raises KeyError."""
    found: type[Runner] = import_string(_PATHS[kind])
    return found


def kinds() -> list[str]:
    """Return the kinds that are known."""
    return sorted(_PATHS)
