"""Rows → JSON."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from annotator.annotations.present import person_json
from annotator.imports.choices import CHECK, FETCHED, IMPORT, LIST, Source, State
from annotator.imports.models import Import, Made
from annotator.runs.api.present import runs_json
from annotator.runs.choices import ACTIVE
from annotator.runs.choices import State as RunState
from annotator.runs.models import Run

_WORKING = {LIST: State.LISTING, CHECK: State.CHECKING, IMPORT: State.IMPORTING}


def with_made(rows: QuerySet[Import]) -> QuerySet[Import]:
    """Add `made_any`, whether there is something to take back."""
    return rows.annotate(made_any=Exists(Made.objects.filter(by=OuterRef("pk"), taken_back=False)))


def imports_json(rows: list[Import]) -> list[dict[str, Any]]:
    """Return imports as plain data; what their runs wait for is looked up once for all."""
    last = {row.pk: run for row in rows if (run := last_run(row)) is not None}
    shown = dict(zip(last, runs_json(list(last.values())), strict=True))
    return [_import_json(row, last.get(row.pk), shown.get(row.pk)) for row in rows]


def last_run(row: Import) -> Run | None:
    """Return the run that says how far the import is: the one at work, else the one asked for last."""
    runs = [run for run in (row.check_run, row.import_run, row.undo_run) if run is not None]
    return max(runs, key=lambda run: (run.state in ACTIVE, run.started or run.created, run.created), default=None)


def state_of(row: Import, run: Run | None) -> State:
    """Return how far an import is."""
    if run is not None and run.state in ACTIVE:
        return _WORKING.get(run.kind, State.UNDOING)
    if row.undone:
        return State.UNDONE
    if row.result:
        return State.IMPORTED
    if run is not None and run.kind == IMPORT and run.state != RunState.SUCCEEDED:
        return State.STOPPED
    if row.report:
        return State.CHECKED
    return State.LISTED if _to_fetch(row.listing) else State.UNREADABLE


def _to_fetch(listing: dict[str, Any]) -> bool:
    """Whether files that were listed still wait to be fetched."""
    return bool(listing) and listing["fetched"] + listing["refused"] < listing["files"]


def _report(row: Import) -> dict[str, Any] | None:
    """The report, with what was chosen for its labels in place of what was guessed, once something was."""
    if not row.report:
        return None
    chosen = row.options.get("labels", {})
    labels = [label | {"choice": chosen.get(label["name"], label["choice"])} for label in row.report["labels"]]
    return row.report | {"labels": labels}


def _import_json(row: Import, run: Run | None, run_shown: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "name": row.name,
        "source": row.source,
        "folder": row.folder,
        "bytes": row.bytes,
        "kept": row.source == Source.FOLDER or row.source in FETCHED or bool(row.sha256),
        "format": row.format,
        "state": state_of(row, run).value,
        "listing": row.listing or None,
        "report": _report(row),
        "result": row.result or None,
        "undone": row.undone or None,
        "become": row.options.get("as"),
        "can_undo": bool(getattr(row, "made_any", False)),
        "run": run_shown,
        "created_by": person_json(row.created_by),
        "created": row.created.isoformat(),
    }
