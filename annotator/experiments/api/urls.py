"""Routes of experiments."""

from __future__ import annotations

from django.urls import path

from annotator.experiments.api import views

urlpatterns = [
    path("projects/<uuid:project_id>/experiments/", views.ProjectExperiments.as_view(), name="project-experiments"),
    path("experiments/<uuid:experiment_id>/", views.ExperimentDetail.as_view(), name="experiment"),
    path("experiments/<uuid:experiment_id>/csv/", views.ExperimentCsv.as_view(), name="experiment-csv"),
]
