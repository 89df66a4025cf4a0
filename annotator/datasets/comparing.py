"""Runs "compare": what became of one snapshot in another."""

from __future__ import annotations

import uuid
from itertools import islice
from typing import Any

from django.db import transaction

from annotator.datasets.compare import Differing, Meeting
from annotator.datasets.models import Comparison, Difference, Snapshot
from annotator.datasets.snapshots import fetch
from annotator.lib.scratch import work_folder
from annotator.runs.runner import Context, RunFailed, Runner

_CHUNK = 200


class CompareRunner(Runner):
    """Compare two snapshots. Neither ever changes, so a comparison that is there is the answer."""

    kind = "compare"

    def run(self, context: Context) -> dict[str, Any]:
        """Return {"comparison"} and the numbers."""
        params = context.run.params
        known = Comparison.objects.filter(before=params["before"], after=params["after"]).first()
        made = known or _make(context, *(_snapshot(params[side]) for side in ("before", "after")))
        return {"comparison": str(made.pk)} | made.report


def _make(context: Context, before: Snapshot, after: Snapshot) -> Comparison:
    with work_folder() as folder:
        files = []
        for name, snapshot in (("before", before), ("after", after)):
            (folder / name).mkdir()
            files.append(fetch(snapshot, folder / name))
        with Meeting(folder, *files) as meeting, transaction.atomic():
            meeting.load(lambda share: context.progress(0.8 * share, "Reading both snapshots"))
            row, made = Comparison.objects.get_or_create(
                before=before, after=after,
                defaults={"project": before.project, "report": meeting.report(),
                          "created_by": context.run.requested_by},
            )  # fmt: skip
            rows = (_row(row, place, one) for place, one in enumerate(meeting.differing()))
            while made and (chunk := list(islice(rows, _CHUNK))):
                Difference.objects.bulk_create(chunk)
            context.check()
    return row


def _row(comparison: Comparison, place: int, one: Differing) -> Difference:
    return Difference(
        comparison=comparison, place=place, image=uuid.UUID(one.image), path=one.path, width=one.width,
        height=one.height, kind=one.kind, added=one.added, removed=one.removed, changed=one.changed,
        objects_of=one.objects,
    )  # fmt: skip


def _snapshot(pk: str) -> Snapshot:
    found = Snapshot.objects.filter(pk=pk).select_related("project").first()
    if found is None:
        raise RunFailed("A snapshot that was to be compared has been deleted meanwhile.")
    return found
