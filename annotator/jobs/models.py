"""A job, and the images in it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from annotator.jobs.choices import Priority
from annotator.projects.models import Image, Project


class Job(models.Model):
    """Images of a project that one person works on. Without an assignee it lies in the pool. It is done when all its
    images are: that is counted, never stored, so that a reopened image opens its job again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="jobs")
    number = models.PositiveIntegerField(help_text="What people call it by in its project.")
    name = models.CharField(max_length=100, blank=True, default="")
    priority = models.SmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    due = models.DateField(null=True, blank=True)
    paused = models.BooleanField(default=False, help_text="Nobody is sent to it.")
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="jobs")
    lease_until = models.DateTimeField(
        null=True, blank=True, help_text="Taken from the pool until then; null: in it, or given by a lead to keep."
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number", "id"]
        indexes = [models.Index(fields=["project", "assignee", "-priority"], name="job_next")]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="job_number_once_per_project"),
            models.CheckConstraint(condition=models.Q(priority__in=Priority.values), name="job_priority_known"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """What people call it."""
        return f"Job {self.number} · {self.name}" if self.name else f"Job {self.number}"


class JobImage(models.Model):
    """An image's place in a job. An image is in one job at most: the database itself keeps it from two people."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="places")
    image = models.OneToOneField(Image, on_delete=models.CASCADE, related_name="in_job")

    def __str__(self) -> str:
        return f"{self.image_id} in {self.job_id}"


class CopyGiven(models.Model):
    """A person was given a copy of an image. Nobody is given a second one of the same image: the database itself sees
    to that. It is forgotten when the job leaves the person before anything was done on the copy."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    original = models.ForeignKey(Image, on_delete=models.CASCADE, db_index=False, related_name="+")
    copy = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="given")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    gold = models.BooleanField(default=False, help_text="To score the person by, not to be merged.")
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["created", "id"]
        constraints = [models.UniqueConstraint(fields=["original", "person"], name="copy_once_per_person")]

    def __str__(self) -> str:
        return f"{self.copy_id} to {self.person_id}"
