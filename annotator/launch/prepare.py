"""Database, demo and embeddings, then a sign-in link: `python -m annotator.launch.prepare FD`.

Runs as a child of the supervisor, which reads the link from file descriptor FD; the terminal is for the person.
"""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from .console import Problem, complain, say
from .places import var_folder, venv_folder

DEMO_USER = "demo"
BAR_WIDTH = 30


@contextmanager
def sentences() -> Iterator[None]:
    """Turn what goes wrong into a Problem; the trace of what nobody foresaw goes to a log, not to the terminal."""
    try:
        yield
    except Problem:
        raise
    except (ImproperlyConfigured, CommandError) as error:
        raise Problem(str(error)) from error
    except ImportError as error:
        raise Problem(
            f"The virtual environment is not complete ({error}). Delete the folder {venv_folder()} and run the command "
            "again: it is made anew."
        ) from error
    except DatabaseError as error:
        where = connection.settings_dict["NAME"]
        raise Problem(
            f"The database {where} cannot be used ({str(error).strip()}). If it is damaged, put it aside and start "
            "again: a new one is made. Nothing in it was changed."
        ) from error
    except OSError as error:
        what = error.strerror or error
        raise Problem(f"Maskwright could not prepare its data: {what} ({error.filename}).") from error
    except Exception as error:
        log = var_folder() / "log" / "start.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(traceback.format_exc())
        raise Problem(f"Preparing failed inside Maskwright ({type(error).__name__}); {log} tells where.") from error


def migrate() -> None:
    """Bring an older database up to date; says so when there is something to do."""
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    say("Preparing the database …")
    call_command("migrate", verbosity=0, interactive=False)


def bar(done: int, total: int, what: str) -> None:
    """Draw a progress bar: in place on a terminal, a line per step elsewhere."""
    filled = BAR_WIDTH * done // max(total, 1)
    line = f"Computing embeddings [{'█' * filled}{'·' * (BAR_WIDTH - filled)}] {done}/{total} {what}"
    if sys.stdout.isatty():
        sys.stdout.write(f"\r{line}\033[K" + ("\n" if done == total else ""))
        sys.stdout.flush()
    else:
        say(line)


def embed_waiting() -> None:
    """Do the embed runs that wait for a worker, here and now, so that the first click needs no waiting."""
    from annotator.runs.models import Run
    from annotator.runs.tasks import execute_run

    waiting = list(Run.objects.filter(kind="embed", state="queued").order_by("-priority", "created"))
    if not waiting:
        return
    began = time.monotonic()
    for done, run in enumerate(waiting):
        bar(done, len(waiting), "")
        execute_run(str(run.pk))
    bar(len(waiting), len(waiting), f"in {time.monotonic() - began:.0f} s")
    failed = Run.objects.filter(pk__in=[run.pk for run in waiting], state="failed")
    for run in failed:
        complain(f"One embedding failed: {run.error}")


def demo_link() -> str:
    """Make the demo once, and a fresh one-time link for its person; returns the link's path."""
    from annotator.accounts.models import User
    from annotator.accounts.services import issue_signin_link
    from annotator.inference.services import ensure_builtin_model

    ensure_builtin_model()
    call_command("seed_demo")
    return f"/signin/link/{issue_signin_link(User.objects.get(username=DEMO_USER))}/"


def main(arguments: list[str]) -> int:
    """Prepare everything; the file descriptor gets a line when the database is in order, then the link's path."""
    try:
        with sentences(), os.fdopen(int(arguments[0]), "w") as pipe:
            django.setup()
            migrate()
            pipe.write("database\n")
            pipe.flush()
            link = demo_link()
            embed_waiting()
            pipe.write(link)
    except Problem as problem:
        complain(str(problem))
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
