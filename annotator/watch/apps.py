"""The watch app."""

from __future__ import annotations

from django.apps import AppConfig


class WatchConfig(AppConfig):
    name = "annotator.watch"
    label = "watch"

    def ready(self) -> None:
        """Answer at `/metrics`, listen in workers, report errors: each where a setting says so."""
        from annotator.watch import (
            errors,
            exposition,
            serving,  # noqa: F401
        )

        exposition.offer()
        errors.report()
