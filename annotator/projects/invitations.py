"""Verbs about invitations: a manager makes a link, whoever opens it becomes a member in its role."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from annotator.accounts.access import Right, may
from annotator.accounts.choices import Role
from annotator.accounts.models import User, digest
from annotator.lib.claims import claim_one
from annotator.lib.errors import ApiError, Conflict
from annotator.lib.happenings import Kind
from annotator.projects.models import Invitation, InvitationUse, Membership, Project
from annotator.projects.telling import tell_of

DAYS, MAX_DAYS = 7, 90
"""How long an invitation works, unless its maker says otherwise."""
MAX_PEOPLE = 500
MAX_OPEN = 50
"""Invitations of one project that work at the same time."""
ASK = "Ask who sent it for a new one."


def open_of(project: Project) -> QuerySet[Invitation]:
    """Return the invitations of a project that still let somebody in."""
    rows = project.invitations.select_related("created_by")
    return rows.filter(revoked=None, expires__gt=timezone.now(), used__lt=F("most"))


def invite(project: Project, by: User, *, role: str, days: int = DAYS, people: int = 1) -> tuple[Invitation, str]:
    """Make an invitation; the link's secret (its page is /join/SECRET/) is returned here and never again. Raises
    ApiError for owners, whom no link makes, and when too many are open."""
    if role == Role.OWNER:
        raise ApiError(
            "no_owner_by_link", "A link makes no owners. Invite the person in another role, and change it then.",
            fields={"role": ["Choose another role."]},
        )  # fmt: skip
    if open_of(project).count() >= MAX_OPEN:
        raise ApiError("too_many_invitations", f"{MAX_OPEN} invitations are open already. Revoke some first.")
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        row = Invitation.objects.create(
            project=project, role=role, digest=digest(secret), created_by=by, most=people,
            expires=timezone.now() + timedelta(days=days),
        )  # fmt: skip
        tell_of(project, Kind.INVITATION_MADE, by, role=role, count=people)
    return row, secret


def revoke(row: Invitation, by: User) -> None:
    """Let nobody in by it any more. Twice does no harm."""
    with transaction.atomic():
        if claim_one(Invitation.objects.filter(pk=row.pk, revoked=None), revoked=timezone.now()):
            tell_of(row.project, Kind.INVITATION_REVOKED, by, role=row.role)


def seek(secret: str) -> Invitation | None:
    """Return the invitation of a link, whether it still lets somebody in or not."""
    return Invitation.objects.select_related("project", "created_by").filter(digest=digest(secret)).first()


def find(secret: str) -> Invitation:
    """Return the invitation of a link. Raises ApiError (410) with the reason when it lets nobody in."""
    row = seek(secret)
    why = "There is no such invitation. Check that the whole link was copied." if row is None else _why_not(row)
    if row is None or why:
        raise ApiError("invitation_over", f"{why} {ASK}", status=410)
    return row


def _why_not(row: Invitation) -> str:
    """Say why an invitation lets nobody in; "" when it does."""
    if row.revoked is not None:
        return "This invitation was revoked."
    if row.expires <= timezone.now():
        return f"This invitation has expired: it worked until {row.expires:%Y-%m-%d %H:%M} UTC."
    if row.used >= row.most:
        return "This invitation was used already." if row.most == 1 else "This invitation has let in all it was for."
    # Nobody keeps a right by a link that they could no longer make.
    if not row.created_by.is_active or not may(row.created_by, row.project, Right.MANAGE):
        return "Who made this invitation does not manage the project any more."
    return ""


def accept(secret: str, person: User) -> Membership:
    """Make the person a member. Of any number of people at the same time, only as many as it is for get in. Raises
    ApiError (410) and Conflict."""
    row = find(secret)
    if row.uses.filter(user=person).exists():
        raise ApiError("invitation_over", f"You have used this invitation before. {ASK}", status=410)
    rows = Invitation.objects.filter(pk=row.pk, revoked=None, expires__gt=timezone.now(), used__lt=F("most"))
    with transaction.atomic():
        if not claim_one(rows, used=F("used") + 1):
            row.refresh_from_db(fields=["used", "revoked"])
            raise ApiError("invitation_over", f"{_why_not(row)} {ASK}", status=410)
        try:
            with transaction.atomic():
                member = Membership.objects.create(project=row.project, user=person, role=row.role)
        except IntegrityError:
            raise Conflict("already_member", "You are a member of this project already.") from None
        InvitationUse.objects.create(invitation=row, user=person)
        tell_of(row.project, Kind.MEMBER_JOINED, person, person=person.name, role=row.role, inviter=row.created_by.name)
    return member
