"""Routes of models and embeddings."""

from __future__ import annotations

from django.urls import path

from annotator.inference.api import library, views

urlpatterns = [
    path("models/", views.Models.as_view(), name="models"),
    path("models/library/", library.Library.as_view(), name="model-library"),
    path("models/pull/", library.Pull.as_view(), name="model-pull"),
    path("models/upload/", library.Upload.as_view(), name="model-upload"),
    path("models/<uuid:version_id>/", views.ModelDetail.as_view(), name="model"),
    path("projects/<uuid:project_id>/model/", views.ProjectModel.as_view(), name="project-model"),
    path("images/<uuid:image_id>/embed/", views.ImageEmbed.as_view(), name="image-embed"),
]
