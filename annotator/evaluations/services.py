"""Verbs about evaluations."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from typing import Any

from annotator.accounts.models import User
from annotator.evaluations.masks import accepted
from annotator.evaluations.models import Evaluation
from annotator.evaluations.parameters import BY_LABEL, Wanted, can_run_baselines
from annotator.inference.queries import clickable
from annotator.lib.errors import Conflict, refused
from annotator.projects.blobs import collect_unused
from annotator.projects.models import Project
from annotator.runs.enqueue import enqueue
from annotator.runs.models import Run

BEHIND_EVERYTHING = -20
"""Nobody waits for an evaluation with a mouse in the hand; searches for masks go first too."""


def start(project: Project, by: User, models: Sequence[uuid.UUID] | None, wanted: Wanted) -> Run:
    """Queue an evaluation of these model versions, or of the project's own; asking for the same again while it waits
    or runs gives the run there is. Raises ApiError and Conflict."""
    ids = _checked(project, models)
    if wanted.baselines and not can_run_baselines():
        raise refused("baselines", "The classical tools need OpenCV on the server: pip install 'maskwright[eval]'.")
    if not accepted(project).exists():
        raise Conflict("no_masks", "There are no accepted masks to compare with yet. Make some in the editor first.")
    _check_groups(project, wanted.groups)
    params: dict[str, Any] = {"models": ids, "wanted": wanted.to_json()}
    same = hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()
    return enqueue(
        "evaluate", project=project, params=params, requested_by=by, priority=BEHIND_EVERYTHING,
        key=f"evaluate:{project.pk}:{same}",
    )  # fmt: skip


def delete(evaluation: Evaluation) -> None:
    """Delete an evaluation with its drawn answers."""
    hashes = set(evaluation.examples.values_list("sha256", flat=True))
    evaluation.delete()
    collect_unused(hashes)


def _checked(project: Project, models: Sequence[uuid.UUID] | None) -> list[str]:
    if models is None:
        if project.model_version_id is None:
            raise Conflict("no_model", "This project has no model yet. Choose one in its settings first.")
        return [str(project.model_version_id)]
    wanted = list(dict.fromkeys(models))
    known = set(clickable().filter(pk__in=wanted).values_list("pk", flat=True))
    if not wanted or len(known) < len(wanted):
        raise refused("models", "Choose at least one model, and only ones that are installed and ready.")
    return [str(pk) for pk in wanted]


def _check_groups(project: Project, groups: str) -> None:
    if not groups:
        return
    rows = accepted(project)
    rows = rows.exclude(label=None) if groups == BY_LABEL else rows.filter(attributes__has_key=groups)
    if not rows.exists():
        what = "a label" if groups == BY_LABEL else f"the attribute “{groups}”"
        raise refused("groups", f"No accepted mask has {what}, so there are no groups to compare.")
