"""Routes of exports."""

from __future__ import annotations

from django.urls import path

from annotator.datasets.api import views

urlpatterns = [
    path("projects/<uuid:project_id>/exports/", views.ProjectExports.as_view(), name="project-exports"),
    path("exports/<uuid:export_id>/", views.ExportDetail.as_view(), name="export"),
    path("exports/<uuid:export_id>/download/", views.ExportDownload.as_view(), name="export-download"),
]
