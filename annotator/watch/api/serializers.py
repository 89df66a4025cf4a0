"""The facts as JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotator.runs.choices import Queue
from annotator.runs.models import Run


class LineSerializer(serializers.Serializer[Any]):
    """A queue: `oldest_seconds` is how long the oldest run in it has waited."""

    queue = serializers.ChoiceField(choices=Queue.choices)
    waiting = serializers.IntegerField()
    oldest_seconds = serializers.FloatField()
    running = serializers.IntegerField()
    workers = serializers.IntegerField()


class WorkerSerializer(serializers.Serializer[Any]):
    """A worker process, and when it last gave a sign of life."""

    id = serializers.UUIDField()
    queues = serializers.ListField(child=serializers.CharField())
    seen = serializers.DateTimeField()


class DiskSerializer(serializers.Serializer[Any]):
    """A disk with data of this server, in bytes."""

    place = serializers.CharField()
    free = serializers.IntegerField()
    total = serializers.IntegerField()


class FailedRunSerializer(serializers.ModelSerializer[Run]):
    """A run that failed, and why."""

    project_name = serializers.CharField(source="project.name", default=None, allow_null=True)

    class Meta:
        model = Run
        fields = ("id", "kind", "project", "project_name", "error", "finished", "attempts")
        read_only_fields = fields


class ServerSerializer(serializers.Serializer[Any]):
    """How the installation is. `parts` says of each part "ok", or what is wrong."""

    at = serializers.DateTimeField()
    ready = serializers.BooleanField()
    parts = serializers.DictField(child=serializers.CharField())
    queues = LineSerializer(many=True, source="lines")
    workers = WorkerSerializer(many=True)
    disks = DiskSerializer(many=True)
    versions = serializers.DictField(child=serializers.CharField())
    failed = FailedRunSerializer(many=True)
    failed_count = serializers.IntegerField()
