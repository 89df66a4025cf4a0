"""Privacy: the rule, what was found, covering by hand, taking back."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import Right, current_user
from annotator.lib.openapi import paged
from annotator.lib.pagination import page_of
from annotator.lib.parsers import parse, parse_query
from annotator.privacy import queries, services
from annotator.privacy.api.present import looked_at_json, region_json, rule_json
from annotator.privacy.api.serializers import (
    CoveredSerializer,
    CoveredWrite,
    LookedAtFilter,
    LookedAtSerializer,
    PrivacyRuleSerializer,
    PrivacyRuleWrite,
)
from annotator.projects.models.image import IN_ORDER
from annotator.projects.queries import get_project_for
from annotator.runs.api.present import run_json
from annotator.runs.api.serializers import RunSerializer


class PrivacyRule(APIView):
    """What happens to the project's pictures before they are stored."""

    @extend_schema(responses=PrivacyRuleSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Return it; off until somebody chose otherwise."""
        return Response(rule_json(queries.rule_of(get_project_for(request.user, project_id, Right.VIEW))))

    @extend_schema(request=PrivacyRuleWrite, responses=PrivacyRuleSerializer)
    def patch(self, request: Request, project_id: uuid.UUID) -> Response:
        """Change it, for pictures that come from now on; 409 `no_face_detector` where this server has none."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        values = parse(PrivacyRuleWrite, request)
        return Response(rule_json(services.set_rule(project, current_user(request), values)))


class LookedAtImages(APIView):
    """What is covered in the project's images."""

    @extend_schema(operation_id="privacy_images_list", parameters=[LookedAtFilter], responses=paged(LookedAtSerializer))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """List images with their covered regions, by folder and name."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        found = parse_query(LookedAtFilter, request).get("found")
        rows = queries.looked_at(project, None if found is None else found == "yes")
        return page_of(self, request, rows, looked_at_json, ordering=IN_ORDER)


class PrivacySearch(APIView):
    """Searching the images that were here before."""

    throttle_scope = "heavy"

    @extend_schema(request=None, responses={202: RunSerializer})
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Search them for faces and cover what is found. It cannot be undone, but where originals are kept."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        return Response(run_json(services.start(project, current_user(request))), status=202)


class Originals(APIView):
    """The uncovered pictures that were kept."""

    @extend_schema(responses={204: None})
    def delete(self, request: Request, project_id: uuid.UUID) -> Response:
        """Delete them for good; what is covered then stays covered."""
        project = get_project_for(request.user, project_id, Right.OWN)
        services.forget_originals(project, current_user(request))
        return Response(status=204)


class CoverRegion(APIView):
    """Covering by hand."""

    throttle_scope = "quick"

    @extend_schema(request=CoveredWrite, responses={201: CoveredSerializer})
    def post(self, request: Request, image_id: uuid.UUID) -> Response:
        """Cover a region of an image now: its old picture and embeddings are deleted, new ones are made."""
        image = queries.get_covered_image_for(request.user, image_id)
        box = parse(CoveredWrite, request)
        given = (box["x"], box["y"], box["width"], box["height"])
        return Response(region_json(services.cover(image, given, current_user(request))), status=201)


class TakeBack(APIView):
    """Showing again what was covered."""

    throttle_scope = "quick"

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, region_id: uuid.UUID) -> Response:
        """Take a region back; 409 `no_original` where the original was not kept."""
        services.take_back(queries.get_region_for(request.user, region_id), current_user(request))
        return Response(status=204)
