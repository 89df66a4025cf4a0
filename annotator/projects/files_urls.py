"""Immutable addresses of images."""

from __future__ import annotations

import uuid

from django.http import HttpResponseBase
from django.urls import path
from rest_framework.request import Request

from annotator.accounts.access import Right
from annotator.lib.errors import NotFound
from annotator.lib.files import FileView, blob_response, must_match
from annotator.projects.queries import get_image_for


class ImageFile(FileView):
    """An image (`full`) or its thumbnail (`thumb`); the hash is the full image's."""

    def get(self, request: Request, image_id: uuid.UUID, sha256: str, size: str) -> HttpResponseBase:
        """Answer with the file."""
        image = get_image_for(request.user, image_id, Right.VIEW)
        must_match(sha256, image.sha256)
        if size == "full":
            return blob_response(request, image.sha256, image.media_type, image.name)
        if size == "thumb":
            return blob_response(request, image.thumb_sha256, "image/jpeg", f"{image.name}.thumb.jpg")
        raise NotFound("file")


urlpatterns = [
    path("images/<uuid:image_id>/<str:sha256>/<str:size>", ImageFile.as_view(), name="image-file"),
]
