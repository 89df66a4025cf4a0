"""`manage.py collect`: deletes files that nobody needs."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotator.upkeep.collect import collect
from annotator.upkeep.management.told import sentences


class Command(BaseCommand):
    """Make room, while people go on working."""

    help = "Delete files of the storage that no row needs, left behind by broken uploads and killed processes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What counts as left behind."""
        parser.add_argument("--hours", type=int, default=24, help="leave younger files alone (default 24)")
        parser.add_argument("--dry-run", action="store_true", help="say what would go, and delete nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Delete, and say what went."""
        if options["hours"] < 1:
            raise CommandError("--hours must be at least 1: a younger file may belong to an upload under way.")
        dry = options["dry_run"]
        with sentences("Collecting"):
            count, size = collect(
                timedelta(hours=options["hours"]),
                lambda name, lies: self.stdout.write(f"{name} ({lies} bytes)"),
                dry=dry,
            )
        self.stdout.write(f"{count} files, {size / 2**20:,.1f} MB, {'would go' if dry else 'were deleted'}.")
