"""The webhooks app."""

from __future__ import annotations

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "annotator.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        """Hear what happens; send what is due again."""
        from annotator.lib.happenings import follow
        from annotator.runs.chores import add_chore
        from annotator.webhooks import outgoing

        follow(outgoing.heard)
        add_chore(outgoing.send_due)
