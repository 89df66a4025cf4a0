"""Verbs about exports."""

from __future__ import annotations

from typing import Any

from annotator.accounts.models import User
from annotator.datasets.models import Archive
from annotator.projects.blobs import collect_unused
from annotator.projects.models import Project
from annotator.runs.enqueue import enqueue
from annotator.runs.models import Run


def start_export(project: Project, by: User, options: dict[str, Any]) -> Run:
    """Queue an export; asking for the same again while it waits or runs gives the run there is."""
    key = "export:" + ":".join([str(project.pk), *(f"{name}={options[name]}" for name in sorted(options))])
    return enqueue("export", project=project, params=options, requested_by=by, key=key)


def delete_archive(archive: Archive) -> None:
    """Delete an export and its file, unless another export is the same file."""
    sha256 = archive.sha256
    archive.delete()
    collect_unused([sha256])
