"""What an app above does to pictures before anything of them is stored; nothing here knows who it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from annotator.projects.models import Image, Project
from annotator.projects.pixels import Prepared


@dataclass(frozen=True)
class Guarded:
    """A picture as it may be stored; `note` writes what was done to it, in the transaction that writes its image."""

    prepared: Prepared
    note: Callable[[Image], None]


Guard = Callable[[Project, Prepared], Guarded | None]
Passing = Callable[[Project], bool]

_GUARDS: list[tuple[Guard, Passing]] = []


def set_guard(guard: Guard, keeps_files: Passing) -> None:
    """Say what is done to each new picture of a project (None: nothing), and whether files as people sent them (videos,
    archives) may lie in the storage longer than they are worked on."""
    _GUARDS[:] = [(guard, keeps_files)]


def guarded(project: Project, prepared: Prepared) -> Guarded:
    """Return a picture as it may be stored. Raises ApiError where it must not be."""
    for guard, _ in _GUARDS:
        if (found := guard(project, prepared)) is not None:
            return found
    return Guarded(prepared, lambda image: None)


def keeps_files(project: Project) -> bool:
    """Whether a file as somebody sent it may stay here after its run has ended."""
    return all(passing(project) for _, passing in _GUARDS)
