"""`manage.py verify`: walks all rows and files, and says what is missing, damaged, or needed by nobody."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotator.upkeep.management.told import sentences
from annotator.upkeep.verify import Problem, findings

SHOWN = 100


class Command(BaseCommand):
    """Look at everything, change nothing."""

    help = "Walk all rows and files and say what is missing, damaged, or needed by nobody. Changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How closely."""
        parser.add_argument("--quick", action="store_true", help="ask only whether files are there")
        parser.add_argument("--all", action="store_true", help=f"list more than {SHOWN} of each kind")

    def handle(self, *args: Any, **options: Any) -> None:
        """List what is wrong; the exit status is 1 when anything is, files that nobody needs aside."""
        say = self.stdout.write if options["verbosity"] > 1 else lambda text: None
        counts: Counter[Problem] = Counter()
        with sentences("Verifying"):
            for finding in findings(say, quick=options["quick"]):
                counts[finding.problem] += 1
                if options["all"] or counts[finding.problem] <= SHOWN:
                    self.stdout.write(f"{finding.problem}: {finding.text}")
        wrong = counts.total() - counts[Problem.ORPHAN]
        said = ", ".join(f"{counts[problem]} {problem}" for problem in Problem)
        if wrong:
            raise CommandError(f"{wrong} things are wrong ({said}). A backup that has them brings them back.")
        self.stdout.write(f"All is well ({said}). `manage.py collect` deletes what nobody needs.")
