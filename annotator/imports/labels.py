"""What becomes of a data set's labels: guessed by name, chosen by people, made when the import runs."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from annotator.imports.choices import To
from annotator.lib.errors import ApiError, Conflict
from annotator.projects.models import Label, Project
from annotator.projects.services import add_label
from export import Category

UNNAMED = ""
"""Stands for the objects that have no label in the file."""
LONGEST = 100
_NO_NAMES = {"unlabelled", "(unlabelled)", "unlabeled"}
"""What exports call objects that nobody has named."""


def clean(text: str) -> str:
    """Return a text that every database can hold: without NUL and half characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def name_of(category: Category) -> str:
    """Return a data set's label as it is called here."""
    return clean(category.name).strip()


def guess(project: Project, names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return for each name of a data set the project's label of that name in any case of letters, else a new one."""
    known = {name.casefold(): pk for pk, name in project.labels.values_list("pk", "name")}
    return {name: _guess(name, known) for name in names}


def _guess(name: str, known: Mapping[str, uuid.UUID]) -> dict[str, Any]:
    short = name[:LONGEST].strip()
    if short.casefold() in known:
        return {"to": To.LABEL.value, "label": str(known[short.casefold()])}
    if name == UNNAMED or name.casefold() in _NO_NAMES:
        return {"to": To.NONE.value}
    return {"to": To.NEW.value, "name": short}


def check(project: Project, chosen: Mapping[str, Mapping[str, Any]]) -> None:
    """Raise ApiError when a choice names a label that the project does not have."""
    wanted = {name: str(choice["label"]) for name, choice in chosen.items() if choice["to"] == To.LABEL}
    known = {str(pk) for pk in project.labels.values_list("pk", flat=True)}
    for name, label in wanted.items():
        if label not in known:
            sentence = f"The label chosen for “{name}” is not one of the project's labels; it may have been deleted."
            raise ApiError("unknown_label", sentence, fields={"labels": [sentence]})


def make(project: Project, choice: Mapping[str, Any], color: str) -> tuple[Label, bool]:
    """Return the new label that was chosen, and whether it was made now: two imports at once may both want it."""
    name = choice["name"]
    try:
        return add_label(project, name=name, color="" if color == GREY else color), True
    except Conflict:
        return project.labels.get(name__iexact=name), False


GREY = "#888888"
"""What readers say where a file has no colours."""
