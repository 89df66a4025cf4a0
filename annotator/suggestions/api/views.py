"""Suggestions: search, list, accept, reject, take back; the stages in numbers."""
from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts import access
from annotator.accounts.access import Right, current_user
from annotator.lib.errors import ApiError
from annotator.lib.files import AnyAccept
from annotator.lib.parsers import parse
from annotator.runs.api.serializers import RunSerializer, run_json
from annotator.suggestions import queries, services
from annotator.suggestions.api.present import decided_json, result_json, settings_json, shown_json, suggestion_json
from annotator.suggestions.api.serializers import (
    AcceptWrite,
    AutomaskSettingsSerializer,
    DecidedSerializer,
    DecisionResultsSerializer,
    DecisionsWrite,
    ImageSearchWrite,
    SampleSerializer,
    SearchWrite,
    SuggestionsSerializer,
)
from annotator.suggestions.choices import Verb
from annotator.suggestions.decisions import Decision
from annotator.suggestions.report import report_csv, stage_report


class ProjectAutomask(APIView):
    """Searching a project's images for everything."""

    @extend_schema(responses=AutomaskSettingsSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Return the project's parameters and the presets."""
        project = access.get_project_for(request.user, project_id, Right.VIEW)
        return Response(settings_json(services.settings_of(project)))

    @extend_schema(request=OpenApiTypes.OBJECT, responses=AutomaskSettingsSerializer)
    def patch(self, request: Request, project_id: uuid.UUID) -> Response:
        """Change the project's parameters: a preset starts anew, anything else changes single ones."""
        project = access.get_project_for(request.user, project_id, Right.MANAGE)
        return Response(settings_json(services.change_settings(project, request.data)))

    @extend_schema(request=SearchWrite, responses={202: RunSerializer})
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Search these images, or all; in the background, behind everything else."""
        project = access.get_project_for(request.user, project_id, Right.MANAGE)
        body = parse(SearchWrite, request)
        images = services.unsearched(project) if body.get("new") else body.get("images")
        run = services.start(project, current_user(request), images, body.get("params", {}))
        return Response(run_json(run), status=202)


class ImageAutomask(APIView):
    """Searching one image for everything."""

    @extend_schema(request=ImageSearchWrite, responses={202: RunSerializer})
    def post(self, request: Request, image_id: uuid.UUID) -> Response:
        """Search the image, or a region of it, now."""
        image = access.get_image_for(request.user, image_id, Right.ANNOTATE)
        body = parse(ImageSearchWrite, request)
        run = services.start_on_image(image, current_user(request), body.get("params", {}), body.get("region"))
        return Response(run_json(run), status=202)


class ImageSuggestions(APIView):
    """The suggestions on an image."""

    @extend_schema(responses=SuggestionsSerializer)
    def get(self, request: Request, image_id: uuid.UUID) -> Response:
        """List those nobody has decided on, best first, without those an accepted object repeats."""
        image = access.get_image_for(request.user, image_id, Right.VIEW)
        return Response(shown_json(queries.pending_on(image)))


class BulkSuggestions(APIView):
    """Many decisions on one image."""

    @extend_schema(request=DecisionsWrite, responses=DecisionResultsSerializer)
    def post(self, request: Request, image_id: uuid.UUID) -> Response:
        """Accept, reject or reopen up to 500, in order. Each succeeds or fails by itself, and only once."""
        image = access.get_image_for(request.user, image_id, Right.ANNOTATE)
        decisions = [_decision(item, Verb(item["op"])) for item in parse(DecisionsWrite, request)["operations"]]
        results, seq = services.decide(image, current_user(request), decisions)
        pairs = zip(decisions, results, strict=True)
        return Response({"results": [result_json(decision, result) for decision, result in pairs], "seq": seq})


class _OneDecision(APIView):
    """Base of the three decisions on one suggestion."""

    verb: Verb

    def _decide(self, request: Request, suggestion_id: uuid.UUID, body: dict[str, Any]) -> Response:
        row = queries.get_suggestion_for(request.user, suggestion_id, Right.ANNOTATE)
        decision = _decision({"id": row.pk} | body, self.verb)
        (result,), _ = services.decide(row.image, current_user(request), [decision])
        if isinstance(result, ApiError):
            raise result
        return Response(decided_json(result), status=result.status)


class AcceptSuggestion(_OneDecision):
    """Making an object of a suggestion."""

    verb = Verb.ACCEPT

    @extend_schema(request=AcceptWrite, responses={201: DecidedSerializer})
    def post(self, request: Request, suggestion_id: uuid.UUID) -> Response:
        """Accept; 200 with the object there is when that happened before."""
        return self._decide(request, suggestion_id, parse(AcceptWrite, request))


class RejectSuggestion(_OneDecision):
    """Saying that a suggestion is nothing."""

    verb = Verb.REJECT

    @extend_schema(request=None, responses=DecidedSerializer)
    def post(self, request: Request, suggestion_id: uuid.UUID) -> Response:
        """Reject; it is not suggested again."""
        return self._decide(request, suggestion_id, {})


class ReopenSuggestion(_OneDecision):
    """Taking a decision back."""

    verb = Verb.REOPEN

    @extend_schema(request=None, responses=DecidedSerializer)
    def post(self, request: Request, suggestion_id: uuid.UUID) -> Response:
        """Make it a suggestion again; its object goes, unless somebody has changed it since."""
        return self._decide(request, suggestion_id, {})


class SampleQuery(serializers.Serializer[None]):
    """How many to draw, and from which drawing."""

    size = serializers.IntegerField(min_value=1, max_value=500, default=50)
    seed = serializers.CharField(max_length=64, default="1")


class SuggestionSample(APIView):
    """A random sample of what nobody has decided on."""

    @extend_schema(parameters=[SampleQuery], responses=SampleSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Draw ?size= suggestions; the same ?seed= draws the same ones."""
        project = access.get_project_for(request.user, project_id, Right.VIEW)
        wanted = SampleQuery(data=request.query_params.dict())
        wanted.is_valid(raise_exception=True)
        rows = queries.sample_of(project, **wanted.validated_data)
        return Response({"results": [suggestion_json(row, row.parent_id) for row in rows]})


class StageReport(APIView):
    """How the stages of the project go."""

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Return masks, times, clicks and what became of suggestions, per stage and week."""
        return Response(stage_report(access.get_project_for(request.user, project_id, Right.VIEW)))


class StageReportCsv(APIView):
    """The same as a table."""

    content_negotiation_class = AnyAccept

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, project_id: uuid.UUID) -> HttpResponse:
        """Download it."""
        project = access.get_project_for(request.user, project_id, Right.VIEW)
        response = HttpResponse(report_csv(stage_report(project)), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="stages.csv"'
        return response


def _decision(item: dict[str, Any], verb: Verb) -> Decision:
    return Decision(
        key=item.get("key") or uuid.uuid4(),
        verb=verb,
        id=item["id"],
        annotation=item.get("annotation"),
        merge=tuple(item.get("merge", ())),
        data=item.get("data", {}),
        anyway=item.get("anyway", False),
    )
