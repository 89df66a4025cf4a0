"""The ratings app."""

from __future__ import annotations

from django.apps import AppConfig


class RatingsConfig(AppConfig):
    name = "annotator.ratings"
    label = "ratings"

    def ready(self) -> None:
        """Tell the runs what this app does for them."""
        from annotator.runs import registry

        registry.register("rate", "annotator.ratings.runner.RateRunner")
