"""The projects app."""
from __future__ import annotations

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "annotator.projects"
    label = "projects"
