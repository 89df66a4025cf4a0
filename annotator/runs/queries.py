"""Reading runs."""

from __future__ import annotations

import uuid

from django.db.models import Q, QuerySet

from annotator.accounts.access import Person, Right, Shared, bound_to, require, sees_image
from annotator.accounts.choices import Role, Sight
from annotator.accounts.extensions import given_to, withheld_from
from annotator.lib.errors import NotFound
from annotator.runs.models import Run


def runs_of(user: Person) -> QuerySet[Run]:
    """Return the runs of this person's projects, and those without a project that they asked for. Where annotators see
    only images they were given, they see the runs about these, and their own; what is about an image that is kept from
    somebody is kept from them, too."""
    if user.pk is None:
        return Run.objects.none()
    others = [role for role in Role.values if role != Role.ANNOTATOR]
    whole = Q(project__annotators_see=Sight.ALL) | Q(project__memberships__role__in=others)
    own = Q(requested_by_id=user.pk) | Q(subject__in=given_to(user.pk))
    seen = Q(project__memberships__user_id=user.pk) & (whole | own)
    apart = Q(subject__in=withheld_from(user.pk)) & ~Q(requested_by_id=user.pk)
    rows = Run.objects.exclude(apart)
    only = bound_to(user)
    if only is not None:
        return rows.filter(seen, project=only)
    return rows.filter(seen | Q(project=None, requested_by_id=user.pk))


def get_run_for(user: Person, pk: uuid.UUID | str, right: Right) -> Run:
    """Return a run; one without a project belongs to who asked for it and to administrators."""
    row = Run.objects.select_related("project").filter(pk=pk).first()
    if row is None:
        raise NotFound("run")
    if row.project is not None:
        require(user, row.project, Right.VIEW, "run")
        if row.requested_by_id != user.pk and not _sees(user, row.project, row.subject):
            raise NotFound("run")
        require(user, row.project, right, "run")
    elif bound_to(user) is not None or (row.requested_by_id != user.pk and not user.is_staff):
        raise NotFound("run")
    return row


def _sees(user: Person, project: Shared, image: uuid.UUID | None) -> bool:
    kept = image is not None and Run.objects.filter(subject=image).filter(subject__in=withheld_from(user.pk)).exists()
    return sees_image(user, project, image) and not kept


def get_run_to_change(user: Person, pk: uuid.UUID | str) -> Run:
    """Return a run that this person may cancel or start again: who asked for it, and the project's managers."""
    row = get_run_for(user, pk, Right.VIEW)
    if row.project is not None and row.requested_by_id != user.pk:
        require(user, row.project, Right.MANAGE, "run")
    return row
