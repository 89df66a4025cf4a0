"""Routes of the numbers."""

from __future__ import annotations

from django.urls import path

from annotator.dashboard.api import views

PROJECT = "projects/<uuid:project_id>/dashboard/"

urlpatterns = [
    path(PROJECT, views.Dashboard.as_view(), name="dashboard"),
    path(f"{PROJECT}csv/", views.DashboardCsv.as_view(), name="dashboard-csv"),
]
