"""Routes of exports."""

from __future__ import annotations

from django.urls import path

from annotator.datasets.api import comparisons, figures, snapshots, views

urlpatterns = [
    path("projects/<uuid:project_id>/exports/", views.ProjectExports.as_view(), name="project-exports"),
    path("exports/<uuid:export_id>/", views.ExportDetail.as_view(), name="export"),
    path("exports/<uuid:export_id>/download/", views.ExportDownload.as_view(), name="export-download"),
    path("projects/<uuid:project_id>/snapshots/", snapshots.ProjectSnapshots.as_view(), name="project-snapshots"),
    path("snapshots/<uuid:snapshot_id>/", snapshots.SnapshotDetail.as_view(), name="snapshot"),
    path("projects/<uuid:project_id>/figures/", figures.ProjectFigures.as_view(), name="project-figures"),
    path("projects/<uuid:project_id>/figures/csv/", figures.ProjectFiguresSheet.as_view(), name="figures-csv"),
    path("projects/<uuid:project_id>/origin/", snapshots.ProjectOrigin.as_view(), name="project-origin"),
    path("projects/<uuid:project_id>/parts/", snapshots.ProjectParts.as_view(), name="project-parts"),
    path("projects/<uuid:project_id>/comparisons/", comparisons.ProjectComparisons.as_view(), name="comparisons"),
    path("comparisons/<uuid:comparison_id>/", comparisons.ComparisonDetail.as_view(), name="comparison"),
    path("comparisons/<uuid:comparison_id>/images/", comparisons.ComparisonImages.as_view(), name="comparison-images"),
]
