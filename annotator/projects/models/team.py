"""Teams: named groups of people that get a role in a project in one step."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from annotator.accounts.choices import Role
from annotator.projects.models.project import Project

WHO = settings.AUTH_USER_MODEL


class Team(models.Model):
    """A group of people. Its lead says who is in it; administrators may, too."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100)
    lead = models.ForeignKey(WHO, on_delete=models.SET_NULL, null=True, related_name="teams_led")
    created = models.DateTimeField(auto_now_add=True)
    people: models.ManyToManyField[models.Model, TeamMember] = models.ManyToManyField(
        WHO, through="projects.TeamMember", related_name="teams"
    )

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class TeamMember(models.Model):
    """Somebody in a team."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(WHO, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["user__username", "id"]
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="once_in_a_team")]


class TeamRole(models.Model):
    """The role that everybody of a team has in a project, or a higher one of their own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="team_roles")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=16, choices=Role.choices)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["team__name", "id"]
        constraints = [models.UniqueConstraint(fields=["project", "team"], name="one_role_of_a_team")]
