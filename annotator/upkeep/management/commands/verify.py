"""`manage.py verify`: walks all rows and files, and says what is missing, damaged, or needed by nobody."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotator.lib.words import counted
from annotator.upkeep.choices import Kind
from annotator.upkeep.management.told import sentences
from annotator.upkeep.records import noted
from annotator.upkeep.verify import Problem, findings

SHOWN = 100
WRONG = {
    Problem.ROW: ("row that makes no sense", "rows that make no sense"),
    Problem.MISSING: ("file missing", "files missing"),
    Problem.CORRUPT: ("file with other bytes than were stored", "files with other bytes than were stored"),
    Problem.UNREADABLE: ("file that cannot be read", "files that cannot be read"),
}


class Command(BaseCommand):
    """Look at everything, change nothing; how it ended is noted for the Server page."""

    help = "Walk all rows and files and say what is missing, damaged, or needed by nobody. Changes none of them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How closely."""
        parser.add_argument("--quick", action="store_true", help="ask only whether files are there")
        parser.add_argument("--all", action="store_true", help=f"list more than {SHOWN} of each kind")

    def handle(self, *args: Any, **options: Any) -> None:
        """List what is wrong; the exit status is 1 when anything is, files that nobody needs aside."""
        with noted(Kind.VERIFY, failures_only=options["quick"]) as told:
            counts = self._look(options)
            wrong = ", ".join(counted(counts[kind], *words) for kind, words in WRONG.items() if counts[kind])
            if wrong:
                raise CommandError(f"Not all is well: {wrong}. A backup that has them brings them back.")
            told.said = "All is well: every row makes sense, and no file is missing or damaged."
        self.stdout.write(told.said)
        if idle := counts[Problem.ORPHAN]:
            self.stdout.write(
                f"Nobody needs {counted(idle, 'file')} of the storage; `collect` deletes those that are old."
            )

    def _look(self, options: dict[str, Any]) -> Counter[Problem]:
        """Say what is found, and return how much of each kind."""
        say = self.stdout.write if options["verbosity"] > 1 else lambda text: None
        counts: Counter[Problem] = Counter()
        with sentences("Verifying"):
            for finding in findings(say, quick=options["quick"]):
                counts[finding.problem] += 1
                if options["all"] or counts[finding.problem] <= SHOWN:
                    self.stdout.write(f"{finding.problem}: {finding.text}")
        return counts
