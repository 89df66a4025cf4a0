"""One notice of one person."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from annotator.projects.models import Image, Project

WHO = settings.AUTH_USER_MODEL


class Notice(models.Model):
    """Something that concerns a person. `about` is what the happening said of itself (`lib/happenings.py`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(WHO, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=32)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, null=True, related_name="+")
    image = models.ForeignKey(Image, on_delete=models.CASCADE, null=True, related_name="+")
    actor = models.ForeignKey(WHO, on_delete=models.SET_NULL, null=True, related_name="+")
    about: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    created = models.DateTimeField(default=timezone.now)
    read = models.DateTimeField(null=True)
    mail_due = models.DateTimeField(null=True, help_text="When its e-mail is to be sent; null: never, or it was.")

    class Meta:
        ordering = ["-created", "id"]
        indexes = [
            models.Index(fields=["user", "-created", "id"], name="notice_of_person"),
            models.Index(fields=["user"], condition=models.Q(read=None), name="notice_unread"),
            models.Index(fields=["mail_due"], condition=models.Q(mail_due__isnull=False), name="notice_to_mail"),
        ]
