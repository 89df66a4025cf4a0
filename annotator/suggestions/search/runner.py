"""Runs "automask": search images one after the other; what was searched stays, whatever happens next."""

from __future__ import annotations

import time
from typing import Any

from annotator.inference.lending import Purpose, hold
from annotator.inference.models import ModelVersion
from annotator.lib.durations import duration
from annotator.lib.words import counted
from annotator.projects.models import Image, Project
from annotator.projects.models.image import IN_ORDER
from annotator.runs.choices import Queue
from annotator.runs.runner import Context, RunFailed, Runner
from annotator.suggestions.known import Found
from annotator.suggestions.models import Search
from annotator.suggestions.parameters import Wanted, read
from annotator.suggestions.search import generate, store
from annotator.suggestions.search.arriving import Arriving
from annotator.suggestions.trouble import TROUBLE, sentence
from annotator.suggestions.turns import give_way


class AutomaskRunner(Runner):
    """Make suggestions. A second start of the same run goes on with the images it has not searched yet."""

    kind = "automask"
    queue = Queue.GPU

    def run(self, context: Context) -> dict[str, Any]:
        """Return {"images", "suggestions", "found", "problems": [{"image", "problem"}], "seconds_per_image"}. Raises
        RunPaused."""
        project = context.run.project
        version = ModelVersion.objects.filter(pk=context.run.params["model_version"]).first()
        if project is None or version is None:
            raise RunFailed("The project or its model was removed before this run began.")
        wanted = read(context.run.params["params"])
        images = _images(project, context.run.params["images"])
        clock = _Clock(len(images))
        with hold(version, Purpose.SEARCH):
            for number, image in enumerate(images):
                if not store.already_searched(context.run, image):
                    give_way(context.run)
                    _OneImage(context, version, wanted, clock, number, image).run()
        return _result(context, len(images))


class _Clock:
    """Says how much is done and how long the rest may take."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._searched = 0
        self._seconds = 0.0

    def add(self, seconds: float) -> None:
        self._searched += 1
        self._seconds += seconds

    def share(self, number: int, within: float) -> float:
        return (number + within) / max(self._total, 1)

    def sentence(self, number: int, name: str) -> str:
        told = f"{number + 1} of {self._total}: {name}"
        if not self._searched:
            return told
        left = self._seconds / self._searched * (self._total - number)
        return f"{told} · about {duration(left)} left"


class _OneImage:
    """The search of one image."""

    def __init__(
        self, context: Context, version: ModelVersion, wanted: Wanted, clock: _Clock, number: int, image: Image
    ) -> None:
        self._context, self._version, self._wanted = context, version, wanted
        self._clock, self._number, self._image = clock, number, image
        self._region: list[int] | None = context.run.params.get("region")

    def run(self) -> None:
        begun = time.monotonic()
        self._tell(0.0)
        try:
            found = self._found()
        except TROUBLE as error:
            self._problem(sentence(error))
        else:
            self._keep(found, time.monotonic() - begun)
            self._clock.add(time.monotonic() - begun)

    def _found(self) -> list[Found]:
        run, search = self._context.run, self._wanted.search
        if run.subject is None:
            return generate.masks(self._version, self._image, self._region, search, self._tell)
        # Somebody watches this image: what is found appears while the search goes on.
        arriving = Arriving(self._image, run, self._version, self._wanted, self._region)
        return generate.masks(self._version, self._image, self._region, search, self._tell, arriving.add)

    def _tell(self, within: float) -> None:
        share = self._clock.share(self._number, within)
        self._context.progress(share, self._clock.sentence(self._number, self._image.name))

    def _keep(self, found: list[Found], seconds: float) -> None:
        self._context.check()
        if not Image.workable.filter(pk=self._image.pk).exists():
            return  # deleted while it was searched
        store.keep(self._image, self._context.run, self._version, self._wanted, found, seconds, self._region)

    def _problem(self, sentence: str) -> None:
        self._context.log(f"{self._image.name}: {sentence}")
        if Image.workable.filter(pk=self._image.pk).exists():
            store.note_problem(self._image, self._context.run, self._version, self._wanted, sentence)


def _images(project: Project, wanted: list[str] | None) -> list[Image]:
    rows = project.images.order_by(*IN_ORDER)
    return list(rows if wanted is None else rows.filter(pk__in=wanted))


def _result(context: Context, images: int) -> dict[str, Any]:
    searches = list(Search.objects.filter(run=context.run).select_related("image").order_by("created", "id"))
    problems = [{"image": search.image.name, "problem": search.problem} for search in searches if search.problem]
    kept = sum(search.kept for search in searches)
    seconds = [search.seconds for search in searches if not search.problem]
    searched = counted(len(searches), "image")
    if searches and len(problems) == len(searches):
        raise RunFailed(f"None of the {searched} could be searched. {problems[0]['problem']}")
    found = sum(search.found for search in searches)
    said = f"{counted(kept, 'suggestion')} on {searched}."
    if searches and not found:
        said = f"No mask passed the limits on {searched}. Lower them and search again."
    elif searches and not kept:
        said = f"Nothing new on {searched}: what was found repeats objects that are there already."
    context.progress(1.0, f"{said} {len(problems)} could not be searched." if problems else said)
    return {
        "images": images,
        "found": found,
        "suggestions": kept,
        "problems": problems[:100],
        "seconds_per_image": round(sum(seconds) / len(seconds), 3) if seconds else None,
    }
