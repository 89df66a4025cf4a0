"""What the server answers, as frozen values; `raw` holds all of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

FINISHED = ("succeeded", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class _Record:
    id: str
    raw: dict[str, Any] = field(repr=False, compare=False)


def id_of(row: _Record | str) -> str:
    """Return the id of a row, or the id itself."""
    return row if isinstance(row, str) else row.id


@dataclass(frozen=True, slots=True)
class Project(_Record):
    """A project, with how many images and objects it has."""

    name: str
    images: int
    annotations: int
    role: str

    @classmethod
    def of(cls, raw: dict[str, Any]) -> Self:
        """Read an answer."""
        counts = raw.get("counts", {})
        return cls(raw["id"], raw, raw["name"], counts.get("images", 0), counts.get("annotations", 0), raw["my_role"])


@dataclass(frozen=True, slots=True)
class Image(_Record):
    """An image; `path` is its folder and name."""

    path: str
    width: int
    height: int
    state: str

    @classmethod
    def of(cls, raw: dict[str, Any]) -> Self:
        """Read an answer."""
        path = f"{raw['folder']}/{raw['name']}" if raw["folder"] else raw["name"]
        return cls(raw["id"], raw, path, raw["width"], raw["height"], raw["state"])


@dataclass(frozen=True, slots=True)
class Run(_Record):
    """A machine's unit of work. `progress` is 0 to 1."""

    kind: str
    state: str
    progress: float
    message: str
    error: str
    result: dict[str, Any]

    @classmethod
    def of(cls, raw: dict[str, Any]) -> Self:
        """Read an answer."""
        known = (raw[name] for name in ("kind", "state", "progress", "message", "error", "result"))
        return cls(raw["id"], raw, *known)

    @property
    def finished(self) -> bool:
        """Whether nothing more comes of it."""
        return self.state in FINISHED


@dataclass(frozen=True, slots=True)
class Import(_Record):
    """A data set that was brought; `report` is None until it was looked at, `listing` (files, bytes, unknown, refused,
    fetched) where the server has nothing to fetch."""

    name: str
    state: str
    listing: dict[str, int] | None
    report: dict[str, Any] | None
    result: dict[str, Any] | None
    run: Run | None

    @classmethod
    def of(cls, raw: dict[str, Any]) -> Self:
        """Read an answer."""
        run = Run.of(raw["run"]) if raw["run"] else None
        return cls(raw["id"], raw, raw["name"], raw["state"], raw["listing"], raw["report"], raw["result"], run)


@dataclass(frozen=True, slots=True)
class Export(_Record):
    """A finished export, before it is downloaded."""

    name: str
    bytes: int
    sha256: str
    snapshot: str

    @classmethod
    def of(cls, run: Run) -> Self:
        """Read the result of a run."""
        found = run.result
        return cls(found["archive"], found, found["name"], found["bytes"], found["sha256"], found["snapshot"])


@dataclass(frozen=True, slots=True)
class Model(_Record):
    """An installed model version."""

    name: str
    version: str
    state: str
    bytes: int

    @classmethod
    def of(cls, raw: dict[str, Any]) -> Self:
        """Read an answer."""
        return cls(raw["id"], raw, raw["name"], raw["version"], raw["state"], raw["bytes"])


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What became of one file: it is new, was there already (sent before, or the same picture), or was refused with a
    sentence."""

    path: Path
    outcome: Literal["new", "there", "refused"]
    message: str = ""
    image: Image | None = None
