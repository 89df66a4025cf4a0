"""A run as the API shows it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotator.runs.choices import State
from annotator.runs.models import Run
from annotator.runs.waiting import REASONS, Waiting


class WaitsSerializer(serializers.Serializer[Any]):
    """Why a queued run waits. `ahead` are the runs that go first, `running` the kinds of those that are being done."""

    reason = serializers.ChoiceField(choices=REASONS)
    message = serializers.CharField()
    ahead = serializers.IntegerField()
    running = serializers.ListField(child=serializers.CharField())


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
    params = serializers.DictField()
    result = serializers.DictField()
    created = serializers.DateTimeField()
    started = serializers.DateTimeField(allow_null=True)
    finished = serializers.DateTimeField(allow_null=True)
    waits = serializers.SerializerMethodField()

    @extend_schema_field(WaitsSerializer(allow_null=True))
    def get_waits(self, run: Run) -> dict[str, Any] | None:
        """Return why it waits; null when it does not, or not for long yet."""
        waiting: Waiting = self.context.get("waiting") or Waiting()
        return waiting.of(run)


class RunDetailSerializer(RunSerializer):
    """A run with its log."""

    log = serializers.CharField()
