"""The facts as JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from annotator.runs.choices import Queue
from annotator.runs.models import Run
from annotator.upkeep.choices import Kind


class LineSerializer(serializers.Serializer[Any]):
    """A queue: `oldest_seconds` is how long the oldest run in it has waited."""

    queue = serializers.ChoiceField(choices=Queue.choices)
    waiting = serializers.IntegerField()
    oldest_seconds = serializers.FloatField()
    running = serializers.IntegerField()
    workers = serializers.IntegerField()


class WorkerSerializer(serializers.Serializer[Any]):
    """A worker process, the name of its machine, and when it last gave a sign of life."""

    id = serializers.UUIDField()
    host = serializers.CharField()
    queues = serializers.ListField(child=serializers.CharField())
    seen = serializers.DateTimeField()


class DiskSerializer(serializers.Serializer[Any]):
    """A disk with data of this server, in bytes."""

    place = serializers.CharField()
    free = serializers.IntegerField()
    total = serializers.IntegerField()


class ConnectionsSerializer(serializers.Serializer[Any]):
    """Connections to PostgreSQL: open now, left to this installation, and what it can take at most, by `hosts`
    machines with web processes and so many workers. `trouble` says what to do where too few are left; with a pooler
    (`pooled`) between, nothing is compared."""

    open = serializers.IntegerField()
    left = serializers.IntegerField(source="limit.left")
    wanted = serializers.IntegerField()
    hosts = serializers.IntegerField()
    workers = serializers.IntegerField()
    pooled = serializers.BooleanField()
    trouble = serializers.CharField()


class UpkeepSerializer(serializers.Serializer[Any]):
    """How the last backup, or the last look at all rows and files, ended. `worry` says what to do about it."""

    kind = serializers.ChoiceField(choices=Kind.choices)
    ended = serializers.DateTimeField(allow_null=True)
    well = serializers.BooleanField()
    said = serializers.CharField()
    host = serializers.CharField()
    succeeded = serializers.DateTimeField(allow_null=True)
    worry = serializers.CharField()


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
    connections = ConnectionsSerializer(allow_null=True)
    upkeep = UpkeepSerializer(many=True)
    versions = serializers.DictField(child=serializers.CharField())
    failed = FailedRunSerializer(many=True)
    failed_count = serializers.IntegerField()
