"""`manage.py signin_link USERNAME`: a one-time link, for people without a password."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotator.accounts.models import User
from annotator.accounts.services import issue_signin_link


class Command(BaseCommand):
    """Print a link that signs one person in, once."""

    help = "Print a link that signs one person in, once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("username")
        parser.add_argument("--base", default="http://127.0.0.1:8000", help="Where people reach this server.")
        parser.add_argument("--minutes", type=int, default=None, help="How long it works.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the link."""
        user = User.objects.filter(username=options["username"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active person called {options['username']!r}.")
        secret = issue_signin_link(user, minutes=options["minutes"])
        self.stdout.write(f"{options['base'].rstrip('/')}/signin/link/{secret}/")
