"""Long runs step back, between two images, for what somebody looks at and waits for."""

from __future__ import annotations

from annotator.runs.choices import State
from annotator.runs.models import Run
from annotator.runs.runner import RunPaused

NOW = 5
"""Priority of what somebody waits for: one image of theirs, before every bulk, behind the embedding of an image just
opened."""


def give_way(run: Run) -> None:
    """Raise RunPaused where somebody waits for the worker that this run keeps."""
    waiting = Run.objects.filter(state=State.QUEUED, queue=run.queue, priority__gte=NOW)
    if waiting.filter(priority__gt=run.priority).exists():
        raise RunPaused({})
