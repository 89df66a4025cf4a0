"""Snapshots: list, freeze, rename, delete; licence and source of the images; parts by hand."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import Right, current_user
from annotator.datasets import queries, services
from annotator.datasets.api.present import snapshots_json
from annotator.datasets.api.serializers import (
    OriginSerializer,
    PartsSerializer,
    PlacesSerializer,
    PlacesWrite,
    SnapshotChange,
    SnapshotSerializer,
    SnapshotWrite,
)
from annotator.lib.openapi import paged
from annotator.lib.pagination import page_of
from annotator.lib.parsers import parse
from annotator.projects.filters import narrowed
from annotator.projects.queries import get_project_for, images_for
from annotator.runs.api.present import run_json
from annotator.runs.api.serializers import RunSerializer


class ProjectSnapshots(APIView):
    """The snapshots of a project, newest first."""

    throttle_scope = "heavy"

    @extend_schema(responses=paged(SnapshotSerializer))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """List them."""
        project = get_project_for(request.user, project_id, Right.VIEW)
        rows = queries.snapshots_for(request.user, project)
        return page_of(self, request, rows, snapshots_json, ordering=("-created", "id"))

    @extend_schema(request=SnapshotWrite, responses={202: RunSerializer})
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Freeze what is chosen; the run's result names the snapshot. The same state again is the same snapshot."""
        project = get_project_for(request.user, project_id, Right.EXPORT)
        run = services.start_snapshot(project, current_user(request), parse(SnapshotWrite, request))
        return Response(run_json(run), status=202)


class SnapshotDetail(APIView):
    """One snapshot."""

    @extend_schema(responses=SnapshotSerializer)
    def get(self, request: Request, snapshot_id: uuid.UUID) -> Response:
        """Return it."""
        return Response(snapshots_json([queries.get_snapshot_for(request.user, snapshot_id, Right.VIEW)])[0])

    @extend_schema(request=SnapshotChange, responses=SnapshotSerializer)
    def patch(self, request: Request, snapshot_id: uuid.UUID) -> Response:
        """Change its name or note; nothing else about it ever changes."""
        snapshot = queries.get_snapshot_for(request.user, snapshot_id, Right.MANAGE)
        services.change_snapshot(snapshot, parse(SnapshotChange, request, partial=True))
        return Response(snapshots_json([snapshot])[0])

    @extend_schema(responses={204: None})
    def delete(self, request: Request, snapshot_id: uuid.UUID) -> Response:
        """Delete it, with the files and comparisons made of it."""
        services.delete_snapshot(queries.get_snapshot_for(request.user, snapshot_id, Right.MANAGE))
        return Response(status=204)


class ProjectOrigin(APIView):
    """Under which licence a project's images stand, and where they come from: part of every snapshot."""

    @extend_schema(responses=OriginSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Return both."""
        return Response(queries.origin_of(get_project_for(request.user, project_id, Right.VIEW)))

    @extend_schema(request=OriginSerializer, responses=OriginSerializer)
    def patch(self, request: Request, project_id: uuid.UUID) -> Response:
        """Change them, for snapshots from now on."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        services.set_origin(project, parse(OriginSerializer, request, partial=True))
        return Response(queries.origin_of(project))


class ProjectParts(APIView):
    """Images that people put into train, val or test by hand."""

    throttle_scope = "heavy"

    @extend_schema(responses=PartsSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Count them."""
        return Response(queries.parts_of(get_project_for(request.user, project_id, Right.VIEW)))

    @extend_schema(request=PlacesWrite, responses=PlacesSerializer)
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Put images into a part, for snapshots from now on."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        wanted = parse(PlacesWrite, request)
        images = images_for(current_user(request), project)
        if "images" in wanted:
            placed = sum(
                services.place(images.filter(pk__in=wanted["images"][start : start + 500]), wanted["part"])
                for start in range(0, len(wanted["images"]), 500)
            )
        else:
            placed = services.place(narrowed(images, {"search": wanted["search"]}), wanted["part"])
        return Response(queries.parts_of(project) | {"placed": placed})
