"""Trying thresholds on one image: everything it gives is searched once and stored; sliders then choose from it."""

from __future__ import annotations

from typing import Any

from annotator.inference.models import ModelVersion
from annotator.projects.models import Image
from annotator.runs.choices import Queue
from annotator.runs.runner import Context, RunFailed, Runner
from annotator.suggestions.models import Preview
from annotator.suggestions.parameters import read
from annotator.suggestions.search import generate
from annotator.suggestions.search.candidates import permissive, small_size
from annotator.suggestions.search.services import PREVIEW


class PreviewRunner(Runner):
    """Search one image with thresholds so low that none of the sliders has to ask again."""

    kind = PREVIEW
    queue = Queue.GPU

    def run(self, context: Context) -> dict[str, Any]:
        """Return {"candidates"}. Starting it twice stores the same preview twice."""
        run = context.run
        image = Image.workable.filter(pk=run.params["image"], project=run.project_id).first()
        version = ModelVersion.objects.filter(pk=run.params["model_version"]).first()
        if run.project is None or image is None or version is None:
            raise RunFailed("The image or the project's model was removed before this run began.")
        wanted = read(run.params["params"])
        search = permissive(wanted.search)
        try:
            rows = generate.candidates(
                version, image, search, wanted.search, lambda share: context.progress(share, image.name)
            )
        except FileNotFoundError:
            raise RunFailed(f"The file of “{image.name}”, or one of the model's, is missing.") from None
        except ValueError as error:
            raise RunFailed(f"The model could not be run on “{image.name}”: {error}") from error
        except MemoryError:
            raise RunFailed(f"“{image.name}” does not fit into this machine's memory. Try a smaller one.") from None
        context.check()
        values = {
            "image": image, "run": run, "model_version": version, "candidates": rows,
            "size": list(small_size(image.height, image.width)),
            "params": wanted.to_json() | {
                "predicted_iou": search.predicted_iou, "stability": search.stability, "crop_layers": 0,
                "points_per_side": search.points_per_side,
            },
        }  # fmt: skip
        Preview.objects.update_or_create(project=run.project, defaults=values)
        context.progress(1.0, f"{len(rows)} candidates on {image.name}.")
        return {"candidates": len(rows)}
