"""The annotations app."""

from __future__ import annotations

from django.apps import AppConfig


class AnnotationsConfig(AppConfig):
    name = "annotator.annotations"
    label = "annotations"

    def ready(self) -> None:
        """Tell the projects where the objects are, and the models which of them objects name."""
        from annotator.annotations import queries
        from annotator.inference.extensions import add_holder
        from annotator.projects.extensions import set_objects

        set_objects(queries.live_objects)
        add_holder(queries.names_model)
