"""Routes of retraining."""

from __future__ import annotations

from django.urls import path

from annotator.tuning.api import views

PROJECT = "projects/<uuid:project_id>/retrainings/"

urlpatterns = [
    path(PROJECT, views.ProjectRetrainings.as_view(), name="project-retrainings"),
    path(f"{PROJECT}material/", views.ProjectMaterial.as_view(), name="retraining-material"),
    path(f"{PROJECT}effect/", views.ProjectEffect.as_view(), name="retraining-effect"),
    path(f"{PROJECT}rule/", views.ProjectRule.as_view(), name="retraining-rule"),
    path(f"{PROJECT}roll-back/", views.RollBack.as_view(), name="retraining-roll-back"),
    path("retrainings/<uuid:retraining_id>/", views.RetrainingDetail.as_view(), name="retraining"),
    path("retrainings/<uuid:retraining_id>/promote/", views.Promote.as_view(), name="retraining-promote"),
]
