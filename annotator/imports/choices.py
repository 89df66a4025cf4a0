"""Values that stand in the database and in the API."""

from __future__ import annotations

from django.db import models

from export import FORMATS


class Source(models.TextChoices):
    """Where a data set comes from."""

    UPLOAD = "upload"
    FOLDER = "folder"


class State(models.TextChoices):
    """How far an import is; derived from its runs, never stored."""

    CHECKING = "checking"
    UNREADABLE = "unreadable"
    CHECKED = "checked"
    IMPORTING = "importing"
    STOPPED = "stopped"
    IMPORTED = "imported"
    UNDOING = "undoing"
    UNDONE = "undone"


class Become(models.TextChoices):
    """What the objects of a data set become."""

    ANNOTATIONS = "annotations"
    SUGGESTIONS = "suggestions"


class To(models.TextChoices):
    """What becomes of a label of a data set."""

    LABEL = "label"
    NEW = "new"
    NONE = "none"
    SKIP = "skip"


class Kind(models.TextChoices):
    """What an import made."""

    LABEL = "label"
    IMAGE = "image"
    ANNOTATION = "annotation"
    SUGGESTION = "suggestion"


READ = [(entry.name, entry.title) for entry in FORMATS.values() if entry.read is not None]
"""The formats that come in."""
CHECK, IMPORT, UNDO = "check_import", "import", "undo_import"
"""The kinds of runs of this app."""
