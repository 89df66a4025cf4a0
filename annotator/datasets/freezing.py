"""Runs "snapshot": freeze what was chosen, divided and named."""

from __future__ import annotations

from typing import Any

from annotator.datasets.choices import Group
from annotator.datasets.fingerprints import take_missing
from annotator.datasets.models import Snapshot
from annotator.datasets.parts import Split
from annotator.datasets.selection import Selection
from annotator.datasets.snapshots import Wish, freeze
from annotator.lib.trouble import DISK_FULL, trouble_of
from annotator.projects.models import Project
from annotator.runs.runner import Context, RunFailed, Runner


class SnapshotRunner(Runner):
    """Make one snapshot. The same state again is the same snapshot, so a second start does no harm."""

    kind = "snapshot"

    def run(self, context: Context) -> dict[str, Any]:
        """Return {"snapshot", "name", "sha256", "images", "annotations", "known"}; `known`: this state had a
        name of its own already."""
        project = context.run.project
        if project is None:
            raise RunFailed("This run names no project.")
        try:
            made = _make(context, project, wish_of(context.run.params))
        except OSError as error:
            if trouble_of(error) is DISK_FULL:
                sentence = "There is no room left on the server's disk. Make some and try again."
                raise RunFailed(sentence) from error
            raise
        return {
            "snapshot": str(made.pk), "name": made.name, "sha256": made.sha256, "images": made.images,
            "annotations": made.annotations, "known": made.name != context.run.params["name"],
        }  # fmt: skip


def _make(context: Context, project: Project, wish: Wish) -> Snapshot:
    start = 0.0
    if wish.split is not None and Group.DUPLICATES in wish.split.groups:
        start = 0.5
        take_missing(project, lambda share: context.progress(share * start, "Looking for near-duplicates"))
    told = "Freezing the annotations"
    return freeze(
        project, context.run.requested_by, lambda share: context.progress(start + share * (1 - start), told), wish
    )


def wish_of(params: dict[str, Any]) -> Wish:
    """Return what a run's parameters ask for."""
    split = params.get("split")
    return Wish(
        Selection.of(params.get("selection", {})), Split.of(split) if split else None,
        params.get("name", ""), params.get("note", ""),
    )  # fmt: skip
