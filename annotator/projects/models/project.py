"""A project and who works in it."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from annotator.accounts.choices import Role, Sight
from annotator.projects.choices import Audience

NONE = "none"
"""Stands for a role of their own where somebody has none."""


class Project(models.Model):
    """Images, a label schema, guidelines, members and one active model version."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, max_length=10_000)
    guidelines = models.TextField(blank=True, max_length=100_000)
    model_version = models.ForeignKey(
        "inference.ModelVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="projects"
    )
    annotators_see = models.CharField(max_length=8, choices=Sight.choices, default=Sight.ALL, db_default=Sight.ALL)
    person_numbers = models.CharField(
        max_length=8,
        choices=Audience.choices,
        default=Audience.MEMBERS,
        db_default=Audience.MEMBERS,
        help_text="Who sees how much single people did.",
    )
    label_numbers = models.PositiveIntegerField(
        editable=False, default=0, db_default=0, help_text="The highest number a label of this project ever had."
    )
    created = models.DateTimeField(auto_now_add=True)
    members: models.ManyToManyField[models.Model, Membership] = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="projects.Membership", related_name="projects"
    )

    class Meta:
        ordering = ["-created", "id"]
        indexes = [models.Index(fields=["created", "id"], name="project_created")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the row without the counter of labels: only the database counts it, an older copy must not reset it."""
        if not self._state.adding and kwargs.get("update_fields") is None and not args:
            fields = [field.name for field in self._meta.concrete_fields if not field.primary_key]
            kwargs["update_fields"] = [name for name in fields if name != "label_numbers"]
        super().save(*args, **kwargs)


class Membership(models.Model):
    """One person's role in one project: the highest of their own and of their teams' (models/team.py)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices)
    own_role = models.CharField(
        max_length=16, blank=True, default="", db_default="", editable=False,
        help_text="What they are without their teams: blank the same, none nothing.",
    )  # fmt: skip
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created", "id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="one_membership_per_person"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]

    @property
    def personal(self) -> Role | None:
        """The role that the person has without any team; None for who is here through teams alone."""
        if self.own_role == NONE:
            return None
        return Role(self.own_role or self.role)

    def hold(self, own: Role | None, role: Role) -> None:
        """Set the person's own role and what they are with their teams; the caller saves both fields."""
        self.role, self.own_role = role, "" if own == role else own or NONE
