"""The reviews app."""

from __future__ import annotations

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "annotator.reviews"
    label = "reviews"

    def ready(self) -> None:
        """Hear when an image is said to be done, and when objects change; say what comes first for a person."""
        from annotator.annotations.extensions import follow_changes
        from annotator.projects.extensions import add_urgent, follow_state
        from annotator.reviews import following, queries

        follow_state(following.state_said)
        add_urgent(queries.returned_to)
        follow_changes(following.objects_changed)
