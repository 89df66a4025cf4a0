"""Routes of the history."""

from __future__ import annotations

from django.urls import path

from annotator.history.api import views

IMAGE = "images/<uuid:image_id>/history"
PROJECT = "projects/<uuid:project_id>/history"

urlpatterns = [
    path(f"{IMAGE}/", views.ImageHistory.as_view(), name="image-history"),
    path(f"{IMAGE}/look/", views.ImageLook.as_view(), name="image-history-look"),
    path(f"{IMAGE}/restore/", views.ImageRestore.as_view(), name="image-history-restore"),
    path(f"{PROJECT}/", views.ProjectHistory.as_view(), name="project-history"),
    path(f"{PROJECT}/look/", views.WorkLook.as_view(), name="project-history-look"),
    path("history/<uuid:act_id>/undo/", views.ActUndo.as_view(), name="history-undo"),
]
