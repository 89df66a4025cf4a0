"""Runs "embed" (one image, or a region of it) and "switch_model" (a whole project, then the switch)."""
from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from annotator.inference import embeddings
from annotator.inference.addresses import embedding_url
from annotator.inference.models import Embedding, ModelVersion
from annotator.projects.models import Image, Project
from annotator.runs.choices import Queue
from annotator.runs.models import Run
from annotator.runs.runner import Context, RunFailed, Runner


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

    def run(self, context: Context) -> dict[str, Any]:
        """Return {"embedding", "url", "bytes", "region"}, or {"skipped"} when the image is gone."""
        params = context.run.params
        image = Image.objects.filter(pk=params["image"]).first()
        if image is None:
            return {"skipped": "The image was deleted."}
        context.progress(0.05, f"Encoding {image.name}"[:300])
        made = _ensure(image, _version(context.run), params.get("region"))
        context.progress(1.0, "")
        return {
            "image": str(image.pk), "embedding": str(made.pk), "url": embedding_url(made), "bytes": made.bytes,
            "region": made.region,
        }  # fmt: skip


class SwitchModelRunner(Runner):
    """Encode every image of a project with another model; only then does the project use it."""

    kind = "switch_model"
    queue = Queue.GPU

    def run(self, context: Context) -> dict[str, Any]:
        """Return {"model_version", "encoded", "failed": [image name, …]}."""
        version = _version(context.run)
        project = context.run.project
        if project is None:
            raise RunFailed("This run has no project.")
        failed: dict[str, str] = {}
        encoded = 0
        # Pictures may be added meanwhile: look again until nothing is missing.
        while missing := self._missing(project, version, failed):
            encoded += self._encode(context, missing, version, failed)
        with transaction.atomic():
            context.check()
            Project.objects.filter(pk=project.pk).update(model_version=version)
        said = f"{version} is in use now."
        context.progress(1.0, f"{said} {len(failed)} image(s) could not be encoded." if failed else said)
        return {"model_version": str(version.pk), "encoded": encoded, "failed": sorted(failed.values())[:100]}

    def _missing(self, project: Project, version: ModelVersion, failed: dict[str, str]) -> list[Image]:
        done = Embedding.objects.filter(model_version=version, region_key="", image__project=project)
        return list(project.images.exclude(pk__in=done.values("image")).exclude(pk__in=list(failed)))

    def _encode(self, context: Context, images: list[Image], version: ModelVersion, failed: dict[str, str]) -> int:
        encoded = 0
        for number, image in enumerate(images):
            context.progress(number / len(images), f"Encoding with {version}: {number} of {len(images)}")
            try:
                _ensure(image, version, None)
                encoded += 1
            except RunFailed as error:
                failed[str(image.pk)] = image.name
                context.log(str(error))
        return encoded
