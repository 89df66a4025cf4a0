"""Where the folders of retrainings lie on this machine, and which of them nobody needs any more."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings

from annotator.runs.choices import ACTIVE
from annotator.runs.models import Run
from annotator.tuning.job import Folder


def home() -> Path:
    """Return where jobs lie on this machine."""
    folder: Path = settings.MASKWRIGHT_VAR / "tuning" / "jobs"
    return folder


def folder_of(run: Run) -> Folder:
    """Return a run's folder, which need not be there."""
    return Folder(home() / str(run.pk))


def tidy() -> None:
    """Remove folders whose run has ended or is gone: a cancelled run's worker may have died before it could."""
    if not home().is_dir():
        return
    found = {folder.name: folder for folder in home().iterdir()}
    going_on = Run.objects.filter(pk__in=list(found), state__in=ACTIVE).values_list("pk", flat=True)
    for name in set(found) - {str(pk) for pk in going_on}:
        shutil.rmtree(found[name], ignore_errors=True)
