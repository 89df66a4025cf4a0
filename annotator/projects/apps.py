"""The projects app."""

from __future__ import annotations

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "annotator.projects"
    label = "projects"

    def ready(self) -> None:
        """Make the runs of this app known, the files that its rows need, and which images are kept from whom."""
        from annotator.accounts.extensions import set_withheld
        from annotator.lib.holdings import add_source
        from annotator.projects import apart, blobs
        from annotator.projects.video import uploads
        from annotator.runs.registry import register

        set_withheld(apart.withheld_from)
        add_source(blobs.held)
        add_source(uploads.held)
        register("import_video", "annotator.projects.video.runner.ImportVideoRunner")
