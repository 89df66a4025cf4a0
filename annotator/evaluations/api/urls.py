"""Routes of evaluations."""

from __future__ import annotations

from django.urls import path

from annotator.evaluations.api import views

urlpatterns = [
    path("projects/<uuid:project_id>/evaluations/", views.ProjectEvaluations.as_view(), name="project-evaluations"),
    path("evaluations/<uuid:evaluation_id>/", views.EvaluationDetail.as_view(), name="evaluation"),
]
