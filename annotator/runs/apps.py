"""The runs app."""

from __future__ import annotations

from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "annotator.runs"
    label = "runs"

    def ready(self) -> None:
        """Connect the sweeper to the worker's start and stop; tell of broker and workers in `/readyz`."""
        from annotator.lib import probes
        from annotator.runs import (
            health,
            sweeper,  # noqa: F401
        )

        probes.register("queue", health.broker)
        probes.register("worker", health.workers, needed=False)
