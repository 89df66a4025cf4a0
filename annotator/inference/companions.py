"""Queued "embed" runs that are encoded in one pass with a claimed one: a GPU takes a dozen almost as fast as one.

Only where the backend gains from it, and never behind more urgent work: an image that somebody waits for takes with it
none that nobody looks at.
"""

from __future__ import annotations

from contextlib import ExitStack

from django.utils import timezone

from annotator.inference import embeddings
from annotator.inference.embeddings import Wanted
from annotator.inference.models import Embedding, ModelVersion
from annotator.inference.results import embed_result
from annotator.projects.models import Image
from annotator.runs import lease
from annotator.runs.choices import State
from annotator.runs.models import Run


def encode_together(run: Run, wanted: Wanted, version: ModelVersion) -> int:
    """Encode what a claimed run wants with what queued ones want, as far as there is room; finish those runs.

    Returns how many were finished. Those that could not be are queued again and done alone, which tells why.
    """
    room = embeddings.batch_size(version) - 1
    companions = _claim(run, room) if room > 0 else []
    if not companions:
        return 0
    wishes = [(one, wish) for one in companions if (wish := _wish(one))]
    with ExitStack() as leases:
        for one in companions:
            leases.enter_context(lease.Heartbeat(one))
        try:
            embeddings.encode_ahead([wanted, *(wish for _, wish in wishes)], version)
            made = {one.pk: row for one, wish in wishes if (row := embeddings.find(wish[0], version, wish[1]))}
            return sum(_finish(one, made[one.pk]) for one in companions if one.pk in made)
        finally:
            _release(companions)


def _claim(run: Run, most: int) -> list[Run]:
    # attempts: one that could not be encoded in company is not asked again.
    waiting = Run.objects.filter(
        kind=run.kind, queue=run.queue, state=State.QUEUED, attempts=0, priority__gte=run.priority,
        params__model_version=run.params["model_version"],
    ).order_by("-priority", "created", "id").values_list("pk", flat=True)[:most]  # fmt: skip
    return [claimed for pk in waiting if (claimed := lease.claim(pk))]


def _wish(run: Run) -> Wanted | None:
    image = Image.workable.filter(pk=run.params["image"]).first()
    return (image, run.params.get("region")) if image else None


def _finish(run: Run, made: Embedding) -> bool:
    return lease.write(
        run, state=State.SUCCEEDED, progress=1.0, result=embed_result(made), finished=timezone.now(), lease_until=None
    )


def _release(runs: list[Run]) -> None:
    for run in runs:
        # Finished ones are not running any more, and stay as they are.
        lease.write(run, state=State.QUEUED, claim=None, lease_until=None, sent=None)
