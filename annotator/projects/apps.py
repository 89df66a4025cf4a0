"""The projects app."""

from __future__ import annotations

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "annotator.projects"
    label = "projects"

    def ready(self) -> None:
        """Make the runs of this app known."""
        from annotator.runs.registry import register

        register("import_video", "annotator.projects.video.runner.ImportVideoRunner")
