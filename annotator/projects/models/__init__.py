"""Project, Membership, Team, Invitation, Label and Image."""

from __future__ import annotations

from annotator.projects.models.image import Image
from annotator.projects.models.invitation import Invitation, InvitationUse
from annotator.projects.models.label import Label
from annotator.projects.models.project import Membership, Project
from annotator.projects.models.team import Team, TeamMember, TeamRole

__all__ = [
    "Image",
    "Invitation",
    "InvitationUse",
    "Label",
    "Membership",
    "Project",
    "Team",
    "TeamMember",
    "TeamRole",
]
