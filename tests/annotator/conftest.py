"""Fixtures of the server's tests."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from annotator.inference import lending
from annotator.runs import lease, worker
from annotator.runs.api import events
from annotator.runs.choices import State
from annotator.runs.models import Run
from tests.annotator.world import World, make_world


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark those that open the database: only they are repeated on PostgreSQL."""
    here = Path(__file__).parent
    for item in items:
        uses = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
        if here in item.path.parents and (uses or item.get_closest_marker("django_db")):
            item.add_marker(pytest.mark.database)


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


@pytest.fixture
def lend(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Let a stand-in be borrowed in place of every model: `lend(model)`. The one seam where tests put their own."""
    return lambda model: monkeypatch.setattr(lending, "load", lambda version, purpose: model)


@pytest.fixture(autouse=True)
def _own_streams(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """Streams of events that another test opened and nobody read to the end do not count."""
    monkeypatch.setattr(events, "_slots", threading.BoundedSemaphore(max(settings.EVENT_STREAMS, 1)))


@pytest.fixture(autouse=True)
def _no_limits(settings: Settings) -> None:
    """How often somebody asked is counted in this process, over all tests: where it is not tested, nobody counts."""
    settings.LIMITS = {}


@pytest.fixture(autouse=True)
def _leases_last(settings: Settings) -> None:
    """A lease is renewed by a thread with a connection of its own, which does not see what stands in the transaction
    of a test: on a slow machine it would take the run for lost."""
    settings.RUN_LEASE_SECONDS = 24 * 3600


@pytest.fixture(autouse=True)
def _no_model_stays() -> Iterator[None]:
    """No predictor outlives a test."""
    yield
    lending.forget_idle()


@pytest.fixture
def now() -> object:
    """The time, once."""
    return timezone.now()
