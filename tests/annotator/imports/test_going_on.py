"""Workers that die, people who cancel, two imports at once: nothing is there twice, nothing is lost from the notes."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from annotator.accounts.choices import Role
from annotator.annotations.editing import Editing
from annotator.annotations.models import Annotation
from annotator.imports import store
from annotator.imports.blobs import KEPT
from annotator.imports.models import Import, Made
from annotator.imports.runner import DISK_IS_FULL
from annotator.lib import room, storage
from annotator.projects.models import Image, Label, Membership
from annotator.projects.services import delete_label
from annotator.runs import enqueue, lease, worker
from annotator.runs.choices import State
from annotator.runs.models import Run
from annotator.runs.runner import RunCancelled
from tests.annotator.imports.conftest import Importing, archive, dataset, pictures

NAMES = ("a.png", "b.png", "c.png")
FILE = archive(dataset(NAMES), pictures(NAMES))


def claimed(key: str) -> Run:
    run = lease.claim_next(Run.objects.get(subject=key, state=State.QUEUED).pk)
    assert run is not None
    return run


def dying(nth: int, real: Any) -> Any:
    """The same function, after whose n-th call nothing runs any more."""
    calls = Counter[str]()

    def call(*args: Any, **values: Any) -> Any:
        calls["n"] += 1
        made = real(*args, **values)
        if calls["n"] == nth:
            raise KeyboardInterrupt  # as a killed worker
        return made

    return call


@pytest.mark.parametrize(
    ("place", "name", "nth"),
    [
        (Editing, "create_all", 2),
        (Editing, "finish", 2),
        (store, "ingest_bytes", 1),
        (store, "ingest_bytes", 3),
        (store, "note", 1),
        (store, "note", 4),
    ],
)
def test_a_worker_that_dies_is_followed_by_one_that_goes_on(
    importing: Importing, monkeypatch: pytest.MonkeyPatch, place: Any, name: str, nth: int
) -> None:
    key = importing.check(FILE)["id"]
    importing.verb(key, "start")
    run = claimed(key)
    with monkeypatch.context() as patch:
        patch.setattr(place, name, dying(nth, getattr(place, name)))
        with pytest.raises(KeyboardInterrupt):
            worker.work(run)
    Run.objects.filter(pk=run.pk).update(state=State.QUEUED, claim=None, lease_until=None)
    importing.work_off()
    done = importing.look(key)
    assert done["state"] == "imported"
    assert done["result"]["made"] == {"label": 1, "image": 3, "annotation": 9, "suggestion": 0}
    assert done["result"]["there"] == 0
    assert Annotation.objects.count() == 9
    importing.do(key, "undo")
    assert not Annotation.objects.filter(deleted_at=None).exists()
    assert not Image.objects.exists()


def test_an_undo_that_died_goes_on(importing: Importing, monkeypatch: pytest.MonkeyPatch) -> None:
    key = importing.bring(FILE)["id"]
    importing.verb(key, "undo")
    run = claimed(key)
    with monkeypatch.context() as patch:
        patch.setattr(Editing, "finish", dying(2, Editing.finish))
        with pytest.raises(KeyboardInterrupt):
            worker.work(run)
    assert Annotation.objects.filter(deleted_at=None).count() == 6
    Run.objects.filter(pk=run.pk).update(state=State.QUEUED, claim=None, lease_until=None)
    importing.work_off()
    assert importing.look(key)["undone"]["removed"] == {"label": 1, "image": 3, "annotation": 9, "suggestion": 0}


def test_a_cancelled_import_keeps_what_it_has_and_goes_on_or_back(
    importing: Importing, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = importing.check(FILE)["id"]
    importing.verb(key, "start", labels={"dog": {"to": "none"}})
    run = claimed(key)
    with monkeypatch.context() as patch:
        real = store.Writer.write

        def write(self: Any, group: Any) -> None:
            real(self, group)
            enqueue.cancel(run)
            lost.set()

        lost = threading.Event()
        patch.setattr(worker.WorkContext, "check", lambda self: lost.is_set() and _cancelled())
        patch.setattr(store.Writer, "write", write)
        worker.work(run)
    stopped = importing.look(key)
    assert (stopped["state"], stopped["can_undo"]) == ("stopped", True)
    assert stopped["report"]["labels"][1]["choice"] == {"to": "none"}, "what was chosen is still chosen"
    assert Annotation.objects.count() == 3
    done = importing.do(key, "start")
    assert done["result"]["made"]["annotation"] == 9
    assert Annotation.objects.count() == 9


def _cancelled() -> None:
    raise RunCancelled


def test_a_label_that_goes_before_the_import_stops_it_with_a_sentence(importing: Importing) -> None:
    key = importing.check(FILE)["id"]
    importing.verb(key, "start")
    delete_label(importing.world.label)
    (run,) = importing.work_off()
    assert run.state == State.FAILED
    assert "The label chosen for “Cat”" in run.error
    assert not Image.objects.exists()
    key = importing.do(importing.check(FILE)["id"], "start")["id"]
    assert Import.objects.get(pk=key).result["made"]["annotation"] == 9


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_add_nothing_twice(importing: Importing) -> None:
    keys = [importing.check(FILE, name)["id"] for name in ("one.zip", "other.zip")]
    for key in keys:
        importing.verb(key, "start")
    runs = [claimed(key) for key in keys]
    barrier = threading.Barrier(2)

    def go(run: Run) -> None:
        barrier.wait()
        try:
            worker.work(run)
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(run,)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for run in runs:
        run.refresh_from_db()
        assert run.state == State.SUCCEEDED, run.error + run.log
    assert (Annotation.objects.count(), Image.objects.count(), Label.objects.count()) == (9, 3, 2)
    made = Counter(Made.objects.values_list("kind", flat=True))
    assert made == {"annotation": 9, "image": 3, "label": 1}, "each is noted once, by who made it"


def test_one_run_at_a_time_works_on_an_import(importing: Importing) -> None:
    key = importing.send(FILE)["id"]
    for verb in ("check", "start", "undo"):
        assert importing.verb(key, verb, 409)["code"] in {"import_busy", "import_not_checked"}
    importing.work_off()
    importing.verb(key, "start")
    assert importing.verb(key, "start", 409)["code"] == "import_busy"


def test_a_full_disk_stops_it_before_the_database_suffers_and_it_goes_on_when_there_is_room(
    importing: Importing, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = importing.check(FILE)["id"]
    importing.verb(key, "start")
    with monkeypatch.context() as patch:
        patch.setattr(room, "free_bytes", lambda: 1000)
        (run,) = importing.work_off()
    assert (run.state, run.error) == (State.FAILED, DISK_IS_FULL)
    assert importing.look(key)["state"] == "stopped"
    assert importing.client.post(f"/api/v1/runs/{run.pk}/retry/").status_code == 200
    importing.work_off()
    assert importing.look(key)["result"]["made"]["annotation"] == 9


def test_who_manages_the_project_no_more_imports_no_more(importing: Importing) -> None:
    key = importing.check(FILE)["id"]
    importing.verb(key, "start")
    Membership.objects.filter(user=importing.world.alice).update(role=Role.VIEWER)
    (run,) = importing.work_off()
    assert run.error == "Whoever asked for this does not manage the project any more."
    assert not Image.objects.exists()


def test_an_uploaded_file_goes_after_a_week_and_the_import_can_still_be_undone(importing: Importing) -> None:
    key = importing.bring(FILE)["id"]
    sha256 = Import.objects.get(pk=key).sha256
    Import.objects.filter(pk=key).update(created=timezone.now() - KEPT - timedelta(minutes=1))
    importing.check(archive(dataset(("z.png",)), pictures(("z.png",))), "new.zip")
    assert not storage.has_blob(sha256)
    assert importing.look(key)["kept"] is False
    assert importing.do(key, "undo")["undone"]["removed"]["annotation"] == 9
    importing.verb(key, "start")
    (run,) = importing.work_off()
    assert "is not kept here any more. Add it again." in run.error
