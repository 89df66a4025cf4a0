"""The Run row: the one truth about a piece of machine work."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from annotator.runs.choices import ACTIVE, Queue, State


class Worker(models.Model):
    """A worker process and when it last gave a sign of life (signs.py)."""

    id = models.UUIDField(primary_key=True, editable=False)
    queues: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    seen = models.DateTimeField()
    # Its default is the database's, too: while versions change, workers of the one before know no such column.
    host = models.CharField(max_length=255, blank=True, default="", db_default="", help_text="The machine's name.")

    def __str__(self) -> str:
        return f"worker {self.id}"


class Run(models.Model):
    """One piece of machine work. The queue only carries its id; who holds `claim` may write to it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=32)
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, null=True, related_name="runs")
    subject = models.UUIDField(null=True, db_index=True, help_text="The row it is about, an image for instance.")
    key = models.CharField(max_length=200, blank=True, help_text="At most one active run per key; blank = no limit.")
    queue = models.CharField(max_length=16, choices=Queue.choices, default=Queue.DEFAULT)
    priority = models.IntegerField(default=0, help_text="Higher goes first.")
    params: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.QUEUED)
    progress = models.FloatField(default=0.0)
    message = models.CharField(max_length=300, blank=True)
    error = models.TextField(blank=True)
    log = models.TextField(blank=True)
    result: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict, blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(auto_now_add=True)
    updated = models.DateTimeField(auto_now=True)
    started = models.DateTimeField(null=True, blank=True)
    finished = models.DateTimeField(null=True, blank=True)
    sent = models.DateTimeField(null=True, blank=True, help_text="When its message last went to the queue.")
    claim = models.UUIDField(null=True, blank=True, help_text="The worker that holds it.")
    lease_until = models.DateTimeField(null=True, blank=True, help_text="Past this, its worker counts as dead.")
    attempts = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-created", "id"]
        indexes = [
            models.Index(fields=["state", "queue", "-priority", "created"], name="run_next"),
            models.Index(fields=["project", "-created", "id"], name="run_of_project"),
            models.Index(fields=["project", "updated"], name="run_changes"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=models.Q(state__in=ACTIVE) & ~models.Q(key=""), name="one_active_run_per_key"
            ),
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="run_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
