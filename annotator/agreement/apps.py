"""The agreement app."""

from __future__ import annotations

from django.apps import AppConfig


class AgreementConfig(AppConfig):
    name = "annotator.agreement"
    label = "agreement"

    def ready(self) -> None:
        """Hear when a copy is done, and when jobs come and leave; let lists of images be narrowed to gold."""
        from annotator.agreement import comparing, gold, scoring
        from annotator.jobs.extensions import follow_given, follow_leaving
        from annotator.projects.extensions import add_narrowing, follow_state

        follow_state(comparing.state_said)
        follow_state(scoring.state_said)
        add_narrowing("gold", gold.narrowed)
        follow_given(gold.hide)
        follow_leaving(gold.leave)
