"""Routes for administrators."""

from __future__ import annotations

from django.urls import path

from annotator.watch.api import views

urlpatterns = [path("server/", views.Server.as_view(), name="server")]
