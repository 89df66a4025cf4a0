"""A link that makes whoever opens it a member of a project."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from annotator.accounts.choices import Role
from annotator.projects.models.project import Project

WHO = settings.AUTH_USER_MODEL


class Invitation(models.Model):
    """Stored as a digest: the link is shown once, when it is made."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=16, choices=Role.choices)
    digest = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(WHO, on_delete=models.CASCADE, related_name="+")
    created = models.DateTimeField(auto_now_add=True)
    expires = models.DateTimeField()
    most = models.PositiveIntegerField(help_text="How many people it lets in.")
    used = models.PositiveIntegerField(default=0)
    revoked = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created", "id"]


class InvitationUse(models.Model):
    """Somebody whom an invitation let in. It does so once: who was taken out again needs another."""

    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="uses")
    user = models.ForeignKey(WHO, on_delete=models.CASCADE, related_name="+")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["invitation", "user"], name="one_use_of_an_invitation")]
