"""Immutable model versions, and what their encoders made of the images."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.utils import timezone

from annotator.inference.choices import ModelState, Prompts


class ModelVersion(models.Model):
    """A model package that was checked and stored. `files` maps each file name to {"sha256", "bytes"} of its blob."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100)
    version = models.CharField(max_length=50, blank=True)
    family = models.CharField(max_length=32)
    sha256 = models.CharField(max_length=64, unique=True, help_text="Of the whole package.")
    encoder_sha256 = models.CharField(max_length=64, db_index=True)
    source_sha256 = models.CharField(
        max_length=64, blank=True, db_index=True, help_text="Of the checkpoint it was converted from."
    )
    manifest: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    files: models.JSONField[dict[str, dict[str, Any]], dict[str, dict[str, Any]]] = models.JSONField(default=dict)
    licence = models.CharField(max_length=200, blank=True)
    notice = models.TextField(blank=True)
    state = models.CharField(max_length=16, choices=ModelState.choices, default=ModelState.READY)
    prompts = models.CharField(
        max_length=16, choices=Prompts.choices, default=Prompts.CLICKS, db_default=Prompts.CLICKS
    )
    builtin = models.BooleanField(default=False)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created", "id"]
        constraints = [models.UniqueConstraint(fields=["name", "version"], name="model_name_and_version_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.version}".strip()


class Embedding(models.Model):
    """The encoder's output for an image, or for a region [x, y, w, h] of it, as one immutable blob."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    image = models.ForeignKey("projects.Image", on_delete=models.CASCADE, related_name="embeddings")
    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="embeddings")
    region: models.JSONField[list[int] | None, list[int] | None] = models.JSONField(null=True, blank=True)
    region_key = models.CharField(max_length=64, blank=True, help_text='"x,y,w,h", or blank for the whole image.')
    sha256 = models.CharField(max_length=64)
    bytes = models.PositiveBigIntegerField()
    encoding = models.CharField(max_length=16)
    packed_sha256 = models.CharField(max_length=64, blank=True, help_text="The same blob in gzip, where it is smaller.")
    seconds = models.FloatField(default=0.0, help_text="What the encoder took.")
    asked = models.DateTimeField(default=timezone.now, help_text="When somebody last wanted it.")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created", "id"]
        constraints = [models.UniqueConstraint(fields=["image", "model_version", "region_key"], name="embedding_once")]
