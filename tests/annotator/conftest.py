"""Fixtures of the server's tests."""
from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone

from annotator.inference import engine
from annotator.runs import lease, worker
from annotator.runs.choices import State
from annotator.runs.models import Run
from tests.annotator.world import World, make_world


@pytest.fixture
def world(db: None) -> World:
    """Alice owns, Bob annotates, Charlie is a stranger, Dana reviews."""
    return make_world()


@pytest.fixture
def work_off() -> Callable[[], list[Run]]:
    """Do every queued run here and now, as workers would; returns them in the order they were done."""

    def run_all() -> list[Run]:
        done = []
        while (waiting := Run.objects.filter(state=State.QUEUED).order_by("created").first()) is not None:
            run = lease.claim_next(waiting.pk)
            assert run is not None
            worker.work(run)
            run.refresh_from_db()
            done.append(run)
        return done

    return run_all


@pytest.fixture(autouse=True)
def _fresh_engine() -> Iterator[None]:
    """No predictor outlives a test."""
    yield
    engine.forget_all()


@pytest.fixture
def now() -> object:
    """The time, once."""
    return timezone.now()
