"""Routes of imports."""

from __future__ import annotations

from django.urls import path

from annotator.imports.api import views

urlpatterns = [
    path("projects/<uuid:project_id>/imports/", views.ProjectImports.as_view(), name="project-imports"),
    path("imports/<uuid:import_id>/", views.ImportDetail.as_view(), name="import"),
    path("imports/<uuid:import_id>/list/", views.ImportList.as_view(), name="import-list"),
    path("imports/<uuid:import_id>/check/", views.ImportCheck.as_view(), name="import-check"),
    path("imports/<uuid:import_id>/start/", views.ImportStart.as_view(), name="import-start"),
    path("imports/<uuid:import_id>/undo/", views.ImportUndo.as_view(), name="import-undo"),
    path("imports/<uuid:import_id>/problems/", views.ImportProblems.as_view(), name="import-problems"),
]
