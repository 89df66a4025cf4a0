"""The annotations app."""

from __future__ import annotations

from django.apps import AppConfig


class AnnotationsConfig(AppConfig):
    name = "annotator.annotations"
    label = "annotations"

    def ready(self) -> None:
        """Tell the projects where the objects are, and the models which of them objects name; look after the masks."""
        from annotator.annotations import queries, soundness
        from annotator.inference.extensions import add_holder
        from annotator.lib.holdings import add_check
        from annotator.projects.extensions import set_objects

        add_check(soundness.unsound)
        set_objects(queries.live_objects)
        add_holder(queries.names_model)
