"""How this installation is."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.accounts.access import require_admin
from annotator.watch.api.serializers import ServerSerializer
from annotator.watch.facts import facts


class Server(APIView):
    """Readiness, queues, workers, disks, connections, backups, versions, and what failed in the last seven days."""

    @extend_schema(responses=ServerSerializer)
    def get(self, request: Request) -> Response:
        """Return it as it is now; administrators only. Of many failed runs the last 50 are named."""
        require_admin(request.user)
        return Response(ServerSerializer(facts()).data)
