"""The agreement app."""

from __future__ import annotations

from django.apps import AppConfig


class AgreementConfig(AppConfig):
    name = "annotator.agreement"
    label = "agreement"

    def ready(self) -> None:
        """Hear when a copy is done, and when jobs come and leave; let lists of images be narrowed to gold."""
        from annotator.agreement import comparing, disputed, gold, merging, scoring
        from annotator.jobs.extensions import follow_given, follow_leaving
        from annotator.projects.extensions import add_narrowing, follow_state
        from annotator.reviews.triage import Sign, add_look

        follow_state(comparing.state_said)
        follow_state(scoring.state_said)
        follow_state(merging.state_said)
        add_narrowing("gold", gold.narrowed)
        follow_given(gold.hide)
        follow_leaving(gold.leave)
        words = "People do not agree about an object", "People do not agree about {} objects"
        add_look("disputed", Sign(0.5, *words), disputed.disputed)
