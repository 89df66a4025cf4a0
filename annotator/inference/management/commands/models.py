"""`manage.py models list | pull NAME | add PATH | remove NAME | use PROJECT NAME | builtin`."""

from __future__ import annotations

import contextlib
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count, Q

from annotator.inference import library, services
from annotator.inference.choices import Prompts
from annotator.inference.convert import Description
from annotator.inference.models import ModelVersion
from annotator.lib.errors import ApiError
from annotator.projects.models import Project
from sam_backend.adopt import LICENCE
from sam_backend.registry import SAM_3_PAGE


class Command(BaseCommand):
    """The model library on the command line."""

    help = "List, fetch, add, remove and use models."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare one sub-command per verb."""
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        verbs.add_parser("list", help="what is installed, and what can be fetched")
        verbs.add_parser("builtin", help="install the model that comes with Maskwright")
        pull = verbs.add_parser("pull", help="fetch a published checkpoint and install it")
        pull.add_argument("name")
        add = verbs.add_parser("add", help="install a package folder, a ZIP of one, a checkpoint, or SAM 3's folder")
        add.add_argument("path", type=Path)
        add.add_argument("--name", help="for a checkpoint (default: the file's name)")
        add.add_argument("--version", dest="model_version", default="1")
        add.add_argument("--licence", default="unknown", help="SPDX name of the weights' licence")
        add.add_argument("--notice", default="", help="a sentence that is shown beside the model")
        add.add_argument("--accept-licence", action="store_true", help="of SAM 3, which has its own: you have read it")
        remove = verbs.add_parser("remove", help="remove an installed model that nothing needs")
        remove.add_argument("name")
        use = verbs.add_parser("use", help="let a project use an installed model")
        use.add_argument("project", help="its name or id")
        use.add_argument("name")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do one verb; a refusal is a sentence."""
        try:
            getattr(self, f"do_{options['verb']}")(options)
        except ApiError as error:
            raise CommandError(error.message) from None

    def do_list(self, options: dict[str, Any]) -> None:
        """Show both lists."""
        self.stdout.write("Installed:")
        for version in ModelVersion.objects.annotate(used=Count("projects")).order_by("created"):
            size = sum(int(entry["bytes"]) for entry in version.files.values()) / 2**20
            self.stdout.write(
                f"  {version!s:32} {version.family:12} {version.licence:12} {size:6.0f} MB"
                f"  used by {version.used} project(s)  {version.pk}"
            )
        self.stdout.write("Published (`models pull NAME`):")
        for entry in library.entries():
            one = entry.published
            state = "installed" if entry.installed else f"{one.bytes / 2**20:.0f} MB"
            self.stdout.write(f"  {one.name:16} {one.title:26} {one.licence:12} {state:>10}  {one.url}")
        self.stdout.write(f"Handed out by name only (`models pull {library.SAM_3}` says how):")
        self.stdout.write(f"  {library.SAM_3:16} {'SAM 3, words and clicks':26} {LICENCE:12} {'':>10}  {SAM_3_PAGE}")

    def do_builtin(self, options: dict[str, Any]) -> None:
        """Install the compact model."""
        self.stdout.write(f"{services.ensure_builtin_model()} is installed.")

    def do_pull(self, options: dict[str, Any]) -> None:
        """Fetch, convert, install."""
        version = library.pull(options["name"], self._progress)
        self._say_installed(version)

    def do_add(self, options: dict[str, Any]) -> None:
        """Install what lies at a path."""
        path: Path = options["path"]
        about = Description(
            options["name"] or path.resolve().stem, options["model_version"], options["licence"], options["notice"]
        )
        added = library.add(path, about, self._progress, accepted=options["accept_licence"])
        for version in added.versions:
            self._say_installed(version)
        if added.lacking:
            self.stdout.write(added.lacking)

    def do_remove(self, options: dict[str, Any]) -> None:
        """Remove one."""
        version = library.find_installed(options["name"])
        said = str(version)
        services.remove(version)
        self.stdout.write(f"{said} was removed.")

    def do_use(self, options: dict[str, Any]) -> None:
        """Switch a project."""
        project = _project(options["project"])
        version = library.find_installed(options["name"])
        run = services.use_model(project, version, None)
        if run is None:
            self.stdout.write(f"“{project}” uses {version}.")
        else:
            self.stdout.write(
                f"“{project}” will use {version} when a worker has encoded its images (run {run.pk}). "
                "Until then it goes on with its present model."
            )

    def _say_installed(self, version: ModelVersion) -> None:
        if version.prompts == Prompts.WORDS:
            self.stdout.write(
                f"\n{version} is installed ({version.pk}), under the {version.licence}. Every project can ask it in "
                "words now, on its Automatic page."
            )
            return
        self.stdout.write(f'\n{version} is installed ({version.pk}). Use it with `models use PROJECT "{version}"`.')

    def _progress(self, fraction: float, message: str) -> None:
        if sys.stdout.isatty():
            self.stdout.write(f"\r{fraction:4.0%}  {message:60.60}", ending="")
        elif message != getattr(self, "_said", None):
            self._said = message if "Fetching" not in message else message.split(":")[0]
            if self._said == message or not message.startswith("Fetching"):
                self.stdout.write(message)


def _project(name: str) -> Project:
    wanted = Q(name=name)
    with contextlib.suppress(ValueError):
        wanted |= Q(pk=UUID(name))
    found = list(Project.objects.filter(wanted)[:2])
    if len(found) != 1:
        problem = "Several projects are" if found else "No project is"
        raise CommandError(f"{problem} called “{name}”. Give the project's id (it stands in its address).")
    return found[0]
