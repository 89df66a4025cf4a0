"""`manage.py move URL`: all rows to another database, from SQLite to PostgreSQL or back."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from annotator.upkeep.management.told import sentences
from annotator.upkeep.move import move


class Command(BaseCommand):
    """Copy all rows to an empty database and compare."""

    help = "Copy all rows to another, empty database (from SQLite to PostgreSQL, say) and compare both."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to."""
        parser.add_argument("url", help="as in DATABASE_URL: postgres://user:password@host:5432/name")

    def handle(self, *args: Any, **options: Any) -> None:
        """Copy, and say what to set."""
        say = self.stdout.write if options["verbosity"] > 1 else lambda text: None
        with sentences("Moving"):
            count = move(options["url"], say)
        self.stdout.write(
            f"{count} rows were copied, and both databases hold the same. Set DATABASE_URL to the new one and start "
            "again; files stay where they are. The old database was not changed: keep it until all is well."
        )
