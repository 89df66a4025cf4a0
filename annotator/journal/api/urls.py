"""Routes of the log."""

from __future__ import annotations

from django.urls import path

from annotator.journal.api import views

urlpatterns = [path("projects/<uuid:project_id>/log/", views.Log.as_view(), name="log")]
