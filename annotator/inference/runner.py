"""Runs "embed" (one image, or a region of it) and "switch_model" (a whole project, then the switch).

Both resume: what was encoded is stored, and found again by whoever goes on.
"""

from __future__ import annotations

import time
from typing import Any

from django.db import IntegrityError, transaction

from annotator.inference import companions, embeddings, regions
from annotator.inference.models import Embedding, ModelVersion
from annotator.inference.queries import embeddings_of
from annotator.inference.results import embed_result
from annotator.lib.happenings import Kind
from annotator.projects.embedding import LOOKED_AT
from annotator.projects.models import Image, Project
from annotator.projects.telling import tell_of
from annotator.runs.choices import Queue, State
from annotator.runs.models import Run
from annotator.runs.runner import Context, RunFailed, Runner, RunPaused

SLICE_SECONDS = 5.0
"""How long a switch works before it asks whether others wait."""


def _version(run: Run) -> ModelVersion:
    found = ModelVersion.objects.filter(pk=run.params["model_version"]).first()
    if found is None:
        raise RunFailed("The model was removed before this run began.")
    return found


def _ensure(image: Image, version: ModelVersion, region: list[int] | None) -> Embedding:
    try:
        return embeddings.ensure(image, version, region)
    except FileNotFoundError:
        raise RunFailed(f"A file of “{image.name}” or of the model is missing from the server's storage.") from None
    except ValueError as error:
        raise RunFailed(f"“{image.name}” could not be encoded with {version}: {error}") from error
    except MemoryError:
        raise RunFailed(f"“{image.name}” does not fit into this machine's memory with {version}.") from None
    except IntegrityError:
        # Deleted while it was encoded.
        raise RunFailed(f"“{image.name}” was deleted meanwhile.") from None


class EmbedRunner(Runner):
    """Encode one image."""

    kind = "embed"
    queue = Queue.GPU
    patient = True

    def run(self, context: Context) -> dict[str, Any]:
        """Return {"embedding", "url", "bytes", "region"}, or {"skipped"} when the image is gone."""
        params = context.run.params
        image = Image.workable.filter(pk=params["image"]).first()
        if image is None:
            return {"skipped": "The image was deleted."}
        version, region = _version(context.run), params.get("region")
        context.progress(0.05, f"Encoding {image.name}"[:300])
        if embeddings.find(image, version, region) is None:
            companions.encode_together(context.run, (image, region), version)
        made = _ensure(image, version, region)
        if region is not None:
            regions.tidy(made)
        context.progress(1.0, "")
        return embed_result(made)


class SwitchModelRunner(Runner):
    """Encode every image of a project with another model; only then does the project use it.

    It may take hours, and a small installation has one worker for everything: it pauses for whatever else waits.
    """

    kind = "switch_model"
    queue = Queue.GPU
    patient = True

    def run(self, context: Context) -> dict[str, Any]:
        """Return {"model_version", "encoded", "failed": [image name, …]}. Raises RunPaused."""
        version = _version(context.run)
        project = context.run.project
        if project is None:
            raise RunFailed("This run has no project.")
        work = _Switch(context, project, version)
        # Images may be added meanwhile: look again until nothing is missing.
        while missing := work.missing():
            work.encode(missing)
        with transaction.atomic():
            context.check()
            Project.objects.filter(pk=project.pk).update(model_version=version)
            tell_of(project, Kind.MODEL_CHANGED, context.run.requested_by, model=str(version))
        said, failed = f"{version} is in use now.", work.failed
        context.progress(1.0, f"{said} {len(failed)} image(s) could not be encoded." if failed else said)
        return {"model_version": str(version.pk), "encoded": work.encoded, "failed": sorted(failed.values())[:100]}


class _Switch:
    """The images of one project on their way to another model; `failed` are the names of those that cannot be."""

    def __init__(self, context: Context, project: Project, version: ModelVersion) -> None:
        self.context, self.project, self.version = context, project, version
        before = context.run.result
        self.encoded: int = before.get("encoded", 0)
        self.failed: dict[str, str] = before.get("left_out", {})
        self._begun = time.monotonic()

    def missing(self) -> list[Image]:
        done = embeddings_of(self.version).filter(region_key="", image__project=self.project)
        return list(self.project.images.exclude(pk__in=done.values("image")).exclude(pk__in=list(self.failed)))

    def encode(self, images: list[Image]) -> None:
        total = self.project.images.count()
        together = embeddings.batch_size(self.version)
        for start in range(0, len(images), together):
            done = max(total - len(images) + start, 0)
            self.context.progress(done / max(total, 1), f"Encoding with {self.version}: {done} of {total}")
            group = images[start : start + together]
            if together > 1:
                embeddings.encode_ahead([(image, None) for image in group], self.version)
            for image in group:
                self._encode_one(image)
            self._let_others_go_first()

    def _encode_one(self, image: Image) -> None:
        try:
            _ensure(image, self.version, None)
            self.encoded += 1
        except RunFailed as error:
            self.failed[str(image.pk)] = image.name
            self.context.log(str(error))

    def _let_others_go_first(self) -> None:
        run = self.context.run
        waiting = Run.objects.filter(state=State.QUEUED, priority__gt=run.priority)
        if time.monotonic() - self._begun < SLICE_SECONDS:
            # Somebody looks at an image that is not ready: that cannot wait for the end of the slice.
            waiting = waiting.filter(queue=run.queue, priority__gte=LOOKED_AT)
        if waiting.exists():
            raise RunPaused({"encoded": self.encoded, "left_out": self.failed})
