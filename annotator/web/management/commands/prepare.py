"""`manage.py prepare`: what has to be done before a web process starts, in one process."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from annotator.inference.services import ensure_builtin_model
from annotator.lib import staticfiles
from annotator.watch.connections import trouble_told_quickly

LOCK = 0x4D61736B
"""The number of PostgreSQL's advisory lock that is held meanwhile; ours alone, in each database."""


class Command(BaseCommand):
    """Make database, model and pages' files those of this version."""

    help = (
        "What has to be done before a web process starts: migrations, the model that comes along, the pages' files. "
        "Quick where nothing is to do; several machines may start at once."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to leave out."""
        parser.add_argument("--no-files", action="store_true", help="leave the pages' files alone: an image has them")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what is to do, and say so."""
        try:
            with _alone():
                self._migrate()
                self.stdout.write(f"{ensure_builtin_model()} is installed.")
        except Error as error:
            raise CommandError(f"The database cannot be used: {str(error).strip()}") from error
        if settings.STATIC_HASHED and not options["no_files"]:
            self._collect()
        if said := trouble_told_quickly():
            self.stderr.write(f"WARNING: {said}")

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", interactive=False, stdout=self.stdout, stderr=self.stderr)

    def _collect(self) -> None:
        try:
            if not staticfiles.collected():
                call_command("collectstatic", interactive=False, verbosity=0)
                staticfiles.note_collected()
                self.stdout.write("The pages' files are in place.")
        except OSError as error:
            raise CommandError(
                f"The pages' files cannot be put into {settings.STATIC_ROOT}: {error.strerror or error}. "
                "MASKWRIGHT_STATIC_ROOT names another folder."
            ) from error


@contextmanager
def _alone() -> Iterator[None]:
    """Let machines that start together do it one after another: the second one finds nothing to do. The lock is a
    transaction's, so that a pooler between gives it back, too."""
    if connection.vendor != "postgresql":
        yield
        return
    guard = connection.copy()
    try:
        guard.set_autocommit(False)
        with guard.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        yield
    finally:
        with suppress(Error):  # it has gone meanwhile, and the lock with it
            guard.rollback()
        guard.close()
