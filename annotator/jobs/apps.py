"""The jobs app."""

from __future__ import annotations

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "annotator.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Tell whoever decides about access which images a person was given, and take work back of who leaves."""
        from annotator.accounts import extensions
        from annotator.jobs import handout, queries
        from annotator.projects.extensions import set_holding

        extensions.set_given(queries.given_to)
        set_holding(queries.held_by)
        extensions.add_farewell(handout.give_back_of)
