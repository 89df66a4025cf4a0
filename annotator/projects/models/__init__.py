"""Project, Membership, Team, Invitation, Label, Image and its tags."""

from __future__ import annotations

from annotator.projects.models.image import Image
from annotator.projects.models.invitation import Invitation, InvitationUse
from annotator.projects.models.label import Label
from annotator.projects.models.project import Membership, Project
from annotator.projects.models.tag import ImageTag, SavedFilter, Tag
from annotator.projects.models.team import Team, TeamMember, TeamRole

__all__ = [
    "Image",
    "ImageTag",
    "Invitation",
    "InvitationUse",
    "Label",
    "Membership",
    "Project",
    "SavedFilter",
    "Tag",
    "Team",
    "TeamMember",
    "TeamRole",
]
