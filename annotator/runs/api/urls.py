"""Routes of the runs."""

from __future__ import annotations

from django.urls import path

from annotator.runs.api import views

urlpatterns = [
    path("runs/", views.Runs.as_view(), name="runs"),
    path("runs/<uuid:run_id>/", views.RunDetail.as_view(), name="run"),
    path("runs/<uuid:run_id>/cancel/", views.RunCancel.as_view(), name="run-cancel"),
    path("runs/<uuid:run_id>/retry/", views.RunRetry.as_view(), name="run-retry"),
]
