"""`manage.py restore SOURCE`: a backup, into an empty installation."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from annotator.upkeep.management.told import sentences
from annotator.upkeep.restore import restore


class Command(BaseCommand):
    """Bring a backup back, on SQLite or PostgreSQL, into a folder or a bucket."""

    help = "Bring a backup back into an empty installation, whichever database and storage it has."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where from."""
        parser.add_argument("source", type=Path, help="the folder that `backup` wrote to")
        parser.add_argument("--at", default="", metavar="NAME", help="not the newest, but the one with this name")

    def handle(self, *args: Any, **options: Any) -> None:
        """Bring it back, and say what came."""
        say = self.stdout.write if options["verbosity"] > 1 else lambda text: None
        with sentences("Restoring"):
            report = restore(options["source"].expanduser().resolve(), say, at=options["at"])
        self.stdout.write(
            f"The backup of {report.name} is back: {report.rows} rows and {report.files} files, {report.written} of "
            "them written now. Rows and files were read again and are those of the backup."
        )
        if not report.same_secret:
            self.stdout.write(
                "This installation has another secret key than the one the backup was made on: everybody signs in "
                "anew, and the secrets of webhooks are new. Set MASKWRIGHT_SECRET_KEY to the old one to change that."
            )
        if report.lost:
            self.stdout.write("Already lost when the backup was made:\n" + "\n".join(report.lost))
