"""Immutable addresses of embeddings and model files."""

from __future__ import annotations

import uuid

from django.http import HttpResponseBase
from django.urls import path
from rest_framework.request import Request

from annotator.accounts.access import Right
from annotator.inference.models import Embedding
from annotator.inference.queries import get_model_version_for
from annotator.lib.errors import NotFound
from annotator.lib.files import FileView, blob_response, must_match
from annotator.projects.queries import get_on_image_for

_MEDIA_TYPES = {".json": "application/json", ".onnx": "application/octet-stream"}


class EmbeddingFile(FileView):
    """An embedding blob."""

    def get(self, request: Request, embedding_id: uuid.UUID, sha256: str) -> HttpResponseBase:
        """Answer with the blob, to those who may see the image."""
        rows = Embedding.objects.select_related("image__project")
        row = get_on_image_for(request.user, rows, embedding_id, Right.VIEW, lambda row: row.image, "embedding")
        must_match(sha256, row.sha256)
        name = f"{row.pk}.safetensors"
        return blob_response(request, row.sha256, "application/octet-stream", name, row.packed_sha256)


class ModelFile(FileView):
    """A file of a model package; models belong to the installation, so everybody who is signed in may read them."""

    def get(self, request: Request, version_id: uuid.UUID, sha256: str, filename: str) -> HttpResponseBase:
        """Answer with the file."""
        version = get_model_version_for(request.user, version_id)
        entry = version.files.get(filename)
        if entry is None:
            raise NotFound("file")
        must_match(sha256, entry["sha256"])
        suffix = filename[filename.rfind(".") :]
        return blob_response(request, sha256, _MEDIA_TYPES.get(suffix, "application/octet-stream"), filename)


urlpatterns = [
    path("embeddings/<uuid:embedding_id>/<str:sha256>", EmbeddingFile.as_view(), name="embedding-file"),
    path("models/<uuid:version_id>/<str:sha256>/<str:filename>", ModelFile.as_view(), name="model-file"),
]
