"""A project's webhooks, for those who manage it."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import Right, current_user
from annotator.lib.openapi import listed, paged
from annotator.lib.pagination import page_of
from annotator.lib.parsers import parse
from annotator.projects.queries import get_project_for
from annotator.webhooks import services
from annotator.webhooks.api.serializers import (
    DeliverySerializer,
    WebhookSerializer,
    WebhookWithSecretSerializer,
    WebhookWrite,
)
from annotator.webhooks.models import Delivery, Webhook
from annotator.webhooks.queries import get_webhook_for
from annotator.webhooks.signing import secret_of


class Webhooks(APIView):
    """The webhooks of a project."""

    throttle_scope = "keys"

    @extend_schema(operation_id="webhooks_list", responses=listed(WebhookSerializer))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """List them."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        return Response({"results": WebhookSerializer(project.webhooks.all(), many=True).data})

    @extend_schema(request=WebhookWrite, responses={201: WebhookWithSecretSerializer})
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Add one; the answer has its secret, once."""
        project = get_project_for(request.user, project_id, Right.MANAGE)
        hook = services.add(project, current_user(request), parse(WebhookWrite, request))
        return Response(_with_secret(hook), status=201)


class WebhookDetail(APIView):
    """One webhook."""

    @extend_schema(request=WebhookWrite, responses=WebhookSerializer)
    def patch(self, request: Request, webhook_id: uuid.UUID) -> Response:
        """Change it."""
        hook = get_webhook_for(request.user, webhook_id, Right.MANAGE)
        services.change(hook, current_user(request), parse(WebhookWrite, request, partial=True))
        return Response(WebhookSerializer(hook).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, webhook_id: uuid.UUID) -> Response:
        """Delete it with its log."""
        services.delete(get_webhook_for(request.user, webhook_id, Right.MANAGE), current_user(request))
        return Response(status=204)


class WebhookSecret(APIView):
    """Another secret."""

    throttle_scope = "keys"

    @extend_schema(request=None, responses=WebhookWithSecretSerializer)
    def post(self, request: Request, webhook_id: uuid.UUID) -> Response:
        """Replace the secret; the answer has the new one, once."""
        hook = get_webhook_for(request.user, webhook_id, Right.MANAGE)
        services.new_secret(hook, current_user(request))
        return Response(_with_secret(hook))


class WebhookTest(APIView):
    """Trying it."""

    throttle_scope = "heavy"

    @extend_schema(request=None, responses={202: DeliverySerializer})
    def post(self, request: Request, webhook_id: uuid.UUID) -> Response:
        """Send a test; the log says what came of it."""
        hook = get_webhook_for(request.user, webhook_id, Right.MANAGE)
        return Response(DeliverySerializer(services.test(hook, current_user(request))).data, status=202)


class Deliveries(APIView):
    """What a webhook was told."""

    @extend_schema(operation_id="webhook_deliveries_list", responses=paged(DeliverySerializer))
    def get(self, request: Request, webhook_id: uuid.UUID) -> Response:
        """List the last 200 deliveries, the newest first."""
        rows = get_webhook_for(request.user, webhook_id, Right.MANAGE).deliveries.all()
        return page_of(self, request, rows, _deliveries_json, ordering=("-created", "id"))


def _deliveries_json(page: list[Delivery]) -> list[dict[str, Any]]:
    return list(DeliverySerializer(page, many=True).data)


def _with_secret(hook: Webhook) -> dict[str, object]:
    return dict(WebhookSerializer(hook).data) | {"secret": secret_of(hook)}
