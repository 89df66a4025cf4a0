"""What a model is asked for in words, as the server wants it: labels by their ids."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from maskwright.connection import Connection
from maskwright.errors import MaskwrightError


def named(connection: Connection, project: str, phrases: Sequence[str | Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return phrases whose labels, named by name or id, are ids. Raises MaskwrightError for one that is not there."""
    made: list[dict[str, Any]] = [{"words": one} if isinstance(one, str) else dict(one) for one in phrases]
    if any(one.get("label") for one in made):
        id_of = labels_of(connection, project)
        for one in made:
            one["label"] = id_of(one["label"]) if one.get("label") else None
    return made


def labels_of(connection: Connection, project: str) -> Callable[[str], str]:
    """Return what gives the id of a label of the project by its name or id, or raises MaskwrightError."""
    rows = list(connection.pages(f"projects/{project}/labels/", {}))
    known: dict[str, str] = {str(row[field]).casefold(): row["id"] for field in ("name", "id") for row in rows}

    def id_of(name: str) -> str:
        if name.casefold() not in known:
            raise MaskwrightError(f"No label “{name}” in this project.", code="not_found", status=404)
        return known[name.casefold()]

    return id_of
