"""Runs "veil": the images that a project had before are searched, and what is found is covered."""

from __future__ import annotations

from typing import Any

from annotator.lib import room
from annotator.lib.errors import ApiError, Conflict, NotFound
from annotator.lib.happenings import Kind
from annotator.lib.trouble import DISK_FULL, trouble_of
from annotator.lib.words import counted
from annotator.privacy import covering, services
from annotator.privacy.models import Covered, Look, Rule
from annotator.privacy.queries import rule_of, waiting
from annotator.projects.models import Image, Project
from annotator.projects.telling import tell_of
from annotator.runs.choices import Queue
from annotator.runs.runner import Context, RunFailed, Runner

DISK_IS_FULL = "The server's disk is full. What is covered stays covered: make room, then start the search again."
LOOK_EVERY = 20
"""Images between two looks at the disk."""
TRIES = 3


class VeilRunner(Runner):
    """Search a project's images. What is done is noted image by image, so a second start goes on behind it."""

    kind = "veil"
    queue = Queue.DEFAULT

    def run(self, context: Context) -> dict[str, Any]:
        """Return {"images", "faces", "covered", "left_out": [image name, …]}."""
        project = context.run.project
        if project is None:
            raise RunFailed("The project was removed before this run began.")
        try:
            return _Search(context, project, rule_of(project)).run()
        except ApiError as error:
            raise RunFailed(error.message) from error
        except OSError as error:
            if trouble_of(error) is not DISK_FULL:
                raise
            raise RunFailed(DISK_IS_FULL) from error


class _Search:
    """One search: how many images it looked at, faces it found, images it changed, and which it could not read."""

    def __init__(self, context: Context, project: Project, rule: Rule) -> None:
        self._context, self._project, self._rule = context, project, rule
        self._images = self._faces = self._covered = 0
        self._left_out: list[str] = []

    def run(self) -> dict[str, Any]:
        ids = list(waiting(self._project, self._rule.threshold).order_by("place", "id").values_list("pk", flat=True))
        for number, pk in enumerate(ids):
            if number % LOOK_EVERY == 0 and room.free_bytes() < room.SPARE_BYTES:
                raise RunFailed(DISK_IS_FULL)
            self._context.progress(number / len(ids), f"Image {number + 1} of {len(ids)}")
            self._one(pk)
        said = f"{counted(self._faces, 'face')} found on {counted(self._images, 'image')}"
        left = f"; {counted(len(self._left_out), 'picture')} could not be read" if self._left_out else ""
        if self._faces:
            by = self._context.run.requested_by
            tell_of(self._project, Kind.FACES_COVERED, by, count=self._covered, faces=self._faces)
        self._context.progress(1.0, f"{said}{left}")
        return {
            "images": self._images, "faces": self._faces, "covered": self._covered, "left_out": self._left_out[:100],
        }  # fmt: skip

    def _one(self, pk: Any) -> None:
        """Search one image; anew when somebody changed its picture meanwhile."""
        for _ in range(TRIES):
            image = Image.with_bin.select_related("project").filter(pk=pk).first()
            if image is None:
                return
            try:
                found = self._search(image)
            except Conflict as conflict:
                if conflict.code == "picture_changed":
                    continue
                self._leave_out(image, conflict.message)
            except NotFound:
                return
            except (FileNotFoundError, ValueError, MemoryError) as error:
                self._leave_out(image, str(error))
            else:
                self._images += 1
                self._faces += found
                self._covered += bool(found)
            return

    def _search(self, image: Image) -> int:
        look = Look.objects.filter(image=image).first()
        kept = (look.original_sha256, look.original_type) if look and look.original_sha256 else ("", "")
        faces = covering.search(covering.stored(image, *kept), self._rule.threshold)
        known = Covered.objects.filter(image=image)
        new = covering.unknown(covering.regions_of(faces, self._rule), known)
        services.add(image, new, self._rule, None, self._rule.threshold)
        return len(new)

    def _leave_out(self, image: Image, why: str) -> None:
        self._left_out.append(image.path)
        self._context.log(f"{image.path} was left out: {why}")
