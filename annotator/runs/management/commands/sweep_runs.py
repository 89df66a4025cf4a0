"""`manage.py sweep_runs`: what every worker does by itself every few seconds, once and by hand."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from annotator.runs.sweeper import sweep


class Command(BaseCommand):
    """Re-queue runs whose worker died and send lost messages again."""

    help = "Re-queue runs whose worker died and send lost messages again."

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep once."""
        self.stdout.write(f"{sweep()} run(s) sent to the queue again.")
