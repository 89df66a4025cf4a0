"""A run as the API shows it."""
from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotator.runs.choices import State
from annotator.runs.models import Run


class RunSerializer(serializers.Serializer[Run]):
    """A run, read only."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    project = serializers.UUIDField(source="project_id", allow_null=True)
    subject = serializers.UUIDField(allow_null=True)
    state = serializers.ChoiceField(choices=State.choices)
    progress = serializers.FloatField()
    message = serializers.CharField()
    error = serializers.CharField()
    params = serializers.JSONField()
    result = serializers.JSONField()
    created = serializers.DateTimeField()
    started = serializers.DateTimeField(allow_null=True)
    finished = serializers.DateTimeField(allow_null=True)


class RunDetailSerializer(RunSerializer):
    """A run with its log."""

    log = serializers.CharField()


def run_json(run: Run) -> dict[str, Any]:
    """Return a run as plain data."""
    return dict(RunSerializer(run).data)


def runs_json(runs: list[Run]) -> list[dict[str, Any]]:
    """Return runs as plain data."""
    return [run_json(run) for run in runs]
