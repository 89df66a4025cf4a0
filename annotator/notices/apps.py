"""The notices app."""

from __future__ import annotations

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "annotator.notices"
    label = "notices"

    def ready(self) -> None:
        """Hear what happens; send e-mail that was left behind."""
        from annotator.lib.happenings import follow
        from annotator.notices import mail, writing
        from annotator.runs.chores import add_chore

        follow(writing.heard)
        add_chore(mail.send_left_behind)
