"""Reading snapshots, exports and comparisons, and who may."""

from __future__ import annotations

import uuid

from django.db.models import Count, QuerySet

from annotator.accounts.access import Person, Right, get_for, sees_all
from annotator.datasets.choices import Part
from annotator.datasets.models import Archive, Comparison, Difference, Figures, Origin, Placed, Snapshot
from annotator.lib.errors import NotFound
from annotator.projects.models import Project


def archives_for(user: Person, project: Project) -> QuerySet[Archive]:
    """Return the project's finished exports; none to who does not see all images that are in them."""
    archives = Archive.objects.filter(project=project).select_related("snapshot", "created_by")
    return archives if sees_all(user, project) else archives.none()


def snapshots_for(user: Person, project: Project) -> QuerySet[Snapshot]:
    """Return the project's snapshots with the number of files made of each; none to who does not see all images."""
    snapshots = Snapshot.objects.filter(project=project).select_related("created_by").annotate(files=Count("archives"))
    return snapshots if sees_all(user, project) else snapshots.none()


def differences_of(comparison: Comparison) -> QuerySet[Difference]:
    """Return the images on which two snapshots differ."""
    return comparison.differences.order_by("place", "pk")


def figures_of(user: Person, project: Project) -> Figures | None:
    """Return the project's numbers as last taken; None where they were not, or for who does not see all images."""
    return Figures.objects.filter(project=project).first() if sees_all(user, project) else None


def origin_of(project: Project) -> dict[str, str]:
    """Return licence and sources of the project's images, "" where nobody said."""
    row = Origin.objects.filter(project=project).first() or Origin(project=project)
    return {"licence": row.licence, "sources": row.sources}


def parts_of(project: Project) -> dict[str, int]:
    """Return how many images people put into each part."""
    rows = Placed.objects.filter(image__project=project, image__deleted_at=None).values_list("part")
    counts = dict(rows.annotate(n=Count("pk")).order_by())
    return {part: counts.get(part, 0) for part in Part.values}


def get_archive_for(user: Person, pk: uuid.UUID, right: Right) -> Archive:
    """Return an export. Raises NotFound and Forbidden."""
    rows = Archive.objects.select_related("project")
    return get_for(user, rows, pk, right, lambda row: row.project, "export", lambda row: sees_all(user, row.project))


def get_snapshot_for(user: Person, pk: uuid.UUID, right: Right) -> Snapshot:
    """Return a snapshot with the number of files made of it. Raises NotFound and Forbidden."""
    rows = Snapshot.objects.select_related("project", "created_by").annotate(files=Count("archives"))
    return get_for(user, rows, pk, right, lambda row: row.project, "snapshot", lambda row: sees_all(user, row.project))


def get_comparison_for(user: Person, pk: uuid.UUID, right: Right) -> Comparison:
    """Return a comparison. Raises NotFound and Forbidden."""
    rows = Comparison.objects.select_related("project", "before", "after")
    return get_for(
        user, rows, pk, right, lambda row: row.project, "comparison", lambda row: sees_all(user, row.project)
    )


def get_difference_for(user: Person, pk: uuid.UUID) -> Difference:
    """Return an image of a comparison. Raises NotFound and Forbidden."""
    row = Difference.objects.select_related("comparison__project").filter(pk=pk).first()
    if row is None:
        raise NotFound("comparison")
    get_comparison_for(user, row.comparison_id, Right.VIEW)
    return row
