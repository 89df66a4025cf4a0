"""Runs "words": phrases to masks, one image after the other; what is done stays, whatever happens next."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models import Sum

from annotator.inference.models import ModelVersion
from annotator.lib.words import counted
from annotator.projects.models import Image, Label, Project
from annotator.projects.models.image import IN_ORDER
from annotator.runs.choices import Queue
from annotator.runs.runner import Context, RunFailed, Runner
from annotator.suggestions.models import Search
from annotator.suggestions.queries import WORDS, settings_of
from annotator.suggestions.trouble import TROUBLE, sentence
from annotator.suggestions.words import store
from annotator.suggestions.words.asked import Kind
from annotator.suggestions.words.finding import check, masks

LISTED = 100


class WordsRunner(Runner):
    """Ask for phrases. A second start of the same run goes on with the images it has not finished."""

    kind = WORDS
    queue = Queue.GPU

    def run(self, context: Context) -> dict[str, Any]:
        """Return {"images", "found", "suggestions", "problems": [sentence]}."""
        run, params = context.run, context.run.params
        version = ModelVersion.objects.filter(pk=params["model_version"]).first()
        if run.project is None or version is None:
            raise RunFailed("The project or the model was removed before this run began.")
        kinds = _kinds(run.project, params["phrases"])
        _check(version, kinds)
        images = _images(run.project, params["images"])
        done = store.finished(run)
        for number, image in enumerate(images):
            if image.pk not in done:
                _one(context, version, kinds, image, partial(_tell, context, images, kinds, number))
        return _result(context)


def _kinds(project: Project, phrases: list[dict[str, Any]]) -> list[Kind]:
    """What is asked for; a label that was deleted meanwhile is none."""
    labels = set(Label.objects.filter(project=project).values_list("pk", flat=True))
    kinds = [Kind.from_json(phrase) for phrase in phrases]
    return [kind if kind.label in labels else Kind(kind.words, None, kind.boxes, kind.unlike) for kind in kinds]


def _images(project: Project, wanted: list[str] | None) -> list[Image]:
    rows = project.images.order_by(*IN_ORDER)
    return list(rows if wanted is None else rows.filter(pk__in=wanted))


def _check(version: ModelVersion, kinds: list[Kind]) -> None:
    try:
        check(version, kinds)
    except TROUBLE as error:
        said = str(error) if isinstance(error, ValueError) else sentence(error)
        raise RunFailed(said) from error


def _tell(context: Context, images: list[Image], kinds: list[Kind], at: int, number: int) -> None:
    said = f"{at + 1} of {len(images)}: {images[at].name}"
    words = f" · {kinds[number].words}" if kinds[number].words else ""
    context.progress((at + number / len(kinds)) / len(images), said + words)


def _one(context: Context, version: ModelVersion, kinds: list[Kind], image: Image, tell: Callable[[int], None]) -> None:
    run = context.run
    wanted = settings_of(image.project)
    try:
        found = masks(version, image, kinds, run.params["threshold"], run.params["nms"], tell)
    except TROUBLE as error:
        problem = sentence(error)
        context.log(f"{image.name}: {problem}")
        store.keep(image, run, version, wanted, [], problem)
        return
    context.check()
    store.keep(image, run, version, wanted, found)


def _result(context: Context) -> dict[str, Any]:
    searches = Search.objects.filter(run=context.run)
    sums = searches.aggregate(found=Sum("found"), kept=Sum("kept"))
    failed = [f"{row.image.name}: {row.problem}" for row in searches.exclude(problem="").select_related("image")]
    images, found, kept = searches.count(), sums["found"] or 0, sums["kept"] or 0
    if failed and len(failed) == images:
        raise RunFailed(f"None of the {counted(images, 'image')} could be looked at. {failed[0]}")
    said = f"{counted(kept, 'suggestion')} on {counted(images, 'image')}."
    if not found:
        said = f"Nothing of that was found on {counted(images, 'image')}. Try other words, or a lower score."
    elif not kept:
        said = f"Nothing new on {counted(images, 'image')}: what was found is there already."
    context.progress(1.0, said)
    return {"images": images, "found": found, "suggestions": kept, "problems": failed[:LISTED]}
