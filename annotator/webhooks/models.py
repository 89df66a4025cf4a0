"""Addresses that are told what happens, and each telling."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from annotator.projects.models import Project
from annotator.webhooks.choices import Event, State


class Webhook(models.Model):
    """An address of one project. Its secret is worked out of this installation's key (`signing.py`) and stored
    nowhere; `secret_turn` counts how often it was changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="webhooks")
    url = models.CharField(max_length=1000)
    events: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    active = models.BooleanField(default=True)
    secret_turn = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["created", "id"]


class Delivery(models.Model):
    """One telling: what was sent and what came of it. `next_try` is set while it waits; who sends it moves that on
    before, so of several workers one does."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=32, choices=Event.choices)
    body: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try = models.DateTimeField(null=True, default=timezone.now)
    status = models.PositiveSmallIntegerField(null=True, help_text="What the address answered last.")
    error = models.CharField(max_length=300, blank=True, default="")
    created = models.DateTimeField(default=timezone.now)
    ended = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created", "id"]
        indexes = [
            models.Index(fields=["webhook", "-created", "id"], name="delivery_log"),
            models.Index(fields=["next_try"], condition=models.Q(next_try__isnull=False), name="delivery_due"),
        ]
