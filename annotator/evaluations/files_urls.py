"""Immutable addresses of drawn answers."""

from __future__ import annotations

import uuid

from django.http import HttpResponseBase
from django.urls import path
from rest_framework.request import Request

from annotator.accounts.access import Right
from annotator.evaluations import queries
from annotator.lib.files import FileView, blob_response, must_match


class ExampleFile(FileView):
    """A drawn answer; it shows an image of the project, so only its members see it."""

    def get(self, request: Request, example_id: uuid.UUID, sha256: str) -> HttpResponseBase:
        """Answer with the JPEG."""
        example = queries.get_example_for(request.user, example_id, Right.VIEW)
        must_match(sha256, example.sha256)
        return blob_response(request, sha256, "image/jpeg", f"{example.pk}.jpg")


urlpatterns = [path("examples/<uuid:example_id>/<str:sha256>", ExampleFile.as_view(), name="example-file")]
