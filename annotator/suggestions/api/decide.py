"""Suggestions: list, accept, reject, take back."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import Right, current_user
from annotator.lib.errors import ApiError
from annotator.lib.parsers import parse
from annotator.projects.queries import get_image_for
from annotator.suggestions.api.present import decided_json, result_json, shown_json
from annotator.suggestions.api.serializers import (
    AcceptWrite,
    DecidedSerializer,
    DecisionResultsSerializer,
    DecisionsWrite,
    SuggestionsSerializer,
)
from annotator.suggestions.choices import Verb
from annotator.suggestions.decide import queries, services
from annotator.suggestions.decide.decisions import Decision
from annotator.suggestions.queries import get_suggestion_for


class ImageSuggestions(APIView):
    """The suggestions on an image."""

    @extend_schema(responses=SuggestionsSerializer)
    def get(self, request: Request, image_id: uuid.UUID) -> Response:
        """List those nobody has decided on, best first, without those an accepted object repeats."""
        image = get_image_for(request.user, image_id, Right.VIEW)
        return Response(shown_json(queries.pending_on(image)))


class BulkSuggestions(APIView):
    """Many decisions on one image."""

    @extend_schema(request=DecisionsWrite, responses=DecisionResultsSerializer)
    def post(self, request: Request, image_id: uuid.UUID) -> Response:
        """Accept, reject or reopen up to 500, in order. Each succeeds or fails by itself, and only once."""
        image = get_image_for(request.user, image_id, Right.ANNOTATE)
        decisions = [_decision(item, Verb(item["op"])) for item in parse(DecisionsWrite, request)["operations"]]
        results, seq = services.decide(image, current_user(request), decisions)
        pairs = zip(decisions, results, strict=True)
        return Response({"results": [result_json(decision, result) for decision, result in pairs], "seq": seq})


class _OneDecision(APIView):
    """Base of the three decisions on one suggestion."""

    verb: Verb

    def _decide(self, request: Request, suggestion_id: uuid.UUID, body: dict[str, Any]) -> Response:
        row = get_suggestion_for(request.user, suggestion_id, Right.ANNOTATE)
        decision = _decision({"id": row.pk} | body, self.verb)
        (result,), _ = services.decide(row.image, current_user(request), [decision])
        if isinstance(result, ApiError):
            raise result
        return Response(decided_json(result), status=result.status)


class AcceptSuggestion(_OneDecision):
    """Making an object of a suggestion."""

    verb = Verb.ACCEPT

    @extend_schema(request=AcceptWrite, responses={200: DecidedSerializer, 201: DecidedSerializer})
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
