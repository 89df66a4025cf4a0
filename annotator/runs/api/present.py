"""Rows → JSON."""

from __future__ import annotations

from typing import Any

from annotator.runs.api.serializers import RunSerializer
from annotator.runs.models import Run
from annotator.runs.waiting import Waiting


def run_json(run: Run) -> dict[str, Any]:
    """Return a run as plain data."""
    return runs_json([run])[0]


def runs_json(runs: list[Run]) -> list[dict[str, Any]]:
    """Return runs as plain data; what they wait for is looked up once for all."""
    context = {"waiting": Waiting()}
    return [dict(RunSerializer(run, context=context).data) for run in runs]
