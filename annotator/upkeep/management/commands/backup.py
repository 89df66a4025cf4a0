"""`manage.py backup TARGET`: all rows of one moment and the files they need, into a folder. How it ended is noted."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotator.upkeep.backup import keep_newest, write
from annotator.upkeep.choices import Kind
from annotator.upkeep.management.told import sentences
from annotator.upkeep.records import noted


class Command(BaseCommand):
    """Write a backup while people go on working."""

    help = "Write a backup of database and storage into a folder, which may have earlier ones."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to, and how much of what is there already."""
        parser.add_argument("target", type=Path, help="a folder on another disk; files that are there are not copied")
        parser.add_argument("--keep", type=int, metavar="N", help="afterwards delete all backups but the N newest")
        parser.add_argument("--quick", action="store_true", help="do not read again what earlier backups copied")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it, and say what is in it."""
        if options["keep"] is not None and options["keep"] < 1:
            raise CommandError("--keep must be at least 1.")
        target: Path = options["target"].expanduser().resolve()
        say = self.stdout.write if options["verbosity"] > 1 else lambda text: None
        with noted(Kind.BACKUP) as told:
            with sentences("The backup"):
                report = write(target, say, quick=options["quick"])
            told.said = (
                f"{target / report.name}: {report.rows} rows and {report.files} files ({report.bytes / 2**20:,.0f} "
                f"MB), {report.copied} of them new. All of it was read again."
            )
            self.stdout.write(told.said)
            lost = [*(f"missing: {one}" for one in report.missing), *(f"damaged: {one}" for one in report.damaged)]
            if lost:
                raise CommandError(
                    f"The backup is whole but for {len(lost)} files that the storage itself lacks:\n" + "\n".join(lost)
                )
        if options["keep"]:
            with sentences("Deleting old backups"):
                self.stdout.write(f"{keep_newest(target, options['keep'])} old backups were deleted.")
