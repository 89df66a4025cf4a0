"""Values that stand in the database and in the API."""

from __future__ import annotations

from django.db import models

from export import FORMATS


class Source(models.TextChoices):
    """Where a data set comes from."""

    UPLOAD = "upload"
    FOLDER = "folder"
    URLS = "urls"
    S3 = "s3"


FETCHED = (Source.URLS, Source.S3)
"""Sources whose files are fetched before they are read: listed first, then asked for by somebody."""


class State(models.TextChoices):
    """How far an import is; derived from its runs, never stored."""

    LISTING = "listing"
    LISTED = "listed"
    CHECKING = "checking"
    UNREADABLE = "unreadable"
    CHECKED = "checked"
    IMPORTING = "importing"
    STOPPED = "stopped"
    IMPORTED = "imported"
    UNDOING = "undoing"
    UNDONE = "undone"


class Part(models.TextChoices):
    """How far one file of a data set that is fetched is."""

    WAITING = "waiting"
    LISTED = "listed"
    FETCHED = "fetched"
    FAILED = "failed"
    REFUSED = "refused"


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
LIST, CHECK, IMPORT, UNDO = "list_import", "check_import", "import", "undo_import"
"""The kinds of runs of this app."""
