"""The watch app."""

from __future__ import annotations

from django.apps import AppConfig


class WatchConfig(AppConfig):
    name = "annotator.watch"
    label = "watch"

    def ready(self) -> None:
        """Answer at `/metrics`, listen in workers, report errors, each where a setting says so; let old trails go."""
        from annotator.accounts import trail
        from annotator.runs.chores import add_chore
        from annotator.watch import (
            checks,  # noqa: F401
            errors,
            exposition,
            serving,  # noqa: F401
            traces,
        )

        exposition.offer()
        add_chore(trail.forget_old)
        errors.report()
        traces.report()
