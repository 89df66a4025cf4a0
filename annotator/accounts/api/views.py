"""Oneself and one's keys."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts import services, trail
from annotator.accounts.access import current_user
from annotator.accounts.api.serializers import MeSerializer, MeWrite, NewTokenSerializer, TokenSerializer, TokenWrite
from annotator.accounts.choices import Event
from annotator.accounts.models import ApiToken
from annotator.lib.errors import Forbidden, NotFound
from annotator.lib.openapi import paged
from annotator.lib.parsers import parse


class Me(APIView):
    """The person who asks."""

    for_project_keys = ("GET",)

    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """Return oneself."""
        return Response(MeSerializer(current_user(request)).data)

    @extend_schema(request=MeWrite, responses=MeSerializer)
    def patch(self, request: Request) -> Response:
        """Merge preferences; a null value removes one."""
        changes = parse(MeWrite, request)["preferences"]
        return Response(MeSerializer(services.set_preferences(current_user(request), changes)).data)


class Tokens(APIView):
    """One's keys for programs."""

    throttle_scope = "keys"

    @extend_schema(responses=paged(TokenSerializer))
    def get(self, request: Request) -> Response:
        """List the keys (50 at most), without the keys themselves."""
        rows = [TokenSerializer(token).data for token in current_user(request).tokens.select_related("project")]
        return Response({"results": rows, "next": None, "previous": None})

    @extend_schema(request=TokenWrite, responses={201: NewTokenSerializer})
    def post(self, request: Request) -> Response:
        """Make a key, signed in with a password or link; this answer is the only place that ever shows it."""
        if isinstance(request.auth, ApiToken):
            # A key that leaked, or that was to end soon, would otherwise outlive its own deletion.
            raise Forbidden("A key makes no keys. Sign in, and make it on your account's page.")
        token, key = services.issue_token(current_user(request), **parse(TokenWrite, request))
        trail.write(Event.KEY_MADE, token.user, request._request, about=token.name)
        return Response({**TokenSerializer(token).data, "key": key}, status=201)


class TokenDetail(APIView):
    """One key."""

    for_project_keys = ()

    @extend_schema(responses={204: None})
    def delete(self, request: Request, token_id: uuid.UUID) -> Response:
        """Delete it; whoever uses it is refused from now on."""
        token = current_user(request).tokens.filter(pk=token_id).first()
        if token is None or not current_user(request).tokens.filter(pk=token_id).delete()[0]:
            raise NotFound("key")
        trail.write(Event.KEY_DELETED, token.user, request._request, about=token.name)
        return Response(status=204)
