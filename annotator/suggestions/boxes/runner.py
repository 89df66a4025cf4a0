"""Runs "boxes": a detector's boxes to masks, one image after the other; what is done stays, whatever happens next."""

from __future__ import annotations

import uuid
from typing import Any

from annotator.inference.lending import Purpose, hold
from annotator.inference.models import ModelVersion
from annotator.lib.words import counted
from annotator.projects.models import Image, Label, Project
from annotator.projects.models.image import IN_ORDER
from annotator.runs.choices import Queue
from annotator.runs.models import Run
from annotator.runs.runner import Context, RunFailed, Runner
from annotator.suggestions.boxes import store
from annotator.suggestions.boxes.prompting import masks
from annotator.suggestions.boxes.reading import Box
from annotator.suggestions.models import BoxPrompts
from annotator.suggestions.queries import BOXES, failures_of, settings_of, tally_of
from annotator.suggestions.trouble import TROUBLE, sentence
from annotator.suggestions.turns import give_way

LISTED = 100


class BoxesRunner(Runner):
    """Make masks of boxes. A second start of the same run goes on with the images it has not finished."""

    kind = BOXES
    queue = Queue.GPU

    def run(self, context: Context) -> dict[str, Any]:
        """Return {"images", "boxes", "masks", "refused", "unlabelled": [category], "problems": [sentence]}; "masks"
        are those suggested or in the file. Raises RunPaused."""
        run = context.run
        version = ModelVersion.objects.filter(pk=run.params["model_version"]).first()
        prompts = BoxPrompts.objects.filter(run=run).first()
        if run.project is None or version is None or prompts is None:
            raise RunFailed("The project, its model or the boxes were removed before this run began.")
        work = store.Work(run, prompts, version, settings_of(run.project), _labels(run.project))
        images = list(run.project.images.filter(pk__in=list(prompts.boxes)).order_by(*IN_ORDER))
        done = store.finished(run)
        with hold(version, Purpose.SEARCH):
            for number, image in enumerate(images):
                context.progress(number / len(images), f"{number + 1} of {len(images)}: {image.name}")
                if image.pk not in done:
                    give_way(run)
                    _one(context, work, image)
        return _result(context, work)


def _one(context: Context, work: store.Work, image: Image) -> None:
    boxes = [Box.from_json(data) for data in work.prompts.boxes[str(image.pk)]]
    try:
        found = masks(work.version, image, boxes)
    except TROUBLE as error:
        problem = sentence(error)
        context.log(f"{image.name}: {problem}")
        store.keep(work, image, [], problem)
        return
    context.check()
    store.keep(work, image, found)


def _labels(project: Project) -> dict[str, uuid.UUID]:
    return {name.casefold(): pk for pk, name in Label.objects.filter(project=project).values_list("pk", "name")}


def _result(context: Context, work: store.Work) -> dict[str, Any]:
    run: Run = context.run
    images, _, kept = tally_of(run)
    failed = failures_of(run)
    if failed and len(failed) == images:
        raise RunFailed(f"Not one mask could be made. {failed[0]}")
    named = {box["category"] for boxes in work.prompts.boxes.values() for box in boxes if box["category"]}
    what = "mask" if work.prompts.as_file else "suggestion"
    said = f"{counted(kept, what)} of {counted(run.params['boxes'], 'box', 'boxes')} on {counted(images, 'image')}."
    context.progress(1.0, said)
    return {
        "images": images,
        "boxes": run.params["boxes"],
        "masks": kept,
        "refused": run.params["refused"],
        "unlabelled": sorted(name for name in named if name.casefold() not in work.labels)[:LISTED],
        "problems": [*run.params["problems"], *failed][:LISTED],
    }
