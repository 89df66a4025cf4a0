"""`manage.py seed_demo`: the demo person, project and photos. Safe to run again; what people changed stays."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from annotator.accounts.services import issue_signin_link
from annotator.web import demo


class Command(BaseCommand):
    """Make the demo project if it is not there yet."""

    help = "Make the demo person, project and photos; safe to run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--link", metavar="BASE", help="Also print a one-time sign-in link below this address.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it."""
        user = demo.demo_user()
        added, problems = demo.seed(user)
        if added and options["verbosity"] > 0:
            self.stdout.write(f"Demo project: {added} photos added.")
        for problem in problems:
            self.stderr.write(problem)
        if options["link"]:
            self.stdout.write(f"{options['link'].rstrip('/')}/signin/link/{issue_signin_link(user)}/")
